//! A roster read from CSV: those asked, one row each, with the columns that the municipality defines.

pub mod export;
pub mod import;
mod narrow;
pub mod rates;

use std::collections::{BTreeMap, HashMap};

use authoring::Finding;
use serde::{Deserialize, Serialize};

pub use narrow::Narrow;

use crate::municipality::{Column, RosterFormat};

/// Those asked (対象者名簿), in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Roster {
    pub id: String,
    pub respondents: Vec<Respondent>,
    /// Where each id stands in `respondents`: every page of a respondent looks it up.
    #[serde(skip_serializing)]
    places: HashMap<String, usize>,
}

/// A roster as it is kept in the store.
#[derive(Deserialize)]
struct Kept {
    id: String,
    respondents: Vec<Respondent>,
}

impl From<Kept> for Roster {
    fn from(Kept { id, respondents }: Kept) -> Roster {
        let ids = respondents.iter().map(|respondent| respondent.id.clone());
        let places = ids.zip(0..).collect();
        Roster {
            id,
            respondents,
            places,
        }
    }
}

/// One of those asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Respondent {
    /// 管理番号: letters, digits and hyphens.
    pub id: String,
    pub name: String,
    /// Column id → value, including the key and the name.
    pub columns: BTreeMap<String, String>,
}

impl Roster {
    pub fn respondent(&self, id: &str) -> Option<&Respondent> {
        self.places.get(id).map(|place| &self.respondents[*place])
    }

    /// A roster of these respondents. Of two with the same id the later one is found by it.
    pub fn new(id: impl Into<String>, respondents: Vec<Respondent>) -> Roster {
        Roster::from(Kept {
            id: id.into(),
            respondents,
        })
    }

    /// Reads a CSV file whose headings are the titles of the format, in any order. Reports every
    /// wrong row at once.
    ///
    /// # Errors
    /// `pack.roster_column`, `pack.roster_row`, `pack.roster_value`, `pack.roster_mail`,
    /// `pack.roster_duplicate`.
    pub fn read(format: &RosterFormat, text: &str) -> Result<Roster, Vec<Finding>> {
        let mut csv = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let positions = positions(format, &mut csv)?;
        let mut findings = Vec::new();
        let mut places = HashMap::new();
        let mut respondents = Vec::new();
        for (index, record) in csv.records().enumerate() {
            let line = record_line(&record, index);
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    findings.push(finding(
                        format,
                        line,
                        "pack.roster_row",
                        unreadable(&error),
                        "列の数と引用符を見出しの行に合わせてください。",
                    ));
                    continue;
                }
            };
            let respondent = respondent(format, &positions, &record);
            findings.extend(wrong_values(format, &respondent, line));
            findings.extend(wrong_mail(format, &respondent, line));
            if places
                .insert(respondent.id.clone(), respondents.len())
                .is_some()
            {
                findings.push(finding(
                    format,
                    line,
                    "pack.roster_duplicate",
                    format!(
                        "{}「{}」が2回あります。",
                        title(format, &format.key),
                        respondent.id
                    ),
                    "重なる行を消すか、番号を改めてください。",
                ));
            }
            respondents.push(respondent);
        }
        if findings.is_empty() {
            Ok(Roster {
                id: format.id.clone(),
                respondents,
                places,
            })
        } else {
            Err(findings)
        }
    }
}

/// Where each column of the format stands in the file.
fn positions(
    format: &RosterFormat,
    csv: &mut csv::Reader<&[u8]>,
) -> Result<Vec<usize>, Vec<Finding>> {
    let headings: Vec<String> = match csv.headers() {
        Ok(row) => row
            .iter()
            .map(|heading| heading.trim().to_owned())
            .collect(),
        Err(error) => {
            return Err(vec![finding(
                format,
                1,
                "pack.roster_row",
                format!("見出しの行を読めません（{error}）。"),
                "文字コードは UTF-8 にしてください。",
            )]);
        }
    };
    let expected: Vec<&str> = format.columns.iter().map(|c| c.title.as_str()).collect();
    let all = expected.join("、");
    let missing = expected
        .iter()
        .filter(|title| !headings.iter().any(|h| h == *title));
    let unknown = headings
        .iter()
        .filter(|heading| !expected.contains(&heading.as_str()));
    let findings: Vec<Finding> = missing
        .map(|title| finding(format, 1, "pack.roster_column", format!("列「{title}」がありません。"), format!("見出しの行に「{title}」を加えてください。")))
        .chain(unknown.map(|heading| finding(format, 1, "pack.roster_column", format!("列「{heading}」は名簿の定義にありません。"), format!("列の名を {all} のどれかに直すか、municipality.json の columns に加えてください。"))))
        .collect();
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(expected
        .iter()
        .filter_map(|title| headings.iter().position(|h| h == title))
        .collect())
}

