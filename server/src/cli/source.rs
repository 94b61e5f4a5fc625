//! From where an export comes: the store, or the running server that has it.

use std::io::Write;
use std::os::unix::net::UnixStream;

use store::{Exported, Store};

use super::{Data, Failure};
use crate::admin;

pub enum Source {
    Server(UnixStream),
    Store(Store),
}

impl Source {
    /// Asks the running server of the folder; without one, opens the store.
    pub async fn of(data: &Data) -> Result<Source, Failure> {
        match data.folder().and_then(admin::connect) {
            Some(server) => Ok(Source::Server(server)),
            None => Ok(Source::Store(data.open_existing().await?)),
        }
    }

    /// Writes everything, or one municipality, as JSON lines.
    pub async fn export(
        self,
        municipality: Option<&str>,
        out: &mut (dyn Write + Send),
    ) -> anyhow::Result<Exported> {
        match self {
            Source::Server(server) => admin::export(server, municipality, out),
            Source::Store(store) => Ok(store.export(municipality, out).await?),
        }
    }
}
