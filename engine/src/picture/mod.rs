//! The 施策・指標マップ as a picture: a column for each layer, a box for each node, an arrow for each
//! intended effect. SVG with presentation attributes only, so that it stands under a strict CSP.

mod layout;
mod strip;
mod text;
mod timeline;

use std::fmt::Write;

pub use strip::{Lane, Mark, Shape, Strip};
pub use text::halves;
pub use timeline::{timeline, timeline_ahead};

use layout::{BOX_WIDTH, Box, LINE, Layout};
use text::escape;

use crate::figure::{FigureBook, FigureKey};
use crate::pack::Pack;

/// Where the picture's numbers lead, for pages; papers have none.
pub type Link<'a> = &'a dyn Fn(&FigureKey) -> String;

/// Draws the map with the newest figure of each indicator.
pub fn map(pack: &Pack, book: &FigureBook, link: Option<Link<'_>>) -> String {
    map_of_scene(pack, book, link, None)
}

/// The same with the boxes of one scene only.
pub fn map_of_scene(
    pack: &Pack,
    book: &FigureBook,
    link: Option<Link<'_>>,
    scene: Option<&str>,
) -> String {
    let layout = Layout::of(pack, book, scene);
    let mut svg = String::new();
    // Writing to a String cannot fail.
    draw(&mut svg, pack, &layout, link).expect("a String takes any text");
    svg
}

fn draw(
    svg: &mut String,
    pack: &Pack,
    layout: &Layout,
    link: Option<Link<'_>>,
) -> std::fmt::Result {
    let (width, height) = (layout.width, layout.height);
    // Inside a picture nobody looks for links.
    let role = if link.is_some() { "group" } else { "img" };
    write!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="{role}" aria-labelledby="map-title" font-family="'BIZ UDPGothic','BIZ UDGothic',sans-serif" font-size="13">"##
    )?;
    let title = escape(&format!("{}　施策・指標マップ", pack.map.title()));
    write!(
        svg,
        r##"<title id="map-title">{title}</title><rect width="{width}" height="{height}" fill="#fff"/>"##
    )?;
    write!(
        svg,
        r##"<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 10 5 0 10z" fill="#4d4d4d"/></marker></defs>"##
    )?;
    for (x, name) in &layout.columns {
        write!(
            svg,
            r##"<text x="{}" y="30" text-anchor="middle" font-size="16" font-weight="700">{}</text>"##,
            x + BOX_WIDTH / 2,
            escape(name)
        )?;
    }
    for (from, to) in &layout.arrows {
        let (x1, y1) = (from.x + BOX_WIDTH, from.y + from.height / 2);
        let (x2, y2) = (to.x, to.y + to.height / 2);
        let bend = (x2 - x1) / 2;
        write!(
            svg,
            r##"<path d="M{x1} {y1}C{} {y1} {} {y2} {} {y2}" fill="none" stroke="#4d4d4d" marker-end="url(#arrow)"/>"##,
            x1 + bend,
            x2 - bend,
            x2 - 2
        )?;
    }
    for node in &layout.boxes {
        draw_box(svg, node, link)?;
    }
    svg.push_str("</svg>");
    Ok(())
}

fn draw_box(svg: &mut String, node: &Box, link: Option<Link<'_>>) -> std::fmt::Result {
    let (x, height) = (node.x, node.height);
    // The first layer is what people do, the others what becomes of it.
    let fill = if node.column == 0 {
        "#f2f2f2"
    } else {
        "#e8f1fe"
    };
    write!(
        svg,
        r##"<rect x="{x}" y="{}" width="{BOX_WIDTH}" height="{height}" rx="8" fill="{fill}" stroke="#333"/>"##,
        node.y
    )?;
    let mut y = node.y + 24;
    for line in &node.title {
        write!(
            svg,
            r##"<text x="{}" y="{y}" font-weight="700">{}</text>"##,
            x + 12,
            escape(line)
        )?;
        y += LINE;
    }
    for line in &node.scenes {
        write!(
            svg,
            r##"<text x="{}" y="{y}" font-size="11" fill="#4d4d4d">{}</text>"##,
            x + 12,
            escape(line)
        )?;
        y += LINE;
    }
    for indicator in &node.indicators {
        let text = |svg: &mut String| {
            for (index, line) in indicator.lines.iter().enumerate() {
                let y = y + LINE * i32::try_from(index).unwrap_or(0);
                write!(
                    svg,
                    r##"<text x="{}" y="{y}" fill="#0017c1">{}</text>"##,
                    x + 12,
                    escape(line)
                )?;
            }
            Ok(())
        };
        match (&indicator.key, link) {
            (Some(key), Some(link)) => {
                write!(
                    svg,
                    r##"<a href="{}" text-decoration="underline">"##,
                    escape(&link(key))
                )?;
                text(svg)?;
                svg.push_str("</a>");
            }
            _ => text(svg)?,
        }
        y += LINE * i32::try_from(indicator.lines.len()).unwrap_or(1);
    }
    Ok(())
}
