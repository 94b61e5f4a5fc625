//! What was decided, read from the records of a cycle.

use chrono::NaiveDate;
use workflows::{Actor, Event, Plan, Record, outcome};

use super::gather::in_a_line;
use super::{Decided, Handover, NONE};
use crate::forecast::day;

impl Handover {
    /// Adds what the records of a cycle say since a day.
    pub(super) fn tell(&mut self, plan: &Plan, records: &[Record], since: NaiveDate) {
        for record in records.iter().filter(|record| since < record.at.today) {
            let on = day(record.at.today);
            match &record.event {
                Event::TaskDecided {
                    key,
                    outcome: chosen,
                    comment,
                    ..
                } => {
                    let comment = comment.as_deref().map(in_a_line).unwrap_or_default();
                    let chosen = outcome::in_words(chosen);
                    let outcome = match comment.as_str() {
                        "" => chosen.to_owned(),
                        comment => format!("{chosen}（{comment}）"),
                    };
                    self.decisions.push(Decided {
                        on,
                        title: plan.title_of(&key.step),
                        who: who(record.by.as_ref()),
                        outcome,
                    });
                }
                Event::CycleStarted { title, .. } => {
                    self.changes.push(format!("{on}　「{title}」を始めた"));
                }
                Event::CycleTerminated { reason } => {
                    let reason = in_a_line(reason);
                    self.changes
                        .push(format!("{on}　「{}」を取りやめた（{reason}）", plan.title));
                }
                Event::PlanAdopted { reason, .. } => {
                    self.changed(record, on, "計画を変えた", reason)
                }
                Event::CycleSuspended { reason } => self.changed(record, on, "休止した", reason),
                Event::CycleResumed { reason } => self.changed(record, on, "再開した", reason),
                Event::DateMoved {
                    field,
                    from,
                    to,
                    reason,
                } => {
                    let title = plan.date_titles.get(field).unwrap_or(field);
                    let (from, to, reason) = (day(*from), day(*to), in_a_line(reason));
                    let who = who(record.by.as_ref());
                    self.changes.push(format!(
                        "{on}　{title}を{from}から{to}に動かした（{who}：{reason}）"
                    ));
                }
                _ => {}
            }
        }
    }

    fn changed(&mut self, record: &Record, on: String, what: &str, reason: &str) {
        let (who, reason) = (who(record.by.as_ref()), in_a_line(reason));
        self.changes
            .push(format!("{on}　{what}（{who}：{reason}）"));
    }
}

/// 課長 佐藤 次郎; in 代決 both names.
fn who(by: Option<&Actor>) -> String {
    let Some(by) = by else {
        return NONE.to_owned();
    };
    match &by.on_behalf_of {
        Some(absent) => format!("{} {}（{absent}の代決）", by.role, by.person),
        None => format!("{} {}", by.role, by.person),
    }
}
