//! What only shows when packs are looked at together: one name, one area, one office under two
//! municipalities.
//!
//! Two respondents are one office when they have the same mail address, the same 事業所番号 (a key of ten
//! digits, which is the same in the whole country), or both key and name in common. A key alone says nothing:
//! every municipality numbers its offices from 1.

use std::collections::BTreeMap;

use authoring::{Finding, Source};

use super::check::areas::ONCE;
use super::{Files, Pack};
use crate::area::overlaps;
use crate::municipality::RosterFormat;
use crate::roster::Respondent;

/// A pack that was accepted, with its files for the lines of findings.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    pub pack: &'a Pack,
    pub files: &'a Files,
}

/// Findings of packs that are in each other's way, with the number of the pack in which they are to be
/// mended: the later of the two.
pub fn together(packs: &[Beside<'_>]) -> Vec<(usize, Finding)> {
    let mut findings = slugs(packs);
    findings.extend(areas(packs));
    findings.extend(offices(packs));
    findings.sort();
    findings
}

fn municipality(beside: &Beside<'_>) -> Option<Source> {
    let file = "municipality.json";
    Source::json(file, beside.files.get(file).unwrap_or_default()).ok()
}

fn slugs(packs: &[Beside<'_>]) -> Vec<(usize, Finding)> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut findings = Vec::new();
    for (number, beside) in packs.iter().enumerate() {
        let own = &beside.pack.municipality;
        let Some(other) = first.get(own.slug.as_str()) else {
            first.insert(&own.slug, &own.name);
            continue;
        };
        findings.extend(municipality(beside).map(|source| {
            let finding = source.finding(
                "pack.slug_twice",
                "/slug",
                format!("slug「{}」は「{other}」のパックにもあります。", own.slug),
                "slug はアドレスと保存場所の名になります。どちらかを改めてください。",
            );
            (number, finding)
        }));
    }
    findings
}

fn areas(packs: &[Beside<'_>]) -> Vec<(usize, Finding)> {
    let all: Vec<_> = packs
        .iter()
        .map(|beside| &beside.pack.municipality)
        .collect();
    // Within one pack it has been said already.
    let clashes = overlaps(&all)
        .into_iter()
        .filter(|clash| clash.pack != clash.with);
    let finding = |clash: crate::area::Clash| {
        let source = municipality(&packs[clash.pack])?;
        let finding = source.finding("pack.area_overlap", &clash.pointer, clash.what, ONCE);
        Some((clash.pack, finding))
    };
    clashes.filter_map(finding).collect()
}

/// What makes two respondents one office.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Mail(String),
    Number(String),
    KeyAndName(String, String),
}

impl Mark {
    fn all(format: &RosterFormat, respondent: &Respondent) -> Vec<Mark> {
        let (id, name) = (respondent.id.clone(), respondent.name.clone());
        let mail = format
            .mail
            .as_ref()
            .and_then(|mail| respondent.columns.get(mail));
        let mail = mail.filter(|mail| !mail.is_empty());
        let national = id.len() == 10 && id.bytes().all(|b| b.is_ascii_digit());
        let mut marks: Vec<Mark> = mail
            .map(|mail| Mark::Mail(mail.to_lowercase()))
            .into_iter()
            .collect();
        marks.extend(national.then(|| Mark::Number(id.clone())));
        marks.push(Mark::KeyAndName(id, name));
        marks
    }

    fn label(&self) -> String {
        match self {
            Mark::Mail(mail) => format!("メール {mail}"),
            Mark::Number(number) => format!("事業所番号 {number}"),
            Mark::KeyAndName(key, name) => format!("番号 {key}、名前「{name}」"),
        }
    }
}

fn offices(packs: &[Beside<'_>]) -> Vec<(usize, Finding)> {
    let mut first: BTreeMap<Mark, usize> = BTreeMap::new();
    let mut findings = Vec::new();
    for (number, beside) in packs.iter().enumerate() {
        for format in &beside.pack.municipality.rosters {
            let roster = beside.pack.rosters.get(&format.id);
            let respondents = roster.iter().flat_map(|roster| &roster.respondents);
            for (row, respondent) in respondents.enumerate() {
                let mut found = None;
                for mark in Mark::all(format, respondent) {
                    match first.get(&mark) {
                        Some(other) if *other != number => {
                            found = found.or(Some((*other, mark.label())));
                        }
                        Some(_) => {}
                        None => {
                            first.insert(mark, number);
                        }
                    }
                }
                findings.extend(found.map(|(other, label)| {
                    let finding = Finding::new(
                        "pack.office_twice",
                        format.file.as_str(),
                        line(beside.files, &format.file, row),
                        format!(
                            "「{}」は「{}」の名簿にもあります（{label}）。",
                            respondent.name, packs[other].pack.municipality.name
                        ),
                        "一つの事業所に二つの市町村から依頼が届きます。どちらかの名簿から外すか、別の事業所なら番号とメールを分けてください。",
                    );
                    (number, finding)
                }));
            }
        }
    }
    findings
}

/// The line of the file at which a respondent stands: a name in quotation marks may go over several.
fn line(files: &Files, file: &str, row: usize) -> Option<u32> {
    let text = files.get(file)?.trim_start_matches('\u{feff}');
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let record = csv.records().nth(row)?.ok()?;
    u32::try_from(record.position()?.line()).ok()
}
