//! Counting columns: joint histograms of every column with the break column, columns shared out over threads.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::numeric::ANSWERED;
use super::{Coded, Columns, NO_ANSWER, Numeric};

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
const BLANKS: usize = 4;

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

/// Maps a code to a dense index: options first, then the four blanks.
fn dense(options: usize) -> [u8; 256] {
    let mut map = [0; 256];
    for (code, index) in (0_u8..=255).zip(map.iter_mut()) {
        *index = match code.checked_sub(NO_ANSWER) {
            // At most 252 options leave room for four blanks.
            Some(blank) => u8::try_from(options + usize::from(blank)).unwrap_or(u8::MAX),
            None => code.min(u8::try_from(options).unwrap_or(u8::MAX)),
        };
    }
    map
}

fn codes(column: &Coded, by: Option<&Coded>) -> Vec<Vec<u64>> {
    let width = column.options() + BLANKS;
    let breaks = by.map_or(0, Coded::options) + 1;
    let mut sums = vec![vec![0_u64; width]; breaks];
    let mut collect = |row: usize, raw: &[u64; 256]| {
        for (code, count) in raw.iter().enumerate().filter(|(_, count)| **count > 0) {
            let at = usize::from(dense(column.options())[code]);
            sums[row][at] += count;
        }
    };
    match by {
        None => collect(0, &histogram(column.codes())),
        Some(by) => {
            let joint = joint_histogram(by, column);
            for (row, raw) in joint.iter().enumerate() {
                collect(row, raw);
            }
        }
    }
    sums
}

fn histogram(codes: &[u8]) -> [u64; 256] {
    let mut lanes = [[0_u64; 256]; LANES];
    let mut chunks = codes.chunks_exact(LANES);
    for chunk in &mut chunks {
        for (lane, code) in lanes.iter_mut().zip(chunk) {
            lane[usize::from(*code)] += 1;
        }
    }
    for code in chunks.remainder() {
        lanes[0][usize::from(*code)] += 1;
    }
    let mut sum = [0; 256];
    for lane in &lanes {
        sum.iter_mut()
            .zip(lane)
            .for_each(|(sum, count)| *sum += count);
    }
    sum
}

/// One histogram for each code of `by`, the last for all its blanks.
fn joint_histogram(by: &Coded, column: &Coded) -> Vec<[u64; 256]> {
    let breaks = by.options();
    let mut lanes = vec![[0_u64; 256]; (breaks + 1) * LANES];
    let mut bys = by.codes().chunks_exact(LANES);
    let mut codes = column.codes().chunks_exact(LANES);
    for (by, code) in (&mut bys).zip(&mut codes) {
        for lane in 0..LANES {
            let row = usize::from(by[lane]).min(breaks) * LANES + lane;
            lanes[row][usize::from(code[lane])] += 1;
        }
    }
    for (by, code) in bys.remainder().iter().zip(codes.remainder()) {
        lanes[usize::from(*by).min(breaks) * LANES][usize::from(*code)] += 1;
    }
    let sum = |lanes: &[[u64; 256]]| {
        let mut sum = [0; 256];
        for lane in lanes {
            sum.iter_mut()
                .zip(lane)
                .for_each(|(sum, count)| *sum += count);
        }
        sum
    };
    lanes.chunks_exact(LANES).map(sum).collect()
}

fn numbers(column: &Numeric, by: Option<&Coded>) -> Vec<NumberCounts> {
    let breaks = by.map_or(0, Coded::options);
    let mut counts = vec![NumberCounts::default(); breaks + 1];
    let answered = column.values().iter().zip(column.states());
    match by {
        None => {
            for (value, _) in answered.filter(|(_, state)| **state == ANSWERED) {
                counts[0].add(*value);
            }
        }
        Some(by) => {
            for ((value, state), code) in answered.zip(by.codes()) {
                if *state == ANSWERED {
                    counts[usize::from(*code).min(breaks)].add(*value);
                }
            }
        }
    }
    counts
}

impl NumberCounts {
    fn add(&mut self, value: i64) {
        self.n += 1;
        self.sum += i128::from(value);
        self.min = Some(self.min.map_or(value, |min| min.min(value)));
        self.max = Some(self.max.map_or(value, |max| max.max(value)));
    }

    fn merged(self, other: &NumberCounts) -> NumberCounts {
        NumberCounts {
            n: self.n + other.n,
            sum: self.sum + other.sum,
            min: self.min.into_iter().chain(other.min).min(),
            max: self.max.into_iter().chain(other.max).max(),
        }
    }
}
