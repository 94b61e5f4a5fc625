//! Who has answered, by attribute: 種別, 地区, and whatever else a roster groups its offices by.

use std::collections::BTreeMap;

use super::{Respondent, Roster};
use crate::municipality::{Column, RosterFormat};

/// Different texts in a column that still group a roster.
const MOST_GROUPS: usize = 20;

/// One attribute with its groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakdown {
    pub column: String,
    pub title: String,
    /// Codes in the order of the format, texts in their own; none is empty.
    pub groups: Vec<Group>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// As it stands in the roster; empty where nothing is written.
    pub value: String,
    /// As a person reads it.
    pub label: String,
    pub asked: u64,
    pub answered: u64,
}

/// Every attribute of a roster with how many of each group have answered.
pub fn breakdowns(
    format: &RosterFormat,
    roster: &Roster,
    answered: impl Fn(&str) -> bool,
) -> Vec<Breakdown> {
    let columns = format.columns.iter();
    columns
        .filter_map(|column| breakdown(format, column, roster, &answered))
        .collect()
}

fn breakdown(
    format: &RosterFormat,
    column: &Column,
    roster: &Roster,
    answered: impl Fn(&str) -> bool,
) -> Option<Breakdown> {
    let own = [
        Some(&format.key),
        Some(&format.name_column),
        format.mail.as_ref(),
    ];
    if own.contains(&Some(&column.id)) || format.postal.contains(&column.id) {
        return None;
    }
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for respondent in &roster.respondents {
        let (asked, done) = counts.entry(value(respondent, column)).or_default();
        *asked += 1;
        *done += u64::from(answered(&respondent.id));
    }
    // A telephone number groups nobody: texts count where at least two offices share them on average.
    let groups = counts.len();
    let grouping = groups <= MOST_GROUPS && groups * 2 <= roster.respondents.len();
    if groups < 2 || (column.values.is_empty() && !grouping) {
        return None;
    }
    let group = |(value, (asked, answered)): (&str, (u64, u64))| Group {
        value: value.to_owned(),
        label: label(column, value).to_owned(),
        asked,
        answered,
    };
    Some(Breakdown {
        column: column.id.clone(),
        title: column.title.clone(),
        groups: counts.into_iter().map(group).collect(),
    })
}

fn value<'a>(respondent: &'a Respondent, column: &Column) -> &'a str {
    let value = respondent.columns.get(&column.id);
    value.map_or("", String::as_str)
}

/// The meaning of a code, or the text itself.
pub fn label<'a>(column: &'a Column, value: &'a str) -> &'a str {
    match column.values.get(value) {
        Some(meaning) => meaning,
        None if value.is_empty() => "（記入なし）",
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Label, answered, asked of each group.
    type Told<'a> = Vec<(&'a str, u64, u64)>;

    #[test]
    fn groups_are_counted_and_numbers_that_group_nobody_are_not() {
        let format: RosterFormat = serde_json::from_value(serde_json::json!({
            "id": "offices", "file": "rosters/offices.csv", "key": "id", "name_column": "name",
            "columns": [
                { "id": "id", "title": "管理番号" }, { "id": "name", "title": "事業所名" },
                { "id": "kind", "title": "種別", "values": { "a": "居宅", "b": "包括" } },
                { "id": "district", "title": "地区" }, { "id": "fax", "title": "ＦＡＸ" }
            ]
        }))
        .unwrap();
        let csv = "管理番号,事業所名,種別,地区,ＦＡＸ\n1,い,居宅,東,0-1\n2,ろ,居宅,東,0-2\n3,は,包括,西,0-3\n4,に,居宅,,0-4\n5,ほ,包括,西,0-5\n6,へ,包括,,0-6\n";
        let roster = Roster::read(&format, csv).unwrap();
        // By hand: 1, 3 and 4 have answered.
        let all = breakdowns(&format, &roster, |id| ["1", "3", "4"].contains(&id));
        let told: Vec<(&str, Told)> = all
            .iter()
            .map(|one| {
                let groups = one.groups.iter();
                let groups = groups.map(|g| (g.label.as_str(), g.answered, g.asked));
                (one.title.as_str(), groups.collect())
            })
            .collect();
        assert_eq!(
            told,
            [
                ("種別", vec![("居宅", 2, 3), ("包括", 1, 3)]),
                (
                    "地区",
                    vec![("（記入なし）", 1, 2), ("東", 1, 2), ("西", 1, 2)]
                ),
            ]
        );
    }
}
