//! Reading the cycles of a pack: parameters, and the script that makes a plan of them.

use authoring::{Finding, Source};
use workflows::Parameters;

use super::files::stem;
use super::read::Reader;
use super::{Cycle, Files, vocabulary};
use crate::municipality::Municipality;

impl Reader<'_> {
    pub(super) fn cycles(&mut self, municipality: &Municipality) -> Vec<Cycle> {
        let names = self.files.in_folder("cycles", "json");
        let names = names.map(|(path, _)| stem(path).to_owned()).collect();
        let vocabulary = vocabulary(municipality, names);
        let mut cycles = Vec::new();
        for (path, text) in self.files.in_folder("cycles", "json") {
            let read = Source::json(path, text)
                .map_err(|finding| vec![finding])
                .and_then(|source| Parameters::read(&source));
            let Some(parameters) = self.take(read) else {
                continue;
            };
            let file = format!("cycles/{}", parameters.script());
            let Some(script) = self.files.get(&file) else {
                self.findings.push(Finding::new(
                    "pack.missing_file",
                    path,
                    None,
                    format!("台本 {file} がありません。"),
                    scripts(self.files, parameters.script()),
                ));
                continue;
            };
            let Some(script) = self.take(workflows::read(&file, script, &vocabulary)) else {
                continue;
            };
            // The plan is made once here, so that what is wrong with it is found before a cycle starts.
            if self.take(script.plan(&parameters)).is_some() {
                cycles.push(Cycle {
                    id: stem(path).to_owned(),
                    script,
                    parameters,
                });
            }
        }
        cycles
    }
}

/// The way out for a script that is not there: the nearest of those that are, the base's included.
fn scripts(files: &Files, name: &str) -> String {
    let known = files.in_folder("cycles", "rhai");
    let known: Vec<&str> = known
        .filter_map(|(path, _)| path.strip_prefix("cycles/"))
        .collect();
    let near = authoring::nearest(name, known.iter().copied());
    let near = near.map_or(String::new(), |near| {
        format!("「{near}」ではありませんか。")
    });
    format!(
        "{near}script を {} のどれかにするか、台本を置いてください。",
        known.join("、")
    )
}
