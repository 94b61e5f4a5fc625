//! Parameters of a cycle (`cycles/*.json`): the dates, roles and thresholds that a clerk edits.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use authoring::{Finding, Source};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::calendar::written;

/// The published JSON Schema of a parameter file.
pub const SCHEMA: &str = include_str!("../schema/cycle.schema.json");

static SHAPE: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(SCHEMA).expect("the schema in this crate is JSON");
    jsonschema::validator_for(&schema).expect("the schema in this crate is a JSON Schema")
});

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    file: String,
    title: String,
    script: String,
    unit: String,
    pub(crate) fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub id: String,
    pub title: String,
    pub value: FieldValue,
    pub unit: Option<String>,
    /// Where the value comes from, or that it is an estimate (推定).
    pub note: Option<String>,
    /// Another date field; this one must not lie before it.
    pub not_before: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum FieldValue {
    /// From 2000-01-01 to 2100-12-31.
    Date(NaiveDate),
    Integer(i64),
    Text(String),
    /// A time of day in Japan, `13:30`.
    Time(String),
    List(Vec<String>),
}

impl Field {
    /// 「60％」「北部、南部」.
    pub fn in_words(&self) -> String {
        let value = match &self.value {
            FieldValue::Date(on) => written(*on),
            FieldValue::Integer(number) => number.to_string(),
            FieldValue::Text(text) | FieldValue::Time(text) => text.clone(),
            FieldValue::List(items) => items.join("、"),
        };
        format!("{value}{}", self.unit.as_deref().unwrap_or_default())
    }
}

impl Parameters {
    /// # Errors
    /// `pack.shape`, `cycle.bad_field`, `cycle.duplicate_field`, `cycle.date_order`, `cycle.no_year`:
    /// everything that is wrong with the file, sorted by line.
    pub fn read(source: &Source) -> Result<Parameters, Vec<Finding>> {
        let mut findings = source.shape(&SHAPE);
        if !findings.is_empty() {
            return Err(findings);
        }
        let root = source.value();
        let mut parameters = Parameters {
            file: source.file().to_owned(),
            title: text(root, "title").unwrap_or_default(),
            script: text(root, "script").unwrap_or_default(),
            unit: text(root, "unit").unwrap_or_default(),
            fields: Vec::new(),
        };
        let fields = root["fields"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        for (index, json) in fields.iter().enumerate() {
            let pointer = format!("/fields/{index}");
            match field(json) {
                Ok(field) if parameters.field(&field.id).is_some() => {
                    findings.push(source.finding(
                        "cycle.duplicate_field",
                        &format!("{pointer}/id"),
                        format!("パラメータ「{}」が2回定義されています。", field.id),
                        "どちらかの id を変えるか、片方を消してください。",
                    ))
                }
                Ok(field) => parameters.fields.push(field),
                Err((what, todo)) => {
                    findings.push(source.finding(
                        "cycle.bad_field",
                        &format!("{pointer}/value"),
                        what,
                        todo,
                    ));
                }
            }
        }
        for problem in parameters.problems() {
            let index = fields
                .iter()
                .position(|json| json["id"] == problem.field.as_str());
            let pointer = index.map_or("/fields".to_owned(), |index| {
                format!("/fields/{index}/value")
            });
            findings.push(source.finding(problem.code, &pointer, problem.what, problem.todo));
        }
        findings.sort();
        if findings.is_empty() {
            Ok(parameters)
        } else {
            Err(findings)
        }
    }

    /// The same parameters with one date moved: what the clerk's form does before the plan is made.
    ///
    /// # Errors
    /// A Japanese sentence when there is no such date field or the order of the dates would be wrong.
    pub fn with_date(&self, id: &str, on: NaiveDate) -> Result<Parameters, String> {
        let mut moved = self.clone();
        let field = moved.fields.iter_mut().find(|field| field.id == id);
        match field {
            Some(field) if matches!(field.value, FieldValue::Date(_)) => field.value = date(on)?,
            _ => return Err(format!("「{id}」という日付のパラメータはありません。")),
        }
        match moved.problems().into_iter().next() {
            Some(problem) => Err(problem.what),
            None => Ok(moved),
        }
    }

    /// The same parameters with the dates of a running cycle, which may have been moved; dates that are no
    /// fields are left out.
    pub fn as_of(&self, dates: &BTreeMap<String, NaiveDate>) -> Parameters {
        let mut parameters = self.clone();
        for field in &mut parameters.fields {
            if let (FieldValue::Date(on), Some(now)) = (&mut field.value, dates.get(&field.id)) {
                *on = *now;
            }
        }
        parameters
    }

    pub fn file(&self) -> &str {
        &self.file
    }

    pub fn title(&self) -> &str {
        &self.title
    }

    /// File name of the plan script, in the same folder.
    pub fn script(&self) -> &str {
        &self.script
    }

    pub fn unit(&self) -> &str {
        &self.unit
    }

    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    pub fn date(&self, id: &str) -> Option<NaiveDate> {
        match self.field(id)?.value {
            FieldValue::Date(on) => Some(on),
            _ => None,
        }
    }

    /// All date fields.
    pub fn dates(&self) -> BTreeMap<String, NaiveDate> {
        let dates = self.fields.iter().filter_map(|field| match field.value {
            FieldValue::Date(on) => Some((field.id.clone(), on)),
            _ => None,
        });
        dates.collect()
    }

    /// The integer field `year`.
    pub fn fiscal_year(&self) -> Option<i32> {
        match self.field("year")?.value {
            FieldValue::Integer(year) => i32::try_from(year)
                .ok()
                .filter(|year| (2000..=2100).contains(year)),
            _ => None,
        }
    }

    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.unit == "fiscal_year" && self.fiscal_year().is_none() {
            problems.push(Problem {
                code: "cycle.no_year",
                field: "year".to_owned(),
                what: "年度単位のサイクルに、年度を表すパラメータ year（2000〜2100 の整数）がありません。".to_owned(),
                todo: "{ \"id\": \"year\", \"type\": \"integer\", \"value\": 2024 } のように足してください。".to_owned(),
            });
        }
        for field in &self.fields {
            let Some(earlier) = &field.not_before else {
                continue;
            };
            let Some(limit) = self.date(earlier) else {
                problems.push(Problem {
                    code: "cycle.bad_field",
                    field: field.id.clone(),
                    what: format!(
                        "「{}」の not_before が指す日付「{earlier}」がありません。",
                        field.title
                    ),
                    todo: "日付のパラメータの id を書いてください。".to_owned(),
                });
                continue;
            };
            if self.date(&field.id).is_some_and(|on| on < limit) {
                let title = self
                    .field(earlier)
                    .map_or(earlier.as_str(), |field| &field.title);
                problems.push(Problem {
                    code: "cycle.date_order",
                    field: field.id.clone(),
                    what: format!(
                        "「{}」が「{title}」（{limit}）より前の日付です。",
                        field.title
                    ),
                    todo: format!("「{title}」以後の日付にしてください。"),
                });
            }
        }
        problems
    }
}

