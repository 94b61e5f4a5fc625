//! How many records, or how much of an item, stand in each cell of a table.

use forms::Answers;

use super::super::filter::integer;
use super::super::{Unfit, When};
use super::axis::Axis;
use super::{Records, Wanted, axes, protect};

/// The cells with a total row and a total column behind them, where the axis has totals.
pub(super) struct Grid {
    pub rows: Axis,
    pub columns: Axis,
    /// `values[row][column]`; the last row and the last column are the totals.
    pub values: Vec<Vec<u64>>,
    pub hidden: Vec<Vec<bool>>,
    /// Records counted.
    pub n: u64,
    pub n_hidden: bool,
    /// Cells add up an item instead of counting.
    pub sums: bool,
    /// Numerator and denominator of each row.
    pub ratio: Option<[Part; 2]>,
}

/// One side of the ratio, row by row.
pub(super) struct Part {
    pub title: String,
    pub values: Vec<u64>,
    pub hidden: Vec<bool>,
}

impl Grid {
    pub(super) fn count(records: &Records<'_>, wanted: &Wanted) -> Result<Grid, Unfit> {
        let (rows, columns, weight) = axes(records, wanted)?;
        let (last_row, last_column) = (rows.lines.len(), columns.lines.len());
        let mut values = vec![vec![0_u64; last_column + 1]; last_row + 1];
        let amount = |answers: &Answers, row: usize, column: usize| -> u64 {
            let of_axis = |axis: &Axis, at: usize| {
                let id = axis
                    .lines
                    .get(at)
                    .filter(|_| axis.is_items())
                    .map(|line| line.key.clone());
                id.map(|id| answers.integer(&id).unwrap_or(0))
            };
            let weight = weight.as_ref().map(|id| answers.integer(id).unwrap_or(0));
            let amount = of_axis(&rows, row)
                .or_else(|| of_axis(&columns, column))
                .or(weight)
                .unwrap_or(1);
            u64::try_from(amount).unwrap_or(0)
        };
        for (answers, when) in &records.records {
            let in_rows = places(&rows, answers, *when);
            let in_columns = places(&columns, answers, *when);
            for row in &in_rows {
                for column in &in_columns {
                    let cell = &mut values[*row][*column];
                    *cell = cell.saturating_add(amount(answers, *row, *column));
                }
            }
        }
        let n = records.records.len() as u64;
        let sums = weight.is_some() || !wanted.sum.is_empty();
        let mut grid = Grid {
            hidden: vec![vec![false; last_column + 1]; last_row + 1],
            rows,
            columns,
            values,
            n,
            n_hidden: false,
            sums,
            ratio: None,
        };
        if let Some(below) = records.hide_below {
            grid.hide(below, wanted);
        }
        if let Some([num, den]) = &wanted.ratio {
            grid.ratio = Some([grid.part(records, num)?, grid.part(records, den)?]);
        }
        Ok(grid)
    }

    /// A column by its key, the total column (`total`), or the sum of an integer item.
    fn part(&self, records: &Records<'_>, name: &str) -> Result<Part, Unfit> {
        let column = match name {
            "total" if self.columns.divides() => Some(self.last_column()),
            _ => self.columns.lines.iter().position(|line| line.key == name),
        };
        if let Some(column) = column {
            let label = self
                .columns
                .lines
                .get(column)
                .map_or("計", |line| &line.label);
            return Ok(Part {
                title: label.to_owned(),
                values: self.values.iter().map(|row| row[column]).collect(),
                hidden: self.hidden.iter().map(|row| row[column]).collect(),
            });
        }
        let item = integer(records.form, name)?;
        let mut values = vec![0_u64; self.last_row() + 1];
        for (answers, when) in &records.records {
            let amount = u64::try_from(answers.integer(name).unwrap_or(0)).unwrap_or(0);
            for row in places(&self.rows, answers, *when) {
                values[row] = values[row].saturating_add(amount);
            }
        }
        let small = |value: &u64| {
            records
                .hide_below
                .is_some_and(|below| (1..below).contains(value))
        };
        Ok(Part {
            title: item.title.clone(),
            hidden: values.iter().map(small).collect(),
            values,
        })
    }

    pub(super) fn last_row(&self) -> usize {
        self.rows.lines.len()
    }

    pub(super) fn last_column(&self) -> usize {
        self.columns.lines.len()
    }

    fn hide(&mut self, below: u64, wanted: &Wanted) {
        let (last_row, last_column) = (self.last_row(), self.last_column());
        let totals = wanted.totals;
        // A share gives its base away, and n is printed under every table.
        let foot = self.rows.divides() && (totals || wanted.share);
        let side = self.columns.divides() && totals;
        let whole = !self.sums || (foot && side);
        let published = |row: usize, column: usize| match (row == last_row, column == last_column) {
            (false, false) => true,
            (true, false) if last_column == 1 && !self.columns.divides() => foot || !self.sums,
            (true, false) => foot,
            (false, true) => side,
            (true, true) => whole && self.rows.divides() && self.columns.divides(),
        };
        (self.hidden, _) = protect::hidden_as_far_as_it_goes(&protect::Sheet {
            values: &self.values,
            published: &published,
            kept: &|_, _| false,
            known_hidden: &|_, _| false,
            rows_add_up: self.rows.adds_up(),
            columns_add_up: self.columns.adds_up(),
            below,
        });
        self.n_hidden = match self.sums {
            true => (1..below).contains(&self.n),
            false => {
                self.hidden[last_row][if self.columns.divides() {
                    last_column
                } else {
                    0
                }]
            }
        };
    }
}

/// The lines in which a record stands, and the total.
fn places(axis: &Axis, answers: &Answers, when: Option<When>) -> Vec<usize> {
    let mut places = axis.places(answers, when);
    if axis.divides() {
        places.push(axis.lines.len());
    }
    places
}
