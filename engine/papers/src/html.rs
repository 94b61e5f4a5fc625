//! Writing a document as HTML: a semantic article, figures as links, charts as inline SVG.

mod table;

use std::fmt::Write;

use crate::document::{Block, Document, Head, Inline, leader};
use crate::svg::svg;

/// The style sheet that goes with [`html`]: screen and print.
pub const STYLESHEET: &str = include_str!("html/paper.css");

/// The document as one `<article>`. `link` gives the address of a figure by its id; a figure without
/// one is printed as text. No script, no inline style.
pub fn html(document: &Document, link: impl Fn(&str) -> Option<String>) -> String {
    let mut writer = Writer {
        out: String::new(),
        link: &link,
    };
    writer.push(r#"<article class="paper" lang="ja">"#);
    writer.head(&document.head);
    for (level, block) in document.levels() {
        writer.block(level, block);
    }
    if let Some(fiction) = &document.head.fiction {
        writer.element("footer", "paper-fiction", fiction);
    }
    writer.push("</article>\n");
    writer.out
}

/// The document as a file of its own, with its style sheet inside.
pub fn page(document: &Document, link: impl Fn(&str) -> Option<String>) -> String {
    format!(
        "<!doctype html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>\n{STYLESHEET}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
        escape(&document.head.title),
        html(document, link)
    )
}

/// Text made safe for HTML and XML, in content and in quoted attributes. Characters that XML does
/// not know at all (control characters) become U+FFFD.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(known_to_xml(c)),
        }
    }
    out
}

/// XML has no way to write most control characters: they become U+FFFD.
pub(crate) fn known_to_xml(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    }
}

struct Writer<'a> {
    out: String,
    link: &'a dyn Fn(&str) -> Option<String>,
}

impl Writer<'_> {
    fn push(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    fn open(&mut self, tag: std::fmt::Arguments<'_>) {
        self.out.write_fmt(tag).expect("a String takes every write");
    }

    fn element(&mut self, name: &str, class: &str, text: &str) {
        self.open(format_args!(
            "<{name} class=\"{class}\">{}</{name}>\n",
            escape(text)
        ));
    }

    fn head(&mut self, head: &Head) {
        self.push("\n<header>\n");
        if let Some(kind) = &head.kind {
            self.element("p", "paper-kind", kind);
        }
        if let Some(number) = &head.number {
            self.element("p", "paper-number", number);
        }
        self.element("h1", "paper-title", &head.title);
        if let Some(subtitle) = &head.subtitle {
            self.element("p", "paper-subtitle", subtitle);
        }
        if !head.place.is_empty() {
            self.push("<dl class=\"paper-place\">\n");
            for place in &head.place {
                let lines: Vec<String> = place.lines.iter().map(|line| escape(line)).collect();
                self.open(format_args!(
                    "<div><dt>{}</dt><dd>{}</dd></div>\n",
                    escape(&place.label),
                    lines.join("<br>")
                ));
            }
            self.push("</dl>\n");
        }
        self.push("</header>\n");
    }

    fn block(&mut self, level: u8, block: &Block) {
        match block {
            Block::Heading(heading) => {
                let tag = level + 1;
                self.open(format_args!(
                    "<h{tag} class=\"item level-{level}\"><span class=\"mark\">{}</span> ",
                    escape(&heading.mark)
                ));
                self.leader(&heading.text, true);
                self.open(format_args!("</h{tag}>\n"));
            }
            Block::Paragraph(text) => {
                self.open(format_args!("<p class=\"body level-{level}\">"));
                self.leader(text, false);
                self.push("</p>\n");
            }
            Block::Bullets(items) => {
                self.open(format_args!("<ul class=\"level-{level}\">\n"));
                for item in items {
                    self.push("<li>");
                    self.leader(item, false);
                    self.push("</li>\n");
                }
                self.push("</ul>\n");
            }
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => {
                self.open(format_args!(
                    "<figure class=\"chart\">{}</figure>\n",
                    svg(chart)
                ));
            }
            Block::Note(text) => self.note(text),
            Block::PageBreak => self.push("<hr class=\"page-break\">\n"),
        }
    }

    fn note(&mut self, text: &[Inline]) {
        self.push("<p class=\"note\">※");
        self.inlines(text);
        self.push("</p>\n");
    }

    /// A line, with its words in an element of their own where something stands beside them: a mark
    /// before, a number at the margin.
    fn leader(&mut self, line: &[Inline], beside_mark: bool) {
        let (words, number) = leader(line);
        if number.is_none() && !beside_mark {
            return self.inlines(words);
        }
        self.push("<span class=\"words\">");
        self.inlines(words);
        self.push("</span>");
        if let Some(number) = number {
            self.open(format_args!(
                " <span class=\"paper-reference\">…{}</span>",
                escape(number)
            ));
        }
    }

    fn inlines(&mut self, line: &[Inline]) {
        for inline in line {
            match inline {
                Inline::Text(text) => self.out.push_str(&escape(text)),
                Inline::Strong(inner) => {
                    self.push("<strong>");
                    self.inlines(inner);
                    self.push("</strong>");
                }
                Inline::Figure { id, text } => match (self.link)(id) {
                    Some(address) => self.open(format_args!(
                        "<a class=\"figure\" href=\"{}\">{}</a>",
                        escape(&address),
                        escape(text)
                    )),
                    None => self.out.push_str(&escape(text)),
                },
                Inline::Paper { number, .. } => self.out.push_str(&escape(number)),
                Inline::Break => self.push("<br>"),
            }
        }
    }
}
