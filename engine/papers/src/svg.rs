//! Charts as SVG: readable in black and white, with a title, a description and the base (n=).
//!
//! Lengths are whole units computed from the integers of the chart; no float is involved.

mod bands;
mod bars;
mod canvas;
mod years;

use crate::chart::{Chart, Kind};
use canvas::Canvas;

/// A chart as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    pub svg: String,
    pub width: usize,
    pub height: usize,
}

/// Draws a chart. The text asks for BIZ UDGothic; patterns tell the series apart without colour.
pub fn svg(chart: &Chart) -> String {
    drawn(chart, canvas::WIDTH).svg
}

/// Draws a chart for a page, as wide as it is wanted: at least 320, because names need their room.
pub fn drawn(chart: &Chart, width: usize) -> Drawn {
    let width = width.max(320);
    let mut canvas = Canvas::new(&chart.id, width);
    let top = canvas.title(&chart.title);
    match &chart.kind {
        Kind::Bars {
            unit,
            groups,
            series,
        } => bars::draw(&mut canvas, top, unit, groups, series),
        Kind::Years { unit, points } => years::draw(&mut canvas, top, unit, points),
        Kind::Bands { parts, rows } => bands::draw(&mut canvas, top, parts, rows),
    }
    let (svg, height) = canvas.finish(&chart.title, &chart.described());
    Drawn { svg, width, height }
}
