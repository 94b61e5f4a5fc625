//! Which numbers of a table are hidden, so that no small number can be worked out from the others.
//!
//! A number from 1 up to below the limit is hidden. Then others are hidden, the smallest first, until each of
//! those could have another value without any number that is printed changing. That is decided exactly:
//! a table with its totals is a flow from rows to columns and back through the totals, and a hidden number
//! is not determined if and only if a circle of hidden numbers leads through it along which 1 can be added
//! and taken off. A reader knows that a hidden number is at least 1, because 0 is printed.

/// A table with its totals in the last row and the last column.
pub(super) struct Sheet<'a> {
    pub values: &'a [Vec<u64>],
    /// Whether a number is printed (or known otherwise) unless it is hidden.
    pub published: &'a dyn Fn(usize, usize) -> bool,
    /// Whether the rows add up to the last row, and the columns to the last column.
    pub rows_add_up: bool,
    pub columns_add_up: bool,
    pub below: u64,
}

/// An entry of the table as an arc of the flow.
struct Arc {
    at: (usize, usize),
    from: usize,
    to: usize,
    value: u64,
    published: bool,
    hidden: bool,
}

/// For each number whether it is hidden.
pub(super) fn hidden(sheet: &Sheet<'_>) -> Vec<Vec<bool>> {
    let mut arcs = arcs(sheet);
    let nodes = sheet.values.len() + sheet.values.first().map_or(0, Vec::len) + 1;
    let small: Vec<usize> = (0..arcs.len())
        .filter(|&at| arcs[at].published && (1..sheet.below).contains(&arcs[at].value))
        .collect();
    for &at in &small {
        arcs[at].hidden = true;
    }
    for &at in &small {
        while !is_open(&arcs, nodes, at) {
            let Some(next) = companion(&mut arcs, nodes, at, sheet) else {
                break;
            };
            arcs[next].hidden = true;
        }
    }
    let mut hidden: Vec<Vec<bool>> = sheet
        .values
        .iter()
        .map(|row| vec![false; row.len()])
        .collect();
    for arc in arcs.iter().filter(|arc| arc.hidden) {
        hidden[arc.at.0][arc.at.1] = true;
    }
    hidden
}

/// Rows and columns are nodes. Where lines do not add up, nothing holds at their nodes: they all are one.
fn arcs(sheet: &Sheet<'_>) -> Vec<Arc> {
    let last_row = sheet.values.len().saturating_sub(1);
    let last_column = sheet
        .values
        .first()
        .map_or(0, |row| row.len().saturating_sub(1));
    let ground = sheet.values.len() + last_column + 1;
    let row_node = |row: usize| if sheet.columns_add_up { row } else { ground };
    let column_node = |column: usize| {
        if sheet.rows_add_up {
            sheet.values.len() + column
        } else {
            ground
        }
    };
    let mut arcs = Vec::new();
    for (row, values) in sheet.values.iter().enumerate() {
        for (column, &value) in values.iter().enumerate() {
            let (a, b) = (row_node(row), column_node(column));
            // A total runs back.
            let (from, to) = if (row == last_row) == (column == last_column) {
                (a, b)
            } else {
                (b, a)
            };
            arcs.push(Arc {
                at: (row, column),
                from,
                to,
                value,
                published: (sheet.published)(row, column),
                hidden: false,
            });
        }
    }
    arcs
}

/// Whether the hidden number could be one more or one less.
fn is_open(arcs: &[Arc], nodes: usize, at: usize) -> bool {
    let arc = &arcs[at];
    let less = arc.value > 1;
    arc.from == arc.to
        || leads(arcs, nodes, at, arc.to, arc.from)
        || (less && leads(arcs, nodes, at, arc.from, arc.to))
}

/// Whether a way leads along numbers that are not known, without arc `but`.
fn leads(arcs: &[Arc], nodes: usize, but: usize, from: usize, to: usize) -> bool {
    let mut seen = vec![false; nodes + 1];
    let mut waiting = vec![from];
    seen[from] = true;
    while let Some(node) = waiting.pop() {
        if node == to {
            return true;
        }
        for (_, arc) in arcs
            .iter()
            .enumerate()
            .filter(|(at, arc)| *at != but && (arc.hidden || !arc.published))
        {
            let back = !arc.hidden || arc.value > 1;
            for (start, end, open) in [(arc.from, arc.to, true), (arc.to, arc.from, back)] {
                if open && start == node && !seen[end] {
                    seen[end] = true;
                    waiting.push(end);
                }
            }
        }
    }
    false
}

/// The number to hide next: the smallest that alone would do, cells before totals; otherwise the smallest that
/// touches the same row or column, otherwise any.
fn companion(arcs: &mut [Arc], nodes: usize, at: usize, sheet: &Sheet<'_>) -> Option<usize> {
    let last_row = sheet.values.len() - 1;
    let mut candidates: Vec<usize> = (0..arcs.len())
        .filter(|&other| arcs[other].published && !arcs[other].hidden && arcs[other].value > 0)
        .collect();
    let total = |arc: &Arc| arc.at.0 == last_row || arc.at.1 + 1 == sheet.values[0].len();
    let (from, to) = (arcs[at].from, arcs[at].to);
    let touches = |arc: &Arc| {
        [arc.from, arc.to]
            .iter()
            .any(|node| *node == from || *node == to)
    };
    candidates.sort_by_key(|&other| (total(&arcs[other]), arcs[other].value));
    for &other in &candidates {
        arcs[other].hidden = true;
        let enough = is_open(arcs, nodes, at);
        arcs[other].hidden = false;
        if enough {
            return Some(other);
        }
    }
    let near = candidates.iter().find(|&&other| touches(&arcs[other]));
    near.or(candidates.first()).copied()
}
