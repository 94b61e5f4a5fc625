//! The inside of a line: text, strong, links to figures and papers, line breaks.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::Reader;
use super::blocks::refusal;
use crate::document::{Inline, plain};

/// One line as typed: a paragraph may be wrapped over several.
pub(super) struct Line {
    pub text: Vec<Inline>,
    /// Byte offset of its beginning.
    pub offset: usize,
}

impl Line {
    /// Takes the 「※」 off a note; false when the line is none.
    pub fn strip_note(&mut self) -> bool {
        let Some(Inline::Text(text)) = self.text.first_mut() else {
            return false;
        };
        let Some(rest) = text.strip_prefix('※') else {
            return false;
        };
        *text = rest.trim_start().to_owned();
        if text.is_empty() {
            self.text.remove(0);
        }
        true
    }
}

/// Joins wrapped lines: Japanese without a blank, two ASCII words with one.
pub(super) fn join(lines: Vec<Line>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::new();
    for line in lines {
        let last = plain(&out).chars().next_back();
        let first = plain(&line.text).chars().next();
        if let (Some(last), Some(first)) = (last, first)
            && last.is_ascii_graphic()
            && first.is_ascii_graphic()
        {
            push(&mut out, Inline::Text(" ".to_owned()));
        }
        for inline in line.text {
            push(&mut out, inline);
        }
    }
    out
}

/// Neighbouring texts are one text.
fn push(out: &mut Vec<Inline>, inline: Inline) {
    match (out.last_mut(), inline) {
        (Some(Inline::Text(last)), Inline::Text(text)) => last.push_str(&text),
        (_, Inline::Text(text)) if text.is_empty() => {}
        (_, inline) => out.push(inline),
    }
}

pub(super) fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Strong | Tag::Emphasis | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
    )
}

impl Reader<'_> {
    /// The lines up to the end of the block that has just begun.
    pub(super) fn lines(&mut self) -> Vec<Line> {
        let lines = self.lines_of_tight_item();
        self.at += 1;
        lines
    }

    /// The lines up to the next end or block, which stays the next event.
    pub(super) fn lines_of_tight_item(&mut self) -> Vec<Line> {
        let offset = self.events.get(self.at).map_or(0, |(_, range)| range.start);
        let mut lines = vec![Line {
            text: Vec::new(),
            offset,
        }];
        while let Some((event, range)) = self.events.get(self.at).cloned() {
            match event {
                Event::End(_) => break,
                Event::Start(tag) if !is_inline(&tag) => break,
                Event::SoftBreak => {
                    self.at += 1;
                    lines.push(Line {
                        text: Vec::new(),
                        offset: range.end,
                    });
                }
                _ => {
                    let inline = self.inline();
                    if let (Some(line), Some(inline)) = (lines.last_mut(), inline) {
                        push(&mut line.text, inline);
                    }
                }
            }
        }
        lines
    }

    fn inline(&mut self) -> Option<Inline> {
        let (event, range) = self.next()?;
        match event {
            Event::Text(text) => {
                // An escaped point splits 6\.4 into two events; its digits are one number.
                let mut text = text.to_string();
                while let Some((Event::Text(more), _)) = self.events.get(self.at) {
                    text.push_str(more);
                    self.at += 1;
                }
                Some(Inline::Text(self.width.set(&text)))
            }
            Event::HardBreak => Some(Inline::Break),
            Event::InlineHtml(html) if matches!(&*html, "<br>" | "<br/>" | "<br />") => {
                Some(Inline::Break)
            }
            Event::InlineHtml(_) => {
                self.unsupported(
                    range.start,
                    "HTML",
                    "改行は <br>、強調は ** で書いてください。",
                );
                None
            }
            Event::Start(Tag::Strong) => Some(Inline::Strong(join(self.lines()))),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let text = plain(&join(self.lines()));
                self.link(&dest_url, text, range.start)
            }
            Event::Start(Tag::Image { .. }) => {
                self.skip();
                self.unsupported(
                    range.start,
                    "文の中の図",
                    "図は前後に空行を置いて、一行に一つ書いてください。",
                );
                None
            }
            Event::Start(tag) => {
                let (what, todo) = refusal(&tag);
                self.unsupported(range.start, what, todo);
                self.skip();
                None
            }
            _ => {
                self.unsupported(range.start, "この書き方", "普通の文にしてください。");
                None
            }
        }
    }

    fn link(&mut self, target: &str, text: String, offset: usize) -> Option<Inline> {
        match target.split_once(':') {
            Some(("figure", id)) if !id.is_empty() && !text.is_empty() => Some(Inline::Figure {
                id: id.to_owned(),
                text,
            }),
            Some(("paper", id)) if !id.is_empty() => match self.numbers.get(id) {
                Some(number) => Some(Inline::Paper {
                    id: id.to_owned(),
                    number: number.clone(),
                }),
                None => {
                    let todo = match authoring::nearest(id, self.numbers.keys().map(String::as_str))
                    {
                        Some(near) => format!("「{near}」の誤りではありませんか。"),
                        None => "この会議の資料の id を確かめてください。".to_owned(),
                    };
                    self.find(
                        "paper.unknown_paper",
                        offset,
                        format!("資料「{id}」はこの会議にありません。"),
                        todo,
                    );
                    None
                }
            },
            _ => {
                self.find(
                    "paper.unknown_link",
                    offset,
                    format!("リンク先「{target}」は使えません。"),
                    "数値は [７８．１％](figure:ID)、資料は [資料１](paper:ID) と書いてください。",
                );
                None
            }
        }
    }

    /// The id and the description of a chart that is all there is in the paragraph that has just
    /// begun. Nothing is consumed otherwise.
    pub(super) fn chart_alone(&mut self) -> Option<((String, String), usize)> {
        let (Event::Start(Tag::Image { dest_url, .. }), range) = self.events.get(self.at)? else {
            return None;
        };
        let id = dest_url
            .strip_prefix("chart:")
            .filter(|id| !id.is_empty())?
            .to_owned();
        let offset = range.start;
        let inside = &self.events[self.at + 1..];
        let close = inside
            .iter()
            .position(|(event, _)| *event == Event::End(TagEnd::Image))?;
        let alone = matches!(
            inside.get(close + 1),
            Some((Event::End(TagEnd::Paragraph), _))
        );
        let words = inside[..close].iter().map(|(event, _)| match event {
            Event::Text(text) => Some(&**text),
            _ => None,
        });
        let description: String = words.collect::<Option<_>>().filter(|_| alone)?;
        self.at += close + 3;
        Some(((id, description), offset))
    }
}
