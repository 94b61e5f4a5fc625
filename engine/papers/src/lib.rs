//! Papers of a meeting: 次第 and 資料 as one document tree with several writers.
//!
//! A paper is written as Markdown, [`read()`] makes a [`Document`] of it or says what is wrong, and
//! [`html`], [`docx()`], [`pdf()`] print it; [`xlsx()`] writes tables with their native charts, [`svg()`]
//! draws one chart. All are pure functions of their arguments: the same input gives the same bytes.
//! The fonts (BIZ UD, SIL Open Font License) are part of the crate.
//!
//! # How a paper is written
//!
//! | Markdown | Is |
//! |---|---|
//! | `# 調査概要` … `####` | an item of level 1–4; its mark comes from the style and is never typed |
//! | a paragraph | text under the item above it, indented with it; wrapped lines are joined without a blank |
//! | `- 活用率はあがった。` | a line with 「・」; one level only |
//! | a line beginning with `※` | a note; directly after a table it belongs to the table |
//! | `\| 区分 \| 活用率 > 市 \| 活用率 > 県 \|` | a table; ` > ` puts 「活用率」 over its neighbours 「市」 and 「県」; `:-:` centres |
//! | `表：回答の状況`, then a table | its caption |
//! | `[78.1％](figure:discharge-rate)` | a number that can be followed to its figure; Word and PDF print the text |
//! | `[資料１](paper:report)` | the number of another paper; at the end of a line 「…資料１」 at the right margin |
//! | `![…](chart:rates)` | a chart, alone in its paragraph; the text in brackets describes it to those who do not see it |
//! | `**強調**`, `\` at the end of a line or `<br>`, `---` | strong, line break, new page |
//!
//! Anything else of Markdown is a finding with its line; nothing is dropped silently. Text of others
//! goes through [`escape`] first. Digits take the widths of the [`Style`], except in codes.

pub mod chart;
mod columns;
pub mod digits;
mod document;
mod docx;
mod ems;
mod fonts;
pub mod html;
mod markdown;
mod marks;
mod numbering;
#[cfg(feature = "pdf")]
mod pdf;
mod picture;
pub mod qr;
mod read;
mod sheet;
mod style;
mod svg;
mod table;
pub mod wareki;
mod xlsx;

pub use chart::Chart;
pub use document::{Block, Document, Head, Heading, Inline, Place, leader, plain};
pub use docx::{DocxError, docx};
pub use markdown::{escape, markdown};
pub use marks::Mark;
pub use numbering::{Numbering, PRESETS};
#[cfg(feature = "pdf")]
pub use pdf::{Letter, PdfError, letters, pdf};
pub use picture::{PictureError, png};
pub use read::read;
pub use style::{Dates, Digits, Indent, Style};
pub use svg::{Drawn, drawn, svg};
pub use table::{Align, Column, HeadCell, Table};
pub use xlsx::{
    ANSWER_COLUMN, Cell, FormLine, FormSheet, MARK_COLUMN, Plot, PlotKind, Sheet, Workbook,
    XlsxError, form_xlsx, xlsx,
};
