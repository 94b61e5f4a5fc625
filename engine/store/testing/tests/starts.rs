//! A private server comes, survives a crash, and goes without leaving anything.

use private_postgres::{Server, StartError};

#[test]
fn comes_and_goes() {
    let server = match Server::start() {
        Err(StartError::NotInstalled) => {
            eprintln!("SKIPPED: {}", StartError::NotInstalled);
            return;
        }
        started => started.expect("a server"),
    };
    let url = server.create("架空").expect("a new database");
    assert!(url.ends_with("/架空"), "{url}");
    assert!(server.create("架空").is_err(), "it is there already");
    let sql = |sql: &str| server.sql("架空", sql);
    sql("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)").expect("stored");
    server.kill().expect("a crash");
    assert!(sql("SELECT n FROM kept").is_err(), "nobody answers");
    server.restart().expect("a recovery");
    assert_eq!(sql("SELECT n FROM kept").expect("an answer"), "7");
    server.stop().expect("an end");
    server.restart().expect("a start");
    let folder = sql("SHOW data_directory").expect("an answer");
    assert!(std::path::Path::new(&folder).exists());
    drop(server);
    assert!(!std::path::Path::new(&folder).exists());
}
