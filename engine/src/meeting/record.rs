//! 会議録, 出欠表 and 正誤表: the papers about a meeting that was held, and what the minutes record.

use std::collections::BTreeMap;

use authoring::Finding;
use chrono::NaiveDate;
use minijinja::value::{Serde, Value};
use papers::digits::Width;
use papers::{Document, Head, wareki};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::errata::Erratum;
use super::outline::{Content, Draft, Line};
use super::quorum::{Day, Turnout};
use super::write::{environment, squeeze};
use crate::pack::Pack;
use crate::template::refused;

/// What the secretariat writes down about a meeting (要点筆記).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minutes {
    pub lines: Vec<MinuteLine>,
    /// その他
    #[serde(default)]
    pub other: String,
    /// Entries (`ledger/entry`) of finished minutes whose words were taken out when they were worked on again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<String>,
}

/// What came of a line of the 次第.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinuteLine {
    /// The line of the 次第.
    pub line: String,
    pub title: String,
    pub level: Option<u8>,
    /// What was said, in paragraphs; 「■会長　…」 names a speaker.
    #[serde(default)]
    pub summary: String,
    #[serde(default)]
    pub outcome: Option<Outcome>,
    #[serde(default)]
    pub decisions: Vec<Decided>,
    #[serde(default)]
    pub follow_ups: Vec<FollowUp>,
    /// The entry of the ledger that brings a postponed line back.
    #[serde(default)]
    pub entry: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub what: String,
    /// Its entry in the ledger 経過, once the minutes are finished.
    #[serde(default)]
    pub entry: Option<String>,
}

/// Something to be done after the meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    pub what: String,
    #[serde(default)]
    pub owner: String,
    #[serde(default)]
    pub due: Option<NaiveDate>,
    /// Its entry in the ledger of follow-ups, once the minutes are finished.
    #[serde(default)]
    pub entry: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Agreed,
    Reported,
    /// 次回へ
    Postponed,
    Withdrawn,
}

/// Writes the papers of this file, ready for any writer.
pub struct Records<'a> {
    pub pack: &'a Pack,
    pub draft: &'a Draft,
}

impl Outcome {
    pub const ALL: [Outcome; 4] = [
        Outcome::Agreed,
        Outcome::Reported,
        Outcome::Postponed,
        Outcome::Withdrawn,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Outcome::Agreed => "承認・了承",
            Outcome::Reported => "報告を受けた",
            Outcome::Postponed => "次回へ",
            Outcome::Withdrawn => "取下げ",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Outcome::Agreed => "agreed",
            Outcome::Reported => "reported",
            Outcome::Postponed => "postponed",
            Outcome::Withdrawn => "withdrawn",
        }
    }

    pub fn of(code: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|one| one.code() == code)
    }
}

impl Minutes {
    /// The lines of the 次第 as it was sent, with what is written already. A line that the 次第 no longer has stays
    /// at the end if anything stands there.
    pub fn prefilled(self, draft: &Draft) -> Minutes {
        let mut written = self.lines;
        let take = |lines: &mut Vec<MinuteLine>, id: &str| {
            let at = lines.iter().position(|line| line.line == id)?;
            Some(lines.remove(at))
        };
        let mut lines: Vec<MinuteLine> = draft
            .lines
            .iter()
            .map(|line: &Line| MinuteLine {
                title: line.title.clone(),
                level: line.level,
                line: line.id.clone(),
                ..take(&mut written, &line.id).unwrap_or_default()
            })
            .collect();
        lines.extend(written.into_iter().filter(MinuteLine::says_something));
        Minutes { lines, ..self }
    }
}

impl Minutes {
    /// The entries that the minutes have made, as `ledger/entry`.
    pub(crate) fn entries(&self, chronicle: &str, follow_ups: &str) -> Vec<String> {
        let lines = self.lines.iter().flat_map(|line| {
            let decisions = line.decisions.iter().filter_map(|one| one.entry.as_ref());
            let decisions = decisions.map(move |entry| format!("{chronicle}/{entry}"));
            let follow_ups_of = line.follow_ups.iter().filter_map(|one| one.entry.as_ref());
            decisions.chain(follow_ups_of.map(move |entry| format!("{follow_ups}/{entry}")))
        });
        lines.collect()
    }
}

impl MinuteLine {
    pub fn says_something(&self) -> bool {
        !self.summary.trim().is_empty()
            || self.outcome.is_some()
            || !self.decisions.is_empty()
            || !self.follow_ups.is_empty()
    }
}

