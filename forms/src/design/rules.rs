//! Conditions, calculations and checks of an item.

use serde_json::{Map, Value, json};

use super::condition::Relevance;
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

/// The title of an item with a rule that reads this option: without the option it would never hold again, and
/// nothing would say so.
pub(super) fn reader_of_option(document: &Value, path: &str, code: &str) -> Option<String> {
    let id = level::split(path).1;
    let quoted = json!(code).to_string();
    let reads = |rule: &str| match Relevance::read(rule) {
        Some(relevance) => relevance.clauses.iter().any(|clause| {
            clause.value == code && clause.item.split('.').next() == Some(id)
        }),
        None => {
            let names = Rule::compile(rule).map(|rule| rule.names().to_vec());
            rule.contains(&quoted) && names.unwrap_or_default().iter().any(|name| name == id)
        }
    };
    let items = document["properties"].as_object()?;
    let inner = items
        .values()
        .filter_map(|item| item["items"]["properties"].as_object());
    let mut all = items.values().chain(inner.flat_map(Map::values));
    let reader = all.find(|item| {
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
