//! Where the answers and the journal are kept: a folder, or a PostgreSQL database.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::Args;
use store::Store;

use super::Failure;

/// Where the answers and the journal are kept.
#[derive(Args, Clone)]
pub struct Data {
    /// Folder of the store (データフォルダー). Made when it is not there.
    #[arg(long, value_name = "DIR", default_value = "data", env = "MEGURI_DATA")]
    data: PathBuf,
    /// A PostgreSQL database (15 or later) in place of the folder, which several processes can share:
    /// postgres://user@host/database. データフォルダーの代わりに使うデータベース。
    #[arg(
        long = "store",
        value_name = "URL",
        env = "MEGURI_STORE",
        hide_env_values = true
    )]
    url: Option<String>,
}

impl Data {
    /// Opens the store; a folder is made when it is not there.
    pub async fn open(&self) -> Result<Store, Failure> {
        let opened = match &self.url {
            Some(url) => Store::connect(url).await,
            None => Store::open(&self.data),
        };
        opened.map_err(|error| Failure::Stopped(anyhow!(error)))
    }

    /// The data folder; nothing when the data is in a database.
    pub fn folder(&self) -> Option<&Path> {
        match self.url {
            Some(_) => None,
            None => Some(&self.data),
        }
    }

    /// Opens a store that is there already.
    pub async fn open_existing(&self) -> Result<Store, Failure> {
        self.exists()?;
        self.open().await
    }

    fn exists(&self) -> anyhow::Result<()> {
        if self.url.is_none() && !self.data.is_dir() {
            bail!(
                "データフォルダー {} がありません。場所を --data で指定してください。",
                self.data.display()
            );
        }
        Ok(())
    }
}
