//! Reading: each call one statement, so it sees commits as a whole.

use deadpool_postgres::Object;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::error::StoreError;
use crate::file::FileHash;
use crate::key::Key;
use crate::postgres::fault::fault;
use crate::postgres::session::{head, open_value};
use crate::postgres::{ANSWER, LONG_ANSWER, Postgres};
use crate::record::{Head, Record};
use crate::transfer::Snapshot;

/// What stands in the tables for one municipality, unchecked.
pub(super) struct Rows {
    pub(super) head: Option<Head>,
    pub(super) records: Vec<(u64, String)>,
    pub(super) values: Vec<StoredValue>,
}

pub(super) struct StoredValue {
    pub(super) key: String,
    pub(super) bytes: Vec<u8>,
    pub(super) checksum: i32,
    pub(super) queue: Option<String>,
    pub(super) due: Option<i64>,
}

impl Postgres {
    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let name = key.to_string();
        let rows = self
            .with(ANSWER, |client| async move {
                let sql = "SELECT bytes, checksum FROM value WHERE key = $1";
                query(&client, sql, &[&name]).await
            })
            .await?;
        rows.first()
            .map(|row| open_value(key.as_str(), row.get(0), row.get(1)))
            .transpose()
    }

    pub(crate) async fn scan(&self, prefix: &Key) -> Result<Vec<(Key, Vec<u8>)>, StoreError> {
        // '0' is the character after '/'.
        let (from, to) = (format!("{prefix}/"), format!("{prefix}0"));
        let rows = self
            .with(ANSWER, |client| async move {
                let sql = "SELECT key, bytes, checksum FROM value WHERE key > $1 AND key < $2 ORDER BY key";
                query(&client, sql, &[&from, &to]).await
            })
            .await?;
        let value = |row: Row| keyed(row.get(0), row.get(1), row.get(2));
        rows.into_iter().map(value).collect()
    }

    pub(crate) async fn journal(
        &self,
        municipality: &str,
        from: u64,
    ) -> Result<Vec<Record>, StoreError> {
        self.journal_page(municipality, from, usize::MAX).await
    }

    pub(crate) async fn journal_page(
        &self,
        municipality: &str,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let name = municipality.to_owned();
        let from = from.max(1);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self
            .with(LONG_ANSWER, move |client| async move {
                let sql = "SELECT line FROM record WHERE municipality = $1 AND seq >= $2 ORDER BY seq LIMIT $3";
                query(&client, sql, &[&name, &from.cast_signed(), &limit]).await
            })
            .await?;
        let record = |(seq, row): (u64, &Row)| {
            Record::from_bytes(row.get::<_, &str>(0).as_bytes(), municipality, seq)
        };
        (from..).zip(&rows).map(record).collect()
    }

    pub(crate) async fn head(&self, municipality: &str) -> Result<Head, StoreError> {
        let name = municipality.to_owned();
        let rows = self
            .with(ANSWER, |client| async move {
                let sql = "SELECT seq, hash FROM municipality WHERE name = $1";
                query(&client, sql, &[&name]).await
            })
            .await?;
        let head = |row: &Row| head(row.get(0), row.get(1));
        Ok(rows.first().map_or_else(Head::start, head))
    }

    pub(crate) async fn municipalities(&self) -> Result<Vec<(String, Head)>, StoreError> {
        let rows = self
            .with(ANSWER, |client| async move {
                let sql = "SELECT name, seq, hash FROM municipality ORDER BY name";
                query(&client, sql, &[]).await
            })
            .await?;
        let named = |row: &Row| (row.get(0), head(row.get(1), row.get(2)));
        Ok(rows.iter().map(named).collect())
    }

    pub(crate) async fn put_file(&self, bytes: &[u8]) -> Result<FileHash, StoreError> {
        let hash = FileHash::of(bytes);
        let (name, content) = (hash.to_string(), bytes.to_vec());
        self.with(LONG_ANSWER, |client| async move {
            // Storing the content again mends a file that was damaged.
            let sql = "INSERT INTO file VALUES ($1, $2) ON CONFLICT (hash)
                       DO UPDATE SET content = EXCLUDED.content WHERE file.content <> EXCLUDED.content";
            query(&client, sql, &[&name, &content]).await
        })
        .await?;
        Ok(hash)
    }

    pub(crate) async fn forget_file(&self, hash: &FileHash) -> Result<(), StoreError> {
        let name = hash.to_string();
        let forgotten = self.with(ANSWER, |client| async move {
            query(&client, "DELETE FROM file WHERE hash = $1", &[&name]).await
        });
        forgotten.await.map(drop)
    }

    pub(crate) async fn file(&self, hash: &FileHash) -> Result<Option<Vec<u8>>, StoreError> {
        let name = hash.to_string();
        let rows = self
            .with(LONG_ANSWER, |client| async move {
                let sql = "SELECT content FROM file WHERE hash = $1";
                query(&client, sql, &[&name]).await
            })
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let content: Vec<u8> = row.get(0);
        if FileHash::of(&content) == *hash {
            Ok(Some(content))
        } else {
            Err(StoreError::Damaged {
                place: format!("ファイル {hash} "),
            })
        }
    }

    pub(crate) async fn snapshot(&self, municipality: &str) -> Result<Snapshot, StoreError> {
        let rows = self.rows(municipality).await?;
        let record = |(seq, (_, line)): (u64, &(u64, String))| {
            Record::from_bytes(line.as_bytes(), municipality, seq)
        };
        let value = |value: StoredValue| keyed(value.key, value.bytes, value.checksum);
        Ok(Snapshot {
            records: (1..)
                .zip(&rows.records)
                .map(record)
                .collect::<Result<_, _>>()?,
            values: rows
                .values
                .into_iter()
                .map(value)
                .collect::<Result<_, _>>()?,
        })
    }

    /// Everything of a municipality but files, as it was at one moment.
    pub(super) async fn rows(&self, municipality: &str) -> Result<Rows, StoreError> {
        let name = municipality.to_owned();
        let (below, after) = (format!("{name}/"), format!("{name}0"));
        self.with(LONG_ANSWER, |client| async move {
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            client
                .batch_execute(begin)
                .await
                .map_err(fault("読み込み"))?;
            let sql = "SELECT seq, hash FROM municipality WHERE name = $1";
            let heads = query(&client, sql, &[&name]).await?;
            let sql = "SELECT seq, line FROM record WHERE municipality = $1 ORDER BY seq";
            let records = query(&client, sql, &[&name]).await?;
            let sql = "SELECT key, bytes, checksum, queue, due FROM value
                       WHERE key = $1 OR (key > $2 AND key < $3) ORDER BY key";
            let values = query(&client, sql, &[&name, &below, &after]).await?;
            client
                .batch_execute("COMMIT")
                .await
                .map_err(fault("読み込み"))?;
            let record = |row: &Row| (row.get::<_, i64>(0).cast_unsigned(), row.get(1));
            let value = |row: Row| StoredValue {
                key: row.get(0),
                bytes: row.get(1),
                checksum: row.get(2),
                queue: row.get(3),
                due: row.get(4),
            };
            Ok(Rows {
                head: heads.first().map(|row| head(row.get(0), row.get(1))),
                records: records.iter().map(record).collect(),
                values: values.into_iter().map(value).collect(),
            })
        })
        .await
    }
}

/// The rows of a statement, prepared once a connection.
pub(super) async fn query(
    client: &Object,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, StoreError> {
    let prepared = client.prepare_cached(sql).await;
    let statement = prepared.map_err(fault("読み込み"))?;
    let rows = client.query(&statement, parameters).await;
    rows.map_err(fault("読み込み"))
}

/// A value with its key, if both are whole.
pub(super) fn keyed(
    key: String,
    value: Vec<u8>,
    checksum: i32,
) -> Result<(Key, Vec<u8>), StoreError> {
    let value = open_value(&key, value, checksum)?;
    match key.parse() {
        Ok(key) => Ok((key, value)),
        Err(_) => Err(StoreError::Damaged {
            place: format!("「{key}」"),
        }),
    }
}
