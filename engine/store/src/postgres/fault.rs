//! Which errors mean that the server is away, and which that it refuses.

use std::error::Error;
use std::fmt::Display;

use tokio_postgres::error::SqlState;

use crate::error::StoreError;

/// The server did not answer in time, or not at all.
pub(super) fn unavailable(cause: impl Display) -> StoreError {
    StoreError::Unavailable {
        cause: cause.to_string(),
    }
}

/// What an answer of PostgreSQL, or its absence, means to the caller.
pub(super) fn fault(doing: &'static str) -> impl Fn(tokio_postgres::Error) -> StoreError {
    move |error| {
        let cause = describe(&error);
        match error.code() {
            Some(code) if forbids(code) => StoreError::Unusable { what: cause },
            Some(code) if !passes(code) => StoreError::Database { doing, cause },
            _ => StoreError::Unavailable { cause },
        }
    }
}

/// Whether the same may succeed in a moment: the connection failed, the server shuts down, starts up or is
/// overcrowded, or another transaction was in the way for too long.
fn passes(code: &SqlState) -> bool {
    let states = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::IDLE_SESSION_TIMEOUT,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::QUERY_CANCELED,
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
    ];
    code.code().starts_with("08") || states.contains(code)
}

/// Whether this user or this database is not what the server lets in.
fn forbids(code: &SqlState) -> bool {
    let states = [
        SqlState::INVALID_CATALOG_NAME,
        SqlState::INSUFFICIENT_PRIVILEGE,
    ];
    code.code().starts_with("28") || states.contains(code)
}

/// The innermost reason: the outer ones only say that there was an error.
pub(super) fn describe(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(error), _) => error.message().to_owned(),
        (None, Some(source)) => source.to_string(),
        (None, None) => error.to_string(),
    }
}
