//! A document survives being written as Markdown and read again; text of others changes nothing.

use std::collections::BTreeMap;

use papers::{
    Align, Block, Chart, Column, Document, Head, Heading, Inline, Style, Table, escape, markdown,
    read,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::samples;

/// Words that neither begin like a line with a meaning of its own nor end in a blank.
fn words() -> impl Strategy<Value = String> {
    let part = prop::string::string_regex(
        "[亜漢字かなカナＡ９％（）、。〜*_#|>`\\[\\]<&!~+=:.\\-\\\\a-z0-9]{1,12}",
    )
    .expect("a pattern");
    vec(part, 1..3).prop_map(|parts| parts.join(" "))
}

fn line() -> impl Strategy<Value = Vec<Inline>> {
    let figure = ("[a-z-]{1,8}", words()).prop_map(|(id, text)| Inline::Figure { id, text });
    let strong = "[漢字かな]{1,6}".prop_map(|text| Inline::Strong(vec![Inline::Text(text)]));
    let middle = prop_oneof![figure, strong, Just(Inline::Break)];
    let ends = (
        words(),
        vec((middle, words()), 0..3),
        prop::option::of(prop::sample::select(vec!["report", "proposal"])),
    );
    ends.prop_map(|(first, rest, paper)| {
        let mut line = vec![Inline::Text(first)];
        for (inline, text) in rest {
            line.push(inline);
            line.push(Inline::Text(text));
        }
        if let Some(id) = paper {
            line.push(Inline::Paper {
                id: id.to_owned(),
                number: samples::numbers()[id].clone(),
            });
        }
        line
    })
}

fn table() -> impl Strategy<Value = Table> {
    let align = prop::sample::select(vec![Align::Start, Align::Center, Align::End]);
    let column = (
        prop_oneof![vec("[漢字a|*]{0,5}", 1), vec("[漢字a|*]{1,5}", 2..4)],
        align,
    )
        .prop_map(|(head, align)| Column { head, align });
    (vec(column, 2..5), prop::option::of("[表題#*]{1,6}")).prop_flat_map(|(columns, caption)| {
        let cell = prop_oneof![3 => line(), 1 => Just(Vec::new())];
        (vec(vec(cell, columns.len()), 0..4), vec(line(), 0..3)).prop_map(move |(rows, notes)| {
            Table {
                caption: caption.clone(),
                columns: columns.clone(),
                rows,
                notes,
            }
        })
    })
}

fn block() -> impl Strategy<Value = Block> {
    let charts: Vec<Chart> = samples::charts().into_values().collect();
    prop_oneof![
        4 => (1..=4_u8, line()).prop_map(|(level, mut text)| {
            // Lest the words begin with what looks like a typed mark.
            if let Some(Inline::Text(first)) = text.first_mut() {
                first.insert(0, '件');
            }
            Block::Heading(Heading { level, mark: String::new(), text })
        }),
        3 => line().prop_map(Block::Paragraph),
        2 => vec(line(), 1..4).prop_map(Block::Bullets),
        2 => table().prop_map(Block::Table),
        1 => line().prop_map(Block::Note),
        1 => prop::sample::select(charts).prop_map(Block::Chart),
        1 => Just(Block::PageBreak),
    ]
}

/// What Markdown cannot tell apart is not generated: lists that touch, a note right under a table.
/// Levels are brought into order and marks are filled in from the sequences by hand.
fn tidy(blocks: Vec<Block>) -> Vec<Block> {
    const MARKS: [&str; 4] = [
        "１２３４５６７８９",
        "⑴⑵⑶⑷⑸⑹⑺⑻⑼",
        "アイウエオカキクケ",
        "ｱｲｳｴｵｶｷｸｹ",
    ];
    let mut out: Vec<Block> = Vec::new();
    let (mut above, mut counts) = (0, [0; 4]);
    for mut block in blocks {
        match (&mut block, out.last()) {
            (Block::Bullets(_), Some(Block::Bullets(_)))
            | (Block::Note(_), Some(Block::Table(_))) => continue,
            (Block::Heading(heading), _) => {
                heading.level = heading.level.min(above + 1);
                above = heading.level;
                let depth = usize::from(above);
                counts[depth..].fill(0);
                counts[depth - 1] += 1;
                let Some(mark) = MARKS[depth - 1].chars().nth(counts[depth - 1] - 1) else {
                    continue;
                };
                heading.mark = if depth == 4 {
                    format!("({mark})")
                } else {
                    mark.to_string()
                };
            }
            _ => {}
        }
        out.push(block);
    }
    out
}

proptest! {
    #[test]
    fn a_document_survives_writing_and_reading(blocks in vec(block(), 0..9)) {
        let style = Style::default();
        let document = Document { head: Head::default(), indent: style.indent, blocks: tidy(blocks) };
        let written = markdown(&document);
        let again = read("p.md", &written, Head::default(), &style, &samples::numbers(), &samples::charts());
        prop_assert_eq!(again, Ok(document), "{}", written);
    }

    /// Whatever somebody typed into a survey stays text inside its paper.
    #[test]
    fn text_of_others_stays_text(text in any::<String>()) {
        let (none, style) = (BTreeMap::new(), Style::default());
        let paper = format!("# 意見\n\n- 「{}」\n", escape(&text));
        let document = read("p.md", &paper, Head::default(), &style, &none, &BTreeMap::new());
        let document = document.expect("escaped text is no finding");
        prop_assert_eq!(document.blocks.len(), 2);
        let Block::Bullets(items) = &document.blocks[1] else { return Err(TestCaseError::fail("no bullets")) };
        prop_assert_eq!(items.len(), 1);
        prop_assert!(items[0].iter().all(|inline| matches!(inline, Inline::Text(_) | Inline::Break)));
        papers::html::html(&document, |_| None);
        prop_assert!(crate::docx::body_is_xml(&document));
    }

    #[test]
    fn no_text_makes_reading_panic(text in "[#\\-|※・\\[\\](){}<>*_`a \n\t:!表：12]{0,120}") {
        let (none, style) = (BTreeMap::new(), Style::default());
        if let Ok(document) = read("p.md", &text, Head::default(), &style, &none, &samples::charts()) {
            papers::html::html(&document, |_| None);
            papers::docx(&document).expect("what can be read can be written");
        }
    }
}
