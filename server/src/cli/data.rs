//! Where the answers and the journal are kept: a folder.

use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args;
use store::Store;

use super::Failure;

/// Where the answers and the journal are kept.
#[derive(Args, Clone)]
pub struct Data {
    /// Folder of the store (データフォルダー). Made when it is not there.
    #[arg(long, value_name = "DIR", default_value = "data", env = "MEGURI_DATA")]
    pub data: PathBuf,
}

impl Data {
    /// Opens the store; a folder is made when it is not there.
    pub async fn open(&self) -> Result<Store, Failure> {
        Store::open(&self.data).map_err(|error| Failure::Stopped(anyhow!(error)))
    }

    /// Opens a store that is there already.
    pub async fn open_existing(&self) -> Result<Store, Failure> {
        self.exists()?;
        self.open().await
    }

    fn exists(&self) -> anyhow::Result<()> {
        if !self.data.is_dir() {
            bail!(
                "データフォルダー {} がありません。場所を --data で指定してください。",
                self.data.display()
            );
        }
        Ok(())
    }
}
