//! `meguri simulate --all`: a line for each pack, and the sum of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;

use authoring::Finding;
use engine::forecast::{Forecast, forecast, in_columns};
use engine::pack::Cycle;
use serde::Serialize;

use super::super::{Failure, packs};

#[derive(Serialize)]
struct Line {
    pack: String,
    municipality: String,
    cycles: usize,
    meetings: usize,
    surveys: usize,
    offices: u64,
    questions: u64,
    tasks: BTreeMap<String, u32>,
    warnings: usize,
}

impl Line {
    fn of(pack: &Path, forecast: &Forecast) -> Line {
        let tasks = forecast.tasks_by_role().into_iter();
        Line {
            pack: pack
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            municipality: forecast.municipality.clone(),
            cycles: forecast.cycles.len(),
            meetings: forecast.meetings.len(),
            surveys: forecast.surveys.len(),
            offices: forecast.offices(),
            questions: forecast.questions(),
            tasks: tasks
                .map(|(role, count)| (role.to_owned(), count))
                .collect(),
            warnings: forecast.warnings.len(),
        }
    }

    fn all_tasks(&self) -> u32 {
        self.tasks.values().sum()
    }

    fn cells(&self) -> [String; 9] {
        let tasks: Vec<String> = self
            .tasks
            .iter()
            .map(|(role, count)| format!("{role} {count}"))
            .collect();
        [
            self.municipality.clone(),
            self.cycles.to_string(),
            self.meetings.to_string(),
            self.surveys.to_string(),
            self.offices.to_string(),
            self.questions.to_string(),
            self.all_tasks().to_string(),
            self.warnings.to_string(),
            tasks.join("、"),
        ]
    }
}

/// The sum of all lines. Roles are each municipality's own and are not added by name.
fn sum(lines: &[Line]) -> [String; 9] {
    let sum = |count: &dyn Fn(&Line) -> u64| lines.iter().map(count).sum::<u64>().to_string();
    let size = |count: &dyn Fn(&Line) -> usize| lines.iter().map(count).sum::<usize>().to_string();
    [
        format!("合計（{}）", lines.len()),
        size(&|line| line.cycles),
        size(&|line| line.meetings),
        size(&|line| line.surveys),
        sum(&|line| line.offices),
        sum(&|line| line.questions),
        sum(&|line| line.all_tasks().into()),
        size(&|line| line.warnings),
        String::new(),
    ]
}

/// Every pack that can be read, in the order given; what is wrong with the others goes to stderr.
pub fn run(folders: Vec<PathBuf>, year: Option<i32>, json: bool) -> Result<(), Failure> {
    let folders = match folders.is_empty() {
        true => packs::all("municipalities".as_ref())?,
        false => folders,
    };
    let mut lines = Vec::new();
    let mut outcome = Ok(());
    for (folder, line) in folders.iter().zip(in_threads(&folders, year)) {
        match line? {
            Ok(line) => lines.push(line),
            Err(findings) => outcome = Err(packs::say(folder, &findings)),
        }
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&lines)?);
        return outcome;
    }
    let heads = [
        "自治体",
        "サイクル",
        "会議",
        "調査",
        "聞かれる先",
        "延べの問",
        "仕事と決裁",
        "注意",
        "役割ごとの仕事と決裁",
    ];
    let heads = heads.map(str::to_owned);
    let rows = lines.iter().map(Line::cells).chain([sum(&lines)]);
    print!("{}", in_columns(std::iter::once(heads).chain(rows)));
    outcome
}

/// What a pack comes to, or what is wrong with it; an error when it cannot be opened.
type Outcome = anyhow::Result<Result<Line, Vec<Finding>>>;

/// As many at once as there are processors.
fn in_threads(folders: &[PathBuf], year: Option<i32>) -> Vec<Outcome> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let each = folders.len().div_ceil(threads).max(1);
    let share = |share: &[PathBuf]| -> Vec<Outcome> {
        share.iter().map(|folder| line(folder, year)).collect()
    };
    thread::scope(|scope| {
        let shares = folders.chunks(each);
        let threads: Vec<_> = shares
            .map(|some| scope.spawn(move || share(some)))
            .collect();
        let lines = threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no dry run panics"));
        lines.collect()
    })
}

fn line(folder: &Path, year: Option<i32>) -> Outcome {
    Ok(packs::findings(folder)?.and_then(|pack| {
        let cycles: Vec<&Cycle> = pack.cycles.iter().collect();
        let forecast = forecast(&pack, &cycles, year)?;
        Ok(Line::of(folder, &forecast))
    }))
}
