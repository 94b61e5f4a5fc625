//! Charts as SVG: readable in black and white, with a title, a description and the base (n=).
//!
//! Lengths are whole units computed from the integers of the chart; no float is involved.

mod bands;
mod bars;
mod canvas;
mod years;

use crate::chart::{Chart, Kind};
use canvas::Canvas;

/// Draws a chart. The text asks for BIZ UDGothic; patterns tell the series apart without colour.
pub fn svg(chart: &Chart) -> String {
    let mut canvas = Canvas::new(&chart.id);
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
    canvas.finish(&chart.title, &chart.described())
}
