//! Which numbers of a table are hidden, so that no small number can be worked out from the others.
//!
//! A number from 1 up to below the limit is hidden, and with it as little else as is needed so that it could
//! have another value without any number that is printed changing. That is decided exactly: a table with its
//! totals is a flow from rows to columns and back through the totals, and a hidden number is open if and only
//! if a circle of hidden numbers leads through it along which 1 can be added and taken off. The circle that
//! hides least is found as a shortest way. A reader knows that a hidden number is at least 1, because 0 is
//! printed; so a 1 on the circle can only grow.

use std::collections::HashMap;

/// A table with its totals in the last row and the last column.
pub(crate) struct Sheet<'a> {
    pub values: &'a [Vec<u64>],
    /// Whether a number is printed (or known otherwise) unless it is hidden.
    pub published: &'a dyn Fn(usize, usize) -> bool,
    /// Whether it is printed in another table too, so that it does not help to hide it here.
    pub kept: &'a dyn Fn(usize, usize) -> bool,
    /// Whether another table hides it.
    pub known_hidden: &'a dyn Fn(usize, usize) -> bool,
    /// Whether the rows add up to the last row, and the columns to the last column.
    pub rows_add_up: bool,
    pub columns_add_up: bool,
    pub below: u64,
}

/// A number of the table as an arc of the flow.
struct Arc {
    at: (usize, usize),
    from: usize,
    to: usize,
    value: u64,
    known: Known,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Printed,
    /// Printed whatever is hidden here.
    Kept,
    Hidden,
    /// Nobody can read it anywhere.
    Unpublished,
}

/// For each number whether it is hidden; `None` if a small one could be worked out all the same.
pub(crate) fn hidden(sheet: &Sheet<'_>) -> Option<Vec<Vec<bool>>> {
    let (hidden, safe) = hidden_as_far_as_it_goes(sheet);
    safe.then_some(hidden)
}

/// The same, and whether it is enough.
pub(super) fn hidden_as_far_as_it_goes(sheet: &Sheet<'_>) -> (Vec<Vec<bool>>, bool) {
    let mut arcs = arcs(sheet);
    let readable = |arc: &Arc| matches!(arc.known, Known::Printed | Known::Hidden);
    let small = |arc: &Arc| readable(arc) && (1..sheet.below).contains(&arc.value);
    let small: Vec<usize> = (0..arcs.len()).filter(|&at| small(&arcs[at])).collect();
    let mut safe = true;
    for &at in &small {
        arcs[at].known = Known::Hidden;
    }
    for &at in &small {
        let (from, to) = (arcs[at].from, arcs[at].to);
        let more = way(&arcs, at, to, from);
        let less = (arcs[at].value > 1)
            .then(|| way(&arcs, at, from, to))
            .flatten();
        let cheapest = [more, less]
            .into_iter()
            .flatten()
            .min_by_key(|(cost, _)| *cost);
        safe &= cheapest.is_some();
        for step in cheapest.into_iter().flat_map(|(_, steps)| steps) {
            if arcs[step].known == Known::Printed {
                arcs[step].known = Known::Hidden;
            }
        }
    }
    let mut hidden: Vec<Vec<bool>> = sheet
        .values
        .iter()
        .map(|row| vec![false; row.len()])
        .collect();
    for arc in arcs.iter().filter(|arc| arc.known == Known::Hidden) {
        hidden[arc.at.0][arc.at.1] = true;
    }
    (hidden, safe)
}