fn respondent(
    format: &RosterFormat,
    positions: &[usize],
    record: &csv::StringRecord,
) -> Respondent {
    let columns: BTreeMap<String, String> = format
        .columns
        .iter()
        .zip(positions)
        .map(|(column, &at)| {
            (
                column.id.clone(),
                coded(column, record.get(at).unwrap_or_default().trim()),
            )
        })
        .collect();
    let of = |id: &str| columns.get(id).cloned().unwrap_or_default();
    Respondent {
        id: of(&format.key),
        name: of(&format.name_column),
        columns,
    }
}

/// A clerk types the meaning (居宅介護支援事業所) as often as the code; both are the code.
fn coded(column: &Column, cell: &str) -> String {
    let meant = column.values.iter().find(|(_, meaning)| *meaning == cell);
    meant.map_or(cell, |(code, _)| code).to_owned()
}

fn wrong_values(format: &RosterFormat, respondent: &Respondent, line: u32) -> Vec<Finding> {
    let mut findings = Vec::new();
    let id = &respondent.id;
    if !is_id(id) {
        findings.push(finding(
            format,
            line,
            "pack.roster_value",
            format!("{}「{id}」は使えません。", title(format, &format.key)),
            "半角の英数字とハイフンで書いてください。",
        ));
    }
    for column in format.columns.iter().filter(|c| !c.values.is_empty()) {
        let value = respondent
            .columns
            .get(&column.id)
            .map_or("", String::as_str);
        if !column.values.contains_key(value) {
            let allowed: Vec<String> = column
                .values
                .iter()
                .map(|(code, meaning)| format!("{meaning}（{code}）"))
                .collect();
            findings.push(finding(
                format,
                line,
                "pack.roster_value",
                format!("列「{}」の値「{value}」は定義にありません。", column.title),
                format!("{} のどれかにしてください。", allowed.join("、")),
            ));
        }
    }
    findings
}

fn wrong_mail(format: &RosterFormat, respondent: &Respondent, line: u32) -> Option<Finding> {
    let column = format.mail.as_deref()?;
    let address = respondent.columns.get(column)?;
    (!address.is_empty() && !is_address(address)).then(|| {
        finding(
            format,
            line,
            "pack.roster_mail",
            format!(
                "列「{}」の「{}」には、メールを送れません。",
                title(format, column),
                address.escape_debug()
            ),
            "半角の 名前@ドメイン を一つだけ書いてください。メールで尋ねない相手は空にします。",
        )
    })
}

/// A 管理番号: it stands in addresses and keys.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// An address to which any mail server delivers: ASCII, one, without a name beside it.
fn is_address(text: &str) -> bool {
    let options = email_address::Options::default()
        .with_required_tld()
        .without_domain_literal()
        .without_display_text();
    // A quoted local part is allowed and may hold what looks like other addresses; no office has one.
    text.is_ascii()
        && !text.contains('"')
        && email_address::EmailAddress::parse_with_options(text, options).is_ok()
}

fn title<'a>(format: &'a RosterFormat, column: &'a str) -> &'a str {
    format
        .columns
        .iter()
        .find(|c| c.id == column)
        .map_or(column, |c| c.title.as_str())
}

/// The line where the record starts; for an unreadable record, the best the parser knows.
fn record_line(record: &Result<csv::StringRecord, csv::Error>, index: usize) -> u32 {
    let position = match record {
        Ok(record) => record.position().map(csv::Position::line),
        Err(error) => error.position().map(csv::Position::line),
    };
    position
        .and_then(|line| u32::try_from(line).ok())
        .unwrap_or_else(|| u32::try_from(index + 2).unwrap_or(u32::MAX))
}

fn unreadable(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            format!("列が{len}つあります。見出しの行は{expected_len}つです。")
        }
        csv::ErrorKind::Utf8 { .. } => "文字コードが UTF-8 ではありません。".to_owned(),
        _ => format!("行を読めません（{error}）。"),
    }
}

fn finding(
    format: &RosterFormat,
    line: u32,
    code: &'static str,
    what: String,
    todo: impl Into<String>,
) -> Finding {
    Finding::new(code, format.file.as_str(), Some(line), what, todo)
}
