//! Migrations: SQL files that are applied once, in order.

use tokio_postgres::Client;

use crate::error::StoreError;
use crate::postgres::fault::fault;

/// A number once given out is never changed.
const MIGRATIONS: [(i32, &str); 1] = [(1, include_str!("migrations/0001_store.sql"))];

/// Brings the schema up to this release, whichever process comes first.
pub(super) async fn migrate(client: &mut Client) -> Result<(), StoreError> {
    let latest = MIGRATIONS[MIGRATIONS.len() - 1].0;
    let transaction = client.transaction().await.map_err(fault("更新"))?;
    // The number is this program's own, so that no other program's lock is met.
    transaction
        .batch_execute(
            "SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(5503180274411)",
        )
        .await
        .map_err(fault("更新"))?;
    let known: bool = transaction
        .query_one("SELECT to_regclass('migration') IS NOT NULL", &[])
        .await
        .map_err(fault("更新"))?
        .get(0);
    if !known {
        transaction
            .batch_execute("CREATE TABLE migration (number integer PRIMARY KEY)")
            .await
            .map_err(fault("更新"))?;
    }
    let applied: i32 = transaction
        .query_one("SELECT coalesce(max(number), 0) FROM migration", &[])
        .await
        .map_err(fault("更新"))?
        .get(0);
    if applied > latest {
        return Err(StoreError::UnknownSchema { found: applied });
    }
    for (number, sql) in MIGRATIONS.iter().filter(|(number, _)| *number > applied) {
        transaction
            .batch_execute(sql)
            .await
            .map_err(fault("更新"))?;
        transaction
            .execute("INSERT INTO migration VALUES ($1)", &[number])
            .await
            .map_err(fault("更新"))?;
    }
    transaction.commit().await.map_err(fault("更新"))
}
