//! Lines of a paper in Word: items with their marks, paragraphs, bullets, notes, the leader.

use docx_rs::{AlignmentType, BreakType, Paragraph, Run, SpecialIndentType, Tab, TabValueType};

use super::ems;
use super::styles::{GOTHIC, fonts};
use crate::document::{Heading, Inline, leader};
use crate::ems::halves;
use crate::html::known_to_xml;
use crate::sheet;
use crate::style::Indent;

pub(super) fn text(text: &str) -> Run {
    Run::new().add_text(printable(text))
}

fn printable(text: &str) -> String {
    text.chars().map(known_to_xml).collect()
}

/// The mark, and the text after it aligned with itself on every line: one blank behind the mark.
pub(super) fn heading(heading: &Heading, indent: &Indent) -> Paragraph {
    let at = ems(usize::from(indent.mark(heading.level)));
    // Half a character is a whole number of twentieths of a point.
    let hanging = ems(halves(&heading.mark) + 2) / 2;
    let paragraph = Paragraph::new()
        .style(&format!("Heading{}", heading.level))
        .keep_next(leader(&heading.text).1.is_none() && heading.level < 3)
        .add_run(text(&heading.mark).add_tab());
    set(
        paragraph,
        &heading.text,
        at + hanging,
        Some(SpecialIndentType::Hanging(hanging)),
    )
}

pub(super) fn body(line: &[Inline], level: u8, indent: &Indent) -> Paragraph {
    let at = ems(usize::from(indent.paragraph(level)));
    let first = ems(usize::from(indent.first_line));
    if leader(line).1.is_some() {
        // A title under its item, not a sentence: all its lines begin where a sentence would.
        return set(Paragraph::new(), line, at + first, None);
    }
    set(
        Paragraph::new(),
        line,
        at,
        Some(SpecialIndentType::FirstLine(first)),
    )
}

pub(super) fn bullet(line: &[Inline], level: u8, indent: &Indent) -> Paragraph {
    let at = ems(usize::from(indent.bullet(level)));
    let paragraph = Paragraph::new().add_run(text("・"));
    set(
        paragraph,
        line,
        at + ems(1),
        Some(SpecialIndentType::Hanging(ems(1))),
    )
}

pub(super) fn note(line: &[Inline]) -> Paragraph {
    let paragraph = Paragraph::new().style("Note").add_run(text("※"));
    set(paragraph, line, 200, Some(SpecialIndentType::Hanging(200)))
}

/// Sets a line between its margins. A leader stands behind a right tab: beside the last line of the
/// words, or on a line of its own where that one is full.
fn set(
    paragraph: Paragraph,
    line: &[Inline],
    left: i32,
    first: Option<SpecialIndentType>,
) -> Paragraph {
    let (words, number) = leader(line);
    let paragraph = inlines(paragraph, words).indent(Some(left), first, None, None);
    let Some(number) = number else {
        return paragraph.align(AlignmentType::Both);
    };
    let right = usize::try_from(ems(sheet::CHARACTERS)).unwrap_or(0);
    paragraph
        .add_tab(Tab::new().val(TabValueType::Right).pos(right))
        .add_run(
            Run::new()
                .add_tab()
                .add_text(printable(&format!("…{number}"))),
        )
}

pub(super) fn inlines(paragraph: Paragraph, line: &[Inline]) -> Paragraph {
    line.iter()
        .fold(paragraph, |paragraph, inline| match inline {
            Inline::Text(words) | Inline::Figure { text: words, .. } => {
                paragraph.add_run(text(words))
            }
            Inline::Paper { number, .. } => paragraph.add_run(text(number)),
            Inline::Strong(inner) => paragraph.add_run(
                text(&crate::document::plain(inner))
                    .fonts(fonts(GOTHIC))
                    .bold(),
            ),
            Inline::Break => paragraph.add_run(Run::new().add_break(BreakType::TextWrapping)),
        })
}
