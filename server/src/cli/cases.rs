//! `meguri cases`: a pack's own acceptance test.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::{Failure, packs, say};

/// Runs the cases of packs (cases/*.case.json): raw data in, and what must come out.
///
/// パックの検収を実行します。資料・次第・断り・注意・試算・数値が、case に書いたとおりに出るかを確かめます。保存はしません。
#[derive(Args)]
#[command(after_help = "例:  meguri cases municipalities/*")]
pub struct Cases {
    /// Folders of packs.
    #[arg(required = true, value_name = "PACK")]
    packs: Vec<PathBuf>,
}

impl Cases {
    pub fn run(self) -> Result<(), Failure> {
        let (mut passed, mut failed) = (0, 0);
        for folder in &self.packs {
            let (files, pack) = packs::with_files(folder)?;
            let outcomes = pack.and_then(|pack| engine::acceptance::run(&files, &Arc::new(pack)));
            let outcomes = match outcomes {
                Ok(outcomes) => outcomes,
                Err(findings) => {
                    failed += 1;
                    for finding in findings {
                        say(&format!("✗ {}/{finding}\n", folder.display()))?;
                    }
                    continue;
                }
            };
            for outcome in outcomes {
                let mark = match outcome.failures.is_empty() {
                    true => "✓",
                    false => "✗",
                };
                let (folder, file) = (folder.display(), &outcome.file);
                let mut lines = format!(
                    "{mark} {folder}/{file}（手順{}）　{}\n",
                    outcome.steps, outcome.what
                );
                for failure in &outcome.failures {
                    lines += &format!("　　{failure}\n");
                }
                say(&lines)?;
                match outcome.failures.is_empty() {
                    true => passed += 1,
                    false => failed += 1,
                }
            }
        }
        eprintln!(
            "検収 {}件のうち、{passed}件が書いたとおりに出ました。",
            passed + failed
        );
        match failed {
            0 => Ok(()),
            _ => Err(Failure::Wrong),
        }
    }
}
