//! What is different about one item in two versions.

use super::difference::{Series, What};
use crate::design::{NewKind, Relevance};
use crate::expression::Rule;
use crate::item::{Item, Kind};
use crate::questionnaire::Questionnaire;

pub(super) fn changes(
    old_form: &Questionnaire,
    new_form: &Questionnaire,
    inside: Option<&str>,
    old: &Item,
    new: &Item,
    moved: bool,
) -> Vec<(What, Series)> {
    let broken = new.series_break.is_some() && new.series_break != old.series_break;
    // Whoever has marked the break knows that the numbers are not the same.
    let differs = match (broken, new.concept.is_some()) {
        (true, _) => Series::Broken,
        (false, true) => Series::Mixed,
        (false, false) => Series::GoesOn,
    };
    let mut found = Vec::new();
    if old.title != new.title {
        let (from, to) = (old.title.clone(), new.title.clone());
        let series = if broken {
            Series::Broken
        } else {
            Series::GoesOn
        };
        found.push((What::Retitled { from, to }, series));
    }
    if old.help != new.help {
        found.push((What::Help, Series::GoesOn));
    }
    let (from, to) = (label(old), label(new));
    // A longer field for the same text is the same question.
    let same_text = |item: &Item| matches!(item.kind, Kind::Text { .. });
    if from != to && !(same_text(old) && same_text(new)) {
        found.push((What::Kind { from, to }, differs));
    }
    options(old, new, differs, &mut found);
    rows(old, new, differs, &mut found);
    if old.required != new.required {
        found.push((What::Required { now: new.required }, Series::GoesOn));
    }
    let unit = |item: &Item| item.unit().unwrap_or_default().to_owned();
    if unit(old) != unit(new) {
        let (from, to) = (unit(old), unit(new));
        found.push((What::Unit { from, to }, differs));
    }
    if from == to && limits(old) != limits(new) {
        let (from, to) = (limits(old), limits(new));
        found.push((What::Limits { from, to }, Series::GoesOn));
    }
    rules(old_form, new_form, inside, old, new, differs, &mut found);
    if moved {
        found.push((What::Moved, Series::GoesOn));
    }
    if old.concept != new.concept {
        let text = |concept: &Option<String>| concept.clone().unwrap_or_default();
        let (from, to) = (text(&old.concept), text(&new.concept));
        let series = match (&old.concept, &new.concept) {
            (None, _) => Series::Begins,
            (_, None) => Series::Ends,
            _ => Series::Broken,
        };
        found.push((What::Concept { from, to }, series));
    }
    if broken {
        let reason = new.series_break.clone().unwrap_or_default();
        found.push((What::Break { reason }, Series::Broken));
    }
    found
}

fn options(old: &Item, new: &Item, differs: Series, found: &mut Vec<(What, Series)>) {
    let before = found.len();
    for option in new.options() {
        match old.option(&option.code) {
            None => {
                let option = option.title.clone();
                found.push((What::OptionAdded { option }, Series::GoesOn));
            }
            Some(known) if known.title != option.title => {
                let (from, to) = (known.title.clone(), option.title.clone());
                found.push((What::OptionRenamed { from, to }, Series::GoesOn));
            }
            Some(_) => {}
        }
    }
    for option in old.options() {
        // Where the kind has no options any more, that is said.
        if new.option(&option.code).is_none() && !new.options().is_empty() {
            let (code, option) = (option.code.clone(), option.title.clone());
            found.push((What::OptionRemoved { code, option }, differs));
        }
    }
    let codes = |item: &Item| -> Vec<String> {
        let options = item.options().iter();
        options.map(|option| option.code.clone()).collect()
    };
    if found.len() == before && codes(old) != codes(new) && !new.options().is_empty() {
        found.push((What::OptionsReordered, Series::GoesOn));
    }
}

