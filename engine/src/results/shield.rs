//! Who may see how small a number, and which counts of a table are hidden so that none of them can be worked out.

use crate::ledger::protect::{Sheet, hidden};
use crate::municipality::PaperStyle;
use crate::survey::Survey;

/// A group of fewer than this shows what a single one has answered.
pub const FEWEST: u64 = 3;

/// What a reader does not get to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shield {
    /// Groups of fewer responses are put together. 1: nothing is.
    pub fewest: u64,
    /// Counts from 1 up to below this are hidden.
    pub below: Option<u64>,
}

impl Shield {
    /// For those who see the single returns anyway.
    pub const NONE: Shield = Shield {
        fewest: 1,
        below: None,
    };

    /// For a reader of the results of a survey. Whoever sees the single returns sees every number, except of an
    /// anonymous survey, of which nobody is to see a single one.
    pub fn of(style: &PaperStyle, survey: &Survey, sees_returns: bool) -> Shield {
        let below = style.hide_below.filter(|_| !sees_returns);
        let fewest = match sees_returns && !survey.anonymous {
            true => 1,
            false => below.unwrap_or(0).max(FEWEST),
        };
        Shield { fewest, below }
    }

    /// Whether the reader gets groups and small counts only as they could be published.
    pub fn is_up(self) -> bool {
        self.fewest > 1 || self.below.is_some()
    }

    /// Which counts of a table are hidden: `rows[row][column]`, the first column for all, the last row the base.
    /// What stands in the first column stands in other tables too, so it hides the same there whatever else
    /// the table divides by. `partition`: the rows add up to the base.
    pub(super) fn hides(
        self,
        rows: &[Vec<u64>],
        left_out: &[u64],
        partition: bool,
    ) -> Vec<Vec<bool>> {
        let nothing: Vec<Vec<bool>> = rows.iter().map(|row| vec![false; row.len()]).collect();
        let Some(below) = self.below else {
            return nothing;
        };
        let last = rows.len().saturating_sub(1);
        // The column for all by itself: a table of one column, its second one not read by anybody.
        let alone: Vec<Vec<u64>> = rows.iter().map(|row| vec![row[0], 0]).collect();
        let whole = hidden(&Sheet {
            values: &alone,
            published: &|_, column| column == 0,
            // The base is printed with every table and cannot be hidden again.
            kept: &|row, column| row == last && column == 0 && alone[row][0] >= below,
            known_hidden: &|_, _| false,
            rows_add_up: partition,
            columns_add_up: false,
            below,
        });
        let everything = || {
            let all = |row: &Vec<u64>| row.iter().map(|count| *count > 0).collect();
            rows.iter().map(all).collect()
        };
        let Some(whole) = whole else {
            return everything();
        };
        let columns = rows.first().map_or(0, Vec::len);
        if columns <= 1 {
            return whole.into_iter().map(|row| vec![row[0]]).collect();
        }
        // The columns, those without an answer to the break, and the total behind them.
        let values: Vec<Vec<u64>> = rows
            .iter()
            .zip(left_out)
            .map(|(row, left)| row[1..].iter().copied().chain([*left, row[0]]).collect())
            .collect();
        let total = columns;
        let within = hidden(&Sheet {
            values: &values,
            published: &|_, column| column != total - 1,
            // So are the bases of the columns: those who were asked are as many in every table.
            kept: &|row, column| {
                let base = row == last && values[row][column] >= below;
                base || (column == total && !whole[row][0])
            },
            known_hidden: &|row, column| column == total && whole[row][0],
            rows_add_up: partition,
            columns_add_up: true,
            below,
        });
        match within {
            Some(within) => within
                .into_iter()
                .zip(whole)
                .map(|(row, all)| {
                    [all[0]]
                        .into_iter()
                        .chain(row[..total - 1].iter().copied())
                        .collect()
                })
                .collect(),
            // No way to hide some of it: only the column for all stays.
            None => rows
                .iter()
                .zip(whole)
                .map(|(row, all)| {
                    let others = row[1..].iter().map(|count| *count > 0);
                    [all[0]].into_iter().chain(others).collect()
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Shield = Shield {
        fewest: 3,
        below: Some(10),
    };

    /// 41 + 3 = 44: the 3 alone would be 44 − 41.
    #[test]
    fn in_one_column_a_second_number_goes_with_it() {
        let rows = [vec![41], vec![3], vec![44]];
        let hides = TEN.hides(&rows, &[0, 0, 0], true);
        assert_eq!(hides, [[true], [true], [false]]);
        // Of a multiple answer nothing adds up: the one number is enough.
        let hides = TEN.hides(&rows, &[0, 0, 0], false);
        assert_eq!(hides, [[false], [true], [false]]);
    }

    /// 73 and 3 of all; 61 and 3 of one kind, 12 and 0 of the other. The 3 of all takes the 73 with it, the 3 of the
    /// first kind its 61; the 12 and the bases may stay.
    #[test]
    fn a_crosstab_does_not_give_away_what_the_first_column_hides() {
        let rows = [vec![73, 61, 12], vec![3, 3, 0], vec![76, 64, 12]];
        let hides = TEN.hides(&rows, &[0, 0, 0], true);
        assert!(
            hides[0][0] && hides[1][0] && hides[0][1] && hides[1][1],
            "{hides:?}"
        );
        assert!(
            !hides[2].iter().any(|hidden| *hidden),
            "the bases stay: {hides:?}"
        );
    }

    #[test]
    fn without_a_limit_nothing_is_hidden() {
        let rows = [vec![1, 1], vec![2, 2]];
        assert_eq!(
            Shield::NONE.hides(&rows, &[0, 0], true),
            [[false, false], [false, false]]
        );
    }
}
