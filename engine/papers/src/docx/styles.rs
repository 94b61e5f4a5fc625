//! Named styles of the Word file: staff restyle a paper by changing them.

use docx_rs::{AlignmentType, Docx, LineSpacing, LineSpacingType, RunFonts, Style, StyleType};

use crate::sheet;

/// The fonts' own names; the font table adds those under which Windows has them.
pub(super) const MINCHO: &str = "BIZ UDMincho";
pub(super) const GOTHIC: &str = "BIZ UDGothic";

pub(super) fn fonts(name: &str) -> RunFonts {
    RunFonts::new()
        .ascii(name)
        .hi_ansi(name)
        .east_asia(name)
        .cs(name)
}

fn pitch() -> LineSpacing {
    let line = i32::try_from(sheet::PITCH * 20).unwrap_or(i32::MAX);
    LineSpacing::new()
        .line_rule(LineSpacingType::Exact)
        .line(line)
}

/// An agenda has room between its items, a paper keeps them close.
pub(super) fn add(docx: Docx, roomy: bool) -> Docx {
    let paragraph = |id: &str, name: &str| {
        Style::new(id, StyleType::Paragraph)
            .name(name)
            .based_on("Normal")
    };
    let docx = docx
        .default_fonts(fonts(MINCHO))
        .default_size(sheet::EM * 2)
        .default_line_spacing(pitch())
        .add_style(
            paragraph("Title", "Title")
                .fonts(fonts(GOTHIC))
                .size(sheet::TITLE_TYPE * 2)
                .align(AlignmentType::Center)
                .line_spacing(pitch().line(480).before(120)),
        )
        .add_style(paragraph("Subtitle", "Subtitle").align(AlignmentType::Center))
        .add_style(
            paragraph("TableText", "表")
                .size(sheet::TABLE_TYPE_TENTHS / 5)
                .line_spacing(pitch().line(320)),
        )
        .add_style(paragraph("Note", "注").size(20))
        .add_style(
            paragraph("Footer", "footer")
                .fonts(fonts(GOTHIC))
                .size(17)
                .align(AlignmentType::Center)
                .line_spacing(pitch().line(260)),
        );
    let before = if roomy {
        [580, 140, 0, 0]
    } else {
        [200, 80, 20, 0]
    };
    before
        .into_iter()
        .enumerate()
        .fold(docx, |docx, (index, before)| {
            let level = index + 1;
            let style = paragraph(&format!("Heading{level}"), &format!("heading {level}"))
                .next("Normal")
                .outline_lvl(index)
                .line_spacing(pitch().before(before));
            docx.add_style(if level == 1 {
                style.fonts(fonts(GOTHIC))
            } else {
                style
            })
        })
}
