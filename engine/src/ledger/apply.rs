//! One line applied to a ledger: a new entry, or a change of an earlier one.
//!
//! | Asked | Code |
//! |---|---|
//! | does the form accept it, and do its dates say when it was | `pack.entry` |
//! | do mark and heading belong together | `pack.item_mark` |
//! | may it step from where it was to where it is | `pack.entry_stage` |
//!
//! Whether what it refers to is there is asked when all entries are known: see [`super::refer`].

use authoring::{Finding, nearest};
use forms::{Answers, Severity};
use serde_json::{Map, Value};

use super::{Entry, Ledger, Line, When};
use crate::frame::ProgrammeItem;

/// Where a new entry may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// A fact from a source: it may stand anywhere, because what came before is not told.
    Anywhere,
    /// Entered here: in the first stage, or at an end.
    First,
}

impl Ledger {
    /// The entry after this line.
    ///
    /// # Errors
    /// All findings of the line at once.
    pub(crate) fn apply(
        &self,
        marks: &[ProgrammeItem],
        earlier: Option<&Entry>,
        line: &Line,
        beginning: Beginning,
    ) -> Result<Entry, Vec<Finding>> {
        let mut fields = earlier.map_or_else(Map::new, Entry::fields);
        fields.extend(line.fields.clone());
        fields.retain(|_, value| !value.is_null());
        let answers: Answers = serde_json::from_value(Value::Object(fields)).unwrap_or_default();
        let examined = self.form.examine(&answers);
        let entry = Entry {
            id: line.id.clone(),
            answers: examined.answers,
            line: line.number,
        };
        let mut findings = self.wrong_marks(marks, &answers, line);
        let mark = self.definition.marks.as_ref().map(|marks| &marks.mark);
        let errors = examined
            .issues
            .iter()
            .filter(|issue| issue.severity == Severity::Error);
        // A mark that does not exist is named once, with the right one.
        let errors = errors.filter(|issue| findings.is_empty() || Some(&issue.item) != mark);
        let refused: Vec<Finding> = errors
            .map(|issue| {
                line.finding(
                    "pack.entry",
                    format!("{}の記録「{}」: {}", self.name(), line.id, issue.message),
                    format!(
                        "forms/{}.json に合わせて直してください。",
                        self.definition.form
                    ),
                )
            })
            .collect();
        findings.extend(refused);
        findings.extend(self.wrong_dates(&entry, line));
        findings.extend(self.wrong_step(earlier, &entry, line, beginning));
        if findings.is_empty() {
            Ok(entry)
        } else {
            Err(findings)
        }
    }

    fn wrong_dates(&self, entry: &Entry, line: &Line) -> Vec<Finding> {
        let wrong = self.definition.when.iter().filter(|item| {
            !entry.answers.is_blank(item) && When::read(&entry.answers, item).is_none()
        });
        wrong
            .map(|item| {
                let typed = entry.answers.typed(item).join("、");
                line.finding(
                    "pack.entry",
                    format!(
                        "{}の記録「{}」: 「{typed}」は年月でも年度でもありません。",
                        self.name(),
                        line.id
                    ),
                    "月は 2016-04、年度は 2016 のように書いてください。",
                )
            })
            .collect()
    }

    fn wrong_marks(&self, marks: &[ProgrammeItem], answers: &Answers, line: &Line) -> Vec<Finding> {
        let Some(items) = &self.definition.marks else {
            return Vec::new();
        };
        let Some(said) = answers.text(&items.mark) else {
            return Vec::new();
        };
        let heading = items.heading.as_ref().and_then(|item| answers.text(item));
        let known = marks.iter().find(|mark| mark.mark == said);
        let meant = heading.and_then(|heading| {
            let title = nearest(heading, marks.iter().map(|mark| mark.title.as_str()))?;
            marks.iter().find(|mark| mark.title == title)
        });
        let what = match (known, heading, meant) {
            (Some(known), _, Some(meant)) if known.mark == meant.mark => return Vec::new(),
            (Some(_), None, _) => return Vec::new(),
            (Some(known), Some(heading), _) => {
                format!(
                    "記号「{}」は「{}」です。見出しの「{heading}」と合いません。",
                    known.mark, known.title
                )
            }
            (None, _, _) => format!("項目の記号「{said}」はありません。"),
        };
        let todo = match (meant, known) {
            (Some(meant), _) => format!(
                "見出しに合う記号は「{}」（{}）です。",
                meant.mark, meant.title
            ),
            (None, Some(known)) => format!(
                "見出しを「{}」にするか、記号を直してください。",
                known.title
            ),
            (None, None) => {
                let marks: Vec<&str> = marks.iter().map(|mark| mark.mark.as_str()).collect();
                format!("使えるのは {} です。", marks.join("、"))
            }
        };
        vec![line.finding(
            "pack.item_mark",
            format!("{}の記録「{}」: {what}", self.name(), line.id),
            todo,
        )]
    }

    fn wrong_step(
        &self,
        earlier: Option<&Entry>,
        entry: &Entry,
        line: &Line,
        beginning: Beginning,
    ) -> Option<Finding> {
        let state = self.definition.state.as_ref()?;
        let place = |code: &str| state.stages.iter().position(|stage| stage == code);
        let label = |code: &str| self.state_label(code).to_owned();
        let from = earlier.and_then(|entry| self.state(entry));
        let to = self.state(entry);
        let what = match (from, to) {
            (None, None) => return None,
            (Some(from), None) => format!("「{}」を空にはできません。", label(from)),
            (None, Some(to)) => match place(to) {
                Some(1..) if beginning == Beginning::First || earlier.is_some() => {
                    format!("はじめから「{}」にはできません。", label(to))
                }
                _ => return None,
            },
            (Some(from), Some(to)) if from == to => return None,
            (Some(from), Some(to)) => match (place(from), place(to)) {
                (_, None) => return None,
                (Some(before), Some(after)) if after == before + 1 => return None,
                _ => format!("「{}」から「{}」へは進めません。", label(from), label(to)),
            },
        };
        let next = match from.map(place) {
            None => state.stages.first(),
            Some(Some(before)) => state.stages.get(before + 1),
            Some(None) => None,
        };
        let ends = self.state_item().map_or(&[][..], |item| item.options());
        let ends = ends.iter().filter(|option| place(&option.code).is_none());
        let allowed: Vec<String> = next
            .map(|next| label(next))
            .into_iter()
            .chain(ends.map(|option| option.title.clone()))
            .map(|title| format!("「{title}」"))
            .collect();
        Some(line.finding(
            "pack.entry_stage",
            format!("{}の記録「{}」: {what}", self.name(), line.id),
            format!(
                "進めるのは {} です。一段ずつ進めてください。",
                allowed.join("、")
            ),
        ))
    }
}
