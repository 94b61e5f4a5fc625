//! `meguri backup`: everything in one file, also while the server runs.

use std::path::PathBuf;

use clap::Args;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::source::Source;
use super::{Data, Failure, say_heads};
use crate::backups;

/// Writes everything to a file and reads it back, also while the server runs.
///
/// 記録・回答・ファイルをすべて一つのファイルに控え、読み返して確かめます。サーバーは動いたままでかまいません。回答を含むので、取り扱いに注意してください。
#[derive(Args)]
#[command(after_help = "例:  meguri backup hikae-2026-11-20.jsonl --data data")]
pub struct Backup {
    /// The file. An older one of that name is replaced when the new one is whole.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

impl Backup {
    pub async fn run(self) -> Result<(), Failure> {
        let source = Source::of(&self.data).await?;
        let written = block_in_place(|| {
            backups::write(&self.file, |out| {
                Handle::current().block_on(source.export(None, out))?;
                Ok(())
            })
        })?;
        eprintln!("{} に控えました。", self.file.display());
        say_heads(&written);
        Ok(())
    }
}
