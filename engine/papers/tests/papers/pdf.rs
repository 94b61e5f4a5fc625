//! The PDF, read by poppler where it is installed.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::samples;

/// What a poppler tool says about a PDF, or `None` where the tool is not installed.
fn poppler(tool: &str, arguments: &[&str], pdf: &[u8]) -> Option<String> {
    let child = Command::new(tool)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!(
            "SKIPPED: {tool} is not installed (Debian: poppler-utils); the PDF was not read again"
        );
        return None;
    };
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(pdf)
        .expect("the tool reads");
    let output = child.wait_with_output().expect("the tool ends");
    assert!(output.status.success(), "{tool} refuses the PDF");
    // Some versions print titles of the structure in UTF-16.
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_text_of_the_agenda_can_be_copied_out() {
    let pdf = papers::pdf(&samples::agenda()).expect("an agenda");
    let Some(text) = poppler("pdftotext", &["-layout", "-", "-"], &pdf) else {
        return;
    };
    for expected in [
        "次第",
        "日時：令和６年６月５日（水）",
        "午後１時３０分～",
        "⑵",
        "協議事項",
        "…資料１",
        "…参考資料",
        "架空のもの",
    ] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    let line = text
        .lines()
        .find(|line| line.contains("運用状況調査結果"))
        .expect("the item");
    assert!(line.trim_end().ends_with("…資料１"), "{line}");
}

#[test]
fn the_pdf_is_tagged_and_carries_its_fonts() {
    let pdf = papers::pdf(&samples::report()).expect("a report");
    if let Some(fonts) = poppler("pdffonts", &["-"], &pdf) {
        let fonts: Vec<&str> = fonts.lines().skip(2).collect();
        assert!(fonts.len() >= 2);
        for font in fonts {
            assert!(font.contains("+BIZUD"), "{font}");
            assert!(
                font.contains("yes yes yes"),
                "not embedded, not a subset or without Unicode: {font}"
            );
        }
    }
    if let Some(info) = poppler("pdfinfo", &["-"], &pdf) {
        assert!(
            info.lines()
                .any(|line| line.starts_with("Tagged:") && line.ends_with("yes")),
            "{info}"
        );
        assert!(
            info.contains("令和５年度架空市入退院連携ルール運用状況調査結果について"),
            "{info}"
        );
        assert!(!info.contains("CreationDate"), "{info}");
    }
    if let Some(metadata) = poppler("pdfinfo", &["-meta", "-"], &pdf) {
        assert!(
            metadata.contains("<pdfuaid:part>1</pdfuaid:part>"),
            "not PDF/UA-1: {metadata}"
        );
        assert!(
            metadata.contains("<rdf:li>ja-JP</rdf:li>"),
            "not in Japanese: {metadata}"
        );
    }
    if let Some(structure) = poppler("pdfinfo", &["-struct-text", "-"], &pdf) {
        for expected in ["H1", "Table", "TH", "Figure", "退院時連携率"] {
            assert!(structure.contains(expected), "{expected} in\n{structure}");
        }
    }
}

#[test]
fn the_same_paper_is_the_same_bytes() {
    let document = samples::report();
    let first = papers::pdf(&document).expect("a report");
    papers::pdf(&samples::agenda()).expect("an agenda");
    assert_eq!(first, papers::pdf(&document).expect("a report"));
}

#[test]
fn a_character_without_a_glyph_does_not_stop_the_paper() {
    let mut document = samples::proposal();
    document.head.title.push('🎌');
    assert!(papers::pdf(&document).is_ok());
}

#[test]
fn the_head_of_a_long_table_stands_on_every_page() {
    let pdf = papers::pdf(&samples::appendix()).expect("an appendix");
    let Some(text) = poppler("pdftotext", &["-layout", "-", "-"], &pdf) else {
        return;
    };
    let with_rows: Vec<&str> = text
        .split('\u{c}')
        .filter(|page| page.contains("架空第"))
        .collect();
    assert!(with_rows.len() > 1, "the table fits on one page");
    for page in with_rows {
        assert!(page.contains("退院数（件）"), "{page}");
    }
}
