//! Acceptance cases: what a pack must bring about, written by those who know the municipality.
//!
//! A case (`cases/*.case.json`) brings raw data (entries of ledgers, responses to surveys), does things in
//! order, and says what must come out: a line of a paper, a line of a 次第 with its reason, a refusal, a
//! remark, a dry run, a figure. `meguri cases` runs them; nothing is stored.

mod case;
mod change;
mod figures;
mod handover;
mod look;
mod papers;
mod receive;
mod scene;
mod simulate;

use std::sync::Arc;

use authoring::{Finding, Source};

pub use case::Case;
use case::Step;
use scene::Scene;

use crate::pack::{Files, Pack};
use crate::schema::Kind;

/// Ending of the files that hold a case.
const ENDING: &str = ".case.json";

/// What became of a case.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// File within the pack.
    pub file: String,
    pub what: String,
    pub steps: usize,
    /// What did not come out, a sentence each; empty when all did.
    pub failures: Vec<String>,
}

/// Runs every case of a pack.
///
/// # Errors
/// A case cannot be read: `pack.broken_json`, `pack.shape`.
pub fn run(files: &Files, pack: &Arc<Pack>) -> Result<Vec<Outcome>, Vec<Finding>> {
    let (mut outcomes, mut findings) = (Vec::new(), Vec::new());
    let validator = Kind::Case.validator();
    for (path, text) in files.in_folder("cases", "json") {
        if !path.ends_with(ENDING) {
            continue;
        }
        match read(path, text, &validator) {
            Ok(case) => outcomes.push(play(files, pack, path, &case)),
            Err(wrong) => findings.extend(wrong),
        }
    }
    if findings.is_empty() {
        Ok(outcomes)
    } else {
        Err(findings)
    }
}

fn read(path: &str, text: &str, validator: &jsonschema::Validator) -> Result<Case, Vec<Finding>> {
    let source = Source::json(path, text).map_err(|finding| vec![finding])?;
    let shape = source.shape(validator);
    if !shape.is_empty() {
        return Err(shape);
    }
    serde_json::from_value(source.value().clone()).map_err(|error| {
        vec![source.finding(
            "pack.shape",
            "",
            format!("読めないところがあります（{error}）。"),
            "steps の書き方を `meguri schema case` と比べてください。",
        )]
    })
}

fn play(files: &Files, pack: &Arc<Pack>, file: &str, case: &Case) -> Outcome {
    let mut failures = Vec::new();
    let steps = match Scene::set(files, pack, case) {
        Ok(mut scene) => {
            for (index, step) in case.steps.iter().enumerate() {
                let failed = scene.step(step);
                let number = index + 1;
                failures.extend(
                    failed
                        .into_iter()
                        .map(|why| format!("{number}番目の手順：{why}")),
                );
            }
            case.steps.len()
        }
        Err(why) => {
            failures.extend(why);
            0
        }
    };
    Outcome {
        file: file.to_owned(),
        what: case.what.clone(),
        steps,
        failures,
    }
}

impl Scene<'_> {
    /// Does a step; what did not come out as the case says.
    fn step(&mut self, step: &Step) -> Vec<String> {
        if let Some(enter) = &step.enter {
            self.enter(enter, step)
        } else if let Some(month) = &step.close_month {
            self.close_month(month, step)
        } else if let Some(paper) = &step.paper {
            self.paper(paper, step)
        } else if let Some(file) = &step.receive {
            self.receive(file, step)
        } else if let Some(meeting) = &step.agenda {
            self.agenda(meeting, step)
        } else if let Some(change) = &step.change {
            self.change(change, step)
        } else if let Some(year) = step.simulate {
            self.simulate(year, step)
        } else if let Some(role) = &step.handover {
            self.handover(role, step)
        } else if let Some(remarks) = &step.remarks {
            self.remarks(remarks)
        } else if let Some(figures) = &step.figures {
            self.figures(figures)
        } else {
            // The shape asks for one of them.
            Vec::new()
        }
    }
}