/// Rows and columns are nodes. Where lines do not add up, nothing holds at their nodes: they all are one.
fn arcs(sheet: &Sheet<'_>) -> Vec<Arc> {
    let last_row = sheet.values.len().saturating_sub(1);
    let last_column = sheet
        .values
        .first()
        .map_or(0, |row| row.len().saturating_sub(1));
    let row_node = |row: usize| if sheet.columns_add_up { row + 1 } else { 0 };
    let column_node = |column: usize| {
        if sheet.rows_add_up {
            last_row + 2 + column
        } else {
            0
        }
    };
    let mut arcs = Vec::new();
    for (row, values) in sheet.values.iter().enumerate() {
        for (column, &value) in values.iter().enumerate() {
            let (a, b) = (row_node(row), column_node(column));
            // A total of a line runs back from its column to its row.
            let (from, to) = if (row == last_row) == (column == last_column) {
                (a, b)
            } else {
                (b, a)
            };
            let known = if (sheet.known_hidden)(row, column) {
                Known::Hidden
            } else if !(sheet.published)(row, column) {
                Known::Unpublished
            } else if (sheet.kept)(row, column) {
                Known::Kept
            } else {
                Known::Printed
            };
            arcs.push(Arc {
                at: (row, column),
                from,
                to,
                value,
                known,
            });
        }
    }
    arcs
}

