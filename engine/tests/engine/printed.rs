//! The numbers of a published paper: typed from the paper, and counted from the responses behind it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use engine::Pack;
use engine::figure::{AnswersOf, FigureBook, FigureSource};
use forms::Answers;
use serde::Deserialize;

use crate::lent;
use crate::story::Line;

#[derive(Deserialize)]
struct Rates {
    #[serde(alias = "readings")]
    rates: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    indicator: String,
    area: String,
    survey_year: i32,
    printed: String,
}

#[derive(Deserialize)]
struct Year {
    responses: Vec<Responses>,
}

#[derive(Deserialize)]
struct Responses {
    survey: String,
    file: String,
}

#[test]
fn every_printed_number_comes_out_as_printed() {
    let mut rates = 0;
    for (name, folder, pack) in lent::with_cases() {
        let book = counted(&pack, &folder.join("cases"));
        for file in ["printed_rates.json", "printed_readings.json"] {
            let path = folder.join("cases").join(file);
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let expected: Rates = serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{name}/{file}: {error}"));
            let printed = |expected: &Expected| {
                let figure = book.of(&expected.indicator, &expected.area, expected.survey_year);
                figure.map(|figure| figure.printed(pack.percent(&figure.key.indicator)))
            };
            let wrong: Vec<String> = expected
                .rates
                .iter()
                .filter(|expected| printed(expected).as_deref() != Some(&expected.printed))
                .map(|e| {
                    format!(
                        "{}@{}@{}: printed {}, came out {:?}",
                        e.indicator,
                        e.area,
                        e.survey_year,
                        e.printed,
                        printed(e)
                    )
                })
                .collect();
            assert!(wrong.is_empty(), "{name}/{file}:\n{}", wrong.join("\n"));
            rates += if file == "printed_rates.json" {
                expected.rates.len()
            } else {
                0
            };
        }
    }
    assert!(rates >= 30, "only {rates} printed rates were compared");
}

/// The figures of all responses of the story, checked as a submission is checked.
fn counted(pack: &Pack, cases: &Path) -> FigureBook {
    let year: Year =
        serde_json::from_str(&fs::read_to_string(cases.join("year.json")).unwrap()).unwrap();
    let mut book = FigureBook::published(pack);
    for Responses { survey, file } in &year.responses {
        let questionnaire = pack.questionnaire(survey).unwrap();
        let checked: BTreeMap<String, Answers> = Line::all(&cases.join(file))
            .into_iter()
            .map(|line| {
                let examined = questionnaire.examine(&line.answers);
                assert_eq!(examined.issues, [], "{survey}: {}", line.respondent);
                (line.respondent, examined.answers)
            })
            .collect();
        let answers: AnswersOf<'_> = checked
            .iter()
            .map(|(id, answers)| (id.as_str(), answers))
            .collect();
        let survey = pack.survey(survey).unwrap();
        book.count(
            pack,
            &FigureSource {
                survey,
                version: questionnaire.version(),
                answers: &answers,
            },
        );
    }
    book
}
