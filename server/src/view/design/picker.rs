//! The picker of conditions and comparisons: what can be chosen from, and what was chosen.
//!
//! One list names both the item and the option (`q1=a2`), so that the picker works without a script; a relation and a
//! value stand beside it.

use forms::design::{Clause, Joined, NewKind, Relation, Relevance};
use serde::Serialize;
use serde_json::{Map, Value};

use super::item::schema;

/// An item whose answer can be asked for, or a row of a matrix.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    pub item: String,
    pub title: String,
    /// It is a number or a day: it is compared with a value.
    pub measured: bool,
    /// It holds several codes.
    pub several: bool,
    /// Code and title of its options.
    pub options: Vec<(String, String)>,
}

/// A clause as the picker shows it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Picked {
    /// `q1=a2`, or `q5` where no option is chosen.
    pub what: String,
    pub is: String,
    pub value: String,
}

/// The relations as a person chooses them.
pub const RELATIONS: [(&str, &str); 10] = [
    ("is", "を選んだ"),
    ("is_not", "を選ばなかった"),
    ("at_least", "以上"),
    ("at_most", "以下"),
    ("more_than", "より大きい（より後）"),
    ("less_than", "より小さい（より前）"),
    ("equals", "と同じ"),
    ("differs", "と違う"),
    ("answered", "答えがある"),
    ("blank", "答えがない"),
];

/// What the item at a path can ask for: the other items of its level, then those around its repeat.
pub fn groups(document: &Value, path: &str) -> Vec<Group> {
    let (inside, _) = path.split_once('.').unwrap_or(("", path));
    let mut groups = Vec::new();
    if !inside.is_empty() {
        let rows = &document["properties"][inside]["items"]["properties"];
        add(document, rows, &format!("{inside}."), path, &mut groups);
    }
    let own = if inside.is_empty() { path } else { inside };
    add(document, &document["properties"], "", own, &mut groups);
    groups
}

/// The numbers and days with which an item can be compared.
pub fn comparable(document: &Value, path: &str) -> Vec<Group> {
    let day = |path: &str| NewKind::of(schema(document, path)) == NewKind::Date;
    let (inside, _) = path.split_once('.').unwrap_or(("", path));
    let mut groups = groups(document, path);
    groups.retain(|group| {
        let inner = format!("{inside}.{}", group.item);
        let full = match schema(document, &inner).is_object() {
            true => inner,
            false => group.item.clone(),
        };
        group.measured && day(&full) == day(path)
    });
    groups
}

/// Whether a clause can be shown in the picker.
pub fn has(groups: &[Group], clause: &Clause) -> bool {
    let group = groups.iter().find(|group| group.item == clause.item);
    group.is_some_and(|group| match clause.is {
        Relation::Is | Relation::IsNot | Relation::Has | Relation::HasNot => {
            group.options.iter().any(|(code, _)| *code == clause.value)
        }
        Relation::Answered | Relation::Blank => true,
        _ => group.measured,
    })
}

/// The clauses as chosen, and an empty one behind them.
pub fn picked(clauses: &[Clause]) -> Vec<Picked> {
    let one = |clause: &Clause| {
        let code = || format!("{}={}", clause.item, clause.value);
        let item = clause.item.clone();
        let (what, is, value) = match clause.is {
            Relation::Is | Relation::Has => (code(), "is", ""),
            Relation::IsNot | Relation::HasNot => (code(), "is_not", ""),
            Relation::Answered => (item, "answered", ""),
            Relation::Blank => (item, "blank", ""),
            Relation::AtLeast => (item, "at_least", clause.value.as_str()),
            Relation::AtMost => (item, "at_most", clause.value.as_str()),
            Relation::MoreThan => (item, "more_than", clause.value.as_str()),
            Relation::LessThan => (item, "less_than", clause.value.as_str()),
            Relation::Equals => (item, "equals", clause.value.as_str()),
            Relation::Differs => (item, "differs", clause.value.as_str()),
        };
        Picked {
            what,
            is: is.to_owned(),
            value: value.to_owned(),
        }
    };
    clauses.iter().map(one).chain([Picked::default()]).collect()
}

/// The condition that was picked; nothing chosen: always.
///
/// # Errors
/// What was chosen does not go together; a sentence says what.
pub fn relevance(
    groups: &[Group],
    any: bool,
    picked: &[Picked],
) -> Result<Option<Relevance>, String> {
    let mut clauses = Vec::new();
    for one in picked.iter().filter(|one| !one.what.is_empty()) {
        clauses.push(clause(groups, one)?);
    }
    let joined = if any { Joined::Any } else { Joined::All };
    Ok((!clauses.is_empty()).then_some(Relevance { joined, clauses }))
}

