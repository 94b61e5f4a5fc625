//! `ledgers/<id>.jsonl`: one JSON object a line, `id` and the items of the form.

use authoring::Finding;
use serde_json::{Map, Value};

/// Most characters of an id.
const LONGEST_ID: usize = 100;

/// One line, or one entry as it is handed in.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub id: String,
    pub fields: Map<String, Value>,
    pub file: String,
    /// 1-based; none for what was not read from a file.
    pub number: Option<u32>,
}

impl Line {
    /// Takes an object apart.
    ///
    /// # Errors
    /// `pack.entry`: no object, or no id that can be used.
    pub(crate) fn new(file: &str, number: Option<u32>, value: Value) -> Result<Line, Finding> {
        let wrong = |what: &str, todo: &str| Finding::new("pack.entry", file, number, what, todo);
        let Value::Object(mut fields) = value else {
            return Err(wrong(
                "記録が { } の形で書かれていません。",
                "{\"id\": \"…\", \"title\": \"…\"} のように、1行に1件ずつ書いてください。",
            ));
        };
        match fields.remove("id") {
            Some(Value::String(id)) if is_id(&id) => Ok(Line {
                id,
                fields,
                file: file.to_owned(),
                number,
            }),
            Some(id) => Err(wrong(
                &format!("id {} は使えません。", cut(&id.to_string())),
                "空白と「/」を含まない、100字までの文字列にしてください。",
            )),
            None => Err(wrong(
                "記録に id がありません。",
                "台帳の中で重ならない id を書いてください。",
            )),
        }
    }

    pub(crate) fn finding(
        &self,
        code: &'static str,
        what: impl Into<String>,
        todo: impl Into<String>,
    ) -> Finding {
        Finding::new(code, self.file.as_str(), self.number, what, todo)
    }
}

/// Every line of a file; empty lines are skipped.
///
/// # Errors
/// `pack.broken_json` and `pack.entry`, all at once.
pub(crate) fn read(file: &str, text: &str) -> (Vec<Line>, Vec<Finding>) {
    let (mut lines, mut findings) = (Vec::new(), Vec::new());
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (at, text) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let number = u32::try_from(at + 1).ok();
        let line = match serde_json::from_str(text) {
            Ok(value) => Line::new(file, number, value),
            Err(error) => Err(Finding::new(
                "pack.broken_json",
                file,
                number,
                format!(
                    "{}文字目あたりで JSON として読めません。",
                    characters(text, error.column())
                ),
                "1行に1件の JSON を、引用符・コンマ・かっこを確かめて書いてください。",
            )),
        };
        match line {
            Ok(line) => lines.push(line),
            Err(finding) => findings.push(finding),
        }
    }
    (lines, findings)
}

/// Characters up to a position in bytes.
fn characters(text: &str, bytes: usize) -> usize {
    text.char_indices()
        .take_while(|(at, _)| *at < bytes)
        .count()
}

fn is_id(id: &str) -> bool {
    let wrong = |c: char| c == '/' || c.is_whitespace() || c.is_control();
    !id.is_empty() && id.chars().count() <= LONGEST_ID && !id.contains(wrong)
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}
