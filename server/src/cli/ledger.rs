//! `meguri ledger`: entries of a ledger (台帳) handed in from a file, listed, and months closed.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use engine::year::{Act, Refusal};

use super::{Data, Failure, packs};
use crate::clock::Clock;

/// Hands entries of a ledger in from a file, lists them, closes a month.
///
/// 台帳の記録をファイルから取り込み、一覧にし、月を閉じます。
#[derive(Args)]
#[command(after_help = "例:  meguri ledger add municipalities/kasou consultations june.jsonl")]
pub struct Ledger {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Hands in every line of a .jsonl file: new entries and changes. What is refused is said with its line; the
    /// others are kept. 記録を取り込みます（1行に1件。同じ id は訂正）。
    Add {
        #[command(flatten)]
        of: Of,
        /// One entry a line: {"id": "c27", …}.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Prints the entries as lines of a .jsonl file. 記録を一覧にします。
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Closes a month. 月を閉じます。判定のない記録が残っていれば断ります。
    Close {
        #[command(flatten)]
        of: Of,
        /// The month: 2025-06.
        #[arg(value_name = "MONTH")]
        month: String,
    },
}

#[derive(Args)]
struct Of {
    /// Folder of a pack.
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// A ledger of the pack or of the base.
    #[arg(value_name = "LEDGER")]
    ledger: String,
    #[command(flatten)]
    data: Data,
}

impl Ledger {
    pub async fn run(self) -> Result<(), Failure> {
        match self.verb {
            Verb::Add { of, file } => {
                let name = file.display();
                let text = std::fs::read_to_string(&file)
                    .with_context(|| format!("{name} を読めません"))?;
                of.open().await?.add(&text).await
            }
            Verb::List { of } => of.open().await?.list().await,
            Verb::Close { of, month } => {
                let opened = of.open().await?;
                let act = Act::by_meguri(Clock::System.now());
                let closed = opened.year.close_month(&act, &opened.ledger, &month).await;
                closed.map_err(said)?;
                println!("{month} の月を閉じました。");
                Ok(())
            }
        }
    }
}

/// A ledger of an opened municipality.
struct Opened {
    year: packs::Opened,
    ledger: String,
}

impl Of {
    async fn open(self) -> Result<Opened, Failure> {
        let pack = packs::read(&self.pack)?;
        if let Err(finding) = pack.ledger(&self.ledger) {
            eprintln!("{}", Refusal::NotEntered(vec![finding]));
            return Err(Failure::Wrong);
        }
        Ok(Opened {
            year: packs::open(&self.data, &self.pack, pack).await?,
            ledger: self.ledger,
        })
    }
}

impl Opened {
    async fn add(&self, text: &str) -> Result<(), Failure> {
        let act = Act::by_meguri(Clock::System.now());
        let (mut kept, mut refused) = (0, 0);
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let entry = serde_json::from_str(line).map_err(|error| error.to_string());
            let entered = match entry {
                Ok(entry) => self
                    .year
                    .enter(&act, &self.ledger, entry)
                    .await
                    .map_err(|refusal| refusal.to_string()),
                Err(why) => Err(why),
            };
            match entered {
                Ok(_) => kept += 1,
                Err(why) => {
                    refused += 1;
                    eprintln!("{}行目：{why}", index + 1);
                }
            }
        }
        println!("{kept}件を記録しました。");
        match refused {
            0 => Ok(()),
            _ => Err(Failure::Wrong),
        }
    }

    async fn list(&self) -> Result<(), Failure> {
        let book = self.year.ledgers().await.map_err(said)?;
        for entry in book.entries(&self.ledger) {
            println!("{}", entry.json());
        }
        Ok(())
    }
}

fn said(refusal: Refusal) -> Failure {
    eprintln!("{refusal}");
    Failure::Wrong
}
