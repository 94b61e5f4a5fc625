//! 棒グラフ: bars lie, so that long names of areas and offices can be read beside them.

use super::canvas::{Anchor, Canvas, EDGE, SMALL, WIDTH, text_width, wrapped};
use crate::chart::{Group, Unit};

const THICK: usize = 17;
const BETWEEN: usize = 14;

pub(super) fn draw(
    canvas: &mut Canvas,
    top: usize,
    unit: &Unit,
    groups: &[Group],
    series: &[String],
) {
    let top = if series.len() > 1 {
        canvas.legend(top, series)
    } else {
        top
    };
    let label = groups
        .iter()
        .flat_map(|group| [text_width(&group.label), text_width(&base(group.n))]);
    let wide = label.max().unwrap_or(0).min(column(canvas));
    let left = EDGE + wide + 8;
    let largest = groups
        .iter()
        .flat_map(|group| group.values.iter().flatten().copied())
        .max();
    let end = axis_end(unit, largest.unwrap_or(0));
    let room = text_width(&unit.print(end)) + EDGE + 6;
    let length = canvas.width - left - room;

    let bars_height = series.len().max(1) * THICK;
    let names: Vec<Vec<String>> = groups
        .iter()
        .map(|group| label_lines(&group.label, wide))
        .collect();
    // A name of several lines makes its group higher.
    let height = |name: &Vec<String>, group: &Group| {
        let lines = name.len() + usize::from(group.n.is_some());
        bars_height.max(if name.len() > 1 {
            lines * (SMALL + 2)
        } else {
            0
        })
    };
    let heights: Vec<usize> = names
        .iter()
        .zip(groups)
        .map(|(name, group)| height(name, group))
        .collect();
    let bottom = top + heights.iter().map(|height| height + BETWEEN).sum::<usize>();
    for step in 0..=4 {
        let x = left + length * step / 4;
        canvas.line((x, top), (x, bottom), step == 0);
        let value = end * step as u64 / 4;
        canvas.text(
            x,
            bottom + SMALL + 4,
            Anchor::Middle,
            &unit.print(value).replace(".0%", "%"),
        );
    }
    let mut y = top + BETWEEN / 2;
    for ((group, name), height) in groups.iter().zip(&names).zip(&heights) {
        let middle = y + height / 2;
        let offset = if group.n.is_some() { 2 } else { SMALL / 2 - 2 };
        let first = middle + offset - usize::from(group.n.is_some()) * 4;
        // Several lines stand around the middle together.
        let above = (name.len() - 1) * (SMALL + 2) / 2;
        for (line, words) in name.iter().enumerate() {
            let line = first + line * (SMALL + 2) - above;
            canvas.text(left - 8, line, Anchor::End, words);
        }
        if group.n.is_some() {
            let below = middle + SMALL + (name.len() - 1) * (SMALL + 2) - above;
            canvas.text(left - 8, below, Anchor::End, &base(group.n));
        }
        let bars = y + (height - bars_height) / 2;
        for (index, value) in group.values.iter().enumerate() {
            let row = bars + index * THICK;
            let text = group.text(index, unit);
            match value {
                Some(value) => {
                    let width = scale(*value, length, end);
                    canvas.bar(left, row, width, THICK - 2, index);
                    canvas.value(left + width + 5, row + SMALL, &text);
                }
                None => canvas.text(left + 5, row + SMALL, Anchor::Start, &text),
            }
        }
        y += height + BETWEEN;
    }
}

/// The widest that names may be: on a narrow chart they need more of it.
pub(super) fn column(canvas: &Canvas) -> usize {
    match canvas.width < WIDTH {
        true => canvas.width * 2 / 5,
        false => canvas.width / 3,
    }
}

/// A name in lines that fit.
pub(super) fn label_lines(label: &str, wide: usize) -> Vec<String> {
    wrapped(label, wide * 2 / SMALL)
}

pub(super) fn base(n: Option<u64>) -> String {
    n.map(|n| format!("(n={n})")).unwrap_or_default()
}

pub(super) fn scale(value: u64, length: usize, end: u64) -> usize {
    let units = u128::from(value) * length as u128 / u128::from(end.max(1));
    usize::try_from(units).unwrap_or(length).min(length)
}

/// The end of the axis: 100 % for rates, else the next of 4, 8, 20, 40, 80, 200 … whose quarters
/// are whole.
pub(super) fn axis_end(unit: &Unit, largest: u64) -> u64 {
    if *unit == Unit::Percent && largest <= 1000 {
        return 1000;
    }
    let mut tens: u64 = 1;
    loop {
        for step in [4, 8, 20] {
            let end = tens.saturating_mul(step);
            if end >= largest {
                return end;
            }
        }
        tens = tens.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_on_a_round_number_whose_quarters_are_whole() {
        let count = Unit::Count("件".to_owned());
        for (largest, end) in [
            (0, 4),
            (4, 4),
            (7, 8),
            (9, 20),
            (189, 200),
            (242, 400),
            (u64::MAX, u64::MAX),
        ] {
            assert_eq!(axis_end(&count, largest), end);
        }
        assert_eq!(axis_end(&Unit::Percent, 781), 1000);
        assert_eq!(axis_end(&Unit::Percent, 1200), 2000);
    }

    #[test]
    fn a_bar_is_as_long_as_its_share_of_the_axis() {
        assert_eq!(scale(781, 400, 1000), 312);
        assert_eq!(scale(1000, 400, 1000), 400);
        assert_eq!(scale(0, 400, 1000), 0);
    }
}
