//! Session: a connection for writing, with its statements prepared.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, Config, Error, Row, Statement};

use crate::canonical;
use crate::checksum::checksum;
use crate::error::StoreError;
use crate::job::{self, Job};
use crate::key::Key;
use crate::postgres::connect;
use crate::postgres::fault::fault;
use crate::record::{Head, Record};

/// Levels of nesting that PostgreSQL reads with the smallest stack.
const JSON_DEPTH: usize = 100;

pub(super) struct Session {
    pub(super) client: Client,
    lock: Statement,
    importing: Statement,
    heads: Statement,
    values: Statement,
    tickets: Statement,
    put_heads: Statement,
    put_records: Statement,
    put_values: Statement,
    remove_values: Statement,
}

impl Session {
    /// Connects and prepares. Needs to run in tokio.
    pub(super) async fn open(config: &Config) -> Result<Session, StoreError> {
        let client = connect::client(config).await?;
        Session::prepare(client).await.map_err(fault("接続"))
    }

    async fn prepare(client: Client) -> Result<Session, Error> {
        Ok(Session {
            lock: client
                .prepare("SELECT pg_advisory_xact_lock(lock) FROM unnest($1::bigint[]) AS lock")
                .await?,
            importing: client
                .prepare(
                    "SELECT name FROM unnest($1::text[], $2::bigint[]) AS import (name, lock)
                     WHERE NOT pg_try_advisory_xact_lock_shared(lock)",
                )
                .await?,
            heads: client
                .prepare("SELECT name, seq, hash FROM municipality WHERE name = ANY ($1)")
                .await?,
            values: client
                .prepare("SELECT key, bytes, checksum FROM value WHERE key = ANY ($1)")
                .await?,
            tickets: client
                .prepare(
                    "SELECT key, ticket FROM value WHERE key = ANY ($1) AND ticket IS NOT NULL
                     FOR UPDATE",
                )
                .await?,
            put_heads: client
                .prepare(
                    "INSERT INTO municipality SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])
                     ON CONFLICT (name) DO UPDATE SET seq = EXCLUDED.seq, hash = EXCLUDED.hash",
                )
                .await?,
            put_records: client
                .prepare(
                    "INSERT INTO record SELECT * FROM
                     unnest($1::text[], $2::bigint[], $3::text[], $4::jsonb[])",
                )
                .await?,
            put_values: client
                .prepare(
                    "INSERT INTO value (key, bytes, checksum, json, queue, due) SELECT * FROM
                     unnest($1::text[], $2::bytea[], $3::integer[], $4::jsonb[], $5::text[], $6::bigint[])
                     ON CONFLICT (key) DO UPDATE SET bytes = EXCLUDED.bytes,
                     checksum = EXCLUDED.checksum, json = EXCLUDED.json, queue = EXCLUDED.queue,
                     due = EXCLUDED.due, ticket = NULL, until = NULL",
                )
                .await?,
            remove_values: client
                .prepare("DELETE FROM value WHERE key = ANY ($1)")
                .await?,
            client,
        })
    }

    /// Each statement sees what was committed before it, so what is read after a lock is what holds under it.
    pub(super) async fn begin(&self) -> Result<(), Error> {
        let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
        self.client.batch_execute(begin).await
    }

    pub(super) async fn commit(&self) -> Result<(), Error> {
        self.client.batch_execute("COMMIT").await
    }

    pub(super) async fn rollback(&self) -> Result<(), Error> {
        self.client.batch_execute("ROLLBACK").await
    }

    /// Waits for the journals of these municipalities, always in the same order, so that two processes never wait
    /// for each other.
    pub(super) async fn lock(&self, municipalities: &[&str]) -> Result<(), Error> {
        let locks = municipalities.iter().map(|name| lock("journal", name));
        let locks: Vec<i64> = locks.collect::<BTreeSet<_>>().into_iter().collect();
        self.client.execute(&self.lock, &[&locks]).await?;
        Ok(())
    }

    /// Which of these municipalities are being imported. The others cannot be until the transaction ends.
    pub(super) async fn importing(&self, names: &[&str]) -> Result<HashSet<String>, Error> {
        let locks: Vec<i64> = names.iter().map(|name| import_lock(name)).collect();
        let rows = self
            .client
            .query(&self.importing, &[&names, &locks])
            .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Keeps everybody else from a municipality until the transaction ends. Whether it exists already.
    pub(super) async fn take_for_import(&self, municipality: &str) -> Result<bool, Error> {
        let sql = "SELECT pg_advisory_xact_lock($1)";
        let lock = import_lock(municipality);
        self.client.execute(sql, &[&lock]).await?;
        Ok(self
            .heads(&[municipality])
            .await?
            .contains_key(municipality))
    }

    pub(super) async fn heads(&self, names: &[&str]) -> Result<HashMap<String, Head>, Error> {
        let rows = self.client.query(&self.heads, &[&names]).await?;
        let head = |row: &Row| (row.get(0), head(row.get(1), row.get(2)));
        Ok(rows.iter().map(head).collect())
    }

    /// Value and checksum at each of these keys.
    pub(super) async fn values(
        &self,
        keys: &[&str],
    ) -> Result<HashMap<String, (Vec<u8>, i32)>, Error> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = self.client.query(&self.values, &[&keys]).await?;
        let value = |row: &Row| (row.get(0), (row.get(1), row.get(2)));
        Ok(rows.iter().map(value).collect())
    }

