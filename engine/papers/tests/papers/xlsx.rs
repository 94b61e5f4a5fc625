//! The workbook, opened again by another library.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use papers::{Cell, XlsxError, xlsx};

use crate::samples;

#[test]
fn values_come_back_as_numbers_and_blanks_stay_blank() {
    let bytes = xlsx(&samples::workbook()).expect("a workbook");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook can be opened");
    assert_eq!(book.sheet_names(), ["退院時連携率", "同席"]);
    let range = book.worksheet_range("退院時連携率").expect("a sheet");
    let text = |words: &str| Data::String(words.to_owned());
    let rows: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
    assert_eq!(
        rows,
        [
            vec![
                text("地域"),
                text("退院数（件）"),
                text("令和５年度（％）"),
                text("令和４年度（％）")
            ],
            vec![
                text("架空市"),
                Data::Float(242.0),
                Data::Float(78.1),
                Data::Float(76.1)
            ],
            vec![
                text("架空圏域"),
                Data::Empty,
                Data::Float(78.0),
                Data::Float(72.5)
            ],
            vec![
                text("架空県"),
                Data::Float(0.0),
                Data::Float(100.0),
                Data::Empty
            ],
        ]
    );
    let merged = book
        .merge_cells_by_sheet_name("退院時連携率")
        .expect("a sheet");
    assert!(merged.is_empty());
}

#[test]
fn charts_are_native() {
    let bytes = xlsx(&samples::workbook()).expect("a workbook");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook is a zip");
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let charts = names
        .iter()
        .filter(|name| name.starts_with("xl/charts/chart"));
    assert_eq!(charts.count(), 2);
    let mut xml = String::new();
    let mut file = archive
        .by_name("xl/charts/chart2.xml")
        .expect("the second chart");
    std::io::Read::read_to_string(&mut file, &mut xml).expect("a chart is text");
    assert!(
        xml.contains(r#"<c:grouping val="percentStacked"/>"#),
        "{xml}"
    );
}

#[test]
fn the_same_workbook_is_the_same_bytes() {
    assert_eq!(
        xlsx(&samples::workbook()).expect("a workbook"),
        xlsx(&samples::workbook()).expect("a workbook")
    );
}

#[test]
fn err_what_a_workbook_cannot_hold() {
    let mut ragged = samples::workbook();
    ragged.sheets[0].rows[1].pop();
    assert!(matches!(
        xlsx(&ragged),
        Err(XlsxError::Ragged {
            row: 3,
            cells: 3,
            head: 4,
            ..
        })
    ));

    let mut large = samples::workbook();
    large.sheets[1].rows[0][1] = Cell::Integer(i64::MAX);
    assert!(matches!(xlsx(&large), Err(XlsxError::TooLarge { .. })));

    let mut plot = samples::workbook();
    plot.sheets[1]
        .plot
        .as_mut()
        .expect("a chart")
        .values
        .push(9);
    assert!(matches!(
        xlsx(&plot),
        Err(XlsxError::NoColumn {
            column: 9,
            head: 3,
            ..
        })
    ));

    let mut name = samples::workbook();
    name.sheets[0].name = "県/市".to_owned();
    assert!(matches!(xlsx(&name), Err(XlsxError::Write(_))));
}
