//! The lines of a table in Markdown.

use papers::escape;

use super::grid::{Grid, Part};
use super::{Records, Wanted};
use crate::figure::{Amount, PercentStyle};

/// What stands in place of a hidden number.
const HIDDEN: &str = "＊";

pub(super) fn print(
    records: &Records<'_>,
    wanted: &Wanted,
    grid: &Grid,
    percent: PercentStyle,
) -> String {
    let printing = Printing {
        records,
        wanted,
        grid,
        percent,
    };
    let mut lines = printing.head();
    let totals = wanted.totals && grid.rows.divides();
    for (row, line) in grid.rows.lines.iter().enumerate() {
        lines.push(printing.line(&line.label, row));
    }
    if totals {
        lines.push(printing.line(whole(grid.rows.several()), grid.last_row()));
    }
    format!("{}\n\n{}\n", lines.join("\n"), printing.foot())
}

struct Printing<'a> {
    records: &'a Records<'a>,
    wanted: &'a Wanted,
    grid: &'a Grid,
    percent: PercentStyle,
}

impl Printing<'_> {
    fn head(&self) -> Vec<String> {
        let grid = self.grid;
        let mut cells = vec![escape(&grid.rows.title)];
        let number = match grid.sums {
            true => "数".to_owned(),
            false => format!("{}数", self.records.unit),
        };
        let single = !grid.columns.divides() && !grid.columns.is_items();
        let labels = grid.columns.lines.iter().map(|line| line.label.as_str());
        for label in labels.chain(self.side().then(|| whole(grid.columns.several()))) {
            match (self.wanted.share, single) {
                (false, _) => cells.push(escape(label)),
                (true, true) => cells.extend([escape(label), "％".to_owned()]),
                (true, false) => {
                    let label = escape(label);
                    cells.extend([format!("{label} > {number}"), format!("{label} > ％")]);
                }
            }
        }
        if let Some([num, _]) = &grid.ratio {
            cells.push(format!("{}の割合（％）", escape(&num.title)));
        }
        let numbers = vec!["--:"; cells.len() - 1].join("|");
        vec![
            format!("| {} |", cells.join(" | ")),
            format!("|:--|{numbers}|"),
        ]
    }

    fn line(&self, label: &str, row: usize) -> String {
        let grid = self.grid;
        let mut cells = vec![escape(label)];
        let columns = (0..grid.last_column()).chain(self.side().then(|| grid.last_column()));
        for column in columns {
            let (value, hidden) = (grid.values[row][column], grid.hidden[row][column]);
            cells.push(if hidden {
                HIDDEN.to_owned()
            } else {
                value.to_string()
            });
            if self.wanted.share {
                let base = grid.values[grid.last_row()][column];
                let unknown = hidden || grid.hidden[grid.last_row()][column];
                cells.push(self.part_of(value, base, unknown));
            }
        }
        if let Some([num, den]) = &grid.ratio {
            let unknown = |part: &Part| part.hidden[row];
            cells.push(self.part_of(
                num.values[row],
                den.values[row],
                unknown(num) || unknown(den),
            ));
        }
        format!("| {} |", cells.join(" | "))
    }

    fn foot(&self) -> String {
        let grid = self.grid;
        let n = if grid.n_hidden {
            HIDDEN.to_owned()
        } else {
            grid.n.to_string()
        };
        let mut said = format!("※n={n}（{}）", escape(&self.records.name));
        if grid.rows.several() || grid.columns.several() {
            said += "。複数回答のため、内訳の合計は実数と一致しません";
        }
        let any = grid.n_hidden || grid.hidden.iter().flatten().any(|hidden| *hidden);
        if let Some(below) = self.records.hide_below.filter(|_| any) {
            let unit = self.records.unit;
            said += &format!("。＊は{below}{unit}未満の数と、それが逆算できる数です");
        }
        said
    }

    /// Whether there is a total column.
    fn side(&self) -> bool {
        self.wanted.totals && self.grid.columns.divides()
    }

    /// A part in percent, without the sign.
    fn part_of(&self, num: u64, den: u64, hidden: bool) -> String {
        if hidden {
            return HIDDEN.to_owned();
        }
        let rate = Amount::Ratio { num, den }.percent(self.percent);
        rate.map_or_else(|| "-".to_owned(), |rate| rate.to_string())
    }
}

/// The heading of totals: where one record stands in several lines, they are no sum.
fn whole(several: bool) -> &'static str {
    if several { "実数" } else { "計" }
}