fn clause(groups: &[Group], picked: &Picked) -> Result<Clause, String> {
    let (item, code) = match picked.what.split_once('=') {
        Some((item, code)) => (item, Some(code)),
        None => (picked.what.as_str(), None),
    };
    let group = groups
        .iter()
        .find(|group| group.item == item)
        .ok_or_else(|| format!("条件に選んだ設問 {item} はありません。選び直してください。"))?;
    let title = &group.title;
    let (is, value) = match (picked.is.as_str(), code) {
        ("answered", _) => (Relation::Answered, String::new()),
        ("blank", _) => (Relation::Blank, String::new()),
        ("is" | "is_not", Some(code)) => {
            let is = match (picked.is.as_str(), group.several) {
                ("is", false) => Relation::Is,
                ("is", true) => Relation::Has,
                (_, false) => Relation::IsNot,
                (_, true) => Relation::HasNot,
            };
            (is, code.to_owned())
        }
        ("is" | "is_not", None) => {
            return Err(format!(
                "「{title}」は選択肢のない設問です。「以上」「と同じ」などで比べてください。"
            ));
        }
        (relation, None) if group.measured => (measured(relation)?, value(title, &picked.value)?),
        _ => {
            return Err(format!(
                "「{title}」は数や日付ではないので、大きさを比べられません。「を選んだ」か「答えがある」を選んでください。"
            ));
        }
    };
    Ok(Clause {
        item: item.to_owned(),
        is,
        value,
    })
}

/// The relation between two numbers or days that a name means.
///
/// # Errors
/// It is none.
pub fn measured(name: &str) -> Result<Relation, String> {
    Ok(match name {
        "at_least" => Relation::AtLeast,
        "at_most" => Relation::AtMost,
        "more_than" => Relation::MoreThan,
        "less_than" => Relation::LessThan,
        "equals" => Relation::Equals,
        "differs" => Relation::Differs,
        _ => return Err("比べ方を選んでください。".to_owned()),
    })
}

fn value(title: &str, typed: &str) -> Result<String, String> {
    if let Some(day) = forms::day(typed) {
        return Ok(day);
    }
    let folded = typed.trim().replace(',', "");
    let folded: String = folded.chars().map(half_width).collect();
    match folded.parse::<forms::Decimal>() {
        Ok(number) => Ok(number.to_string()),
        Err(_) => Err(format!(
            "「{title}」と比べる値「{}」は、数でも日付でもありません。",
            typed.trim()
        )),
    }
}

fn half_width(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '．' => '.',
        '－' | '−' => '-',
        c => c,
    }
}

fn add(document: &Value, items: &Value, prefix: &str, without: &str, groups: &mut Vec<Group>) {
    for (id, item) in items.as_object().into_iter().flat_map(Map::iter) {
        if format!("{prefix}{id}") == without {
            continue;
        }
        let kind = NewKind::of(item);
        let title = item["title"].as_str().unwrap_or_default().to_owned();
        let group = |item: String, title: String, options| Group {
            item,
            title,
            measured: matches!(kind, NewKind::Integer | NewKind::Decimal | NewKind::Date),
            several: kind == NewKind::Multiple,
            options,
        };
        match kind {
            NewKind::Repeat => {}
            NewKind::Matrix => {
                for (row, schema) in item["properties"]
                    .as_object()
                    .into_iter()
                    .flat_map(Map::iter)
                {
                    let row_title = schema["title"].as_str().unwrap_or_default();
                    let options = options(document, schema);
                    groups.push(group(
                        format!("{id}.{row}"),
                        format!("{title}：{row_title}"),
                        options,
                    ));
                }
            }
            NewKind::Multiple => {
                groups.push(group(id.clone(), title, options(document, &item["items"])))
            }
            _ => groups.push(group(id.clone(), title, options(document, item))),
        }
    }
}

fn options(document: &Value, holder: &Value) -> Vec<(String, String)> {
    let shared = holder["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix("#/$defs/"));
    let list = match shared {
        Some(name) => &document["$defs"][name]["oneOf"],
        None => &holder["oneOf"],
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = list.as_array().into_iter().flatten();
    list.map(|option| (text(&option["const"]), text(&option["title"])))
        .collect()
}
