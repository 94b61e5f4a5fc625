//! One invented respondent: what the office answers, and its way through the pages.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use forms::{Answers, Item, Kind, Questionnaire};
use serde_json::{Map, Value, json};

use super::connection::{Answer, Body, Connection, FORM, JSON};
use super::pack::{SLUG, office};

/// What was shown after submitting.
#[derive(Debug)]
pub struct Receipt {
    pub office: usize,
    /// The number on the page, or the digest of a whole response.
    pub number: String,
}

/// Where the time of each request goes.
pub struct Visit<'a> {
    pub connection: &'a mut Connection,
    pub took: &'a mut Vec<Duration>,
    pub gzip: bool,
}

impl Visit<'_> {
    fn ask(&mut self, path: &str, body: Option<&Body<'_>>, status: u16) -> Result<Answer> {
        let begun = Instant::now();
        let answer = self.connection.ask(path, body, self.gzip)?;
        self.took.push(begun.elapsed());
        ensure!(
            answer.status == status,
            "{path}: {} {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
        Ok(answer)
    }

    fn redirect(&mut self, path: &str, body: Option<&Body<'_>>) -> Result<String> {
        self.ask(path, body, 303)?
            .location
            .context("a redirect without an address")
    }

    /// The whole way: link, every page and its form, review, submission, receipt.
    ///
    /// # Errors
    /// An answer is not what a browser would go on from.
    pub fn pages(
        &mut self,
        token: &str,
        questionnaire: &Questionnaire,
        number: usize,
    ) -> Result<Receipt> {
        let here = format!("/{SLUG}/r/{token}");
        let mut at = self.redirect(&here, None)?;
        for (nth, page) in questionnaire.pages().iter().enumerate() {
            ensure!(
                at == format!("{here}/{}", nth + 1),
                "page {} leads to {at}",
                nth
            );
            let shown = self.ask(&at, None, 200)?;
            let items = page
                .items
                .iter()
                .filter_map(|id| questionnaire.item(id.as_str()));
            let form = form(items, number, &shown.body);
            at = self.redirect(
                &at,
                Some(&Body {
                    kind: FORM,
                    bytes: form.as_bytes(),
                }),
            )?;
        }
        ensure!(at.ends_with("/review"), "the last page leads to {at}");
        let review = self.ask(&at, None, 200)?;
        let seen = format!("_seen={}", hidden(&review.body, "_seen"));
        at = self.redirect(
            &format!("{here}/submit"),
            Some(&Body {
                kind: FORM,
                bytes: seen.as_bytes(),
            }),
        )?;
        ensure!(at.ends_with("/receipt"), "the submission leads to {at}");
        self.gzip = false;
        let page = self.ask(&at, None, 200)?;
        let text = String::from_utf8(page.body)?;
        let shown = text
            .split_once("受付番号</dt><dd>")
            .and_then(|(_, rest)| rest.split_once("</dd>"));
        Ok(Receipt {
            office: number,
            number: shown.context("a receipt without number")?.0.to_owned(),
        })
    }

    /// The whole response at once.
    ///
    /// # Errors
    /// It is not accepted.
    pub fn whole(
        &mut self,
        token: &str,
        questionnaire: &Questionnaire,
        number: usize,
    ) -> Result<Receipt> {
        let answers = answers(questionnaire, number);
        let bytes = json!({ "answers": answers }).to_string().into_bytes();
        let page = self.ask(
            &format!("/{SLUG}/api/r/{token}"),
            Some(&Body {
                kind: JSON,
                bytes: &bytes,
            }),
            200,
        )?;
        let receipt: Value = serde_json::from_slice(&page.body)?;
        let digest = receipt["digest"]
            .as_str()
            .context("a receipt without digest")?;
        Ok(Receipt {
            office: number,
            number: digest.to_owned(),
        })
    }
}

/// Whether stored answers are those of this office: its texts name it.
pub fn is_of(answers: &Answers, number: usize) -> bool {
    answers
        .text("t0")
        .is_some_and(|text| text.starts_with(&office(number)))
}

/// Everything that an office answers.
pub fn answers(questionnaire: &Questionnaire, number: usize) -> Map<String, Value> {
    let answered = questionnaire.items().iter();
    let answered = answered.map(|item| (item.id.to_string(), answer(item, number)));
    answered.collect()
}

/// A typical answer, a little different for each office; always within the constraints.
fn answer(item: &Item, number: usize) -> Value {
    let salt = number
        .wrapping_mul(31)
        .wrapping_add(item.id.as_str().bytes().map(usize::from).sum());
    // The same for every count of an office, so that no part is larger than its whole.
    let count = 5 + number % 20;
    match &item.kind {
        Kind::Single { options } => json!(options[salt % options.len()].code),
        Kind::Multiple { options, .. } => json!([
            options[0].code,
            options[1 + salt % (options.len() - 1)].code
        ]),
        Kind::Matrix { rows, options } => rows
            .iter()
            .map(|row| (row.id.clone(), json!(options[salt % options.len()].code)))
            .collect::<Map<_, _>>()
            .into(),
        Kind::Integer { .. } | Kind::Decimal { .. } => json!(count.to_string()),
        Kind::Date => json!("令和８年１２月１日"),
        // The driver's questionnaire asks for none.
        Kind::File { .. } => Value::Null,
        Kind::Text { .. } => json!(format!(
            "{}より。病院との連絡がとりやすくなりました。今後も続けてください。",
            office(number)
        )),
        Kind::Repeat { items, .. } => {
            // The row that is there without pressing a button.
            let cells = items
                .iter()
                .map(|item| (item.id.to_string(), answer(item, number)));
            json!([cells.collect::<Map<_, _>>()])
        }
    }
}

/// A hidden field of a page; a compressed page is not read.
fn hidden(page: &[u8], name: &str) -> String {
    let text = std::str::from_utf8(page).unwrap_or_default();
    let value = text
        .split_once(&format!("name=\"{name}\" value=\""))
        .and_then(|(_, rest)| rest.split_once('"'));
    value.map_or(String::new(), |(value, _)| value.to_owned())
}

/// The answers to a page as a browser sends them.
fn form<'a>(items: impl Iterator<Item = &'a Item>, number: usize, page: &[u8]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for name in ["_shown", "_base"] {
        let value = hidden(page, name);
        if !value.is_empty() {
            form.append_pair(name, &value);
        }
    }
    for item in items {
        fields(&mut form, item.id.as_str(), &answer(item, number));
    }
    form.append_pair("_act", "next");
    form.finish()
}

fn fields(form: &mut form_urlencoded::Serializer<'_, String>, name: &str, value: &Value) {
    match value {
        Value::Object(inner) => inner
            .iter()
            .for_each(|(key, value)| fields(form, &format!("{name}.{key}"), value)),
        Value::Array(list) if list.first().is_some_and(Value::is_object) => {
            list.iter()
                .enumerate()
                .for_each(|(row, value)| fields(form, &format!("{name}.{row}"), value));
        }
        Value::Array(list) => list.iter().for_each(|value| fields(form, name, value)),
        value => {
            form.append_pair(name, value.as_str().unwrap_or_default());
        }
    }
}
