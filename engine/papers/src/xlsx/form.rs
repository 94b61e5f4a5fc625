//! A questionnaire as a workbook that somebody fills in and sends back: one sheet, one column for the answers,
//! and a hidden column that says which answer stands in which row.

use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    ProtectionOptions, Workbook,
};

use super::{A4, XlsxError};

/// The columns of the sheet, for whoever reads it back: the hidden mark, and the answer.
pub const MARK_COLUMN: usize = 0;
pub const ANSWER_COLUMN: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormSheet {
    pub name: String,
    pub title: String,
    /// Stands hidden in the first row: what the workbook is, and for whom.
    pub mark: String,
    /// How it is filled in.
    pub notes: Vec<String>,
    /// For whom it is: 管理番号, K001.
    pub facts: Vec<(String, String)>,
    pub lines: Vec<FormLine>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormLine {
    /// Hidden; empty for a heading, which has no answer.
    pub mark: String,
    pub question: String,
    /// Options with their numbers, or how it is written.
    pub how: String,
    pub unit: String,
    /// What a drop-down list offers.
    pub choices: Vec<String>,
    /// A number, which the spreadsheet may keep as one.
    pub number: bool,
    pub value: String,
}

/// Characters of all choices of a list together, as Excel allows.
const LONGEST_LIST: usize = 255;

/// The workbook as an .xlsx file. The same sheet gives the same bytes.
///
/// # Errors
/// The sheet's name is refused by Excel, or there are too many lines.
pub fn form_xlsx(sheet: &FormSheet) -> Result<Vec<u8>, XlsxError> {
    let mut out = Workbook::new();
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    out.set_properties(
        &DocProperties::new()
            .set_title(&sheet.title)
            .set_creation_datetime(&created),
    );
    let base = Format::new()
        .set_font_name("BIZ UDゴシック")
        .set_font_size(10)
        .set_text_wrap()
        .set_align(FormatAlign::Top);
    let title = base.clone().set_font_size(14).set_bold();
    let head = base
        .clone()
        .set_bold()
        .set_background_color(Color::RGB(0x00F1_F1F4))
        .set_border_bottom(FormatBorder::Thin);
    let cell = base.clone().set_border(FormatBorder::Hair);
    let number = cell
        .clone()
        .set_background_color(Color::RGB(0x00FF_FBE5))
        .set_unlocked();
    let text = number.clone().set_num_format("@");
    let page = out.add_worksheet();
    page.set_name(&sheet.name)?;
    for (column, width) in [(0, 12.0), (1, 44.0), (2, 34.0), (3, 34.0), (4, 8.0)] {
        page.set_column_width(column, width)?;
    }
    page.set_column_hidden(0)?;
    page.write_string(0, 0, &sheet.mark)?;
    page.write_string_with_format(
        0,
        1,
        &sheet.title,
        &title.clone().set_align(FormatAlign::Left),
    )?;
    let mut row = 1;
    for note in &sheet.notes {
        page.merge_range(row, 1, row, 4, note, &base)?;
        row += 1;
    }
    for (name, value) in &sheet.facts {
        page.write_string_with_format(row, 1, name, &base)?;
        page.write_string_with_format(row, 2, value, &base.clone().set_bold())?;
        row += 1;
    }
    row += 1;
    for (column, words) in [(1, "設問"), (2, "選択肢・書き方"), (3, "回答"), (4, "単位")]
    {
        page.write_string_with_format(row, column, words, &head)?;
    }
    page.set_freeze_panes(row + 1, 0)?;
    page.set_repeat_rows(row, row)?;
    for line in &sheet.lines {
        row += 1;
        if line.mark.is_empty() {
            page.merge_range(row, 1, row, 4, &line.question, &head)?;
            continue;
        }
        page.write_string(row, 0, &line.mark)?;
        page.write_string_with_format(row, 1, &line.question, &cell)?;
        page.write_string_with_format(row, 2, &line.how, &cell)?;
        let answer = if line.number { &number } else { &text };
        match line.value.is_empty() {
            true => page.write_blank(row, 3, answer)?,
            false => page.write_string_with_format(row, 3, &line.value, answer)?,
        };
        page.write_string_with_format(row, 4, &line.unit, &cell)?;
        if let Some(list) = list(&line.choices) {
            page.add_data_validation(row, 3, row, 3, &list)?;
        }
    }
    page.protect_with_options(&ProtectionOptions {
        format_columns: true,
        format_rows: true,
        ..ProtectionOptions::default()
    });
    page.set_paper_size(A4).set_print_fit_to_pages(1, 0);
    Ok(out.save_to_buffer()?)
}

/// A list to choose from; what is typed by hand is taken too, because a number is as good.
fn list(choices: &[String]) -> Option<DataValidation> {
    let long = choices.iter().map(|choice| choice.chars().count() + 1);
    let fits = long.sum::<usize>() <= LONGEST_LIST && choices.iter().all(|one| !one.contains(','));
    if choices.is_empty() || !fits {
        return None;
    }
    let list = DataValidation::new().allow_list_strings(choices).ok()?;
    Some(list.show_error_message(false))
}
