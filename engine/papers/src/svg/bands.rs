//! 帯グラフ: every row is one band of parts; the values are printed as they are given.

use super::bars::{base, column, label_lines};
use super::canvas::{Anchor, Canvas, EDGE, SMALL, text_width};
use crate::chart::{Band, MISSING, tenths};

const THICK: usize = 26;
const BETWEEN: usize = 20;

pub(super) fn draw(canvas: &mut Canvas, top: usize, parts: &[String], rows: &[Band]) {
    let top = canvas.legend(top, parts);
    let label = rows
        .iter()
        .flat_map(|row| [text_width(&row.label), text_width(&base(row.n))]);
    let wide = label.max().unwrap_or(0).min(column(canvas));
    let left = EDGE + wide + 8;
    let length = canvas.width - left - 24;
    // A name of several lines makes its row higher.
    let names: Vec<Vec<String>> = rows
        .iter()
        .map(|row| label_lines(&row.label, wide))
        .collect();
    let more = |lines: &Vec<String>| (lines.len() - 1) * (SMALL + 2);
    let bottom = top + rows.len() * (THICK + BETWEEN) + names.iter().map(more).sum::<usize>();
    for step in 0..=4 {
        let x = left + length * step / 4;
        canvas.line((x, top), (x, bottom), step == 0);
        canvas.text(
            x,
            bottom + SMALL + 4,
            Anchor::Middle,
            &format!("{}%", step * 25),
        );
    }
    let mut y = top + BETWEEN - 4;
    for (row, name) in rows.iter().zip(&names) {
        for (line, words) in name.iter().enumerate() {
            canvas.text(left - 8, y + 11 + line * (SMALL + 2), Anchor::End, words);
        }
        if row.n.is_some() {
            let below = y + 11 + name.len() * (SMALL + 2);
            canvas.text(left - 8, below, Anchor::End, &base(row.n));
        }
        band(canvas, row, left, length, y + more(name) / 2);
        y += THICK + BETWEEN + more(name);
    }
}

fn band(canvas: &mut Canvas, row: &Band, left: usize, length: usize, y: usize) {
    let whole: u128 = row.tenths.iter().map(|value| u128::from(*value)).sum();
    if whole == 0 {
        canvas.text(left + 5, y + 17, Anchor::Start, MISSING);
        return;
    }
    let mut passed: u128 = 0;
    let mut small_end = 0;
    for (index, value) in row.tenths.iter().enumerate() {
        let at = |sum: u128| left + usize::try_from(sum * length as u128 / whole).unwrap_or(length);
        let from = at(passed);
        passed += u128::from(*value);
        let width = at(passed) - from;
        if width == 0 {
            continue;
        }
        canvas.bar(from, y, width, THICK, index);
        let text = tenths(*value);
        let middle = from + width / 2;
        if text_width(&text) + 8 <= width {
            canvas.tag(middle, y + 17, &text);
        } else {
            // Too narrow for its value: it stands above, clear of the one before it.
            let half = text_width(&text) / 2;
            let middle = middle.max(small_end + half).min(canvas.width - EDGE - half);
            canvas.text(middle, y - 3, Anchor::Middle, &text);
            small_end = middle + half + 4;
        }
    }
}
