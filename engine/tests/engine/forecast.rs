//! Years run dry: `forecasts/<case>` holds the files that differ from the skeleton and what is printed, with
//! dates that were counted on a calendar of 2026 and 2027.

use std::fs;
use std::path::PathBuf;

use chrono::NaiveDate;
use engine::Pack;
use engine::forecast::{Comparison, FICTION, Forecast, forecast, rehearsed, response};
use engine::pack::Cycle;
use engine::picture::Strip;
use workflows::simulate::EntryKind;

use crate::lent;

fn folder(case: &str) -> PathBuf {
    lent::case(&format!("../forecasts/{case}"))
}

fn pack(case: &str) -> Pack {
    lent::read(&lent::laid_over(&folder(case)))
}

fn run(pack: &Pack, year: Option<i32>) -> Forecast {
    let cycles: Vec<&Cycle> = pack.cycles.iter().collect();
    forecast(pack, &cycles, year).unwrap()
}

fn expected(path: &str) -> String {
    fs::read_to_string(folder(path)).unwrap()
}

#[test]
fn a_year_is_printed_as_it_was_counted_by_hand() {
    for case in ["plain", "sections"] {
        let found = run(&pack(case), None).to_string();
        assert_eq!(found, expected(&format!("{case}/expected.txt")), "{case}");
    }
}

/// The year of `sections` with bodies that were renamed, pause, and say how often they meet.
#[test]
fn bodies_are_told_by_the_day() {
    let mut files = lent::laid_over(&folder("sections"));
    files.0.insert(
        "municipality.json".to_owned(),
        expected("suspended/municipality.json"),
    );
    let found = run(&lent::read(&files), None).to_string();
    for part in ["expected.txt", "warnings.txt"] {
        let expected = expected(&format!("suspended/{part}"));
        assert!(found.contains(&expected), "no\n{expected}in\n{found}");
    }
}

#[test]
fn two_plans_stand_side_by_side() {
    let [sections, plenary] = ["sections", "plenary"].map(|case| run(&pack(case), None));
    let names = ["sections", "plenary"].map(str::to_owned);
    let comparison = Comparison::of(&sections, &plenary, names);
    assert_eq!(comparison.to_string(), expected("plenary/compared.txt"));
    // The one meeting that is left has both surveys to report.
    assert_eq!(plenary.meetings[0].reports.len(), 2);
    let json = serde_json::to_value(&comparison).unwrap();
    assert_eq!(json["rows"][0]["difference"], -2);
}

#[test]
fn another_year_moves_dates_and_years_and_says_so() {
    let pack = pack("plain");
    // 2028-12-01 is a Friday, 2028-12-25 a Monday, 2029-06-02 a Saturday.
    let forecast = run(&pack, Some(2028));
    let text = forecast.to_string();
    for line in [
        "　12月1日（金）　回答を受け付ける：受付開始",
        "　12月25日（月）　回答を受け付ける：締切",
        "　　第１回推進会議　令和9年6月2日（水） → 令和11年6月4日（月）（6月2日が土曜日のため次の開庁日）",
    ] {
        assert!(text.contains(line), "no {line} in:\n{text}");
    }
    assert_eq!(forecast.surveys[0].survey, "discharge-2028");
    assert_eq!(forecast.cycles[0].id, "annual-2028");
    let (papers, _) = rehearsed(&pack, &pack.cycles[0], Some(2028), 1).unwrap();
    assert!(
        papers[0].draft.title.starts_with("令和１１年度"),
        "{}",
        papers[0].draft.title
    );
    // The same year changes nothing.
    assert_eq!(
        run(&pack, Some(2026)).cycles[0].entries,
        run(&pack, None).cycles[0].entries
    );
}

#[test]
fn a_nonsense_year_is_refused() {
    let pack = pack("plain");
    let cycles: Vec<&Cycle> = pack.cycles.iter().collect();
    for year in [i32::MIN, -1, 0, 1999, 2101, 20260, i32::MAX] {
        let findings = forecast(&pack, &cycles, Some(year)).unwrap_err();
        assert_eq!(findings[0].code, "cycle.other_year", "{year}");
        assert!(findings[0].what.contains("2000〜2100"), "{}", findings[0]);
    }
    // Its meeting would be in 2101.
    let findings = forecast(&pack, &cycles, Some(2100)).unwrap_err();
    assert!(
        findings[0].what.contains("第１回推進会議"),
        "{}",
        findings[0]
    );
}

