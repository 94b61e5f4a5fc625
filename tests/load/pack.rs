//! The pack of the driver: the skeleton with a questionnaire of 40 items and any number of offices.
//!
//! 17 single choices (8 of them taken back by another answer), 6 multiple, 2 matrices of 4 rows, 7
//! counts (3 with a constraint), 2 texts, 1 date, 1 repeated group with a constraint, and the skeleton's 4.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};

/// Slug of the municipality.
pub const SLUG: &str = "load";
/// The survey and its questionnaire, as the skeleton calls them.
pub const SURVEY: &str = "discharge";
/// The survey of the skeleton's year.
pub const TURN: &str = "discharge-2026";
pub const CYCLE: &str = "annual";

const PLAN: &str = r#"fn plan(c) {[
    step("publish").effect("survey.publish", "discharge"),
    step("distribute").after("publish").effect("survey.open", "discharge"),
    step("answers").after("distribute").collect("discharge").closes(c.close),
    step("agenda").after("answers").compute("agenda", "committee-1"),
    step("papers").after("agenda").compute("papers", "committee-1"),
]}
"#;

/// When the survey closes: while a server runs, or before. Then its papers are drafted as soon as a server starts.
#[derive(Clone, Copy)]
pub enum Closes {
    Never,
    LongAgo,
}

/// Number of the office as its management number.
pub fn office(number: usize) -> String {
    format!("L{number:06}")
}

/// Writes the pack into `folder`.
///
/// # Errors
/// A file cannot be written.
pub fn write(folder: &Path, offices: usize, pages: usize, closes: Closes) -> Result<()> {
    let opens = NaiveDate::from_ymd_opt(2026, 12, 1).context("a day")?;
    for (path, text) in engine::pack::skeleton(SLUG, "架空市", opens) {
        let text = match path.as_str() {
            "forms/discharge.json" => questionnaire(&text, pages)?,
            "rosters/offices.csv" => roster(offices),
            "cycles/annual.rhai" => PLAN.to_owned(),
            // Either way whatever the day.
            "cycles/annual.json" => {
                let (close, meeting) = match closes {
                    Closes::Never => ("2098-12-25", "2099-06-02"),
                    Closes::LongAgo => ("2021-01-05", "2021-06-02"),
                };
                text.replace("2026-11-02", "2020-12-01")
                    .replace("2026-12-01", "2021-01-04")
                    .replace("2026-12-25", close)
                    .replace("2027-06-02", meeting)
            }
            _ => text,
        };
        let path = folder.join(path);
        fs::create_dir_all(path.parent().context("a path inside the pack")?)?;
        fs::write(path, text)?;
    }
    Ok(())
}

fn roster(offices: usize) -> String {
    let rows = (0..offices).map(|number| {
        format!(
            "{},架空事業所{number}（架空）,居宅介護支援事業所\n",
            office(number)
        )
    });
    std::iter::once("管理番号,事業所名,種別\n".to_owned())
        .chain(rows)
        .collect()
}

fn questionnaire(skeleton: &str, pages: usize) -> Result<String> {
    let mut document: Value = serde_json::from_str(skeleton)?;
    let items = document["properties"].as_object_mut().context("items")?;
    // Every office is asked everything at once, so that each needs the same number of requests.
    items["why_not"]
        .as_object_mut()
        .context("an item")?
        .remove("x-relevant");
    items.extend(more_items());
    let ids: Vec<String> = items.keys().cloned().collect();
    let pages: Vec<Value> = ids
        .chunks(ids.len().div_ceil(pages))
        .enumerate()
        .map(|(number, ids)| json!({ "title": format!("その{}", number + 1), "items": ids }))
        .collect();
    document["x-pages"] = pages.into();
    Ok(document.to_string())
}

fn more_items() -> Map<String, Value> {
    let options = json!([{ "const": "1", "title": "よくある" }, { "const": "2", "title": "時々ある" },
        { "const": "3", "title": "あまりない" }, { "const": "4", "title": "ない" }]);
    let single = |title: String| json!({ "title": title, "oneOf": options });
    let count =
        |title: String| json!({ "title": title, "type": "integer", "minimum": 0, "x-unit": "件" });
    let within = |mut item: Value, rule: String| {
        item["x-constraint"] = json!({ "rule": rule, "message": "件数を確かめてください。" });
        item
    };
    let mut items = Map::new();
    for n in 0..17 {
        let mut item = single(format!("連携の様子 その{n}"));
        if n % 2 == 1 {
            item["x-relevant"] = json!(format!("s{} != \"4\"", n - 1));
        }
        items.insert(format!("s{n}"), item);
    }
    for n in 0..6 {
        let item = json!({ "title": format!("あてはまるもの その{n}"), "type": "array", "uniqueItems": true, "items": { "oneOf": options } });
        items.insert(format!("m{n}"), item);
    }
    for n in 0..2 {
        let row = |title: &str| single(title.to_owned());
        let rows =
            json!({ "a": row("日常"), "b": row("入退院"), "c": row("急変"), "d": row("看取り") });
        items.insert(format!("x{n}"), json!({ "title": format!("場面ごとに その{n}"), "type": "object", "x-matrix": true, "properties": rows }));
    }
    for n in 0..7 {
        let item = count(format!("件数 その{n}"));
        items.insert(
            format!("n{n}"),
            if n % 2 == 1 {
                within(item, format!("n{n} <= n{}", n - 1))
            } else {
                item
            },
        );
    }
    items.insert(
        "t0".into(),
        json!({ "title": "ご意見", "type": "string", "x-long": true }),
    );
    items.insert("t1".into(), json!({ "title": "ご要望", "type": "string" }));
    items.insert(
        "d0".into(),
        json!({ "title": "記入した日", "type": "string", "format": "date" }),
    );
    let cells = json!({ "name": single("病院".into()), "a": count("退院数".into()), "b": within(count("調整数".into()), "b <= a".into()) });
    items.insert("r0".into(), json!({ "title": "病院ごとの件数", "type": "array", "x-repeat": "病院", "items": { "type": "object", "properties": cells } }));
    items
}
