//! The timeline as a text that can be read aloud in an office.

use std::fmt;

use super::timeline::{Entry, EntryKind, Timeline, Warning};
use crate::calendar::written;

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        writeln!(f)?;
        for entry in &self.entries {
            writeln!(f, "{entry}")?;
        }
        writeln!(f)?;
        for (role, months) in &self.tasks {
            let months: Vec<String> = months
                .iter()
                .map(|(month, count)| format!("{month} {count}件"))
                .collect();
            writeln!(f, "{role}の仕事: {}", months.join("、"))?;
        }
        writeln!(f, "会議 {}回、調査 {}回", self.meetings, self.surveys)?;
        if !self.not_taken.is_empty() {
            writeln!(f, "この想定では行わないもの: {}", self.not_taken.join("、"))?;
        }
        for warning in &self.warnings {
            writeln!(f, "注意: {warning}")?;
        }
        match &self.suspended {
            Some(suspension) => writeln!(
                f,
                "サイクルは{}から休止しています（理由: {}）。",
                written(suspension.since.today),
                suspension.reason
            ),
            None if self.completed => writeln!(f, "サイクルは最後まで進みます。"),
            None => writeln!(f, "サイクルは途中で止まります。"),
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", written(self.on), self.kind)?;
        if let Some(role) = &self.role {
            write!(f, "（{role}）")?;
        }
        write!(f, " {}", self.title)?;
        if !self.detail.is_empty() {
            write!(f, " … {}", self.detail)?;
        }
        Ok(())
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EntryKind::Started => "開始",
            EntryKind::Task => "作業",
            EntryKind::Approval => "決裁",
            EntryKind::SentBack => "差戻し",
            EntryKind::Effect => "実行",
            EntryKind::Compute => "計算",
            EntryKind::Gate => "判定",
            EntryKind::Opened => "受付開始",
            EntryKind::Closed => "締切",
            EntryKind::Reopened => "やり直し",
            EntryKind::Signal => "受領・開催",
            EntryKind::Carried => "引継ぎ",
            EntryKind::Overdue => "期限超過",
            EntryKind::Escalated => "上申",
            EntryKind::Incident => "障害",
            EntryKind::Ended => "終了",
        })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::MissingOwner { role } => {
                write!(
                    f,
                    "役割「{role}」を担う人がいません。municipality.json の roles に足してください。"
                )
            }
            Warning::NeverOpens { title, why, .. } => write!(f, "「{title}」は始まりません。{why}"),
            Warning::ClosedDay { title, on, reason } => {
                write!(f, "「{title}」の{}は閉庁日（{reason}）です。", written(*on))
            }
            Warning::Past { title, on } => {
                write!(
                    f,
                    "「{title}」の期限 {} はすでに過ぎています。",
                    written(*on)
                )
            }
            Warning::Stopped { why } => write!(f, "試行を続けられません。{why}"),
        }
    }
}
