//! Packs on the disk for the program to read.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use engine::{Files, Pack};
use serde_json::json;

/// A year without people: the survey is open from 2020 to 2099, so that a program with the real clock
/// can serve it.
const PLAN: &str = r#"fn plan(c) {[
    step("publish").effect("survey.publish", "discharge"),
    step("distribute").after("publish").effect("survey.open", "discharge"),
    step("answers").after("distribute").collect("discharge").closes(c.close),
]}
"#;

/// Writes 架空市 with `offices` offices and its survey open.
pub fn open_survey(folder: &Path, offices: usize) {
    write(folder, "kasou", |path, text| match path {
        "cycles/annual.rhai" => PLAN.to_owned(),
        "cycles/annual.json" => text
            .replace("2026-11-02", "2020-01-06")
            .replace("2026-12-01", "2020-01-06")
            .replace("2026-12-25", "2099-12-25")
            .replace("2027-06-02", "2099-12-28"),
        "rosters/offices.csv" => {
            let rows = (0..offices)
                .map(|n| format!("{},架空事業所（架空）,居宅介護支援事業所\n", office(n)));
            format!("管理番号,事業所名,種別\n{}", rows.collect::<String>())
        }
        _ => text,
    });
}

/// The same, with an address for each office and a letter of invitation to all of them.
pub fn open_survey_by_mail(folder: &Path, offices: usize) {
    open_survey(folder, offices);
    let invite = r#"step("invite").after("distribute").effect("mail.invitation", "discharge"),
    step("answers")"#;
    with_addresses(folder, offices, invite);
}

/// A municipality whose survey is open, with `ticks` more cycles. In each cycle one timer is due on 2020-02-03:
/// a reminder to all offices by mail, and in the others a step that carries something over.
pub fn due_on_one_day(folder: &Path, slug: &str, offices: usize, ticks: usize) {
    let parameters = |title: &str, script: &str| {
        let date =
            |id: &str, on: &str| json!({ "id": id, "title": id, "type": "date", "value": on });
        let text = |id: &str| json!({ "id": id, "title": id, "type": "text", "value": "架空" });
        json!({
            "title": title, "script": script, "unit": "fiscal_year",
            "fields": [
                { "id": "year", "title": "年度", "type": "integer", "value": 2026, "unit": "年度" },
                date("start", "2020-01-06"), date("due", "2020-02-03"), date("close", "2099-12-25"),
                date("meeting", "2099-12-28"), text("meeting_place"),
                { "id": "meeting_time", "title": "開始時刻", "type": "time", "value": "13:30" },
            ],
        })
        .to_string()
    };
    write(folder, slug, |path, text| match path {
        "cycles/annual.rhai" => PLAN.to_owned(),
        "cycles/annual.json" => parameters("調査", "annual.rhai"),
        _ => text,
    });
    let remind = r#"step("remind").while_open("answers").at(c.due).effect("mail.unanswered", "discharge"),
    step("answers")"#;
    with_addresses(folder, offices, remind);
    let tick = r#"fn plan(c) {[ step("tick").opens(c.due).carry("open_items") ]}"#;
    fs::write(folder.join("cycles/tick.rhai"), tick).expect("written");
    for number in 0..ticks {
        let file = folder.join(format!("cycles/tick-{number:03}.json"));
        fs::write(file, parameters("刻み", "tick.rhai")).expect("written");
    }
}

/// An address for each office, and something more for the cycle to do.
fn with_addresses(folder: &Path, offices: usize, step: &str) {
    let change = |path: &str, from: &str, to: &str| {
        let path = folder.join(path);
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{from}");
        fs::write(&path, text.replace(from, to)).expect("written");
    };
    let columns = r#"{ "id": "mail", "title": "メール" }, { "id": "kind""#;
    change("municipality.json", r#"{ "id": "kind""#, columns);
    let named = r#""name_column": "name", "mail": "mail","#;
    change("municipality.json", r#""name_column": "name","#, named);
    change("cycles/annual.rhai", r#"step("answers")"#, step);
    let rows = (0..offices).map(|n| {
        let id = office(n);
        format!("{id},架空事業所（架空）,居宅介護支援事業所,{id}@office.example\n")
    });
    let roster = format!(
        "管理番号,事業所名,種別,メール\n{}",
        rows.collect::<String>()
    );
    fs::write(folder.join("rosters/offices.csv"), roster).expect("written");
}

pub fn office(number: usize) -> String {
    format!("K{number:03}")
}

/// Writes 架空市 with a story: three offices answer, and the meeting is held.
pub fn with_a_story(folder: &Path) {
    write(folder, "kasou", |_, text| text);
    let story = json!({
        "cycle": "annual",
        "until": "2027-06-10T10:00:00+09:00",
        "responses": [{ "survey": "discharge", "file": "responses.jsonl" }]
    });
    let response = |respondent: &str, discharged: u32| {
        let answers = json!({ "rule_used": "yes", "discharged": discharged, "coordinated": 1 });
        json!({ "respondent": respondent, "at": "2026-12-10T10:00:00+09:00", "source": "web", "answers": answers })
    };
    let lines: String = [("K001", 2), ("K002", 1), ("H01", 1)]
        .map(|(id, n)| format!("{}\n", response(id, n)))
        .concat();
    fs::create_dir_all(folder.join("cases")).expect("a folder");
    fs::write(folder.join("cases/year.json"), story.to_string()).expect("written");
    fs::write(folder.join("cases/responses.jsonl"), lines).expect("written");
}

fn write(folder: &Path, slug: &str, change: impl Fn(&str, String) -> String) {
    let opens = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day");
    for (path, text) in engine::pack::skeleton(slug, "架空市", opens) {
        let file = folder.join(&path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, change(&path, text)).expect("written");
    }
}

pub fn read(folder: &Path) -> Pack {
    let (files, _) = Files::read(folder).expect("a pack");
    Pack::read(&files).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// The first pack of the repository that tells the story of a year: what `meguri demo` plays.
pub fn told() -> PathBuf {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../municipalities");
    let mut folders: Vec<PathBuf> = fs::read_dir(packs)
        .expect("packs")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.retain(|folder| folder.join("cases/year.json").is_file());
    folders.sort();
    folders.into_iter().next().expect("a pack tells a story")
}