#[test]
fn invented_responses_keep_the_rules_of_their_questionnaire() {
    let mut packs: Vec<Pack> = lent::with_cases()
        .into_iter()
        .map(|(.., pack)| pack)
        .collect();
    packs.push(pack("sections"));
    let on: NaiveDate = "2026-12-25".parse().unwrap();
    for pack in &packs {
        for questionnaire in pack.questionnaires.values() {
            let mut different = std::collections::HashSet::new();
            for seed in 0..200 {
                let answers = response(questionnaire, seed, "K001", on);
                let answers = answers.unwrap_or_else(|| panic!("{} {seed}", questionnaire.id()));
                let examined = questionnaire.examine(&answers);
                assert!(
                    !examined.has_errors(),
                    "{}: {:?}",
                    questionnaire.id(),
                    examined.issues
                );
                assert_eq!(examined.answers, answers, "nothing irrelevant is left");
                assert_eq!(
                    response(questionnaire, seed, "K001", on),
                    Some(answers.clone())
                );
                different.insert(serde_json::to_string(&answers).unwrap());
            }
            assert!(
                different.len() > 100,
                "{}: {}",
                questionnaire.id(),
                different.len()
            );
        }
    }
}

#[test]
fn a_rule_that_nothing_keeps_gives_no_response() {
    let text = include_str!("../../skeleton/forms/discharge.json")
        .replace("coordinated <= discharged", "coordinated < 0");
    let source = authoring::Source::json("impossible.json", &text).unwrap();
    let questionnaire = forms::read(&source).unwrap();
    let on = "2026-12-25".parse().unwrap();
    assert_eq!(response(&questionnaire, 1, "K001", on), None);
}

#[test]
fn every_rehearsed_paper_says_that_its_answers_are_invented() {
    let pack = pack("plenary");
    let (meetings, failed) = rehearsed(&pack, &pack.cycles[0], None, 7).unwrap();
    assert_eq!((meetings.len(), failed), (1, 0));
    let papers = &meetings[0].written;
    // 次第, two reports, the free texts of one of them, the proposal.
    assert_eq!(papers.len(), 5);
    for paper in papers {
        let document = paper.document(&meetings[0].draft).unwrap();
        assert_eq!(document.head.fiction.as_deref(), Some(FICTION));
        assert!(papers::html::page(&document, |_| None).contains(FICTION));
    }
    // 8 % of three, or of two, is less than a whole office: all of them answer.
    for (paper, all) in [(1, 2), (2, 3)] {
        let said = format!("{all}件に依頼し、{all}件の回答がありました。");
        assert!(
            papers[paper].markdown.contains(&said),
            "{}",
            papers[paper].markdown
        );
    }
    let (again, _) = rehearsed(&pack, &pack.cycles[0], None, 7).unwrap();
    assert_eq!(
        &again[0].written, papers,
        "the same seed gives the same papers"
    );
    let (other, _) = rehearsed(&pack, &pack.cycles[0], None, 8).unwrap();
    assert_ne!(&other[0].written, papers);
}

#[test]
fn items_of_a_step_that_happen_together_are_one_mark() {
    let forecast = run(&pack("sections"), None);
    let turn = &forecast.cycles[0];
    let twice: Vec<_> = turn
        .entries
        .iter()
        .flat_map(|entry| [entry.clone(), entry.clone()])
        .collect();
    let mut strip = Strip::new("架空市", None);
    strip.add(&turn.plan, &twice);
    let meetings = strip.lanes.iter().find(|lane| lane.name == "会議").unwrap();
    let shown: Vec<&str> = meetings
        .marks
        .iter()
        .map(|mark| mark.text.as_str())
        .collect();
    assert_eq!(shown, ["会議を開く（2件）"; 3]);
    assert!(
        strip.description().contains("会議6回"),
        "{}",
        strip.description()
    );
}

/// A 部会 that meets below the year: the step that waits for it ends with the last day of its own dry run.
#[test]
fn a_child_cycle_ends_on_the_last_day_of_its_own_dry_run() {
    let mut files = lent::bare();
    let script = files.0.get_mut("cycles/annual.rhai").unwrap();
    *script = script.replace(
        r#"    step("publish")"#,
        r#"    step("section").title("部会の検討").after("approve").cycle("section"),
    step("publish")"#,
    );
    let child = r#"fn plan(c) {[step("talk").title("案をまとめる").task("事務局").due(c.done)]}"#;
    let parameters = r#"{
        "title": "部会", "script": "section.rhai", "unit": "event",
        "fields": [
            { "id": "start", "title": "始まり", "type": "date", "value": "2026-11-02" },
            { "id": "done", "title": "まとめ", "type": "date", "value": "2026-12-04" }
        ]
    }"#;
    let files_of_child = [("section.rhai", child), ("section.json", parameters)];
    for (name, text) in files_of_child {
        files.0.insert(format!("cycles/{name}"), text.to_owned());
    }
    let pack = lent::read(&files);
    let annual = pack.cycle("annual").unwrap();
    // In 2027 the 4th of December is a Saturday.
    for (year, ends) in [(None, "2026-12-04"), (Some(2027), "2027-12-06")] {
        let forecast = forecast(&pack, &[annual], year).unwrap();
        let mut entries = forecast.cycles[0].entries.iter();
        let ended =
            entries.find(|entry| entry.title == "部会の検討" && entry.kind == EntryKind::Ended);
        assert_eq!(
            ended.map(|entry| entry.on.to_string()).as_deref(),
            Some(ends)
        );
    }
}