fn rows(old: &Item, new: &Item, differs: Series, found: &mut Vec<(What, Series)>) {
    let (Kind::Matrix { rows: before, .. }, Kind::Matrix { rows: after, .. }) =
        (&old.kind, &new.kind)
    else {
        return;
    };
    for row in after {
        match before.iter().find(|known| known.id == row.id) {
            None => {
                let row = row.title.clone();
                found.push((What::RowAdded { row }, Series::GoesOn));
            }
            Some(known) if known.title != row.title => {
                let (from, to) = (known.title.clone(), row.title.clone());
                found.push((What::RowRenamed { from, to }, Series::GoesOn));
            }
            Some(_) => {}
        }
    }
    for row in before {
        if !after.iter().any(|known| known.id == row.id) {
            let row = row.title.clone();
            found.push((What::RowRemoved { row }, differs));
        }
    }
}

fn rules(
    old_form: &Questionnaire,
    new_form: &Questionnaire,
    inside: Option<&str>,
    old: &Item,
    new: &Item,
    differs: Series,
    found: &mut Vec<(What, Series)>,
) {
    let text = |rule: &Option<Rule>| rule.as_ref().map(Rule::text).unwrap_or_default().to_owned();
    let (from, to) = (text(&old.relevant), text(&new.relevant));
    if from != to {
        let (from, to) = (
            in_words(old_form, inside, &from),
            in_words(new_form, inside, &to),
        );
        // Others are asked than before.
        found.push((What::Relevance { from, to }, differs));
    }
    let (from, to) = (text(&old.calculate), text(&new.calculate));
    if from != to {
        found.push((What::Calculation { from, to }, differs));
    }
    let checks = |item: &Item| -> Vec<String> {
        let checks = item.constraints.iter();
        checks.map(|check| check.rule.text().to_owned()).collect()
    };
    let (from, to) = (checks(old), checks(new));
    if from != to {
        found.push((What::Checks { from, to }, Series::GoesOn));
    }
}

fn in_words(form: &Questionnaire, inside: Option<&str>, rule: &str) -> String {
    match Relevance::read(rule) {
        Some(relevance) => relevance.in_words(form, inside),
        None => rule.to_owned(),
    }
}

fn label(item: &Item) -> &'static str {
    match &item.kind {
        Kind::Single { .. } => NewKind::Single,
        Kind::Multiple { .. } => NewKind::Multiple,
        Kind::Matrix { .. } => NewKind::Matrix,
        Kind::Integer { .. } => NewKind::Integer,
        Kind::Decimal { .. } => NewKind::Decimal,
        Kind::Date => NewKind::Date,
        Kind::Text { long: false, .. } => NewKind::Text,
        Kind::Text { long: true, .. } => NewKind::LongText,
        Kind::File { .. } => NewKind::File,
        Kind::Repeat { .. } => NewKind::Repeat,
    }
    .label()
}

/// 「0以上 50以下」.
fn limits(item: &Item) -> String {
    let mut said = Vec::new();
    let mut say = |limit: Option<String>, how: &str| said.extend(limit.map(|limit| limit + how));
    match &item.kind {
        Kind::Integer {
            min,
            max,
            plausible,
            ..
        } => {
            say(min.map(|min| min.to_string()), "以上");
            say(max.map(|max| max.to_string()), "以下");
            say(
                plausible.map(|(low, high)| format!("ふだん{low}～{high}")),
                "",
            );
        }
        Kind::Decimal {
            min,
            max,
            step,
            plausible,
            ..
        } => {
            say(min.map(|min| min.to_string()), "以上");
            say(max.map(|max| max.to_string()), "以下");
            say(step.map(|step| step.to_string()), "きざみ");
            say(
                plausible.map(|(low, high)| format!("ふだん{low}～{high}")),
                "",
            );
        }
        Kind::Multiple { min, max, .. } => {
            say(min.map(|min| min.to_string()), "個以上");
            say(max.map(|max| max.to_string()), "個以下");
        }
        Kind::Repeat { min, max, .. } => {
            say(Some(min.to_string()).filter(|min| min != "0"), "行以上");
            say(Some(max.to_string()), "行以下");
        }
        Kind::Text { max, .. } => say(Some(max.to_string()), "字以下"),
        Kind::File { kinds, megabytes } => {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.label()).collect();
            say(Some(kinds.join("・")), "");
            say(Some(megabytes.to_string()), "MB以下");
        }
        _ => {}
    }
    match said.is_empty() {
        true => "制限なし".to_owned(),
        false => said.join(" "),
    }
}
