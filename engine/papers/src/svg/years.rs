//! 年次推移: years from left to right. Two values are joined only if they are of neighbouring years and the
//! series does not break between them; why it breaks and why a year was left out stand below.

use super::bars::{axis_end, scale};
use super::canvas::{Anchor, Canvas, EDGE, SMALL, text_width, wrapped};
use crate::chart::{Point, Spot, Unit};

const HEIGHT: usize = 180;

pub(super) fn draw(canvas: &mut Canvas, top: usize, unit: &Unit, points: &[Point]) {
    let values = points.iter().filter_map(|point| match point.spot {
        Spot::Value(value) => Some(value),
        _ => None,
    });
    let end = axis_end(unit, values.max().unwrap_or(0));
    let left = EDGE + text_width(&unit.print(end)) + 8;
    let top = top + SMALL + 8;
    let bottom = top + HEIGHT;
    for step in 0..=4usize {
        let y = bottom - HEIGHT * step / 4;
        canvas.line((left, y), (canvas.width - EDGE, y), step == 0);
        let value = unit.print(end * step as u64 / 4).replace(".0%", "%");
        canvas.text(left - 6, y + 4, Anchor::End, &value);
    }
    let room = (canvas.width - EDGE - left) / points.len().max(1);
    let x = |index: usize| left + room * index + room / 2;
    let y = |value: u64| bottom - scale(value, HEIGHT, end);
    for (index, pair) in points.windows(2).enumerate() {
        if let [
            Point {
                spot: Spot::Value(one),
                ..
            },
            Point {
                spot: Spot::Value(next),
                broken: None,
                ..
            },
        ] = pair
        {
            canvas.joined((x(index), y(*one)), (x(index + 1), y(*next)));
        }
    }
    // Labels of many years would run into each other.
    let widest = points.iter().map(|point| text_width(&point.label)).max();
    let every = (widest.unwrap_or(0) + 6).div_ceil(room.max(1)).max(1);
    let mut notes = Notes::default();
    for (index, point) in points.iter().enumerate() {
        if index % every == 0 {
            canvas.text(x(index), bottom + SMALL + 4, Anchor::Middle, &point.label);
        }
        if let Some(why) = &point.broken {
            let at = left + room * index;
            canvas.broken((at, top - 6), (at, bottom));
            canvas.text(at, top - 10, Anchor::Middle, "断絶");
            notes.add(&format!("断絶：{why}"), &point.label);
        }
        match &point.spot {
            Spot::Value(value) => {
                canvas.dot((x(index), y(*value)));
                canvas.tag(x(index), y(*value).saturating_sub(8), &point.text(unit));
            }
            Spot::LeftOut(why) => {
                canvas.tag(x(index), bottom - 6, "※");
                notes.add(&format!("※{why}"), &point.label);
            }
            Spot::Missing => {}
        }
    }
    notes.write(canvas, bottom + 2 * SMALL + 10);
}

/// What is said below the chart, and of which years.
#[derive(Default)]
struct Notes(Vec<(String, Vec<String>)>);

impl Notes {
    fn add(&mut self, text: &str, year: &str) {
        match self.0.iter_mut().find(|(known, _)| known == text) {
            Some((_, years)) => years.push(year.to_owned()),
            None => self.0.push((text.to_owned(), vec![year.to_owned()])),
        }
    }

    fn write(self, canvas: &mut Canvas, top: usize) {
        // What fits into a line below the chart, in half widths.
        let room = (canvas.width - 2 * EDGE) * 2 / SMALL;
        let notes = self.0.into_iter();
        let lines =
            notes.flat_map(|(text, years)| wrapped(&format!("{}　{text}", years.join("、")), room));
        for (index, line) in lines.enumerate() {
            canvas.text(EDGE, top + index * (SMALL + 4), Anchor::Start, &line);
        }
    }
}
