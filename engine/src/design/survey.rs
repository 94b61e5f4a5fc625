//! The survey of a new questionnaire, and a survey that is held again in another year, as changes of surveys.json.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A survey that does not stand in surveys.json yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSurvey {
    pub id: String,
    pub name: String,
    /// A roster of municipality.json.
    pub roster: String,
    /// 年度.
    pub survey_year: i32,
    /// First and last day, `2026-11-01`, and what people call the time; empty without a period.
    pub from: String,
    pub to: String,
    pub label: String,
}

/// surveys.json with one more survey, which asks a questionnaire of the same id.
///
/// # Errors
/// The text cannot be read, or has a survey of this id; a sentence says so.
pub fn add_survey(surveys: &str, new: &NewSurvey) -> Result<String, String> {
    let mut document = read(surveys)?;
    let list = list(&mut document)?;
    if list.iter().any(|survey| survey["id"] == new.id.as_str()) {
        return Err(format!(
            "調査「{}」は、もうあります。別の id にしてください。",
            new.id
        ));
    }
    let mut survey = json!({
        "id": new.id,
        "name": new.name,
        "forms": [new.id],
        "roster": new.roster,
    });
    if let Some(period) = period(new) {
        survey["period"] = period;
    }
    survey["survey_year"] = new.survey_year.into();
    list.push(survey);
    Ok(forms::design::print(&document))
}

/// surveys.json with a survey moved to another year and period: its next turn.
///
/// # Errors
/// The text cannot be read, or has no such survey.
pub fn move_survey(surveys: &str, to: &NewSurvey) -> Result<String, String> {
    let mut document = read(surveys)?;
    let survey = list(&mut document)?
        .iter_mut()
        .find(|survey| survey["id"] == to.id.as_str());
    let survey = survey.ok_or_else(|| format!("調査「{}」はありません。", to.id))?;
    survey["survey_year"] = to.survey_year.into();
    match (period(to), survey.as_object_mut()) {
        (Some(period), _) => survey["period"] = period,
        (None, Some(survey)) => {
            survey.shift_remove("period");
        }
        (None, None) => {}
    }
    Ok(forms::design::print(&document))
}

fn period(survey: &NewSurvey) -> Option<Value> {
    let said = !survey.from.is_empty() || !survey.to.is_empty();
    said.then(|| json!({ "from": survey.from, "to": survey.to, "label": survey.label }))
}

fn read(surveys: &str) -> Result<Value, String> {
    serde_json::from_str(surveys.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("surveys.json を読めません（{error}）。先に直してください。"))
}

fn list(document: &mut Value) -> Result<&mut Vec<Value>, String> {
    document["surveys"]
        .as_array_mut()
        .ok_or_else(|| "surveys.json に surveys の一覧がありません。".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{ "surveys": [{ "id": "a", "name": "甲", "forms": ["a"], "roster": "offices",
        "period": { "from": "2025-11-01", "to": "2025-11-30", "label": "令和７年１１月" }, "survey_year": 2025 }] }"#;

    fn new(id: &str) -> NewSurvey {
        NewSurvey {
            id: id.into(),
            name: "乙".into(),
            roster: "offices".into(),
            survey_year: 2026,
            ..NewSurvey::default()
        }
    }

    #[test]
    fn a_survey_comes_behind_the_others() {
        let text = add_survey(TEXT, &new("b")).expect("added");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["surveys"][0]["id"], "a");
        let expected = json!({ "id": "b", "name": "乙", "forms": ["b"], "roster": "offices", "survey_year": 2026 });
        assert_eq!(value["surveys"][1], expected);
        assert!(add_survey(TEXT, &new("a")).is_err());
        assert!(add_survey("{", &new("b")).is_err());
        assert!(add_survey("{}", &new("b")).is_err());
    }

    #[test]
    fn a_survey_is_moved_to_its_next_turn() {
        let mut to = new("a");
        (to.from, to.to) = ("2026-11-01".into(), "2026-11-30".into());
        to.label = "令和８年１１月".into();
        let text = move_survey(TEXT, &to).expect("moved");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        let survey = &value["surveys"][0];
        assert_eq!(
            (&survey["survey_year"], &survey["period"]["to"]),
            (&json!(2026), &json!("2026-11-30"))
        );
        assert_eq!(survey["name"], "甲");
        assert!(move_survey(TEXT, &new("nothing")).is_err());
    }
}
