//! A question in the turns of a survey before this one. Items are the same by their concept, or by their id where
//! they have none; a series breaks where the form says so, or where the options are others.

use forms::tally::{ItemTally, tally_item};
use forms::{Item, Kind, Questionnaire};
use serde::Serialize;

use super::{Response, Shield};
use crate::figure::{Amount, PercentStyle};

/// A turn of a survey that was held.
pub struct Turn<'a> {
    /// 年度 in which it was held.
    pub year: i32,
    pub form: &'a Questionnaire,
    pub rows: Vec<Response<'a>>,
}

/// A turn as it stands at the head of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TurnShown {
    pub year: i32,
    pub n: Option<u64>,
    /// Why this turn does not compare with the one before it in the table.
    pub broken: Option<String>,
}

/// An option through the turns, the newest first, as the heads stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OptionYears {
    pub label: String,
    pub shares: Vec<Share>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    pub count: Option<u64>,
    /// `38.5%`; `-` for nobody, nothing where the turn had no such option or the count is hidden.
    pub share: Option<String>,
}

/// A single or multiple item outside repeats in every turn, the newest first. `None` unless an earlier turn asked it.
pub fn by_year(
    turns: &[Turn<'_>],
    item: &str,
    percent: PercentStyle,
    shield: Shield,
) -> Option<(Vec<TurnShown>, Vec<OptionYears>)> {
    let newest = turns.first()?;
    let asked = newest.form.item(item)?;
    if !matches!(asked.kind, Kind::Single { .. } | Kind::Multiple { .. }) {
        return None;
    }
    let counted: Vec<(&Turn<'_>, &Item, ItemTally)> = turns
        .iter()
        .filter_map(|turn| {
            let same = turn
                .form
                .items()
                .iter()
                .find(|other| is_same(asked, other))?;
            let rows = turn.rows.iter().map(Response::row);
            Some((turn, same, tally_item(turn.form, same.id.as_str(), rows)?))
        })
        .collect();
    if counted.len() < 2 {
        return None;
    }
    let shield = Shield {
        below: shield
            .below
            .or((shield.fewest > 1).then_some(shield.fewest)),
        ..shield
    };
    let partition = matches!(asked.kind, Kind::Single { .. });
    let hides: Vec<Vec<Vec<bool>>> = counted
        .iter()
        .map(|(_, item, tally)| {
            let counts = item
                .options()
                .iter()
                .map(|option| tally.count(&option.code).unwrap_or(0));
            let blanks = [
                tally.blanks.dont_know,
                tally.blanks.no_answer,
                tally.shown(),
            ];
            let rows: Vec<Vec<u64>> = counts.chain(blanks).map(|count| vec![count]).collect();
            shield.hides(&rows, &vec![0; rows.len()], partition)
        })
        .collect();
    let heads = counted.iter().enumerate().map(|(at, (turn, item, tally))| {
        let before = counted.get(at + 1).map(|(_, before, _)| *before);
        let hidden = hides[at].last().is_some_and(|row| row[0]);
        TurnShown {
            year: turn.year,
            n: Some(tally.shown()).filter(|_| !hidden),
            broken: before.and_then(|before| broken(before, item)),
        }
    });
    let options = asked.options().iter().filter(|option| !option.unknown);
    let rows = options.map(|option| OptionYears {
        label: option.title.clone(),
        shares: counted
            .iter()
            .zip(&hides)
            .map(|((_, item, tally), hides)| {
                let at = item
                    .options()
                    .iter()
                    .position(|other| other.code == option.code);
                let hidden = at.and_then(|at| hides.get(at)).is_none_or(|row| row[0]);
                let count = tally.count(&option.code).filter(|_| !hidden);
                let den = tally.shown();
                let share = count.map(|num| {
                    let percent = Amount::Ratio { num, den }
                        .percent(percent)
                        .filter(|_| num > 0);
                    percent.map_or("-".to_owned(), |percent| format!("{percent}%"))
                });
                Share { count, share }
            })
            .collect(),
    });
    Some((heads.collect(), rows.collect()))
}

fn is_same(item: &Item, other: &Item) -> bool {
    match (&item.concept, &other.concept) {
        (Some(one), Some(two)) => one == two,
        _ => item.id == other.id,
    }
}

/// Why the newer item does not go on with the series of the older.
fn broken(before: &Item, after: &Item) -> Option<String> {
    if let Some(why) = &after.series_break {
        return Some(why.clone());
    }
    let codes = |item: &Item| -> Vec<String> {
        let mut codes: Vec<String> = item
            .options()
            .iter()
            .map(|option| option.code.clone())
            .collect();
        codes.sort();
        codes
    };
    let same_kind = std::mem::discriminant(&before.kind) == std::mem::discriminant(&after.kind);
    match same_kind && codes(before) == codes(after) {
        true => None,
        false if same_kind => Some("選択肢が前の回と違うため".to_owned()),
        false => Some("回答の形式が前の回と違うため".to_owned()),
    }
}
