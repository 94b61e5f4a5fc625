//! The drawing surface of a chart: text, boxes with patterns, axis lines, the legend.

use std::fmt::Write;

use crate::ems::halves;
use crate::html::escape;

/// The width of a chart on paper.
pub const WIDTH: usize = 600;
/// The size of labels and values.
pub const SMALL: usize = 12;
/// Free space at both sides.
pub const EDGE: usize = 8;

const INK: &str = "#1a1a1c";
const SOLID: &str = "#1f4e79";
const PATTERNS: usize = 6;

pub struct Canvas {
    pub width: usize,
    id: String,
    body: String,
    height: usize,
}

#[derive(Clone, Copy)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

impl Canvas {
    pub fn new(id: &str, width: usize) -> Canvas {
        // Patterns are addressed by id, and several charts may stand on one page.
        let id = id
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .collect();
        Canvas {
            width,
            id,
            body: String::new(),
            height: 0,
        }
    }

    /// Sets the title; returns where the rest may begin.
    pub fn title(&mut self, title: &str) -> usize {
        let size = if halves(title) * 7 > self.width - 2 * EDGE {
            11
        } else {
            14
        };
        let lines = wrapped(title, (self.width - 2 * EDGE) * 2 / size);
        for (index, line) in lines.iter().enumerate() {
            let y = 20 + index * (size + 4);
            self.words(self.width / 2, y, size, Anchor::Middle, true, line);
        }
        34 + (lines.len() - 1) * (size + 4)
    }

    pub fn text(&mut self, x: usize, y: usize, anchor: Anchor, text: &str) {
        self.words(x, y, SMALL, anchor, false, text);
    }

    fn words(&mut self, x: usize, y: usize, size: usize, anchor: Anchor, bold: bool, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if bold { r#" font-weight="bold""# } else { "" };
        self.push(format_args!(
            r#"<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}"{weight}>{}</text>"#,
            escape(text)
        ));
        self.height = self.height.max(y + size / 2);
    }

    /// The value at the end of a bar, on white: the lines of the axis stay behind it.
    pub fn value(&mut self, x: usize, y: usize, text: &str) {
        self.ground(x.saturating_sub(1), y, text_width(text) + 2);
        self.text(x, y, Anchor::Start, text);
    }

    /// A bar or a part of one; `series` chooses its pattern.
    pub fn bar(&mut self, x: usize, y: usize, width: usize, height: usize, series: usize) {
        let fill = match series % PATTERNS {
            // Not as a pattern: some programs show the seams between its tiles.
            0 => SOLID.to_owned(),
            5 => "#ffffff".to_owned(),
            pattern => format!("url(#{}-{pattern})", self.id),
        };
        self.push(format_args!(
            r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}" stroke="{INK}" stroke-width="1"/>"#
        ));
        self.height = self.height.max(y + height + 4);
    }

    /// A text on white, so that it can be read over any pattern.
    pub fn tag(&mut self, x: usize, y: usize, text: &str) {
        let width = text_width(text) + 4;
        self.ground(x.saturating_sub(width / 2), y, width);
        self.text(x, y, Anchor::Middle, text);
    }

    fn ground(&mut self, left: usize, y: usize, width: usize) {
        self.push(format_args!(
            r##"<rect x="{left}" y="{}" width="{width}" height="{}" fill="#ffffff"/>"##,
            y.saturating_sub(SMALL),
            SMALL + 3
        ));
    }

    pub fn line(&mut self, from: (usize, usize), to: (usize, usize), strong: bool) {
        let (colour, width) = if strong { (INK, 1) } else { ("#b4b4b4", 1) };
        self.push(format_args!(
            r#"<path d="M{} {}L{} {}" stroke="{colour}" stroke-width="{width}" fill="none"/>"#,
            from.0, from.1, to.0, to.1
        ));
    }