impl Records<'_> {
    /// 会議録 with its ten fields: 名称, 議題, 日時・場所, 公開・非公開, 出席・欠席, 事務局, 傍聴者, 資料名, 会議の記録, その他.
    ///
    /// # Errors
    /// `paper.*` findings of what was written.
    pub fn minutes(
        &self,
        day: &Day,
        turnout: &Turnout,
        minutes: &Minutes,
    ) -> Result<Document, Vec<Finding>> {
        let draft = self.draft;
        let width = draft.layout.dates.digits;
        let papers = draft
            .papers
            .iter()
            .filter(|paper| paper.content != Content::Agenda);
        let papers: Vec<String> = papers
            .map(|paper| {
                format!(
                    "{}　{}",
                    paper.number.as_deref().unwrap_or_default(),
                    paper.title
                )
                .trim()
                .to_owned()
            })
            .collect();
        let lines: Vec<serde_json::Value> = minutes
            .lines
            .iter()
            .map(|line| {
                // Below 会議の記録, so one level further in.
                let follow_ups = line.follow_ups.iter().map(|one| {
                    let due = one.due.and_then(|due| wareki::date_only(due, width).ok());
                    json!({ "what": one.what, "owner": one.owner, "due": due })
                });
                json!({
                    "title": line.title,
                    "marks": line.level.map(|level| "#".repeat(usize::from(level.min(3)) + 1)),
                    "summary": paragraphs(&line.summary),
                    "outcome": line.outcome.map(Outcome::label),
                    "decisions": line.decisions.iter().map(|one| &one.what).collect::<Vec<_>>(),
                    "follow_ups": follow_ups.collect::<Vec<_>>(),
                })
            })
            .collect();
        let topics = topics(&minutes.lines);
        let hours = [&day.began, &day.ended]
            .map(|time| time.as_deref().and_then(|time| clock(time, width)));
        let context = json!({
            "name": draft.title.trim_end_matches("次第").trim(),
            "topics": topics,
            "when": draft.when.first(),
            "began": hours[0], "ended": hours[1],
            "place": draft.place,
            "closed_because": day.closed_because,
            "attendance": attendance(day),
            "sentence": turnout.sentence,
            "staff": paragraphs(&day.staff),
            "observers": day.observers,
            "papers": papers,
            "lines": lines,
            "other": paragraphs(&minutes.other),
        });
        self.written(
            "minutes",
            include_str!("record/minutes.md"),
            "会議録",
            context,
        )
    }

    /// 出欠表
    ///
    /// # Errors
    /// As [`Records::minutes`].
    pub fn attendance(&self, day: &Day, turnout: &Turnout) -> Result<Document, Vec<Finding>> {
        let context = json!({ "attendance": attendance(day), "sentence": turnout.sentence, "observers": day.observers });
        self.written(
            "attendance",
            include_str!("record/attendance.md"),
            "出欠表",
            context,
        )
    }

    fn written(
        &self,
        id: &str,
        template: &str,
        name: &str,
        context: serde_json::Value,
    ) -> Result<Document, Vec<Finding>> {
        let markdown = rendered(id, template, context)?;
        let draft = self.draft;
        let of = draft.title.trim_end_matches("次第").trim();
        let head = Head {
            title: format!("{of}　{name}"),
            fiction: self.pack.municipality.paper_footer.clone(),
            paged: true,
            ..Head::default()
        };
        // Decisions stand under their lines, not beside the numbers.
        let mut layout = draft.layout.clone();
        layout.indent.bullets = layout.indent.paragraph;
        papers::read(
            id,
            &markdown,
            head,
            &layout,
            &BTreeMap::new(),
            &BTreeMap::new(),
        )
    }
}

/// The Markdown of a 正誤表.
///
/// # Errors
/// `paper.template`, if the template is broken.
pub fn errata_paper(errata: &[Erratum], added: &[String]) -> Result<String, Vec<Finding>> {
    rendered(
        "errata",
        include_str!("record/errata.md"),
        json!({ "errata": errata, "added": added }),
    )
}

fn rendered(id: &str, template: &str, context: serde_json::Value) -> Result<String, Vec<Finding>> {
    let name = format!("{id}.md");
    let text = environment().render_named_str(&name, template, Value::from(Serde(context)));
    Ok(squeeze(
        &text.map_err(|error| vec![refused(&name, &error)])?,
    ))
}

/// What a meeting was about: its lines under a heading, without those that only head others.
fn topics(lines: &[MinuteLine]) -> Vec<&str> {
    // A sole line under its heading has no mark, and stands as deep as any.
    let depth = |line: &MinuteLine| line.level.unwrap_or(u8::MAX);
    let below = lines.iter().skip(1).map(depth).chain([0]);
    let leaves = lines.iter().zip(below);
    leaves
        .filter(|(line, below)| depth(line) > 1 && *below <= depth(line))
        .map(|(line, _)| line.title.as_str())
        .collect()
}

fn attendance(day: &Day) -> Vec<serde_json::Value> {
    let all = day.attendance.iter();
    all.map(|one| {
        json!({
            "org": one.org, "name": one.name, "role": one.role, "proxy": one.proxy,
            "presence": one.presence.map_or("―", super::quorum::Presence::label),
        })
    })
    .collect()
}

fn paragraphs(text: &str) -> Vec<&str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
}

fn clock(time: &str, width: Width) -> Option<String> {
    let time = chrono::NaiveTime::parse_from_str(time, "%H:%M").ok()?;
    Some(wareki::time(time, width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_over_topics_is_no_topic() {
        let line = |level: Option<u8>, title: &str| MinuteLine {
            level,
            title: title.to_owned(),
            ..MinuteLine::default()
        };
        let lines = [
            line(Some(1), "開会"),
            line(Some(1), "議事"),
            line(Some(2), "報告事項"),
            line(None, "調査の結果"),
            line(Some(2), "協議事項"),
            line(Some(3), "連携のルール"),
            line(Some(3), "次の調査"),
            line(Some(2), "その他"),
            line(Some(1), "閉会"),
        ];
        let found = topics(&lines);
        assert_eq!(found, ["調査の結果", "連携のルール", "次の調査", "その他"]);
    }
}
