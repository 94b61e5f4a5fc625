//! The server of this test run.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, OnceLock};

use private_postgres::{Server, StartError};
use store::{Store, StoreError};
use tokio::runtime::Runtime;

static SERVER: OnceLock<Server> = OnceLock::new();

static DATABASES: LazyLock<Mutex<HashMap<PathBuf, String>>> = LazyLock::new(Mutex::default);

/// Stores live on it; the cases themselves wait without it.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime")
});

pub fn start() -> Result<(), StartError> {
    let server = Server::start();
    if let Err(error @ (StartError::Failed { .. } | StartError::Io(_))) = server {
        panic!("PostgreSQL is installed and does not start: {error}");
    }
    SERVER.set(server?).expect("started once");
    Ok(())
}

pub fn server() -> &'static Server {
    SERVER.get().expect("started by main")
}

/// The store that belongs to a folder, in a database of its own.
pub fn open(folder: &Path) -> Store {
    connect(&url(folder)).expect("a database that can be used")
}

pub fn connect(url: &str) -> Result<Store, StoreError> {
    RUNTIME.block_on(Store::connect(url))
}

/// A new, empty database.
pub fn database(name: &str) -> String {
    server().create(name).expect("a new database")
}

fn url(folder: &Path) -> String {
    let mut databases = DATABASES.lock().expect("no case panics while it is held");
    let number = databases.len();
    databases
        .entry(folder.to_owned())
        .or_insert_with(|| database(&format!("case_{number}")))
        .clone()
}
