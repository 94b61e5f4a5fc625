//! A workbook that came back: whose it is, and what stands in its answers.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use forms::{Answers, Questionnaire};
use papers::{ANSWER_COLUMN, MARK_COLUMN};

use super::numbers::{self, Read};
use super::workbook::MARK;

/// Bytes that a returned workbook may have, packed and unpacked.
const LARGEST: usize = 1 << 20;
const LARGEST_UNPACKED: u64 = 32 << 20;

/// Rows of a questionnaire's sheet; more is no workbook of ours.
const MOST_ROWS: usize = 20_000;

/// What a returned workbook says about itself, with its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// The turn of the survey.
    pub survey: String,
    pub version: u32,
    pub respondent: String,
    rows: Vec<(String, String)>,
}

/// Why a file is not one that comes back from an office.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOurs {
    #[error(
        "ファイルが大きすぎます。調査票のファイルだけを、ほかのシートや図を足さずに送ってください。"
    )]
    TooLarge,
    #[error(
        "Excelのファイル（.xlsx）として読めません。パスワードが付いていれば外し、.xlsx の形で保存し直してください。"
    )]
    NotAWorkbook,
    #[error(
        "この調査のために出したファイルではありません。「Excelの調査票を受け取る」で出したファイルに書いてもらってください。"
    )]
    NoMark,
}

/// Reads a workbook that [`super::workbook`] made.
///
/// # Errors
/// [`NotOurs`], with what to do.
pub fn read_workbook(bytes: &[u8]) -> Result<Returned, NotOurs> {
    if bytes.len() > LARGEST || unpacked(bytes)? > LARGEST_UNPACKED {
        return Err(NotOurs::TooLarge);
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| NotOurs::NotAWorkbook)?;
    for name in book.sheet_names() {
        let Ok(range) = book.worksheet_range(&name) else {
            continue;
        };
        let from = range.start().unwrap_or_default();
        let rows = range.rows().take(MOST_ROWS);
        let at = |row: &[Data], column: usize| {
            let place = column.checked_sub(from.1 as usize)?;
            row.get(place).map(text)
        };
        let rows: Vec<(String, String)> = rows
            .map(|row| {
                let [mark, answer] =
                    [MARK_COLUMN, ANSWER_COLUMN].map(|column| at(row, column).unwrap_or_default());
                (mark, answer)
            })
            .collect();
        if let Some(found) = rows.iter().find_map(|(mark, _)| marked(mark)) {
            let (survey, version, respondent) = found;
            return Ok(Returned {
                survey,
                version,
                respondent,
                rows,
            });
        }
    }
    Err(NotOurs::NoMark)
}

impl Returned {
    /// The answers, with what cannot be understood.
    pub fn read(&self, form: &Questionnaire) -> Read {
        let known =
            |path: &&(String, String)| !path.0.is_empty() && form.item_at(&path.0).is_some();
        let rows: Vec<(String, String)> = self.rows.iter().filter(known).cloned().collect();
        numbers::read(form, &rows, &Answers::new())
    }
}

fn marked(mark: &str) -> Option<(String, u32, String)> {
    let mut parts = mark.split('/');
    let [kind, survey, version, respondent] = [(); 4].map(|()| parts.next());
    if kind != Some(MARK) || parts.next().is_some() {
        return None;
    }
    let version = version?.parse().ok()?;
    Some((survey?.to_owned(), version, respondent?.to_owned()))
}

/// What the file unpacks to, as its directory says: a small file can hold gigabytes.
fn unpacked(bytes: &[u8]) -> Result<u64, NotOurs> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| NotOurs::NotAWorkbook)?;
    let mut sum = 0_u64;
    for place in 0..archive.len() {
        let file = archive.by_index_raw(place);
        sum = sum.saturating_add(file.map_err(|_| NotOurs::NotAWorkbook)?.size());
    }
    Ok(sum)
}

/// A cell as somebody would have typed it: 12 and not 12.0, a day as 2024-09-30.
fn text(cell: &Data) -> String {
    match cell {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            text.trim().to_owned()
        }
        Data::Int(number) => number.to_string(),
        // Display of a float leaves out a fraction of nothing.
        Data::Float(number) => number.to_string(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year}-{month:02}-{day:02}")
        }
        Data::Error(_) | Data::Empty => String::new(),
    }
}
