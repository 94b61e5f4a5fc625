//! `meguri check`: what is wrong with a pack, all at once.

use std::path::PathBuf;

use clap::Args;

use super::{Failure, packs};

/// Checks packs: every finding with file, line, what is wrong and what to do.
///
/// パックの誤りを、ファイル・行・内容・直し方とともに、まとめて示します。誤りがあれば終了コードは 1 です。
/// 誤りではないが確かめた方がよいことは「注意」として示し、終了コードは変わりません。
#[derive(Args)]
#[command(after_help = "例:  meguri check municipalities/*")]
pub struct Check {
    /// Folders of packs.
    #[arg(required = true, value_name = "PACK")]
    packs: Vec<PathBuf>,
}

impl Check {
    pub fn run(self) -> Result<(), Failure> {
        let mut wrong = false;
        for folder in &self.packs {
            match packs::findings(folder)? {
                Ok(pack) => {
                    println!(
                        "{}：よし（調査{}、指標{}、会議{}、サイクル{}）",
                        folder.display(),
                        pack.surveys.len(),
                        pack.map.indicators.len(),
                        pack.agenda.meetings.len(),
                        pack.cycles.len()
                    );
                    for remark in pack.remarks() {
                        println!("　注意　{}/{remark}", folder.display());
                    }
                }
                Err(findings) => {
                    wrong = true;
                    for finding in &findings {
                        println!("{}/{finding}", folder.display());
                    }
                    eprintln!(
                        "{}：直すところが{}件あります。",
                        folder.display(),
                        findings.len()
                    );
                }
            }
        }
        if wrong { Err(Failure::Wrong) } else { Ok(()) }
    }
}
