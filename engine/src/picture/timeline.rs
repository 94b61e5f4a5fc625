//! A timeline as a picture: April to March across, a lane for each role and for the product, bars for
//! collections, diamonds for meetings, ticks for tasks. What lies ahead is hollow, so that it can be told from
//! facts in black and white. SVG with presentation attributes only, so that it stands under a strict CSP.

use std::collections::BTreeSet;
use std::fmt::Write;

use chrono::{Datelike, Months, NaiveDate};
use papers::digits::Width;
use papers::wareki;

use super::strip::{Mark, Shape, Strip};
use super::text::{escape, halves};

const NAMES: i64 = 150;
const WIDTH: i64 = 1240;
const TOP: i64 = 84;
const ROW: i64 = 22;
const PAD: i64 = 8;
/// Width of a half character at the size of the labels.
const HALF: i64 = 6;
const INK: &str = "#1a1a1c";

/// Draws a timeline.
pub fn timeline(strip: &Strip) -> String {
    let mut svg = String::new();
    // Writing to a String cannot fail.
    draw(&mut svg, strip, Axis::of(strip)).expect("a String takes any text");
    svg
}

/// Draws what lies ahead, from the month of today on: for narrow screens, where the past would hide it.
pub fn timeline_ahead(strip: &Strip) -> String {
    let (mut svg, strip) = (String::new(), strip.ahead());
    draw(&mut svg, &strip, Axis::ahead(&strip)).expect("a String takes any text");
    svg
}

/// The axis: whole fiscal years, as wide as the picture.
struct Axis {
    from: NaiveDate,
    days: i64,
}

impl Axis {
    fn of(strip: &Strip) -> Option<Axis> {
        let (first, last) = strip.span()?;
        let from = NaiveDate::from_ymd_opt(wareki::fiscal_year_of(first), 4, 1)?;
        let to = NaiveDate::from_ymd_opt(wareki::fiscal_year_of(last) + 1, 4, 1)?;
        let days = (to - from).num_days();
        Some(Axis { from, days })
    }

    /// Whole months, from that of the first day.
    fn ahead(strip: &Strip) -> Option<Axis> {
        let (first, last) = strip.span()?;
        let from = first.with_day(1)?;
        let to = last.with_day(1)?.checked_add_months(Months::new(1))?;
        let days = (to - from).num_days();
        Some(Axis { from, days })
    }

    fn x(&self, on: NaiveDate) -> i64 {
        NAMES + (on - self.from).num_days() * (WIDTH - NAMES - PAD) / self.days.max(1)
    }

    /// The first of every month.
    fn months(&self) -> impl Iterator<Item = NaiveDate> {
        let months = u32::try_from(self.days / 28).unwrap_or(0);
        let end = self.from + chrono::Duration::days(self.days);
        (0..=months)
            .filter_map(|month| self.from.checked_add_months(Months::new(month)))
            .filter(move |month| *month < end)
    }
}

/// Half characters of a label; the table beside the picture has the whole title.
const LABEL: usize = 48;

/// A mark and the row of its lane in which it stands.
struct Placed<'a> {
    mark: &'a Mark,
    label: String,
    /// What it takes of its row, label included.
    room: (i64, i64),
    row: i64,
    /// The text stands at the left of the mark, where there is no room at the right.
    left: bool,
}

