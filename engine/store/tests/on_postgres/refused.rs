//! Servers and databases that are refused, each with a message that says what to do.

use futures_executor::block_on;
use futures_util::future::join_all;
use libtest_mimic::Trial;
use store::{Commit, CommitError, StoreError};

use crate::conformance::{event, key, writes};
use crate::server::{connect, database, server};
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("refused::tls", tls),
        trial("refused::not_an_address", not_an_address),
        trial("refused::nobody_there", nobody_there),
        trial(
            "refused::a_database_that_is_not_there",
            a_database_that_is_not_there,
        ),
        trial("refused::another_encoding", another_encoding),
        trial("refused::a_newer_schema", a_newer_schema),
        trial("refused::a_user_who_may_not", a_user_who_may_not),
        trial(
            "refused::one_commit_spoils_no_other",
            one_commit_spoils_no_other,
        ),
    ]
}

fn message(url: &str) -> String {
    match connect(url) {
        Ok(_) => panic!("{url} should have been refused"),
        Err(error) => error.to_string(),
    }
}

fn tls() {
    let url = format!("{}?sslmode=require", database("tls"));
    let message = message(&url);
    assert!(
        message.contains("TLS（sslmode=require）には対応していません"),
        "{message}"
    );
    assert!(connect(&url.replace("require", "disable")).is_ok());
}

fn not_an_address() {
    for url in [
        "postgres://u:geheim@host:port/db",
        "mysql://u:geheim@h/db",
        "",
        "geheim",
    ] {
        let message = message(url);
        assert!(
            message.starts_with("PostgreSQL を使えません。"),
            "{message}"
        );
        assert!(!message.contains("geheim"), "{message}");
    }
}

fn nobody_there() {
    // The port of a listener that is gone.
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let url = format!("postgres://u:geheim@127.0.0.1:{port}/db");
    let error = connect(&url).err().expect("nobody listens");
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    assert!(!error.to_string().contains("geheim"), "{error}");
}

fn a_database_that_is_not_there() {
    let message = message(&server().url("どこにもない"));
    assert!(
        message.starts_with("PostgreSQL を使えません。"),
        "{message}"
    );
    assert!(message.contains("どこにもない"), "{message}");
}

fn another_encoding() {
    let sql = "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'";
    server().sql("postgres", sql).unwrap();
    let message = message(&server().url("latin"));
    assert!(message.contains("文字コードが LATIN1 です"), "{message}");
}

fn a_newer_schema() {
    let url = database("newer");
    drop(connect(&url).unwrap());
    drop(connect(&url).unwrap());
    server()
        .sql("newer", "INSERT INTO migration VALUES (2)")
        .unwrap();
    let error = connect(&url).err().expect("a newer schema");
    assert!(
        matches!(error, StoreError::UnknownSchema { found: 2 }),
        "{error}"
    );
}

fn a_user_who_may_not() {
    let url = database("forbidden");
    server()
        .sql("postgres", "CREATE ROLE visitor LOGIN")
        .unwrap();
    let message = message(&url.replace("//postgres@", "//visitor@"));
    assert!(
        message.starts_with("PostgreSQL を使えません。permission denied"),
        "{message}"
    );
}

/// What the server itself refuses is refused alone, though it is written together with others.
fn one_commit_spoils_no_other() {
    let store = connect(&database("spoiled")).unwrap();
    let sql = "ALTER TABLE value ADD CHECK (key <> '架空市/13')";
    server().sql("spoiled", sql).unwrap();
    let paths: Vec<String> = (0..40).map(|n| format!("架空市/{n}")).collect();
    let commits = paths.iter().map(|path| {
        store.commit(Commit {
            events: vec![event(1)],
            ..writes([(path.as_str(), "x")])
        })
    });
    // All are queued before the first answer is awaited.
    let answers = block_on(join_all(commits));
    for (nth, answer) in answers.iter().enumerate() {
        match answer {
            Ok(_) => assert_ne!(nth, 13),
            Err(CommitError::Store(StoreError::Database { .. })) => assert_eq!(nth, 13),
            Err(error) => panic!("{nth}: {error}"),
        }
    }
    assert_eq!(block_on(store.scan(&key("架空市"))).unwrap().len(), 39);
    assert_eq!(block_on(store.head("架空市")).unwrap().seq, 39);
    assert_eq!(block_on(store.verify(None)).unwrap(), []);
}