    /// The line of a series between two of its points.
    pub fn joined(&mut self, from: (usize, usize), to: (usize, usize)) {
        self.stroke(from, to, r#"stroke-width="2""#);
    }

    /// A line across which nothing compares.
    pub fn broken(&mut self, from: (usize, usize), to: (usize, usize)) {
        self.stroke(from, to, r#"stroke-width="1.5" stroke-dasharray="5 4""#);
    }

    fn stroke(&mut self, from: (usize, usize), to: (usize, usize), how: &str) {
        self.push(format_args!(
            r#"<path d="M{} {}L{} {}" stroke="{INK}" {how} fill="none"/>"#,
            from.0, from.1, to.0, to.1
        ));
    }

    /// A value of a series.
    pub fn dot(&mut self, (x, y): (usize, usize)) {
        self.push(format_args!(
            r#"<circle cx="{x}" cy="{y}" r="4" fill="{SOLID}" stroke="{INK}"/>"#
        ));
    }

    /// The names of the series with their patterns, centred, in as many lines as they need; returns
    /// where the rest may begin.
    pub fn legend(&mut self, top: usize, names: &[String]) -> usize {
        const BOX: usize = 22;
        const GAP: usize = 18;
        let mut lines: Vec<Vec<usize>> = vec![Vec::new()];
        let mut used = 0;
        for (index, name) in names.iter().enumerate() {
            let width = BOX + text_width(name) + GAP;
            if used + width > self.width - 2 * EDGE && used > 0 {
                lines.push(Vec::new());
                used = 0;
            }
            used += width;
            if let Some(line) = lines.last_mut() {
                line.push(index);
            }
        }
        let mut y = top;
        for line in lines {
            let width: usize = line
                .iter()
                .map(|i| BOX + text_width(&names[*i]) + GAP)
                .sum();
            let mut x = (self.width.saturating_sub(width.saturating_sub(GAP))) / 2;
            for index in line {
                self.bar(x, y + 2, 16, 12, index);
                self.text(x + BOX, y + 13, Anchor::Start, &names[index]);
                x += BOX + text_width(&names[index]) + GAP;
            }
            y += 20;
        }
        y + 6
    }

    /// The drawing, and its height.
    pub fn finish(self, title: &str, description: &str) -> (String, usize) {
        let Canvas {
            width,
            id,
            body,
            height,
        } = self;
        let height = height + EDGE;
        let mut out = String::new();
        write!(
            out,
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-labelledby="{id}-title {id}-desc" font-family="'BIZ UDGothic','BIZ UDPGothic',sans-serif" fill="{INK}"><title id="{id}-title">{}</title><desc id="{id}-desc">{}</desc><defs>{}</defs><rect width="{width}" height="{height}" fill="#ffffff"/>{body}</svg>"##,
            escape(title),
            escape(description),
            patterns(&id),
        )
        .expect("a String takes every write");
        (out, height)
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        self.body
            .write_fmt(element)
            .expect("a String takes every write");
    }
}

/// Breaks a text into lines of at most so many half characters.
pub fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for c in text.chars() {
        let width = halves(c.encode_utf8(&mut [0; 4]));
        // Closing marks stay with the line before (行頭禁則).
        let closing = "、。）」』】〕・ー～％%)".contains(c);
        if used > 0 && used + width > room && !closing {
            lines.push(String::new());
            used = 0;
        }
        used += width;
        if let Some(line) = lines.last_mut() {
            line.push(c);
        }
    }
    lines
}

pub fn text_width(text: &str) -> usize {
    halves(text) * SMALL / 2
}

/// The fills between solid and white, told apart by lightness and by drawing: strokes, dots, strokes
/// the other way, a grid. Each is a square tile of so many units.
fn patterns(id: &str) -> String {
    let drawn = [
        (
            r##"<rect width="8" height="8" fill="#dce9f5"/><path d="M-2 2L2 -2M0 8L8 0M6 10L10 6" stroke="#1f4e79" stroke-width="1.4"/>"##,
            8,
        ),
        (
            r##"<rect width="6" height="6" fill="#ffffff"/><circle cx="3" cy="3" r="1.3" fill="#1a1a1c"/>"##,
            6,
        ),
        (
            r##"<rect width="8" height="8" fill="#f2e3c6"/><path d="M-2 6L2 10M0 0L8 8M6 -2L10 2" stroke="#8a5a00" stroke-width="1.4"/>"##,
            8,
        ),
        (
            r##"<rect width="7" height="7" fill="#ffffff"/><path d="M0 3.5H7M3.5 0V7" stroke="#555555" stroke-width="1"/>"##,
            7,
        ),
    ];
    let mut out = String::new();
    for (index, (content, size)) in drawn.iter().enumerate() {
        let pattern = index + 1;
        write!(
            out,
            r#"<pattern id="{id}-{pattern}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">{content}</pattern>"#
        )
        .expect("a String takes every write");
    }
    out
}
