//! A changed pack: which findings come up.

use serde_json::Value;

use super::case::{Change, Step};
use super::scene::Scene;
use crate::pack::{Files, Pack};

impl Scene<'_> {
    pub(super) fn change(&self, changes: &[Change], expected: &Step) -> Vec<String> {
        let mut files = self.files.clone();
        for change in changes {
            if let Err(why) = apply(&mut files, change) {
                return vec![why];
            }
        }
        let findings = Pack::read(&files).err().unwrap_or_default();
        let listed = || {
            let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
            lines.join(" ／ ")
        };
        let missing = expected
            .found
            .iter()
            .filter(|code| !findings.iter().any(|finding| finding.code == code.as_str()));
        let mut failures: Vec<String> = missing
            .map(|code| format!("指摘 {code} がありません（あったのは：{}）", listed()))
            .collect();
        if expected.found.is_empty() && !findings.is_empty() {
            failures.push(format!("指摘がありました：{}", listed()));
        }
        failures
    }
}

/// Replaces the value at the pointer of a JSON file, or takes it away.
fn apply(files: &mut Files, change: &Change) -> Result<(), String> {
    let nowhere = || format!("{} の {} はありません", change.file, change.at);
    let text = files.get(&change.file).ok_or_else(nowhere)?;
    let mut value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match &change.to {
        Some(to) => put(&mut value, &change.at, to.clone()).ok_or_else(nowhere)?,
        None => take(&mut value, &change.at).ok_or_else(nowhere)?,
    }
    files.0.insert(change.file.clone(), value.to_string());
    Ok(())
}

fn put(value: &mut Value, at: &str, to: Value) -> Option<()> {
    if let Some(place) = value.pointer_mut(at) {
        *place = to;
        return Some(());
    }
    let (parent, name) = at.rsplit_once('/')?;
    match value.pointer_mut(parent)? {
        Value::Object(object) => {
            object.insert(name.to_owned(), to);
            Some(())
        }
        Value::Array(array) => {
            array.push(to);
            Some(())
        }
        _ => None,
    }
}

fn take(value: &mut Value, at: &str) -> Option<()> {
    let (parent, name) = at.rsplit_once('/')?;
    match value.pointer_mut(parent)? {
        Value::Object(object) => object.remove(name).map(|_| ()),
        Value::Array(array) => {
            let index: usize = name.parse().ok()?;
            (index < array.len())
                .then(|| array.remove(index))
                .map(|_| ())
        }
        _ => None,
    }
}
