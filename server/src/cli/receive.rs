//! `meguri receive`: the figures that a municipality outside has sent.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use engine::year::{Act, NotReceived};

use super::{Data, Failure, packs};
use crate::clock::Clock;

/// Checks the signature of figures and keeps them for the sums of the areas.
///
/// ほかの市町村から届いた数値の署名を確かめて受け取ります。鍵が違う、途中で書き換わった、手元のものより古い、構成市町村でない、のどれかなら、何も変えずに断ります。
#[derive(Args)]
#[command(after_help = "例:  meguri receive municipalities/kasou machi.figures.json --data data")]
pub struct Receive {
    /// Folder of a pack.
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// What `meguri figures` wrote there.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

impl Receive {
    pub async fn run(self) -> Result<(), Failure> {
        let text = std::fs::read(&self.file)
            .with_context(|| format!("{} を読めません", self.file.display()))?;
        // What is not UTF-8 is not as it was signed.
        let text = String::from_utf8_lossy(&text);
        let year = packs::open(&self.data, &self.pack, packs::read(&self.pack)?).await?;
        let act = Act::new(Clock::System.now(), "meguri receive");
        match year.receive(&act, &text).await {
            Ok(sheet) => {
                eprintln!(
                    "「{}」の数値{}件を受け取りました。",
                    sheet.name,
                    sheet.figures.len()
                );
                Ok(())
            }
            Err(NotReceived::Rejected(why)) => {
                eprintln!("{why}");
                Err(Failure::Wrong)
            }
            Err(NotReceived::Refused(refusal)) => Err(refusal.into()),
        }
    }
}