pub(crate) struct Problem {
    code: &'static str,
    field: String,
    pub(crate) what: String,
    todo: String,
}

fn field(json: &Value) -> Result<Field, (String, String)> {
    let title = text(json, "title").unwrap_or_default();
    let value = value(json).map_err(|todo| {
        (
            format!("「{title}」の値 {} は使えません。", json["value"]),
            todo,
        )
    })?;
    Ok(Field {
        id: text(json, "id").unwrap_or_default(),
        title,
        value,
        unit: text(json, "unit"),
        note: text(json, "note"),
        not_before: text(json, "not_before"),
    })
}

fn value(json: &Value) -> Result<FieldValue, String> {
    let value = &json["value"];
    match json["type"].as_str().unwrap_or_default() {
        "date" => {
            let on = value.as_str().and_then(|text| text.parse().ok());
            on.ok_or("2023-12-28 の形で書いてください。".to_owned())
                .and_then(date)
        }
        "integer" => {
            let number = value.as_i64().map(FieldValue::Integer);
            number.ok_or("整数を書いてください（引用符は付けません）。".to_owned())
        }
        "time" => {
            let time = value.as_str().filter(|text| is_time(text));
            time.map(|text| FieldValue::Time(text.to_owned()))
                .ok_or("13:30 の形で書いてください。".to_owned())
        }
        "list" => {
            let items = value.as_array().filter(|items| items.len() <= 2_000);
            let items = items.and_then(|items| {
                items
                    .iter()
                    .map(|item| item.as_str().map(str::to_owned))
                    .collect()
            });
            items
                .map(FieldValue::List)
                .ok_or("文字列の配列（2,000件まで）を書いてください。".to_owned())
        }
        _ => {
            let text = value.as_str().map(|text| FieldValue::Text(text.to_owned()));
            text.ok_or("文字列を書いてください。".to_owned())
        }
    }
}

fn date(on: NaiveDate) -> Result<FieldValue, String> {
    match on.year() {
        2000..=2100 => Ok(FieldValue::Date(on)),
        _ => Err("2000年から2100年までの日付にしてください。".to_owned()),
    }
}

fn is_time(text: &str) -> bool {
    let parts = text.split_once(':');
    let number = |text: &str| (text.len() == 2).then(|| text.parse::<u8>().ok()).flatten();
    parts.is_some_and(|(hour, minute)| {
        number(hour).is_some_and(|hour| hour < 24)
            && number(minute).is_some_and(|minute| minute < 60)
    })
}

fn text(json: &Value, name: &str) -> Option<String> {
    json[name].as_str().map(str::to_owned)
}
