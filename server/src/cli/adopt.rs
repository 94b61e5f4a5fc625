//! `meguri adopt`: a running cycle goes on by the plan of the edited pack.

use std::path::PathBuf;

use clap::Args;
use engine::year::{Act, Refusal};
use workflows::{Actor, Key, Preview};

use super::{Data, Failure, packs};
use crate::clock::Clock;

/// Shows what the edited pack would change in a running cycle, and with --yes changes it.
///
/// 直したパックの計画を、動いているサイクルで使います。まず変更案を表示し、--yes を付けると実際に変えます。
/// 元に戻すには、パックを元に戻してもう一度行います。サーバーが動いているあいだは、画面の「計画の変更」で行ってください。
#[derive(Args)]
#[command(
    after_help = "例:  meguri adopt municipalities/kasou --data data --choose approve=cancel --reason 会長と協議したため --yes"
)]
pub struct Adopt {
    /// Folder of a pack.
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    #[command(flatten)]
    data: Data,
    /// One cycle of the pack; without this there must be only one.
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// What becomes of an open step that the new plan does not have: approve=cancel, 'visit[北部]=cancel'.
    #[arg(long = "choose", value_name = "STEP=cancel")]
    choices: Vec<String>,
    /// Why; kept in the journal.
    #[arg(long, value_name = "TEXT", required_if_eq("yes", "true"))]
    reason: Option<String>,
    /// Change the plan.
    #[arg(long)]
    yes: bool,
}

impl Adopt {
    pub async fn run(self) -> Result<(), Failure> {
        let pack = packs::read(&self.pack)?;
        let ids: Vec<String> = pack
            .cycles
            .iter()
            .filter(|cycle| self.cycle.as_ref().is_none_or(|id| *id == cycle.id))
            .map(|cycle| cycle.turn())
            .collect();
        let [cycle] = ids.as_slice() else {
            let known: Vec<&str> = pack.cycles.iter().map(|cycle| cycle.id.as_str()).collect();
            eprintln!(
                "--cycle でサイクルを1つ選んでください。あるのは {} です。",
                known.join("、")
            );
            return Err(Failure::Wrong);
        };
        let year = packs::open(&self.data, &self.pack, pack).await?;
        let act = Act::new(Clock::System.now(), "meguri adopt");
        let preview = year
            .preview(&act, cycle, &year.pack)
            .await
            .map_err(refused)?;
        print!("{preview}");
        let cancel = self.cancelled(&preview)?;
        if !self.yes {
            eprintln!(
                "まだ変えていません。このとおりでよければ --reason と --yes を付けてください。"
            );
            return Ok(());
        }
        let by = Actor::new("meguri adopt", "システム");
        let reason = self.reason.clone().unwrap_or_default();
        year.adopt(&act, cycle, &preview.to, cancel, by, reason)
            .await
            .map_err(refused)?;
        year.work(&act).await.map_err(refused)?;
        eprintln!("「{cycle}」の計画を変えました。");
        Ok(())
    }

    /// The open turns that were chosen to be cancelled, by step or by step and item.
    fn cancelled(&self, preview: &Preview) -> Result<Vec<Key>, Failure> {
        let mut cancel = Vec::new();
        for choice in &self.choices {
            let named = |key: &&Key| {
                let step = choice.strip_suffix("=cancel");
                step.is_some_and(|step| step == key.step.as_str() || step == key.to_string())
            };
            let keys = preview.choices.iter().map(|choice| &choice.key);
            let found: Vec<Key> = keys.filter(named).cloned().collect();
            if found.is_empty() {
                eprintln!(
                    "--choose {choice} は使えません。なくなるステップの名に =cancel を付けてください（approve=cancel）。"
                );
                return Err(Failure::Wrong);
            }
            cancel.extend(found);
        }
        Ok(cancel)
    }
}

/// What a clerk can mend is said, what the machine did is an error.
fn refused(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Findings(findings) => {
            findings.iter().for_each(|finding| eprintln!("{finding}"));
            Failure::Wrong
        }
        Refusal::Cycle(_) | Refusal::Unknown(_) => {
            eprintln!("{refusal}");
            Failure::Wrong
        }
        other => Failure::Stopped(other.into()),
    }
}
