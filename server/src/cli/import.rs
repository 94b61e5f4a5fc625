//! `meguri import`: what export wrote, into a store that does not have it yet.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use store::ImportError;

use super::{Data, Failure};

/// Reads what `meguri export` wrote. The chain of hashes is verified; nothing remains when it does not hold.
///
/// 書き出した控えを読み込みます。同じ自治体がすでにあるときは、何も変えずに断ります。
#[derive(Args)]
#[command(after_help = "例:  meguri import hikae.jsonl --data atarashii")]
pub struct Import {
    /// The file; stdin without it.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    data: Data,
}

impl Import {
    pub async fn run(self) -> Result<(), Failure> {
        let mut input: Box<dyn BufRead + Send> = match &self.file {
            Some(path) => {
                let file =
                    File::open(path).with_context(|| format!("{} を開けません", path.display()))?;
                Box::new(BufReader::new(file))
            }
            None => Box::new(BufReader::new(std::io::stdin())),
        };
        let store = self.data.open().await?;
        match store.import(&mut *input).await {
            Ok(imported) => {
                for (municipality, head) in imported.municipalities {
                    eprintln!(
                        "{municipality}：記録{}件を読み込みました（末尾 {}）。",
                        head.seq, head.hash
                    );
                }
                Ok(())
            }
            Err(error @ (ImportError::Exists { .. } | ImportError::Line { .. })) => {
                eprintln!("{error}");
                Err(Failure::Wrong)
            }
            Err(other) => Err(other.into()),
        }
    }
}
