//! A forecast as a text that can be read aloud in an office.

use std::fmt;

use papers::digits::Width;
use papers::wareki;
use workflows::Moved;
use workflows::simulate::{Entry, Warning as OfCycle};

use super::words::{day, day_of_month, happened, month};
use super::{Assumed, Forecast, Warning};

impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}の試算", self.municipality)?;
        for turn in &self.cycles {
            writeln!(f, "\n■ 暦　{}", turn.title)?;
            calendar(f, &turn.entries)?;
            if !turn.completed {
                writeln!(f, "　このサイクルは途中で止まります。")?;
            }
            if !turn.not_taken.is_empty() {
                let skipped = turn.not_taken.join("、");
                writeln!(f, "　この想定では行わないもの：{skipped}")?;
            }
            moved(f, &turn.moved)?;
        }
        self.meetings(f)?;
        self.surveys(f)?;
        self.tasks(f)?;
        self.load(f)?;
        writeln!(f, "\n■ 注意")?;
        if self.warnings.is_empty() {
            writeln!(f, "　見つかりませんでした。")?;
        }
        for warning in &self.warnings {
            writeln!(f, "　{warning}")?;
        }
        writeln!(f, "\n■ 試算の前提\n{}", self.assumed)
    }
}

impl Forecast {
    fn meetings(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n■ 会議　{}回", self.meetings.len())?;
        for (body, count) in self.meetings_by_body() {
            writeln!(f, "　{body}　{count}回")?;
            for sitting in self.meetings.iter().filter(|sitting| sitting.body == body) {
                let content = match (
                    &sitting.draft,
                    sitting.reports.len(),
                    sitting.proposals.len(),
                ) {
                    (None, ..) => "次第は agenda.json にない".to_owned(),
                    (_, 0, 0) => "報告も協議もない".to_owned(),
                    (_, reports, proposals) => format!("報告{reports}件、協議{proposals}件"),
                };
                writeln!(f, "　　{}　{}　{content}", day(sitting.on), sitting.title)?;
            }
        }
        let Some(frequency) = &self.frequency else {
            return Ok(());
        };
        let times = |[lowest, highest]: [u64; 2]| match lowest == highest {
            true => format!("{highest}回"),
            false => format!("{lowest}～{highest}回"),
        };
        let year = wareki::fiscal_year(frequency.year, Width::Half).unwrap_or_default();
        let all = times([frequency.lowest, frequency.highest]);
        writeln!(f, "　会議体の定めでは、{year}に{all}")?;
        for (body, held) in &frequency.bodies {
            writeln!(f, "　　{body}　{}", times(*held))?;
        }
        Ok(())
    }

    fn surveys(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n■ 調査　{}回", self.surveys.len())?;
        for asked in &self.surveys {
            let closes = asked.closes.map_or("締切なし".to_owned(), day);
            writeln!(
                f,
                "　{}　{}～{closes}　対象{}件、{}問",
                asked.name,
                day(asked.opens),
                asked.offices,
                asked.questions
            )?;
        }
        Ok(())
    }

    fn tasks(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n■ 役割ごとの仕事")?;
        for (role, months) in &self.tasks {
            let sum: u32 = months.values().sum();
            let months: Vec<String> = months
                .iter()
                .map(|(month, count)| format!("{} {count}件", in_words(month)))
                .collect();
            writeln!(f, "　{role}　{sum}件（{}）", months.join("、"))?;
        }
        Ok(())
    }

    fn load(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = (self.offices(), self.questions());
        writeln!(f, "\n■ 回答者の負担　{}件に、延べ{}問", all.0, all.1)?;
        for group in &self.burden {
            let times = match group.times {
                (fewest, most) if fewest == most => format!("{most}回"),
                (fewest, most) => format!("{fewest}～{most}回"),
            };
            writeln!(
                f,
                "　{}　{}件　1件あたり{times}、最大{}問　延べ{}問",
                group.group, group.offices, group.each, group.questions
            )?;
        }
        Ok(())
    }
}

fn calendar(f: &mut fmt::Formatter<'_>, entries: &[Entry]) -> fmt::Result {
    let mut present = String::new();
    for entry in entries {
        let month = month(entry.on);
        if month != present {
            writeln!(f, "{month}")?;
            present = month;
        }
        let (on, title, what) = (day_of_month(entry.on), &entry.title, happened(entry));
        write!(f, "　{on}　{title}{what}")?;
        if let Some(role) = &entry.role {
            write!(f, "〔{role}〕")?;
        }
        match entry.detail.as_str() {
            "" => writeln!(f)?,
            detail => writeln!(f, "（{detail}）")?,
        }
    }
    Ok(())
}

fn moved(f: &mut fmt::Formatter<'_>, moved: &[Moved]) -> fmt::Result {
    if moved.is_empty() {
        return Ok(());
    }
    writeln!(f, "　移した日付（題名などの文字は元のまま）")?;
    for date in moved {
        let because = date
            .because
            .as_ref()
            .map_or(String::new(), |why| format!("（{why}）"));
        writeln!(
            f,
            "　　{}　{} → {}{because}",
            date.title,
            day(date.from),
            day(date.to)
        )?;
    }
    Ok(())
}

/// `2023-11` as 令和5年11月.
fn in_words(key: &str) -> String {
    format!("{key}-01")
        .parse()
        .map_or_else(|_| key.to_owned(), month)
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::EmptyAgenda { title, on } => write!(
                f,
                "{title}（{}）の次第には報告も協議もありません。議題を足すか、開くかどうかを決めてください。",
                day(*on)
            ),
            Warning::NoSuchBody { body, title, on } => write!(
                f,
                "{title}（{}）の日に「{body}」はありません。日付か、bodies の from・to を直してください。",
                day(*on)
            ),
            Warning::SuspendedBody {
                body,
                title,
                on,
                reason,
            } => {
                let reason = reason
                    .as_ref()
                    .map_or(String::new(), |why| format!("（{why}）"));
                write!(
                    f,
                    "{title}（{}）の日に「{body}」は休止中です{reason}。日付か、bodies の suspended を直してください。",
                    day(*on)
                )
            }
            Warning::Remark(finding) => finding.fmt(f),
            Warning::Cycle(OfCycle::ClosedDay { title, on, reason }) => {
                write!(f, "{title}（{}）は{reason}です。", day(*on))
            }
            Warning::Cycle(warning) => warning.fmt(f),
        }
    }
}

impl fmt::Display for Assumed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "　仕事は、期限があれば期限の日に、なければ{}開庁日後に済みます。",
            self.task_days
        )?;
        writeln!(
            f,
            "　決裁は{}開庁日後です。差戻しはないものとします。",
            self.approval_days
        )?;
        writeln!(
            f,
            "　外からの知らせは、予定日があればその日に、なければ{}開庁日後に届きます。",
            self.signal_days
        )?;
        writeln!(
            f,
            "　対象の{}％は最後まで回答しません。",
            self.never_answer_percent
        )?;
        write!(
            f,
            "　問の数は、1件が答えうる最大です（表の1行、繰り返しの1項目を1問とする）。"
        )
    }
}
