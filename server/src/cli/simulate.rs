//! `meguri simulate`: the year before it happens.

use std::path::PathBuf;

use clap::Args;
use workflows::simulate::{EntryKind, Timeline, Warning};

use super::{Failure, packs};
use crate::view::when;

/// Runs a year dry: every date, who has what to do in which month, and what is missing.
///
/// 一年を試算します。人も回答も仮のもので、何も保存しません。
#[derive(Args)]
#[command(after_help = "例:  meguri simulate municipalities/kasou --json | jq .tasks")]
pub struct Simulate {
    /// Folder of a pack.
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// One cycle of the pack; all of them without this.
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Simulate {
    pub fn run(self) -> Result<(), Failure> {
        let pack = packs::read(&self.pack)?;
        let cycles: Vec<_> = pack
            .cycles
            .iter()
            .filter(|cycle| self.cycle.as_ref().is_none_or(|id| *id == cycle.id))
            .collect();
        if cycles.is_empty() {
            let known: Vec<&str> = pack.cycles.iter().map(|cycle| cycle.id.as_str()).collect();
            eprintln!("サイクルがありません。あるのは {} です。", known.join("、"));
            return Err(Failure::Wrong);
        }
        for cycle in cycles {
            let timeline = pack.dry_run(cycle).map_err(|findings| {
                findings.iter().for_each(|finding| eprintln!("{finding}"));
                Failure::Wrong
            })?;
            if self.json {
                println!("{}", serde_json::to_string_pretty(&timeline)?);
            } else {
                print(&timeline);
            }
        }
        Ok(())
    }
}

fn print(timeline: &Timeline) {
    println!("{}\n", timeline.title);
    for entry in &timeline.entries {
        let who = entry
            .role
            .as_ref()
            .map_or(String::new(), |role| format!("〔{role}〕"));
        let detail = if entry.detail.is_empty() {
            String::new()
        } else {
            format!("（{}）", entry.detail)
        };
        println!(
            "{}　{}{}{who}{detail}",
            when::day(entry.on),
            entry.title,
            verb(entry.kind)
        );
    }
    println!(
        "\n会議 {}回、調査 {}回",
        timeline.meetings, timeline.surveys
    );
    for (role, months) in &timeline.tasks {
        let months: Vec<String> = months
            .iter()
            .map(|(month, count)| format!("{month} {count}件"))
            .collect();
        println!("{role}：{}", months.join("、"));
    }
    for warning in &timeline.warnings {
        println!("注意：{}", said(warning));
    }
}

fn verb(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Started => "：始まり",
        EntryKind::Ended => "：終わり",
        EntryKind::Opened => "：受付開始",
        EntryKind::Closed => "：締切",
        EntryKind::Approval => "：決裁",
        EntryKind::SentBack => "：差戻し",
        EntryKind::Overdue => "：期限超過",
        EntryKind::Escalated => "：上申",
        EntryKind::Incident => "：障害",
        _ => "",
    }
}

fn said(warning: &Warning) -> String {
    match warning {
        Warning::MissingOwner { role } => format!("「{role}」を受け持つ人がいません。"),
        Warning::NeverOpens { title, why, .. } => format!("「{title}」は始まりません。{why}"),
        Warning::ClosedDay { title, on, reason } => {
            format!("{title}（{}）は{reason}です。", when::day(*on))
        }
        Warning::Past { .. } => warning.to_string(),
        Warning::Stopped { why } => format!("途中で止まりました。{why}"),
    }
}
