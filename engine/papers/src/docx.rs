//! Writing a document for Word: what staff edit. The same document gives the same bytes.

mod head;
mod lines;
mod package;
mod styles;
mod table;

use std::io::Cursor;

use docx_rs::{
    AlignmentType, BreakType, Docx, Footer, LineSpacing, LineSpacingType, PageMargin, PageNum,
    Paragraph, Pic, Run,
};
use thiserror::Error;

use crate::chart::Chart;
use crate::document::{Block, Document};
use crate::picture::{PictureError, picture};
use crate::sheet;

#[derive(Debug, Error)]
pub enum DocxError {
    #[error("a chart of the paper could not be drawn")]
    Picture(#[from] PictureError),
    #[error("the Word file could not be packed")]
    Pack(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the Word library writes a part in a form that is not known here: {0}")]
    Part(&'static str),
}

/// Twentieths of a point in a number of body characters.
fn ems(characters: usize) -> i32 {
    i32::try_from(characters * sheet::EM * 20).unwrap_or(i32::MAX)
}

/// The document as a Word file: A4, BIZ UD fonts by name (Windows has them), an exact line pitch,
/// tables with a repeated head, charts as pictures with a description.
///
/// # Errors
/// A chart cannot be drawn or the package cannot be written.
pub fn docx(document: &Document) -> Result<Vec<u8>, DocxError> {
    let mut out = page(
        styles::add(Docx::new(), document.head.number.is_none()),
        document,
    );
    out = head::add(out, &document.head);
    let mut charts = Vec::new();
    let mut breaks = false;
    for (level, block) in document.levels() {
        let indent = &document.indent;
        match block {
            Block::Heading(heading) => {
                out = out.add_paragraph(lines::heading(heading, indent).page_break_before(breaks));
            }
            Block::Paragraph(text) => {
                out = out.add_paragraph(lines::body(text, level, indent).page_break_before(breaks));
            }
            Block::Bullets(items) => {
                for item in items {
                    out = out.add_paragraph(
                        lines::bullet(item, level, indent).page_break_before(breaks),
                    );
                    breaks = false;
                }
            }
            Block::Note(text) => {
                out = out.add_paragraph(lines::note(text).page_break_before(breaks))
            }
            Block::Table(table) => {
                if breaks {
                    out = out.add_paragraph(
                        Paragraph::new().add_run(Run::new().add_break(BreakType::Page)),
                    );
                }
                out = table::add(out, table);
            }
            Block::Chart(chart) => {
                out = out
                    .add_paragraph(chart_paragraph(chart, charts.len())?.page_break_before(breaks));
                charts.push(chart);
            }
            Block::PageBreak => {
                breaks = true;
                continue;
            }
        }
        breaks = false;
    }
    let mut bytes = Cursor::new(Vec::new());
    let parts = package::complete(out.build(), document, &charts)?;
    parts
        .pack(&mut bytes)
        .map_err(|error| DocxError::Pack(error.into()))?;
    Ok(bytes.into_inner())
}

fn page(docx: Docx, document: &Document) -> Docx {
    let (width, height) = sheet::A4_TWIPS;
    let side = (i32::try_from(width).unwrap_or(i32::MAX) - ems(sheet::CHARACTERS)) / 2;
    let above = i32::try_from(sheet::MARGIN_Y * 20).unwrap_or(i32::MAX);
    let margin = PageMargin::new()
        .left(side)
        .right(side)
        .top(above)
        .bottom(above)
        .header(600)
        .footer(560);
    let docx = docx.page_size(width, height).page_margin(margin);
    let mut footer = Footer::new();
    if document.head.is_paged() {
        footer = footer.add_paragraph(
            Paragraph::new()
                .style("Footer")
                .add_page_num(PageNum::new()),
        );
    }
    if let Some(fiction) = &document.head.fiction {
        footer = footer.add_paragraph(
            Paragraph::new()
                .style("Footer")
                .add_run(lines::text(fiction)),
        );
    }
    if document.head.is_paged() || document.head.fiction.is_some() {
        docx.footer(footer)
    } else {
        docx
    }
}

/// The line of a picture is as high as the picture; the pitch of the text would cut it.
fn chart_paragraph(chart: &Chart, index: usize) -> Result<Paragraph, DocxError> {
    const EMU: usize = 12_700;
    let picture = picture(chart)?;
    let width = u32::try_from(sheet::CHART * EMU).unwrap_or(u32::MAX);
    let height = u64::from(width) * u64::from(picture.height) / u64::from(picture.width.max(1));
    let pic = Pic::new_with_dimensions(picture.png, picture.width, picture.height)
        .id(format!("rIdChart{}", index + 1))
        .size(width, u32::try_from(height).unwrap_or(u32::MAX));
    Ok(Paragraph::new()
        .align(AlignmentType::Center)
        .line_spacing(
            LineSpacing::new()
                .line_rule(LineSpacingType::Auto)
                .line(240)
                .before(160)
                .after(80),
        )
        .add_run(Run::new().add_image(pic)))
}
