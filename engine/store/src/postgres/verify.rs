//! Verification: checksums, chains of hashes, heads, jobs and files.

use crate::chain::{self, Stated};
use crate::error::StoreError;
use crate::file::FileHash;
use crate::job::{self, Job};
use crate::key::Key;
use crate::postgres::read::{StoredValue, query};
use crate::postgres::session::open_value;
use crate::postgres::{LONG_ANSWER, Postgres};
use crate::problem::Problem;
use crate::record::Record;

/// Also a municipality whose head or whose journal is what is missing.
const NAMES: &str = "
    SELECT name FROM municipality UNION SELECT municipality FROM record UNION SELECT municipality FROM value
    ORDER BY 1";

impl Postgres {
    pub(crate) async fn verify(
        &self,
        municipality: Option<&str>,
    ) -> Result<Vec<Problem>, StoreError> {
        let names = self
            .with(LONG_ANSWER, |client| async move {
                query(&client, NAMES, &[]).await
            })
            .await?;
        let mut problems = Vec::new();
        for name in names.iter().map(|row| row.get::<_, &str>(0)) {
            if municipality.is_none_or(|wanted| wanted == name) {
                self.verify_one(name, &mut problems).await?;
            }
        }
        Ok(problems)
    }

    async fn verify_one(&self, name: &str, problems: &mut Vec<Problem>) -> Result<(), StoreError> {
        let rows = self.rows(name).await?;
        for value in rows.values {
            let place = value.key.clone();
            let Ok(key) = place.parse::<Key>() else {
                problems.push(Problem::Stray { place });
                continue;
            };
            if !is_in_order(&key, &value) {
                problems.push(Problem::Job { key: key.clone() });
            }
            if open_value(&value.key, value.bytes, value.checksum).is_err() {
                problems.push(Problem::Checksum { place });
            } else if let Some(hash) = FileHash::named_by(&key) {
                problems.extend(self.verify_file(key, hash).await?);
            }
        }
        let records = rows.records.iter().map(|(seq, line)| {
            let record = Record::from_bytes(line.as_bytes(), name, *seq);
            (*seq, record)
        });
        let stated = rows.head.map_or(Stated::Missing, Stated::Head);
        problems.extend(chain::problems(name, records, stated));
        Ok(())
    }

    async fn verify_file(&self, key: Key, hash: FileHash) -> Result<Option<Problem>, StoreError> {
        match self.file(&hash).await {
            Ok(Some(_)) => Ok(None),
            Ok(None) => Ok(Some(Problem::FileMissing { key, hash })),
            Err(StoreError::Damaged { .. }) => Ok(Some(Problem::FileDamaged { key, hash })),
            Err(error) => Err(error),
        }
    }
}

/// A job stands in the order of what is due as its value says, and nothing else does.
fn is_in_order(key: &Key, value: &StoredValue) -> bool {
    let said = job::is_place(key).then(|| {
        let job = Job::read(key, &value.bytes)?;
        Some((job.queue, job.due.timestamp_micros()))
    });
    let stands = value.queue.clone().zip(value.due);
    match said {
        Some(None) => false,
        Some(said) => said == stands,
        None => value.queue.is_none() && value.due.is_none(),
    }
}