/// The way along which the least has yet to be hidden, without arc `but`: what it costs, and its arcs. Along an arc
/// a number grows, against it the number shrinks and must stay above 0.
fn way(arcs: &[Arc], but: usize, start: usize, goal: usize) -> Option<(u64, Vec<usize>)> {
    let mut best: HashMap<usize, (u64, Vec<usize>)> = HashMap::from([(start, (0, Vec::new()))]);
    loop {
        let mut better = false;
        for (at, arc) in arcs.iter().enumerate().filter(|(at, _)| *at != but) {
            let (cost, shrinks) = match arc.known {
                Known::Unpublished => (0, true),
                Known::Hidden => (0, arc.value > 1),
                Known::Kept => continue,
                // A 0 stays printed.
                Known::Printed if arc.value == 0 => continue,
                Known::Printed => (arc.value, arc.value > 1),
            };
            let turns = [(arc.from, arc.to, true), (arc.to, arc.from, shrinks)];
            for (from, to, open) in turns {
                let Some((so_far, steps)) = best.get(&from).filter(|_| open) else {
                    continue;
                };
                let cost = so_far.saturating_add(cost);
                if best.get(&to).is_none_or(|(known, _)| cost < *known) {
                    let steps = steps.iter().copied().chain([at]).collect();
                    best.insert(to, (cost, steps));
                    better = true;
                }
            }
        }
        if !better {
            return best.remove(&goal);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn protected(sheet: &Sheet<'_>) -> Vec<Vec<bool>> {
        hidden_as_far_as_it_goes(sheet).0
    }

    /// 3 + 41 = 44 with a 44 that is printed elsewhere, and nothing else to hide the 3 behind.
    #[test]
    fn what_cannot_be_hidden_is_told() {
        let sheet = |kept: &dyn Fn(usize, usize) -> bool| {
            hidden(&Sheet {
                values: &[vec![3, 0], vec![41, 0], vec![44, 0]],
                published: &|_, column| column == 0,
                kept,
                known_hidden: &|_, _| false,
                rows_add_up: true,
                columns_add_up: false,
                below: 10,
            })
        };
        let first = |hidden: Vec<Vec<bool>>| hidden.iter().map(|row| row[0]).collect::<Vec<_>>();
        let only_the_base = sheet(&|row, _| row == 2);
        assert_eq!(only_the_base.map(first), Some(vec![true, true, false]));
        assert_eq!(sheet(&|row, _| row > 0).map(first), None);
    }

    /// A table of up to 2 × 3 cells with its totals.
    fn with_totals(cells: &[Vec<u64>]) -> Vec<Vec<u64>> {
        let mut values: Vec<Vec<u64>> = cells
            .iter()
            .map(|row| row.iter().copied().chain([row.iter().sum()]).collect())
            .collect();
        let columns = values[0].len();
        let sums = (0..columns).map(|column| values.iter().map(|row| row[column]).sum());
        let sums = sums.collect();
        values.push(sums);
        values
    }

    /// Every table that a reader can think of: hidden cells are at least 1, and what is printed is so.
    fn readings(values: &[Vec<u64>], known: &[Vec<bool>]) -> Vec<Vec<Vec<u64>>> {
        let (rows, columns) = (values.len() - 1, values[0].len() - 1);
        let mut tables = vec![vec![vec![0; columns]; rows]];
        for row in 0..rows {
            for column in 0..columns {
                let choices: Vec<u64> = match known[row][column] {
                    true => vec![values[row][column]],
                    false => (1..=6).collect(),
                };
                let fill = |table: &Vec<Vec<u64>>, value: u64| {
                    let mut table = table.clone();
                    table[row][column] = value;
                    table
                };
                tables = tables
                    .iter()
                    .flat_map(|table| choices.iter().map(move |value| fill(table, *value)))
                    .collect();
            }
        }
        tables.retain(|table| {
            let summed = with_totals(table);
            let fits = |(row, column): (usize, usize)| {
                !known[row][column] || summed[row][column] == values[row][column]
            };
            let hidden_total =
                |(row, column): (usize, usize)| known[row][column] || summed[row][column] >= 1;
            let places =
                || (0..=rows).flat_map(|row| (0..=columns).map(move |column| (row, column)));
            places().all(fits) && places().all(hidden_total)
        });
        tables
            .into_iter()
            .map(|table| with_totals(&table))
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        /// Whoever tries every table finds at least two values for each small number.
        #[test]
        fn no_small_number_can_be_worked_out(
            cells in (1..=2_usize, 1..=3_usize).prop_flat_map(|(rows, columns)| {
                prop::collection::vec(prop::collection::vec(0..=5_u64, columns), rows)
            }),
            below in 2..=4_u64,
        ) {
            let values = with_totals(&cells);
            let hidden = protected(&Sheet {
                values: &values,
                published: &|_, _| true,
                kept: &|_, _| false,
                known_hidden: &|_, _| false,
                rows_add_up: true,
                columns_add_up: true,
                below,
            });
            let known: Vec<Vec<bool>> = hidden.iter().map(|row| row.iter().map(|hidden| !hidden).collect()).collect();
            let readings = readings(&values, &known);
            prop_assert!(readings.contains(&values));
            for (row, line) in values.iter().enumerate() {
                for (column, value) in line.iter().enumerate() {
                    prop_assert!(*value != 0 || known[row][column], "a 0 is hidden");
                    if (1..below).contains(value) {
                        prop_assert!(!known[row][column]);
                        prop_assert!(
                            readings.iter().any(|reading| reading[row][column] != *value),
                            "{value} at {row}, {column} of {values:?} with {known:?}"
                        );
                    }
                }
            }
        }
    }

    /// One line 1 + 5 + 4 = 10: the 1 alone would be 10 − 5 − 4.
    #[test]
    fn a_total_does_not_give_the_hidden_number_away() {
        let sheet = |published: &dyn Fn(usize, usize) -> bool| {
            protected(&Sheet {
                values: &[vec![1, 0], vec![5, 0], vec![4, 0], vec![10, 0]],
                published,
                kept: &|_, _| false,
                known_hidden: &|_, _| false,
                rows_add_up: true,
                columns_add_up: false,
                below: 3,
            })
        };
        let first = |hidden: Vec<Vec<bool>>| hidden.iter().map(|row| row[0]).collect::<Vec<_>>();
        assert_eq!(
            first(sheet(&|_, column| column == 0)),
            [true, false, true, false]
        );
        assert_eq!(
            first(sheet(&|row, column| column == 0 && row < 3)),
            [true, false, false, false]
        );
    }

    #[test]
    fn nothing_small_hides_nothing() {
        let hidden = protected(&Sheet {
            values: &[vec![10, 0, 10], vec![20, 30, 50], vec![30, 30, 60]],
            published: &|_, _| true,
            kept: &|_, _| false,
            known_hidden: &|_, _| false,
            rows_add_up: true,
            columns_add_up: true,
            below: 10,
        });
        assert!(hidden.iter().flatten().all(|hidden| !hidden));
    }
}
