//! Reading a measure and checking it against its questionnaire.

use std::sync::Arc;

use authoring::{Finding, Source, nearest};
use serde_json::Value;

use super::{Measure, Of};
use crate::expression::Rule;
use crate::item::{Item, Kind};
use crate::items::Items;
use crate::questionnaire::Questionnaire;
use crate::tally::repeat;

/// The fields of a measure.
pub const FIELDS: [&str; 6] = ["of", "where", "sum", "minus", "by", "having"];

impl Measure {
    /// Reads the measure at a JSON pointer of `source`.
    ///
    /// # Errors
    /// `form.measure` for what is no measure, `form.unknown_item` for names that the questionnaire does not have,
    /// and the findings of expressions; all at once.
    pub fn read(
        source: &Source,
        pointer: &str,
        questionnaire: &Questionnaire,
    ) -> Result<Measure, Vec<Finding>> {
        let mut reading = Reading {
            source,
            pointer,
            findings: Vec::new(),
        };
        let measure = reading.measure(questionnaire);
        match measure {
            Some(measure) if reading.findings.is_empty() => Ok(measure),
            _ => Err(reading.findings),
        }
    }
}

struct Reading<'a> {
    source: &'a Source,
    pointer: &'a str,
    findings: Vec<Finding>,
}

impl Reading<'_> {
    fn measure(&mut self, questionnaire: &Questionnaire) -> Option<Measure> {
        let source = self.source;
        let Some(Value::Object(fields)) = source.value().pointer(self.pointer) else {
            self.say(
                "",
                "数え方が { } の形で書かれていません。",
                "{ \"of\": \"responses\" } のように書いてください。",
            );
            return None;
        };
        for name in fields
            .keys()
            .filter(|name| !FIELDS.contains(&name.as_str()))
        {
            let todo = format!("書けるのは {} です。", FIELDS.join("、"));
            self.say(
                name,
                format!("数え方に「{name}」という項目は書けません。"),
                todo,
            );
        }
        let items = &questionnaire.items;
        let of = self.of(fields.get("of"), items)?;
        let own = match &of {
            Of::Responses => Some(&**items),
            Of::Rows(id) => repeat(items, id),
            Of::Roster => None,
        };
        let outer = matches!(of, Of::Rows(_)).then_some(&**items);
        let levels: Vec<&Items> = own.into_iter().chain(outer).collect();
        let condition = self.rule(fields.get("where"), "where", &levels, true);
        let sum = self.numbers(fields.get("sum"), "sum", own);
        let minus = self.numbers(fields.get("minus"), "minus", own);
        if !minus.is_empty() && sum.is_empty() {
            self.say(
                "minus",
                "minus がありますが、sum がありません。",
                "sum に引かれる設問を書いてください。",
            );
        }
        let by = self.group(fields.get("by"), own);
        if fields.contains_key("having") && by.is_none() {
            self.say(
                "having",
                "having は by でまとめたときだけ使えます。",
                "by を書くか、having を where にしてください。",
            );
        }
        let having = match by.and_then(|item| Some((item, own?))) {
            Some((item, own)) => self.having(fields.get("having"), own, item),
            None => None,
        };
        Some(Measure {
            by: by.map(|item| item.id.to_string()),
            of,
            condition,
            sum,
            minus,
            having,
            items: Arc::clone(items),
        })
    }

    fn say(&mut self, field: &str, what: impl Into<String>, todo: impl Into<String>) {
        self.say_code("form.measure", field, what, todo);
    }

    fn say_code(
        &mut self,
        code: &'static str,
        field: &str,
        what: impl Into<String>,
        todo: impl Into<String>,
    ) {
        let pointer = format!("{}/{field}", self.pointer);
        self.findings
            .push(self.source.finding(code, &pointer, what, todo));
    }

    fn of(&mut self, value: Option<&Value>, items: &Items) -> Option<Of> {
        match value.and_then(Value::as_str) {
            Some("responses") => Some(Of::Responses),
            Some("roster") => Some(Of::Roster),
            Some(id) if repeat(items, id).is_some() => Some(Of::Rows(id.to_owned())),
            other => {
                let repeats = items
                    .iter()
                    .filter(|item| matches!(item.kind, Kind::Repeat { .. }));
                let mut known = vec!["responses", "roster"];
                known.extend(repeats.map(|item| item.id.as_str()));
                let what = match other {
                    Some(id) => format!("of の「{id}」は数えられません。"),
                    None => "何を数えるか（of）がありません。".to_owned(),
                };
                self.say(
                    "of",
                    what,
                    format!("{} のどれかを書いてください。", known.join("、")),
                );
                None
            }
        }
    }

    fn compile(&mut self, value: Option<&Value>, field: &str) -> Option<Rule> {
        let value = value?;
        let Some(text) = value.as_str() else {
            self.say(
                field,
                format!("{field} が文字列の式ではありません。"),
                "式を \" \" で囲んで書いてください。",
            );
            return None;
        };
        match Rule::compile(text) {
            Ok(rule) => Some(rule),
            Err(fault) => {
                self.say_code(fault.code, field, fault.what, fault.todo);
                None
            }
        }
    }

    fn rule(
        &mut self,
        value: Option<&Value>,
        field: &str,
        levels: &[&Items],
        roster: bool,
    ) -> Option<Rule> {
        let rule = self.compile(value, field)?;
        for name in rule.names() {
            let known =
                roster && name == "respondent" || levels.iter().any(|items| items.knows(name));
            if !known {
                let candidates = levels.iter().flat_map(|items| items.names());
                let todo = way_out(name, candidates);
                self.say_code(
                    "form.unknown_item",
                    field,
                    format!(
                        "{field} の式「{}」にある「{name}」という設問はありません。",
                        rule.text()
                    ),
                    todo,
                );
            }
        }
        Some(rule)
    }

    /// A rule on a group reads its integer items, the item it is grouped by, and that item's attributes.
    fn having(&mut self, value: Option<&Value>, own: &Items, by: &Item) -> Option<Rule> {
        let rule = self.compile(value, "having")?;
        let known: Vec<&str> = own
            .names()
            .filter(|name| match own.get(name) {
                Some(item) => matches!(item.kind, Kind::Integer { .. }) || item.id == by.id,
                None => own
                    .attribute(name)
                    .is_some_and(|(at, _)| own[at].id == by.id),
            })
            .collect();
        for name in rule
            .names()
            .iter()
            .filter(|name| !known.contains(&name.as_str()))
        {
            self.say_code(
                "form.unknown_item",
                "having",
                format!(
                    "having の式「{}」にある「{name}」は、まとめた後では使えません。",
                    rule.text()
                ),
                way_out(name, known.iter().copied()),
            );
        }
        Some(rule)
    }

    fn numbers(&mut self, value: Option<&Value>, field: &str, own: Option<&Items>) -> Vec<String> {
        let list: Vec<&Value> = match value {
            None => return Vec::new(),
            Some(Value::Array(list)) => list.iter().collect(),
            Some(one) => vec![one],
        };
        let mut ids = Vec::new();
        for id in list {
            let id = id.as_str().unwrap_or_default();
            match own.and_then(|own| own.get(id)).map(|item| &item.kind) {
                Some(Kind::Integer { .. }) => ids.push(id.to_owned()),
                Some(_) => self.say(
                    field,
                    format!("{field} の「{id}」は整数の設問ではありません。"),
                    "type が integer の設問を書いてください。",
                ),
                None => {
                    let names = own
                        .into_iter()
                        .flat_map(|own| own.iter().map(|item| item.id.as_str()));
                    let todo = way_out(id, names);
                    self.say_code(
                        "form.unknown_item",
                        field,
                        format!("{field} の「{id}」という設問はありません。"),
                        todo,
                    );
                }
            }
        }
        ids
    }

    fn group<'b>(&mut self, value: Option<&Value>, own: Option<&'b Items>) -> Option<&'b Item> {
        let id = value?.as_str().unwrap_or_default();
        let item = own.and_then(|own| own.get(id));
        match item.map(|item| &item.kind) {
            Some(Kind::Single { .. } | Kind::Text { .. } | Kind::Integer { .. } | Kind::Date) => {
                item
            }
            Some(_) => {
                self.say(
                    "by",
                    format!("by の「{id}」ではまとめられません。"),
                    "答えが1つの設問を書いてください。",
                );
                None
            }
            None => {
                let names = own
                    .into_iter()
                    .flat_map(|own| own.iter().map(|item| item.id.as_str()));
                let todo = way_out(id, names);
                self.say_code(
                    "form.unknown_item",
                    "by",
                    format!("by の「{id}」という設問はありません。"),
                    todo,
                );
                None
            }
        }
    }
}

fn way_out<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(name, candidates) {
        Some(near) => format!("「{near}」ではありませんか。"),
        None => "調査票の設問のIDか、respondent.（名簿の列）を書いてください。".to_owned(),
    }
}
