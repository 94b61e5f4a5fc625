//! What is different between two versions, item by item, with what it does to the answers already in and to the series.

use forms::{Carried, Difference, Series, What};
use serde::Serialize;

/// The changes of one item; of the questionnaire as a whole where there is no item.
#[derive(Debug, Serialize)]
pub struct Changed {
    pub item: Option<String>,
    pub title: String,
    pub lines: Vec<Line>,
    /// What becomes of the answers that are in.
    pub answers: Vec<String>,
    /// The strongest thing that happens to the series.
    pub series: &'static str,
    /// Different things would be compared, and nothing says so.
    pub mixed: bool,
    /// The item is still there and can be opened.
    pub present: bool,
}

#[derive(Debug, Serialize)]
pub struct Line {
    #[serde(flatten)]
    pub what: What,
    pub words: String,
    pub series: Series,
}

pub fn changed(changes: Vec<Difference>, carried: Option<&Carried>) -> Vec<Changed> {
    let mut found: Vec<Changed> = Vec::new();
    for change in changes {
        let line = Line {
            words: change.what.in_words(),
            series: change.series,
            what: change.what,
        };
        match found.iter_mut().find(|known| known.item == change.item) {
            Some(known) => known.lines.push(line),
            None => found.push(Changed {
                title: change.title,
                lines: vec![line],
                answers: Vec::new(),
                series: "",
                mixed: false,
                present: true,
                item: change.item,
            }),
        }
    }
    for one in &mut found {
        let strongest = one
            .lines
            .iter()
            .map(|line| line.series)
            .max_by_key(|series| weight(*series));
        let broken = one.lines.iter().any(|line| line.series == Series::Broken);
        let series = match strongest {
            // Where the break is marked, nothing is mixed.
            Some(Series::Mixed) if broken => Series::Broken,
            Some(series) => series,
            None => Series::Untouched,
        };
        one.series = series.label();
        one.mixed = series == Series::Mixed;
        let gone = |line: &Line| matches!(line.what, What::Removed);
        one.present = one.item.is_some() && !one.lines.iter().any(gone);
        one.answers = match (&one.item, carried) {
            (Some(item), Some(carried)) => answers(item, one, carried),
            _ => Vec::new(),
        };
    }
    found
}

fn weight(series: Series) -> u8 {
    match series {
        Series::Untouched => 0,
        Series::GoesOn => 1,
        Series::Begins => 2,
        Series::Ends => 3,
        Series::Broken => 4,
        Series::Mixed => 5,
    }
}

fn answers(item: &str, changed: &Changed, carried: &Carried) -> Vec<String> {
    let of =
        |counts: &std::collections::BTreeMap<String, u64>| counts.get(item).copied().unwrap_or(0);
    let (held, wrong, missing) = (of(&carried.held), of(&carried.wrong), of(&carried.missing));
    let mut said = Vec::new();
    if changed
        .lines
        .iter()
        .any(|line| matches!(line.what, What::Removed))
    {
        said.push(format!(
            "この設問に答えた{held}件は、旧版の回答として残ります。"
        ));
        return said;
    }
    if changed
        .lines
        .iter()
        .any(|line| matches!(line.what, What::Added))
    {
        said.push(format!(
            "すでに出された{}件は、この設問を尋ねられていません（「版になし」と数えます）。",
            carried.responses
        ));
        return said;
    }
    if wrong > 0 {
        said.push(format!("{wrong}件の答えは、新しい版では受け付けられない値です。旧版の回答としてそのまま数えます。"));
    }
    if missing > 0 {
        said.push(format!(
            "{missing}件は、必須になったこの設問に答えていません。"
        ));
    }
    said
}
