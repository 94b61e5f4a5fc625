//! Reading: a paper written as Markdown becomes a document tree, or a list of findings.

mod blocks;
mod inlines;
mod tables;

use std::collections::BTreeMap;
use std::ops::Range;

use authoring::Finding;
use pulldown_cmark::{Event, Options, Parser};

use crate::chart::Chart;
use crate::digits::Width;
use crate::document::{Block, Document, Head};
use crate::style::Style;

/// Reads a paper by the conventions on the first page of this crate.
///
/// `file` is the name that findings carry. `numbers` gives the 資料番号 of every paper of the meeting
/// by its id, `charts` the charts that the paper may place.
///
/// # Errors
/// Everything in the Markdown that is outside the conventions or points to nothing, each with its
/// line, all at once.
pub fn read(
    file: &str,
    markdown: &str,
    head: Head,
    style: &Style,
    numbers: &BTreeMap<String, String>,
    charts: &BTreeMap<String, Chart>,
) -> Result<Document, Vec<Finding>> {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES)
        .into_offset_iter()
        .collect();
    let mut reader = Reader {
        file,
        markdown,
        style,
        numbers,
        charts,
        events,
        at: 0,
        width: style.digits.body,
        counts: [0; 4],
        level: 0,
        blocks: Vec::new(),
        findings: Vec::new(),
    };
    reader.read_blocks();
    if reader.findings.is_empty() {
        Ok(Document {
            head,
            indent: style.indent,
            blocks: reader.blocks,
        })
    } else {
        reader.findings.sort();
        Err(reader.findings)
    }
}

struct Reader<'a> {
    file: &'a str,
    markdown: &'a str,
    style: &'a Style,
    numbers: &'a BTreeMap<String, String>,
    charts: &'a BTreeMap<String, Chart>,
    events: Vec<(Event<'a>, Range<usize>)>,
    /// The next event.
    at: usize,
    /// The width of digits where the reader is: of sentences or of tables.
    width: Width,
    /// How many headings of each level there have been since the last one above it.
    counts: [usize; 4],
    /// The level of the last heading.
    level: u8,
    blocks: Vec<Block>,
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(Event<'a>, Range<usize>)> {
        let event = self.events.get(self.at).cloned();
        self.at += 1;
        event
    }

    fn peek(&self) -> Option<&Event<'a>> {
        self.events.get(self.at).map(|(event, _)| event)
    }

    /// Passes over everything up to the end of the element that has just begun.
    fn skip(&mut self) {
        let mut depth = 1;
        while depth > 0 {
            match self.next() {
                Some((Event::Start(_), _)) => depth += 1,
                Some((Event::End(_), _)) => depth -= 1,
                Some(_) => {}
                None => return,
            }
        }
    }

    fn find(
        &mut self,
        code: &'static str,
        offset: usize,
        what: impl Into<String>,
        todo: impl Into<String>,
    ) {
        let breaks = self.markdown.as_bytes()[..offset]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let line = u32::try_from(breaks + 1).ok();
        self.findings
            .push(Finding::new(code, self.file, line, what, todo));
    }

    fn unsupported(&mut self, offset: usize, what: &str, todo: &str) {
        self.find(
            "paper.unsupported",
            offset,
            format!("{what}は資料では使えません。"),
            todo,
        );
    }
}
