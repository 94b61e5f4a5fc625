//! `meguri doctor`: what is wrong with a data folder, and mending it.

use std::path::Path;

use clap::Args;
use engine::year;
use store::doctor::{self, Report};

use super::{Data, Failure};
use crate::clock::Clock;

/// Verifies checksums, the chain of hashes, files and what is derived from the journal; says what to do.
///
/// データフォルダーを調べ、おかしいところと直し方を示します。調べるだけではフォルダーを変えません（写しを隣に作って調べるので、同じだけの空きが要ります）。サーバーは止めておいてください。
#[derive(Args)]
#[command(after_help = "例:  meguri doctor --data data --mend")]
pub struct Doctor {
    #[command(flatten)]
    data: Data,
    /// Mend what can be rebuilt from the records. The folder as it was is kept under another name.
    #[arg(long)]
    mend: bool,
}

impl Doctor {
    pub async fn run(self) -> Result<(), Failure> {
        let healthy = match self.data.folder() {
            Some(folder) => self.look_at_folder(folder)?,
            None => self.look_at_database().await?,
        };
        if !healthy || !self.look_beside_the_journal().await? {
            return Err(Failure::Wrong);
        }
        println!("異常はありません。");
        Ok(())
    }

    fn look_at_folder(&self, folder: &Path) -> Result<bool, Failure> {
        let report = if self.mend {
            let mended = doctor::mend(folder)?;
            for remedy in &mended.remedies {
                println!("{remedy}");
            }
            if let Some(before) = &mended.before {
                println!("直す前のフォルダーは {} にあります。", before.display());
            }
            mended.left
        } else {
            doctor::examine(folder)?
        };
        say(&report);
        Ok(report.is_healthy())
    }

    /// A database mends its own pages; what is wrong with the chain of hashes needs a backup.
    async fn look_at_database(&self) -> Result<bool, Failure> {
        let store = self.data.open().await?;
        let problems = store.verify(None).await?;
        problems.iter().for_each(|problem| println!("{problem}"));
        for (municipality, head) in store.municipalities().await? {
            println!("{municipality}：記録{}件（末尾 {}）", head.seq, head.hash);
        }
        Ok(problems.is_empty())
    }

    /// Compares what is derived from the journals with them, in a store that is itself in order.
    async fn look_beside_the_journal(&self) -> Result<bool, Failure> {
        let store = self.data.open_existing().await?;
        let now = Clock::System.now();
        let mut right = true;
        for (municipality, _) in store.municipalities().await? {
            // What belongs to the installation is no year.
            if municipality.starts_with('_') {
                continue;
            }
            let astray = year::astray(&store, &municipality, now).await?;
            for it in &astray {
                println!("{it}");
            }
            if self.mend && !astray.is_empty() {
                println!(
                    "{municipality}：{}か所を記録から作り直しました。",
                    astray.len()
                );
                year::mend(&store, &municipality, now, astray).await?;
            } else {
                right &= astray.is_empty();
            }
        }
        Ok(right)
    }
}

fn say(report: &Report) {
    if let Some(error) = &report.refused {
        println!("{error}");
    }
    for problem in &report.problems {
        println!("{problem}");
    }
    for path in &report.leftovers {
        println!(
            "{}: 書きかけのまま残ったファイルです。害はありません。`meguri doctor --mend` で除けます。",
            path.display()
        );
    }
    for (municipality, head) in &report.municipalities {
        println!("{municipality}：記録{}件（末尾 {}）", head.seq, head.hash);
    }
}
