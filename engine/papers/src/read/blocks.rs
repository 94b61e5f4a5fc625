//! The blocks of a paper: headings with their marks, paragraphs, notes, bullets, page breaks.

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use super::Reader;
use super::inlines::{Line, join};
use crate::document::{Block, Heading, plain};

impl Reader<'_> {
    pub(super) fn read_blocks(&mut self) {
        while let Some((event, range)) = self.next() {
            match event {
                Event::Start(Tag::Heading { level, .. }) => self.heading(level, range.start),
                Event::Start(Tag::Paragraph) => self.paragraph(),
                Event::Start(Tag::List(None)) => self.bullets(),
                Event::Start(Tag::Table(align)) => self.table(&align, None),
                Event::Rule => self.blocks.push(Block::PageBreak),
                Event::Start(tag) => {
                    let (what, todo) = refusal(&tag);
                    self.unsupported(range.start, what, todo);
                    self.skip();
                }
                _ => self.unsupported(
                    range.start,
                    "この書き方",
                    "段落、見出し、「- 」、表のいずれかで書いてください。",
                ),
            }
        }
    }

    fn heading(&mut self, level: HeadingLevel, start: usize) {
        let level = level as u8;
        let lines = self.lines();
        if !self.markdown[start..].starts_with('#') {
            self.unsupported(
                start,
                "下線で引く見出し",
                "行の頭に「# 」を付けてください。",
            );
            return;
        }
        let text = join(lines);
        let words = plain(&text);
        if words.trim().is_empty() {
            self.find(
                "paper.empty_item",
                start,
                "項目に文がありません。",
                "「#」の後に文を書くか、行を消してください。",
            );
            return;
        }
        let Some(mark) = self.style.numbering.level(level).filter(|_| level <= 4) else {
            let depth = self.style.numbering.levels().len().min(4);
            self.find(
                "paper.too_deep",
                start,
                format!("{level} 段目の項目「{words}」の番号が決まっていません。この様式の番号は {depth} 段までです。"),
                "項目を浅くするか、様式の numbering に印を足してください。",
            );
            return;
        };
        if level > self.level + 1 {
            self.find(
                "paper.skipped_level",
                start,
                format!(
                    "項目「{words}」は {level} 段目ですが、その上の {} 段目がありません。",
                    level - 1
                ),
                format!(
                    "「{}」で始まる項目を前に置くか、「#」を減らしてください。",
                    "#".repeat(usize::from(level) - 1)
                ),
            );
        }
        if let Some(typed) = self
            .style
            .numbering
            .levels()
            .iter()
            .find(|mark| mark.is_typed_in(&words))
        {
            self.find(
                "paper.typed_mark",
                start,
                format!("項目「{words}」に番号が書き込まれています（「{typed}」の並び）。"),
                "番号は様式から付きます。番号と空白を消してください。",
            );
        }
        let depth = usize::from(level);
        self.counts[depth..].fill(0);
        self.counts[depth - 1] += 1;
        self.level = level;
        let count = self.counts[depth - 1];
        match mark.at(count) {
            Some(mark) => self.blocks.push(Block::Heading(Heading { level, mark, text })),
            None => self.find(
                "paper.no_more_marks",
                start,
                format!("{count} 番目の項目「{words}」に付ける印がありません。「{mark}」の並びは {} 番目までです。", count - 1),
                "項目をまとめるか分けるか、様式の numbering を数字の印に替えてください。",
            ),
        }
    }

    fn paragraph(&mut self) {
        if let Some((chart, offset)) = self.chart_alone() {
            self.chart(&chart.0, chart.1, offset);
            return;
        }
        let lines = self.lines();
        if let ([line], Some(Event::Start(Tag::Table(_)))) = (lines.as_slice(), self.peek())
            && let Some(caption) = plain(&line.text).strip_prefix("表：")
        {
            let caption = caption.trim().to_owned();
            if let Some((Event::Start(Tag::Table(align)), _)) = self.next() {
                self.table(&align, Some(caption));
            }
            return;
        }
        let mut body: Vec<Line> = Vec::new();
        let mut notes: Vec<Vec<Line>> = Vec::new();
        for mut line in lines {
            if line.strip_note() {
                notes.push(vec![line]);
            } else if let Some(note) = notes.last_mut() {
                note.push(line);
            } else {
                if plain(&line.text).starts_with('・') {
                    self.find(
                        "paper.typed_bullet",
                        line.offset,
                        "行の頭に「・」が書き込まれています。",
                        "「- 」で始めてください。「・」は様式から付きます。",
                    );
                }
                body.push(line);
            }
        }
        if !body.is_empty() {
            self.blocks.push(Block::Paragraph(join(body)));
        }
        for note in notes {
            self.note(note);
        }
    }

    /// A note belongs to the table it stands under.
    pub(super) fn note(&mut self, lines: Vec<Line>) {
        let text = join(lines);
        match self.blocks.last_mut() {
            Some(Block::Table(table)) => table.notes.push(text),
            _ => self.blocks.push(Block::Note(text)),
        }
    }

    fn chart(&mut self, id: &str, description: String, offset: usize) {
        match self.charts.get(id).cloned() {
            Some(mut chart) => {
                if !description.is_empty() {
                    chart.description = description;
                }
                self.blocks.push(Block::Chart(chart));
            }
            None => {
                let known: Vec<&str> = self.charts.keys().map(String::as_str).collect();
                let todo = match authoring::nearest(id, known.iter().copied()) {
                    Some(near) => format!("「{near}」の誤りではありませんか。"),
                    None => "図の id を確かめてください。".to_owned(),
                };
                self.find(
                    "paper.unknown_chart",
                    offset,
                    format!("図「{id}」はありません。"),
                    todo,
                );
            }
        }
    }

    fn bullets(&mut self) {
        let mut items = Vec::new();
        while let Some((event, range)) = self.next() {
            match event {
                Event::Start(Tag::Item) => {
                    if let Some(item) = self.bullet(range.start) {
                        items.push(item);
                    }
                }
                Event::End(TagEnd::List(_)) => break,
                _ => {}
            }
        }
        self.blocks.push(Block::Bullets(items));
    }

    fn bullet(&mut self, start: usize) -> Option<Vec<crate::document::Inline>> {
        let mut item = None;
        loop {
            match self.peek() {
                // A list with blank lines between its items has a paragraph in each.
                Some(Event::Start(Tag::Paragraph)) if item.is_none() => {
                    self.at += 1;
                    item = Some(join(self.lines()));
                }
                Some(Event::End(TagEnd::Item)) | None => {
                    self.at += 1;
                    break;
                }
                Some(Event::Start(tag)) if !super::inlines::is_inline(tag) => {
                    let (what, todo) = match tag {
                        Tag::List(_) => (
                            "「・」の中の「・」",
                            "一段にするか、項目（#）に分けてください。",
                        ),
                        _ => ("「・」の中の段落や表", "「・」は一つの文にしてください。"),
                    };
                    let offset = self.events[self.at].1.start;
                    self.at += 1;
                    self.unsupported(offset, what, todo);
                    self.skip();
                }
                Some(_) => item = Some(join(self.lines_of_tight_item())),
            }
        }
        if item.is_none() {
            self.find(
                "paper.empty_item",
                start,
                "「・」に文がありません。",
                "「- 」の後に文を書くか、行を消してください。",
            );
        }
        item
    }
}

/// What to say about an element that papers do not have.
pub(super) fn refusal(tag: &Tag<'_>) -> (&'static str, &'static str) {
    match tag {
        Tag::List(Some(_)) => (
            "手で書いた番号の一覧",
            "番号は様式から付きます。「#」の項目か「- 」にしてください。",
        ),
        Tag::BlockQuote(_) => ("引用（>）", "普通の段落にしてください。"),
        Tag::CodeBlock(_) => (
            "字下げや ``` の囲み",
            "行の頭の空白を消してください。字下げは様式から付きます。",
        ),
        Tag::HtmlBlock => (
            "HTML",
            "段落、見出し、「- 」、表のいずれかで書いてください。",
        ),
        Tag::Emphasis => ("斜体（*）", "太字（**）にするか、記号を消してください。"),
        _ => (
            "この書き方",
            "段落、見出し、「- 」、表のいずれかで書いてください。",
        ),
    }
}
