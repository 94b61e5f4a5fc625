//! Spreadsheets as they come from offices, beside what the secretariat reads about each row. The workbooks
//! were written by other programs (XlsxWriter, openpyxl), the Shift_JIS by Python's cp932.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use engine::municipality::RosterFormat;
use engine::roster::import::{self, Choices, Columns, Gone, Preview, Standing};
use engine::roster::{Roster, export};
use serde::Deserialize;

/// What a person has chosen for a file.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Chosen {
    present: Option<String>,
    sheet: Option<String>,
    columns: Option<Vec<Option<usize>>>,
    restore_zeros: bool,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rosters")
}

fn format() -> RosterFormat {
    serde_json::from_str(&fs::read_to_string(folder().join("format.json")).unwrap()).unwrap()
}

fn present(name: &str) -> Roster {
    let text = fs::read_to_string(folder().join(name)).unwrap();
    Roster::read(&format(), &text).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    let given = ["letters.csv", "digits.csv"];
    files.retain(|file| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap();
        let text = name.ends_with(".expected.txt") || name.ends_with(".json");
        file.is_file() && !text && !given.contains(&name)
    });
    files.sort();
    files
}

fn reviewed(file: &Path) -> (Preview, Roster) {
    let chosen: Chosen = fs::read_to_string(file.with_extension("json"))
        .map(|text| serde_json::from_str(&text).unwrap())
        .unwrap_or_default();
    let name = file.file_name().and_then(|name| name.to_str()).unwrap();
    let table = import::read(name, &fs::read(file).unwrap(), chosen.sheet.as_deref())
        .unwrap_or_else(|finding| panic!("{finding}"));
    let guess = import::guess(&table, &format());
    let columns = Columns {
        of: chosen.columns.unwrap_or(guess.of),
        ..guess
    };
    let choices = Choices {
        columns,
        restore_zeros: chosen.restore_zeros,
    };
    let present = present(chosen.present.as_deref().unwrap_or("letters.csv"));
    let preview = import::preview(&table, &format(), &choices, Some(&present));
    let after = import::take_over(&preview, Some(&present), "offices", Gone::Drop);
    (preview, after)
}

/// As a person reads it.
fn told(preview: &Preview) -> String {
    let mut out = String::new();
    let mut say = |line: String| writeln!(out, "{line}").unwrap();
    if preview.above > 0 {
        say(format!("見出しの上の{}行は読みません", preview.above));
    }
    for heading in &preview.unused {
        say(format!("使わない列：{heading}"));
    }
    for title in &preview.missing {
        say(format!("ファイルにない列：{title}"));
    }
    for row in &preview.rows {
        let standing = match &row.standing {
            Standing::New(_) => "新規",
            Standing::Changed(..) => "変更",
            Standing::Same => "同じ",
            Standing::Wrong(_) => "誤り",
        };
        say(format!(
            "{}行目 {standing} {} {}",
            row.line, row.id, row.name
        ));
        for note in &row.notes {
            say(format!("  {note}"));
        }
        match &row.standing {
            Standing::Changed(_, changes) => {
                for change in changes {
                    say(format!(
                        "  {}：「{}」→「{}」",
                        change.title, change.from, change.to
                    ));
                }
            }
            Standing::Wrong(wrongs) => {
                for wrong in wrongs {
                    say(format!(
                        "  [{}] {} → {}",
                        wrong.code, wrong.what, wrong.todo
                    ));
                }
            }
            Standing::New(_) | Standing::Same => {}
        }
    }
    for gone in &preview.gone {
        say(format!("名簿にだけある：{} {}", gone.id, gone.name));
    }
    out
}

/// Compares with the expected text beside the file; `UPDATE=1` writes it, to be read before it is kept.
fn compare(file: &Path, told: &str, wrong: &mut Vec<String>) {
    let expected = file.with_added_extension("expected.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&expected, told).unwrap();
    }
    let text = fs::read_to_string(&expected).unwrap_or_default();
    if text != told {
        wrong.push(format!(
            "{}\n--- expected\n{text}--- told\n{told}",
            expected.display()
        ));
    }
}

#[test]
fn every_row_of_a_spreadsheet_is_told() {
    let mut wrong = Vec::new();
    let files = files(&folder());
    assert!(files.len() >= 12, "{files:?}");
    for file in files {
        let (preview, _) = reviewed(&file);
        compare(&file, &told(&preview), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_table_is_refused_with_the_way_out() {
    let mut wrong = Vec::new();
    let files = files(&folder().join("refused"));
    assert!(files.len() >= 8, "{files:?}");
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap();
        let finding = import::read(name, &fs::read(&file).unwrap(), None).expect_err(name);
        compare(&file, &format!("{finding}\n"), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_taken_over_is_a_roster_and_comes_back_the_same() {
    for file in files(&folder()) {
        let (_, after) = reviewed(&file);
        let text = export::file(&format(), &after);
        assert_eq!(
            Roster::read(&format(), &text),
            Ok(after.clone()),
            "{}",
            file.display()
        );
        // What leaves for a spreadsheet is harmless there, and the same when it comes back.
        let csv = export::csv(&format(), &after);
        let cells = csv.trim_start_matches('\u{feff}').split(['\n', ',']);
        for cell in cells.map(|cell| cell.trim_matches('"')) {
            assert!(!cell.starts_with(['=', '+', '@']), "{cell}");
        }
        let table = import::read("again.csv", csv.as_bytes(), None).unwrap();
        let choices = Choices {
            columns: import::guess(&table, &format()),
            ..Choices::default()
        };
        let again = import::preview(&table, &format(), &choices, Some(&after));
        assert_eq!(again.counts(), [0, 0, after.respondents.len(), 0], "{csv}");
        assert!(again.gone.is_empty());
    }
}

#[test]
fn those_whom_the_file_does_not_have_stay_unless_they_are_dropped() {
    let present = present("letters.csv");
    let table = import::read(
        "a.csv",
        "管理番号,事業所名,種別\nK010,架空事業所,居宅介護支援事業所\n".as_bytes(),
        None,
    )
    .unwrap();
    let choices = Choices {
        columns: import::guess(&table, &format()),
        ..Choices::default()
    };
    let preview = import::preview(&table, &format(), &choices, Some(&present));
    let ids = |gone| -> Vec<String> {
        let after = import::take_over(&preview, Some(&present), "offices", gone);
        after.respondents.into_iter().map(|one| one.id).collect()
    };
    assert_eq!(ids(Gone::Keep), ["K001", "K002", "K003", "K010"]);
    assert_eq!(ids(Gone::Drop), ["K010"]);
}
