//! Counting columns: joint histograms of every column with the break column, columns shared out over threads.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::coded::BLANKS;
use super::numeric::ANSWERED;
use super::{Coded, Columns, Numeric};

/// Counts of all columns, overall and for each code of the break column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// `[column][code]`: the options, then 無回答, わからない, 非該当, not in version.
    pub overall: Vec<Vec<u64>>,
    /// `[column][break code][code]`. Blanks of the break column have no entry.
    pub crossed: Vec<Vec<Vec<u64>>>,
    /// `[column]`
    pub numbers: Vec<NumberCounts>,
    /// `[column][break code]`
    pub crossed_numbers: Vec<Vec<NumberCounts>>,
}

/// What is known of the numbers of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NumberCounts {
    pub n: u64,
    /// Exact: 128 bits hold the sum of any number of responses that fits into memory.
    pub sum: i128,
    pub min: Option<i64>,
    pub max: Option<i64>,
}

/// Interleaved histograms: equal neighbours would otherwise wait for each other's store.
const LANES: usize = 4;

impl Columns {
    /// Counts everything, crossed by the coded column at `by` when there is one.
    pub fn count(&self, by: Option<usize>, threads: NonZero<usize>) -> Counts {
        let by = by.and_then(|by| self.coded.get(by));
        let next = AtomicUsize::new(0);
        let jobs = self.coded.len() + self.numeric.len();
        let work = || {
            let mut done = Vec::new();
            loop {
                let job = next.fetch_add(1, Ordering::Relaxed);
                let counted = match (self.coded.get(job), job.checked_sub(self.coded.len())) {
                    (Some(column), _) => Counted::Codes(codes(column, by)),
                    (None, Some(at)) if at < self.numeric.len() => {
                        Counted::Numbers(numbers(&self.numeric[at], by))
                    }
                    _ => return done,
                };
                done.push((job, counted));
            }
        };
        let mut done: Vec<(usize, Counted)> = std::thread::scope(|scope| {
            let helpers: Vec<_> = (1..threads.get().min(jobs))
                .map(|_| scope.spawn(work))
                .collect();
            let mut done = work();
            for helper in helpers {
                match helper.join() {
                    Ok(more) => done.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            done
        });
        done.sort_by_key(|(job, _)| *job);
        let mut counts = Counts::default();
        for (_, counted) in done {
            match counted {
                Counted::Codes(mut crossed) => {
                    counts
                        .overall
                        .push(crossed.iter().fold(Vec::new(), |sum, row| added(sum, row)));
                    crossed.truncate(by.map_or(0, Coded::options));
                    counts.crossed.push(crossed);
                }
                Counted::Numbers(mut crossed) => {
                    counts.numbers.push(
                        crossed
                            .iter()
                            .fold(NumberCounts::default(), |sum, one| sum.merged(one)),
                    );
                    crossed.truncate(by.map_or(0, Coded::options));
                    counts.crossed_numbers.push(crossed);
                }
            }
        }
        counts
    }
}

enum Counted {
    /// By break code; the last entry collects the blanks of the break.
    Codes(Vec<Vec<u64>>),
    Numbers(Vec<NumberCounts>),
}

fn added(mut sum: Vec<u64>, row: &[u64]) -> Vec<u64> {
    sum.resize(row.len(), 0);
    sum.iter_mut()
        .zip(row)
        .for_each(|(sum, count)| *sum += count);
    sum
}

/// By option of the break; one more row for all its blanks.
fn codes(column: &Coded, by: Option<&Coded>) -> Vec<Vec<u64>> {
    let Some(by) = by else {
        let joint = joint(column.dense(), column.dense(), 0, column.width());
        return vec![joint[..column.width()].to_vec()];
    };
    // A row of the table is as wide as a power of two, so that an index is a shift and an or.
    let bits = column.width().next_power_of_two().trailing_zeros();
    let joint = joint(by.dense(), column.dense(), bits, by.width() << bits);
    let rows: Vec<Vec<u64>> = joint
        .chunks_exact(1 << bits)
        .map(|row| row[..column.width()].to_vec())
        .collect();
    let (options, blanks) = rows.split_at(by.options());
    let blanks = blanks
        .iter()
        .take(BLANKS)
        .fold(vec![0; column.width()], |sum, row| added(sum, row));
    options.iter().cloned().chain([blanks]).collect()
}

/// How often each pair occurs, at `by << bits | code`; with 0 bits, where both are the same column, each code.
fn joint(by: &[u8], codes: &[u8], bits: u32, size: usize) -> Vec<u64> {
    let size = size.next_power_of_two();
    let mask = size - 1;
    let mut tables = vec![0_u32; size * LANES];
    let mut sums = vec![0_u64; size];
    // No counter of 32 bits overflows inside one block.
    for (by, codes) in by.chunks(1 << 30).zip(codes.chunks(1 << 30)) {
        tables.fill(0);
        let (a, rest) = tables.split_at_mut(size);
        let (b, rest) = rest.split_at_mut(size);
        let (c, d) = rest.split_at_mut(size);
        // The mask says to the compiler what the codes say to us: every index is inside its table.
        let (a, b, c, d) = (
            &mut a[..=mask],
            &mut b[..=mask],
            &mut c[..=mask],
            &mut d[..=mask],
        );
        let at = |by: u8, code: u8| ((usize::from(by) << bits) | usize::from(code)) & mask;
        let (bys, by_rest) = by.as_chunks::<LANES>();
        let (chunks, rest) = codes.as_chunks::<LANES>();
        for (by, code) in bys.iter().zip(chunks) {
            a[at(by[0], code[0])] += 1;
            b[at(by[1], code[1])] += 1;
            c[at(by[2], code[2])] += 1;
            d[at(by[3], code[3])] += 1;
        }
        for (by, code) in by_rest.iter().zip(rest) {
            a[at(*by, *code)] += 1;
        }
        for (at, sum) in sums.iter_mut().enumerate() {
            *sum += [&a, &b, &c, &d]
                .iter()
                .map(|table| u64::from(table[at]))
                .sum::<u64>();
        }
    }
    sums
}

/// What is added up for one break code.
#[derive(Clone, Copy)]
struct Sum {
    n: u64,
    sum: i128,
    min: i64,
    max: i64,
}

impl Sum {
    fn add(&mut self, value: i64) {
        self.n += 1;
        self.sum += i128::from(value);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }
}

fn numbers(column: &Numeric, by: Option<&Coded>) -> Vec<NumberCounts> {
    let breaks = by.map_or(0, Coded::options);
    let nothing = Sum {
        n: 0,
        sum: 0,
        min: i64::MAX,
        max: i64::MIN,
    };
    let mut sums = vec![nothing; breaks + 1];
    let answered = column.values().iter().zip(column.states());
    match by {
        None => {
            for (value, _) in answered.filter(|(_, state)| **state == ANSWERED) {
                sums[0].add(*value);
            }
        }
        Some(by) => {
            for ((value, state), code) in answered.zip(by.dense()) {
                if *state == ANSWERED {
                    sums[usize::from(*code).min(breaks)].add(*value);
                }
            }
        }
    }
    let counts = |sum: &Sum| NumberCounts {
        n: sum.n,
        sum: sum.sum,
        min: (sum.n > 0).then_some(sum.min),
        max: (sum.n > 0).then_some(sum.max),
    };
    sums.iter().map(counts).collect()
}

impl NumberCounts {
    fn merged(self, other: &NumberCounts) -> NumberCounts {
        NumberCounts {
            n: self.n + other.n,
            sum: self.sum + other.sum,
            min: self.min.into_iter().chain(other.min).min(),
            max: self.max.into_iter().chain(other.max).max(),
        }
    }
}
