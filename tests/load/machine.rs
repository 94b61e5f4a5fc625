//! The machine: its cores, its load, and the processor time that everything on it has used.

use std::fs;
use std::ops::Sub;
use std::time::Duration;

use anyhow::{Context, Result};

/// Linux counts processor time in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

#[derive(Clone, Copy)]
pub struct Cpu {
    /// Everything that ran on the machine.
    pub all: Duration,
    /// This process.
    pub own: Duration,
}

impl Sub for Cpu {
    type Output = Cpu;

    fn sub(self, before: Cpu) -> Cpu {
        Cpu {
            all: self.all - before.all,
            own: self.own - before.own,
        }
    }
}

/// One line about the conditions.
pub fn description() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!(
        "{cores} cores, load before: {}",
        load.split(' ').take(3).collect::<Vec<_>>().join(" ")
    )
}

/// # Errors
/// This is not Linux.
pub fn cpu() -> Result<Cpu> {
    let stat = fs::read_to_string("/proc/stat")?;
    let numbers = stat
        .lines()
        .next()
        .context("/proc/stat")?
        .split_whitespace()
        .skip(1);
    // user, nice, system, idle, iowait, irq, softirq
    let busy = numbers
        .take(7)
        .enumerate()
        .filter(|(at, _)| !matches!(at, 3 | 4));
    let ticks: u32 = busy
        .filter_map(|(_, number)| number.parse::<u32>().ok())
        .sum();
    Ok(Cpu {
        all: TICK * ticks,
        own: of_process("self")?,
    })
}

/// Processor time of a process, in all its threads.
///
/// # Errors
/// There is no such process.
pub fn of_process(pid: &str) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold blanks; user and system time are the 12th and 13th field after it.
    let (_, fields) = stat.rsplit_once(") ").context("/proc/<pid>/stat")?;
    let ticks: u32 = fields
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|number| number.parse::<u32>().ok())
        .sum();
    Ok(TICK * ticks)
}
