//! Conditions, calculations and checks of an item.

use serde_json::{Value, json};

use super::condition::{Relation, Relevance};
use super::level::{self, set_text, titled};
use super::{Done, Refused, refused};
use crate::expression::Rule;

/// Characters of an expression.
const LONGEST: usize = 1_000;

pub(super) fn relevant(document: &mut Value, path: &str, rule: &str) -> Done {
    let rule = compiled(rule)?;
    set_text(level::item(document, path)?, "x-relevant", rule);
    Ok(())
}

pub(super) fn calculate(document: &mut Value, path: &str, rule: &str) -> Done {
    let rule = compiled(rule)?;
    if !rule.is_empty() {
        // What is calculated is not asked.
        super::words::required(document, path, false)?;
    }
    set_text(level::item(document, path)?, "x-calculate", rule);
    Ok(())
}

pub(super) fn add_check(document: &mut Value, path: &str, rule: &str, message: &str) -> Done {
    let message = titled(message, "合わないときに見せる文")?;
    let rule = compiled(rule)?;
    if rule.is_empty() {
        return refused("検算の式が空です。");
    }
    let fresh = json!({ "rule": rule, "message": message });
    let item = level::item(document, path)?;
    let checks = match item.shift_remove("x-constraint") {
        None => fresh,
        Some(Value::Array(mut checks)) => {
            checks.push(fresh);
            Value::Array(checks)
        }
        Some(one) => json!([one, fresh]),
    };
    item.insert("x-constraint".to_owned(), checks);
    Ok(())
}

pub(super) fn remove_check(document: &mut Value, path: &str, number: usize) -> Done {
    let item = level::item(document, path)?;
    let mut checks = match item.get("x-constraint") {
        None => Vec::new(),
        Some(Value::Array(checks)) => checks.clone(),
        Some(one) => vec![one.clone()],
    };
    let Some(at) = number.checked_sub(1).filter(|at| *at < checks.len()) else {
        return refused(format!(
            "{number}番目の検算はありません。画面を開き直してください。"
        ));
    };
    checks.remove(at);
    match checks.len() {
        0 => {
            item.shift_remove("x-constraint");
        }
        1 => {
            item.insert("x-constraint".to_owned(), checks.remove(0));
        }
        _ => {
            item.insert("x-constraint".to_owned(), Value::Array(checks));
        }
    }
    Ok(())
}

/// Conditions go on meaning what they meant when an item of one choice gets several, or the other way round.
///
/// # Errors
/// A rule reads the item in a way that is not understood.
pub(super) fn follow(document: &mut Value, path: &str, several: bool) -> Done {
    let id = level::split(path).1;
    let mut changed: Vec<(String, String)> = Vec::new();
    for (other, item) in all(document) {
        for name in ["x-relevant", "x-calculate"] {
            let Some(rule) = item[name].as_str() else {
                continue;
            };
            let names = Rule::compile(rule).map(|rule| rule.names().to_vec());
            if !names.unwrap_or_default().iter().any(|name| name == id) {
                continue;
            }
            let Some(mut relevance) = Relevance::read(rule).filter(|_| name == "x-relevant") else {
                let title = item["title"].as_str().unwrap_or_default();
                return refused(format!(
                    "設問「{title}」の式がこの設問を使っています。先にその式を直してください。"
                ));
            };
            for clause in relevance
                .clauses
                .iter_mut()
                .filter(|clause| clause.item == id)
            {
                clause.is = match (clause.is, several) {
                    (Relation::Is, true) => Relation::Has,
                    (Relation::IsNot, true) => Relation::HasNot,
                    (Relation::Has, false) => Relation::Is,
                    (Relation::HasNot, false) => Relation::IsNot,
                    (is, _) => is,
                };
            }
            changed.push((other.clone(), relevance.write()));
        }
    }
    for (other, rule) in changed {
        set_text(level::item(document, &other)?, "x-relevant", &rule);
    }
    Ok(())
}

/// All items with their paths.
fn all(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (id, item) in document["properties"].as_object().into_iter().flatten() {
        found.push((id.clone(), item));
        let inner = item["items"]["properties"]
            .as_object()
            .into_iter()
            .flatten();
        found.extend(inner.map(|(name, item)| (format!("{id}.{name}"), item)));
    }
    found
}

/// The title of an item with a rule that reads this option: without the option it would never hold again, and
/// nothing would say so.
pub(super) fn reader_of_option(document: &Value, path: &str, code: &str) -> Option<String> {
    let id = level::split(path).1;
    let quoted = json!(code).to_string();
    let reads = |rule: &str| match Relevance::read(rule) {
        Some(relevance) => relevance
            .clauses
            .iter()
            .any(|clause| clause.value == code && clause.item.split('.').next() == Some(id)),
        None => {
            let names = Rule::compile(rule).map(|rule| rule.names().to_vec());
            rule.contains(&quoted) && names.unwrap_or_default().iter().any(|name| name == id)
        }
    };
    let mut all = all(document).into_iter();
    let (_, reader) = all.find(|(_, item)| {
        let rules = ["x-relevant", "x-calculate"].map(|name| item[name].as_str());
        rules.into_iter().flatten().any(reads)
    })?;
    Some(reader["title"].as_str().unwrap_or_default().to_owned())
}

fn compiled(rule: &str) -> Result<&str, Refused> {
    let rule = rule.trim();
    if rule.chars().count() > LONGEST {
        return refused(format!("式は{LONGEST}字までです。"));
    }
    if rule.is_empty() {
        return Ok(rule);
    }
    match Rule::compile(rule) {
        Ok(_) => Ok(rule),
        Err(fault) => refused(format!("{} {}", fault.what, fault.todo)),
    }
}
