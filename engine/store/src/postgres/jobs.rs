//! Jobs: claimed by one process at a time, without waiting for another's.

use chrono::{DateTime, TimeDelta, Utc};
use tokio_postgres::Row;

use crate::error::StoreError;
use crate::job::{Claim, Job, Ticket};
use crate::postgres::read::{keyed, query};
use crate::postgres::{ANSWER, Postgres};

/// What another process is just claiming is skipped. What was picked is read again as it is when it is locked.
const CLAIM: &str = "
    WITH picked AS (
        SELECT key FROM value
        WHERE queue = $1 AND municipality = ANY ($2) AND due <= $3 AND (until IS NULL OR until <= $3)
        ORDER BY due, key LIMIT $4 FOR UPDATE SKIP LOCKED
    )
    UPDATE value SET ticket = nextval('ticket'), until = $5 FROM picked WHERE value.key = picked.key
    RETURNING value.key, value.bytes, value.checksum, value.ticket";

/// LEAST takes no notice of NULL.
const NEXT_DUE: &str = "
    SELECT least(
        (SELECT due FROM value WHERE queue = $1 AND municipality = ANY ($2) AND until IS NULL ORDER BY due LIMIT 1),
        (SELECT min(until) FROM value WHERE queue = $1 AND municipality = ANY ($2) AND until IS NOT NULL)
    )";

impl Postgres {
    pub(crate) async fn claim(
        &self,
        queue: &str,
        municipalities: &[&str],
        now: DateTime<Utc>,
        lease: TimeDelta,
        limit: usize,
    ) -> Result<Vec<Claim>, StoreError> {
        let (queue, names) = owned(queue, municipalities);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let until = now
            .checked_add_signed(lease)
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        let (now, until) = (now.timestamp_micros(), until.timestamp_micros());
        let rows = self
            .with(ANSWER, move |client| async move {
                query(&client, CLAIM, &[&queue, &names, &now, &limit, &until]).await
            })
            .await?;
        let mut claims = rows.into_iter().map(claim).collect::<Result<Vec<_>, _>>()?;
        // An UPDATE returns its rows in no order.
        claims.sort_unstable_by(|a, b| (a.job.due, &a.ticket.key).cmp(&(b.job.due, &b.ticket.key)));
        Ok(claims)
    }

    pub(crate) async fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        let (key, number) = (claim.ticket.key.to_string(), claim.ticket.number);
        self.with(ANSWER, move |client| async move {
            let sql = "UPDATE value SET ticket = NULL, until = NULL WHERE key = $1 AND ticket = $2";
            query(&client, sql, &[&key, &number]).await
        })
        .await?;
        Ok(())
    }

    pub(crate) async fn next_due(
        &self,
        queue: &str,
        municipalities: &[&str],
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let (queue, names) = owned(queue, municipalities);
        let rows = self
            .with(ANSWER, |client| async move {
                query(&client, NEXT_DUE, &[&queue, &names]).await
            })
            .await?;
        let next: Option<i64> = rows.first().and_then(|row| row.get(0));
        Ok(next.and_then(DateTime::from_timestamp_micros))
    }
}

fn owned(queue: &str, municipalities: &[&str]) -> (String, Vec<String>) {
    let names = municipalities.iter().map(|name| (*name).to_owned());
    (queue.to_owned(), names.collect())
}

fn claim(row: Row) -> Result<Claim, StoreError> {
    let (key, value) = keyed(row.get(0), row.get(1), row.get(2))?;
    let number = row.get(3);
    match Job::read(&key, &value) {
        Some(job) => Ok(Claim {
            job,
            ticket: Ticket { key, number },
        }),
        None => Err(StoreError::Damaged {
            place: format!("「{key}」"),
        }),
    }
}
