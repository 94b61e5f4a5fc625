//! Widths of the columns of a table, the same in Word and PDF.

use crate::document::{Inline, plain};
use crate::ems::halves;
use crate::table::{Align, Table};

/// Free space in a cell, left and right together, in half characters.
const PADDING: usize = 2;
/// No column is narrower than this.
const NARROWEST: usize = 6;

/// The widths of the columns in half characters of the table's type, together at most `room`.
///
/// Columns of numbers are made equally wide where that does not waste much. A table that would fill
/// more than half of the line fills all of it; a smaller one keeps to what it needs and some air.
/// Where there is not enough room, the widest columns give way and wrap.
pub(crate) fn widths(table: &Table, room: usize) -> Vec<usize> {
    let mut widths = wishes(table);
    even_out(&mut widths, table);
    let sum: usize = widths.iter().sum();
    if sum > room {
        return give_way(&widths, room);
    }
    let goal = if sum * 2 > room {
        room
    } else {
        room.min(sum + 6 * widths.len())
    };
    let mut left = goal - sum;
    for (index, width) in widths.iter_mut().enumerate() {
        let share = left / (table.columns.len() - index);
        *width += share;
        left -= share;
    }
    widths
}

fn wishes(table: &Table) -> Vec<usize> {
    let mut wishes: Vec<usize> = (0..table.columns.len())
        .map(|index| {
            let cells = table.rows.iter().filter_map(|row| row.get(index));
            let widest = cells.map(|cell| widest_line(cell)).max().unwrap_or(0);
            (widest + PADDING).max(NARROWEST)
        })
        .collect();
    for cell in table.head_rows().iter().flatten() {
        // A head of more than eight characters wraps rather than making its column wider.
        let full = halves(&cell.text);
        let need = if full > 16 {
            full.div_ceil(2).max(10)
        } else {
            full
        } + PADDING;
        let own = &mut wishes[cell.column..cell.column + cell.columns];
        let missing = need.saturating_sub(own.iter().sum());
        for width in own.iter_mut() {
            *width += missing.div_ceil(cell.columns);
        }
    }
    wishes
}

/// The widest line of a cell, with room for the quarter of a character that some programs set
/// between Japanese and Latin letters or digits, whatever the file says.
fn widest_line(cell: &[Inline]) -> usize {
    let lines = cell.split(|inline| *inline == Inline::Break);
    let widths = lines.map(|line| {
        let text = plain(line);
        let next = text.chars().skip(1);
        let changes = text.chars().zip(next).filter(|(a, b)| {
            a.is_ascii_alphanumeric() != b.is_ascii_alphanumeric()
                && !(a.is_ascii() && b.is_ascii())
        });
        halves(&text) + changes.count().div_ceil(2)
    });
    widths.max().unwrap_or(0)
}

fn even_out(widths: &mut [usize], table: &Table) {
    let numbers = |index: &usize| table.columns[*index].align != Align::Start;
    let of: Vec<usize> = (0..widths.len()).filter(numbers).collect();
    let widest = of.iter().map(|index| widths[*index]).max().unwrap_or(0);
    let narrowest = of.iter().map(|index| widths[*index]).min().unwrap_or(0);
    if widest <= narrowest * 2 {
        for index in of {
            widths[index] = widest;
        }
    }
}

/// Columns that fit into an equal share keep their width; the others divide what is left in
/// proportion to their wishes.
fn give_way(wishes: &[usize], room: usize) -> Vec<usize> {
    let mut widths = wishes.to_vec();
    let mut open: Vec<usize> = (0..wishes.len()).collect();
    let mut left = room;
    loop {
        let share = left / open.len().max(1);
        let (fit, wide): (Vec<usize>, Vec<usize>) =
            open.iter().partition(|index| wishes[**index] <= share);
        left -= fit.iter().map(|index| wishes[*index]).sum::<usize>();
        open = wide;
        if fit.is_empty() {
            break;
        }
    }
    let asked: usize = open.iter().map(|index| wishes[*index]).sum();
    for index in &open {
        widths[*index] = (wishes[*index] * left / asked.max(1)).max(1);
    }
    // What the division leaves over goes to the narrowest, of which a number must not wrap.
    open.sort_by_key(|index| (widths[*index], std::cmp::Reverse(*index)));
    let over = room.saturating_sub(widths.iter().sum());
    for index in open.iter().take(over) {
        widths[*index] += 1;
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::give_way;

    #[test]
    fn the_widest_columns_give_way() {
        assert_eq!(give_way(&[10, 100, 100], 80), [10, 35, 35]);
        assert_eq!(give_way(&[6, 12, 200], 80), [6, 12, 62]);
        assert_eq!(give_way(&[90], 80), [80]);
        // Three times 26 of 80: two are left over.
        assert_eq!(give_way(&[30, 30, 30], 80), [26, 27, 27]);
    }
}
