//! What the case files share: the invented municipality's words, parameters and people.

use std::path::Path;

use authoring::{Finding, Source};
use workflows::simulate::Habits;
use workflows::{Parameters, Plan, Script, Vocabulary};

pub const ROLES: [&str; 7] = ["事務局", "課長", "部長", "会長", "副会長", "担当課", "部会"];

pub fn vocabulary() -> Vocabulary {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Vocabulary {
        roles: words(&ROLES),
        effects: words(&[
            "survey.publish",
            "survey.open",
            "mail.invitation",
            "mail.unanswered",
            "mail.thanks",
            "papers.dispatch",
        ]),
        computes: words(&["tally", "indicators", "map", "agenda", "papers"]),
        signals: words(&[
            "levels.received",
            "meeting.closed",
            "month.closed",
            "survey.withdrawn",
            "committee.abolished",
        ]),
        cycles: words(&["committee", "subcommittee"]),
    }
}

/// One person a role, so that every name says what its bearer does.
pub fn habits() -> Habits {
    let holders = ROLES
        .iter()
        .map(|role| ((*role).to_owned(), vec![format!("{role}の人")]));
    Habits {
        holders: holders.collect(),
        ..Habits::default()
    }
}

pub fn parameters(file: &str, text: &str) -> Result<Parameters, Vec<Finding>> {
    Parameters::read(&Source::json(file, text).map_err(|finding| vec![finding])?)
}

/// The parameters beside the script, or those that all cases share.
pub fn beside(script: &Path) -> Result<Parameters, Vec<Finding>> {
    let own = script.with_extension("json");
    let path = if own.exists() {
        own
    } else {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/parameters.json")
    };
    parameters(&name(&path), &std::fs::read_to_string(&path).unwrap())
}

/// A script of the case files, which is accepted.
pub fn case(script: &str) -> (Script, Parameters, Plan) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(script);
    planned(&path).unwrap_or_else(|found| panic!("{found:#?}"))
}

pub fn planned(script: &Path) -> Result<(Script, Parameters, Plan), Vec<Finding>> {
    let parameters = beside(script)?;
    let text = std::fs::read_to_string(script).unwrap();
    let script = workflows::read(&name(script), &text, &vocabulary())?;
    let plan = script.plan(&parameters)?;
    Ok((script, parameters, plan))
}

pub fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