    /// Who has claimed each of these jobs. Nobody else can until the transaction ends.
    pub(super) async fn tickets(&self, keys: &[&str]) -> Result<HashMap<String, i64>, Error> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = self.client.query(&self.tickets, &[&keys]).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    pub(super) async fn put_heads(&self, heads: &BTreeMap<String, Head>) -> Result<(), Error> {
        if heads.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = heads.keys().map(String::as_str).collect();
        let seqs: Vec<i64> = heads.values().map(|head| head.seq.cast_signed()).collect();
        let hashes: Vec<&str> = heads.values().map(|head| head.hash.as_str()).collect();
        self.client
            .execute(&self.put_heads, &[&names, &seqs, &hashes])
            .await?;
        Ok(())
    }

    pub(super) async fn put_records(&self, records: &[Record]) -> Result<(), Error> {
        if records.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = records.iter().map(|r| r.municipality.as_str()).collect();
        let seqs: Vec<i64> = records.iter().map(|r| r.seq.cast_signed()).collect();
        let lines: Vec<String> = records.iter().map(Record::to_json).collect();
        let events: Vec<_> = records.iter().map(|record| &record.event).collect();
        self.client
            .execute(&self.put_records, &[&names, &seqs, &lines, &events])
            .await?;
        Ok(())
    }

    /// Writes what is `Some`; the rest is for [`Session::remove_values`].
    pub(super) async fn put_values(
        &self,
        values: &BTreeMap<Key, Option<Vec<u8>>>,
    ) -> Result<(), Error> {
        let there = || {
            values
                .iter()
                .filter_map(|(key, v)| Some((key, v.as_deref()?)))
        };
        let keys: Vec<&str> = there().map(|(key, _)| key.as_str()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let bytes: Vec<&[u8]> = there().map(|(_, value)| value).collect();
        let checksums: Vec<i32> = there()
            .map(|(key, value)| sum(key.as_str(), value))
            .collect();
        // What JSONB cannot hold stays bytes only.
        let json = |value: &[u8]| -> Option<Value> {
            let json = serde_json::from_slice(value).ok()?;
            canonical::check(&json, JSON_DEPTH).ok().map(|()| json)
        };
        let jsons: Vec<_> = there().map(|(_, value)| json(value)).collect();
        let jobs: Vec<Option<Job>> = there().map(|(key, value)| Job::read(key, value)).collect();
        let queues: Vec<Option<&str>> = there()
            .zip(&jobs)
            .map(|((key, _), job)| job.as_ref().and(job::place(key)).map(|(queue, _)| queue))
            .collect();
        let dues: Vec<Option<i64>> = jobs
            .iter()
            .map(|job| job.as_ref().map(|job| job.due.timestamp_micros()))
            .collect();
        self.client
            .execute(
                &self.put_values,
                &[&keys, &bytes, &checksums, &jsons, &queues, &dues],
            )
            .await?;
        Ok(())
    }

    pub(super) async fn remove_values(
        &self,
        values: &BTreeMap<Key, Option<Vec<u8>>>,
    ) -> Result<(), Error> {
        let gone = values.iter().filter(|(_, value)| value.is_none());
        let keys: Vec<&str> = gone.map(|(key, _)| key.as_str()).collect();
        if !keys.is_empty() {
            self.client.execute(&self.remove_values, &[&keys]).await?;
        }
        Ok(())
    }
}

/// A value's checksum as PostgreSQL keeps it.
pub(super) fn sum(key: &str, value: &[u8]) -> i32 {
    checksum(key.as_bytes(), value).cast_signed()
}

/// A value, if its checksum is right.
pub(super) fn open_value(key: &str, value: Vec<u8>, stated: i32) -> Result<Vec<u8>, StoreError> {
    if sum(key, &value) == stated {
        Ok(value)
    } else {
        Err(StoreError::Damaged {
            place: format!("「{key}」"),
        })
    }
}

/// PostgreSQL counts with signs; a journal does not come near where that matters.
pub(super) fn head(seq: i64, hash: String) -> Head {
    Head {
        seq: seq.cast_unsigned(),
        hash,
    }
}

/// The lock of a municipality's existence: shared by who commits, alone with who imports it.
pub(super) fn import_lock(municipality: &str) -> i64 {
    lock("import", municipality)
}

/// PostgreSQL names locks by number. Two names that fall together only wait for each other.
fn lock(what: &str, municipality: &str) -> i64 {
    let digest = Sha256::digest(format!("{what}/{municipality}"));
    digest
        .first_chunk()
        .map_or(0, |first| i64::from_be_bytes(*first))
}
