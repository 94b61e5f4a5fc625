//! `meguri check`: what is wrong with a pack, all at once.

use std::path::PathBuf;

use authoring::Finding;
use clap::Args;
use engine::pack::{Beside, together};

use super::{Failure, packs, say};

/// Checks packs: every finding with file, line, what is wrong and what to do.
///
/// パックの誤りを、ファイル・行・内容・直し方とともに、まとめて示します。二つ以上を渡すと、slug・区域・名簿の重なりも調べます。誤りがあれば終了コードは 1 です。
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
        let mut read = Vec::new();
        for folder in &self.packs {
            read.push(packs::with_files(folder)?);
        }
        let mut findings: Vec<Vec<Finding>> = vec![Vec::new(); read.len()];
        let mut accepted = Vec::new();
        for (number, (files, pack)) in read.iter().enumerate() {
            match pack {
                Ok(pack) => accepted.push((number, Beside { pack, files })),
                Err(wrong) => findings[number] = wrong.clone(),
            }
        }
        let beside: Vec<Beside<'_>> = accepted.iter().map(|(_, beside)| *beside).collect();
        for (place, finding) in together(&beside) {
            findings[accepted[place].0].push(finding);
        }
        for ((folder, (_, pack)), wrong) in self.packs.iter().zip(&read).zip(&findings) {
            let folder = folder.display();
            for finding in wrong {
                say(&format!("{folder}/{finding}\n"))?;
            }
            match pack {
                Ok(pack) if wrong.is_empty() => {
                    say(&format!(
                        "{folder}：よし（調査{}、指標{}、会議{}、サイクル{}）\n",
                        pack.surveys.len(),
                        pack.map.indicators.len(),
                        pack.agenda.meetings.len(),
                        pack.cycles.len()
                    ))?;
                    for remark in pack.remarks() {
                        say(&format!("　注意　{folder}/{remark}\n"))?;
                    }
                }
                _ => eprintln!("{folder}：直すところが{}件あります。", wrong.len()),
            }
        }
        match findings.iter().all(Vec::is_empty) {
            true => Ok(()),
            false => Err(Failure::Wrong),
        }
    }
}
