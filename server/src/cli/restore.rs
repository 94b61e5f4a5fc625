//! `meguri restore`: a backup into a new data folder.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;

use super::{Data, Failure, say_heads};

/// Reads a backup into a new data folder and verifies everything in it.
///
/// 控えを新しいデータフォルダーに戻し、全体を検査して、各自治体の末尾を示します。すでに中身のあるフォルダーには戻しません。
#[derive(Args)]
#[command(after_help = "例:  meguri restore hikae-2026-11-20.jsonl --data atarashii")]
pub struct Restore {
    /// What `meguri backup` or `meguri export` wrote.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

impl Restore {
    pub async fn run(self) -> Result<(), Failure> {
        if self.data.folder().is_some_and(has_content) {
            eprintln!(
                "データフォルダーには中身があります。新しいフォルダーを --data で指定してください。"
            );
            return Err(Failure::Wrong);
        }
        // The whole file first: a damaged backup leaves no half-filled folder.
        if let Err(error) = store::check_export(&mut self.open()?) {
            eprintln!("{}: {error}", self.file.display());
            return Err(Failure::Wrong);
        }
        let store = self.data.open().await?;
        if !store.municipalities().await?.is_empty() {
            eprintln!(
                "データベースには中身があります。空のデータベースを --store で指定してください。"
            );
            return Err(Failure::Wrong);
        }
        let restored = store.import(&mut self.open()?).await?;
        let problems = store.verify(None).await?;
        if !problems.is_empty() {
            let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
            return Err(Failure::Stopped(anyhow!("{}", said.join("\n"))));
        }
        eprintln!("戻しました。検査に異常はありません。");
        say_heads(&restored);
        Ok(())
    }

    fn open(&self) -> anyhow::Result<BufReader<File>> {
        let file = File::open(&self.file)
            .with_context(|| format!("{} を開けません", self.file.display()))?;
        Ok(BufReader::new(file))
    }
}

fn has_content(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}
