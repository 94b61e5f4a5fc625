//! `meguri simulate --all`: a line for each pack.

use std::path::Path;

use engine::forecast::{Forecast, forecast, in_columns};
use engine::pack::Cycle;
use serde::Serialize;

use super::super::{Failure, packs};
use super::refused;

#[derive(Serialize)]
struct Line {
    pack: String,
    municipality: String,
    cycles: usize,
    meetings: usize,
    surveys: usize,
    offices: u64,
    questions: u64,
    tasks: std::collections::BTreeMap<String, u32>,
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

    fn cells(&self) -> [String; 8] {
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
            self.warnings.to_string(),
            tasks.join("、"),
        ]
    }
}

/// Every pack that can be read; what is wrong with the others is said at the end.
pub fn run(year: Option<i32>, json: bool) -> Result<(), Failure> {
    let mut lines = Vec::new();
    let mut outcome = Ok(());
    for folder in packs::all("municipalities".as_ref())? {
        let forecast = packs::read(&folder).and_then(|pack| {
            let cycles: Vec<&Cycle> = pack.cycles.iter().collect();
            forecast(&pack, &cycles, year).map_err(refused)
        });
        match forecast {
            Ok(forecast) => lines.push(Line::of(&folder, &forecast)),
            Err(failure) => outcome = Err(failure),
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
        "注意",
        "仕事と決裁",
    ];
    let heads = heads.map(str::to_owned);
    let rows = lines.iter().map(Line::cells);
    print!("{}", in_columns(std::iter::once(heads).chain(rows)));
    outcome
}