fn draw(svg: &mut String, strip: &Strip, axis: Option<Axis>) -> std::fmt::Result {
    let Some(axis) = axis else {
        return empty(svg, strip);
    };
    let lanes: Vec<(&str, Vec<Placed<'_>>, i64)> = strip
        .shown()
        .map(|lane| {
            let placed = place(&axis, &lane.marks);
            let rows = placed
                .iter()
                .map(|placed| placed.row + 1)
                .max()
                .unwrap_or(1);
            (lane.name.as_str(), placed, rows)
        })
        .collect();
    let height = TOP + lanes.iter().map(|(.., rows)| rows * ROW + PAD).sum::<i64>() + 30;
    head(svg, strip, height)?;
    months(svg, &axis, height - 30)?;
    // Before the marks, so that it does not run through their texts.
    if let Some(today) = strip.today {
        let (x, bottom) = (axis.x(today), height - 30);
        write!(
            svg,
            r##"<path d="M{x} {TOP}V{bottom}" stroke="{INK}" stroke-width="2" stroke-dasharray="6 3"/><text x="{x}" y="60" text-anchor="middle" font-weight="700">今日</text>"##
        )?;
    }
    let mut y = TOP;
    for (name, placed, rows) in &lanes {
        let tall = rows * ROW + PAD;
        write!(
            svg,
            r##"<path d="M0 {y}H{WIDTH}" stroke="{INK}"/><text x="8" y="{}" font-weight="700">{}</text>"##,
            y + 19,
            escape(name)
        )?;
        for placed in placed {
            mark(svg, &axis, strip.today, placed, y)?;
        }
        y += tall;
    }
    write!(svg, r##"<path d="M0 {y}H{WIDTH}" stroke="{INK}"/>"##)?;
    legend(svg, y + 20, strip.today.is_some())?;
    svg.push_str("</svg>");
    Ok(())
}

fn head(svg: &mut String, strip: &Strip, height: i64) -> std::fmt::Result {
    write!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-labelledby="timeline-title timeline-desc" font-family="'BIZ UDPGothic','BIZ UDGothic',sans-serif" font-size="12" fill="{INK}">"##
    )?;
    let (title, description) = (escape(&strip.title), escape(&strip.description()));
    write!(
        svg,
        r##"<title id="timeline-title">{title}</title><desc id="timeline-desc">{description}</desc><rect width="{WIDTH}" height="{height}" fill="#fff"/><text x="8" y="24" font-size="16" font-weight="700">{title}</text>"##
    )
}

fn empty(svg: &mut String, strip: &Strip) -> std::fmt::Result {
    head(svg, strip, TOP)?;
    svg.push_str(r##"<text x="8" y="60">予定はありません。</text></svg>"##);
    Ok(())
}

fn months(svg: &mut String, axis: &Axis, bottom: i64) -> std::fmt::Result {
    for month in axis.months() {
        let x = axis.x(month);
        let april = month.month() == 4;
        let (stroke, top) = if april { (INK, 36) } else { ("#d0d0d0", 66) };
        write!(
            svg,
            r##"<path d="M{x} {top}V{bottom}" stroke="{stroke}"/><text x="{}" y="78">{}月</text>"##,
            x + 3,
            month.month()
        )?;
        if april || month == axis.from {
            let year = wareki::fiscal_year(wareki::fiscal_year_of(month), Width::Half);
            let year = year.unwrap_or_default();
            write!(svg, r##"<text x="{}" y="48">{year}</text>"##, x + 3)?;
        }
    }
    Ok(())
}

/// Puts every mark into the first row where it and its text have room.
fn place<'a>(axis: &Axis, marks: &'a [Mark]) -> Vec<Placed<'a>> {
    let mut sorted: Vec<&Mark> = marks.iter().collect();
    sorted.sort_by_key(|mark| (mark.from, mark.to));
    let mut all: Vec<Placed<'a>> = Vec::new();
    for mark in sorted {
        let label = shortened(&mark.text);
        let text = i64::try_from(halves(&label)).unwrap_or(0) * HALF + 14;
        let (from, to) = (axis.x(mark.from) - 8, axis.x(mark.to) + 8);
        let left = to + text > WIDTH;
        let room = if left {
            (from - text, to)
        } else {
            (from, to + text)
        };
        let near = |one: &&Placed<'_>| room.0 <= one.room.1 && one.room.0 <= room.1;
        let taken: BTreeSet<i64> = all.iter().filter(near).map(|one| one.row).collect();
        let row = (0..).find(|row| !taken.contains(row)).unwrap_or(0);
        all.push(Placed {
            mark,
            label,
            room,
            row,
            left,
        });
    }
    all
}

fn shortened(text: &str) -> String {
    if halves(text) <= LABEL {
        return text.to_owned();
    }
    let mut label = String::new();
    for character in text.chars() {
        if halves(&label) + 4 > LABEL {
            break;
        }
        label.push(character);
    }
    label + "…"
}

fn mark(
    svg: &mut String,
    axis: &Axis,
    today: Option<NaiveDate>,
    placed: &Placed<'_>,
    lane: i64,
) -> std::fmt::Result {
    let Placed {
        mark, row, left, ..
    } = placed;
    let (from, to) = (axis.x(mark.from), axis.x(mark.to));
    let y = lane + PAD / 2 + row * ROW + ROW / 2;
    let past = today.is_none_or(|today| mark.to <= today);
    let fill = if past { INK } else { "#fff" };
    match mark.shape {
        Shape::Bar => bar(svg, (from, to), today.map(|today| axis.x(today)), y)?,
        Shape::Diamond => write!(
            svg,
            r##"<path d="M{from} {}l8 8-8 8-8-8z" fill="{fill}" stroke="{INK}" stroke-width="1.5"/>"##,
            y - 8
        )?,
        Shape::Tick => write!(
            svg,
            r##"<rect x="{}" y="{}" width="4" height="14" fill="{fill}" stroke="{INK}"/>"##,
            from - 2,
            y - 7
        )?,
        Shape::Dot => write!(
            svg,
            r##"<circle cx="{from}" cy="{y}" r="3.5" fill="{fill}" stroke="{INK}"/>"##
        )?,
    }
    let (x, anchor) = if *left {
        (from - 12, "end")
    } else {
        (to + 12, "start")
    };
    write!(
        svg,
        r##"<text x="{x}" y="{}" text-anchor="{anchor}" paint-order="stroke" stroke="#fff" stroke-width="3">{}</text>"##,
        y + 4,
        escape(&placed.label)
    )
}

/// Solid until today, hollow after it.
fn bar(svg: &mut String, (from, to): (i64, i64), today: Option<i64>, y: i64) -> std::fmt::Result {
    let wide = (to - from).max(3);
    let solid = today.map_or(wide, |today| (today - from).clamp(0, wide));
    write!(
        svg,
        r##"<rect x="{from}" y="{}" width="{wide}" height="10" fill="#fff" stroke="{INK}"/><rect x="{from}" y="{}" width="{solid}" height="10" fill="#595959"/>"##,
        y - 5,
        y - 5
    )
}

fn legend(svg: &mut String, y: i64, running: bool) -> std::fmt::Result {
    write!(
        svg,
        r##"<rect x="8" y="{}" width="22" height="10" fill="#595959"/><text x="36" y="{y}">回答の受付</text><path d="M128 {}l8 8-8 8-8-8z"/><text x="142" y="{y}">会議</text><rect x="188" y="{}" width="4" height="14"/><text x="200" y="{y}">人の仕事・知らせ</text><circle cx="320" cy="{}" r="3.5"/><text x="330" y="{y}">めぐりが行うこと</text>"##,
        y - 9,
        y - 12,
        y - 11,
        y - 4
    )?;
    if running {
        write!(
            svg,
            r##"<text x="460" y="{y}">塗りは済んだこと、白抜きは試算</text>"##
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::strip::{Lane, Shape};
    use super::*;

    /// A task every third day of two years, some with titles as long as a sentence.
    fn crowded() -> Strip {
        let first: NaiveDate = "2026-04-01".parse().unwrap();
        let marks = (0..240).map(|number| {
            let on = first + chrono::Duration::days(3 * number);
            Mark {
                shape: Shape::Tick,
                from: on,
                to: on,
                text: "次第と資料を整える".repeat(usize::try_from(number % 7).unwrap() + 1),
                step: None,
                items: 1,
            }
        });
        let lane = Lane {
            name: "事務局".to_owned(),
            marks: marks.collect(),
        };
        Strip {
            title: "<架空市> & 一年".to_owned(),
            lanes: vec![lane],
            today: None,
        }
    }

    #[test]
    fn labels_do_not_overlap_and_stay_inside() {
        let strip = crowded();
        let axis = Axis::of(&strip).unwrap();
        let placed = place(&axis, &strip.lanes[0].marks);
        assert_eq!(placed.len(), 240);
        for (at, one) in placed.iter().enumerate() {
            assert!(0 <= one.room.0 && one.room.1 <= WIDTH, "{:?}", one.room);
            for other in &placed[at + 1..] {
                let apart = one.room.1 < other.room.0 || other.room.1 < one.room.0;
                assert!(
                    one.row != other.row || apart,
                    "{:?} {:?}",
                    one.room,
                    other.room
                );
            }
        }
        assert!(timeline(&strip).contains("&lt;架空市&gt; &amp; 一年"));
    }

    #[test]
    fn the_axis_is_whole_fiscal_years() {
        // From 2026-04-01 to 2028-03-18: two fiscal years.
        let axis = Axis::of(&crowded()).unwrap();
        let months: Vec<NaiveDate> = axis.months().collect();
        assert_eq!((months.len(), axis.days), (24, 731));
        assert_eq!(months[0].to_string(), "2026-04-01");
        assert_eq!(months[23].to_string(), "2028-03-01");
    }

    #[test]
    fn nothing_to_show_is_said() {
        let empty = Strip::new("架空市", None);
        assert!(timeline(&empty).contains("予定はありません。</text>"));
    }
}
