//! Those asked, as the secretariat sees them: who has answered, what reached them last, and what is chosen.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use engine::municipality::RosterFormat;
use engine::roster::{Narrow, Respondent, Roster, rates};
use engine::year::{Fate, Held, Source, Way, Year};
use minijinja::context;
use minijinja::value::Value;

use super::when;

/// Rows of one page.
pub const PAGE: usize = 100;

/// What reached each respondent, the first first: letters, their fates, calls.
pub struct Contacts {
    /// By respondent: places in `held.letters`.
    due: BTreeMap<String, Vec<usize>>,
}

/// A line of what reached somebody.
pub struct Contact {
    pub at: DateTime<Utc>,
    pub what: String,
    pub said: String,
    pub wrong: bool,
    /// The id of a letter that was given up and can be sent again.
    pub again: Option<String>,
}

impl Contacts {
    /// From the lists of [`Year::reminded`].
    pub fn new(lists: Vec<Vec<String>>) -> Contacts {
        let mut due: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, list) in lists.into_iter().enumerate() {
            for id in list {
                due.entry(id).or_default().push(place);
            }
        }
        Contacts { due }
    }

    /// Everything that reached a respondent. `has_mail`: whether there is an address for mail.
    pub fn of(&self, held: &Held, respondent: &str, has_mail: bool) -> Vec<Contact> {
        let mail = held.mail.get(respondent);
        let mut contacts: Vec<Contact> = Vec::new();
        for place in self.due.get(respondent).into_iter().flatten() {
            let Some(due) = held.letters.get(*place) else {
                continue;
            };
            // What became of a letter by mail says more than that it was due.
            let told = mail.is_some_and(|mail| {
                mail.values()
                    .any(|posted| posted.letter == due.letter && posted.at >= due.at)
            });
            // Who has answered, or can no longer answer, waits for no mail.
            let waits = held.is_open() && !held.responded.contains_key(respondent);
            if due.way == Way::Mail && (told || has_mail && !waits) {
                continue;
            }
            let said = match due.way {
                Way::Mail if has_mail => "まだ送っていません".to_owned(),
                Way::Mail => "宛先なし".to_owned(),
                way => format!("{} {}", way.label(), when::short(due.at)),
            };
            contacts.push(Contact {
                at: due.at,
                what: due.letter.label().to_owned(),
                said,
                wrong: false,
                again: None,
            });
        }
        for (id, posted) in mail.into_iter().flatten() {
            let (said, wrong) = super::post::said(posted);
            let given_up = matches!(posted.fate, Fate::Abandoned { .. });
            contacts.push(Contact {
                at: posted.at,
                what: posted.letter.label().to_owned(),
                said,
                wrong,
                again: given_up.then(|| id.clone()),
            });
        }
        for call in held.calls.get(respondent).into_iter().flatten() {
            contacts.push(Contact {
                at: call.at,
                what: "電話".to_owned(),
                said: format!(
                    "{} {}（{}）",
                    call.outcome.label(),
                    when::short(call.at),
                    call.by
                ),
                wrong: false,
                again: None,
            });
        }
        contacts.sort_by_key(|contact| contact.at);
        contacts
    }
}

/// The fields of a page by which those asked are narrowed down.
pub fn narrow(format: Option<&RosterFormat>, fields: &[(String, String)]) -> Narrow {
    let of = |name: &str| {
        let mut fields = fields.iter();
        let field = fields.find(|(field, value)| field == name && !value.is_empty());
        field.map(|(_, value)| value.clone())
    };
    let columns = format.iter().flat_map(|format| &format.columns);
    let columns = columns.filter_map(|column| {
        // A group without a value is chosen by a word, since an empty field means all.
        let value = of(&format!("c.{}", column.id))?;
        let value = if value == NOTHING {
            String::new()
        } else {
            value
        };
        Some((column.id.clone(), value))
    });
    Narrow {
        answered: match of("state").as_deref() {
            Some("answered") => Some(true),
            Some("unanswered") => Some(false),
            _ => None,
        },
        source: of("source"),
        columns: columns.collect(),
        words: of("q").unwrap_or_default(),
    }
}

/// In a field: the group in which nothing is written.
const NOTHING: &str = "-";

/// The fields that narrow as they stand in an address and in a form.
pub fn chosen(narrow: &Narrow) -> Vec<(String, String)> {
    let state = narrow.answered.map(|answered| match answered {
        true => "answered",
        false => "unanswered",
    });
    let own = [
        ("state", state.map(str::to_owned)),
        ("source", narrow.source.clone()),
        (
            "q",
            Some(narrow.words.clone()).filter(|words| !words.is_empty()),
        ),
    ];
    let own = own
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let columns = narrow.columns.iter().map(|(column, value)| {
        let value = if value.is_empty() { NOTHING } else { value };
        (format!("c.{column}"), value.to_owned())
    });
    own.chain(columns).collect()
}

/// What can be chosen, with what is.
pub fn choices(
    format: Option<&RosterFormat>,
    roster: &Roster,
    held: &Held,
    narrow: &Narrow,
) -> Value {
    let groups = |format: &RosterFormat| -> Vec<Value> {
        let all = rates::breakdowns(format, roster, |_| false);
        all.into_iter()
            .map(|one| {
                let wanted = narrow.columns.get(&one.column);
                let options: Vec<Value> = one
                    .groups
                    .iter()
                    .map(|group| {
                        let value = if group.value.is_empty() { NOTHING } else { &group.value };
                        context! { value, label => group.label.as_str(), chosen => wanted == Some(&group.value) }
                    })
                    .collect();
                context! { name => format!("c.{}", one.column), title => one.title, options }
            })
            .collect()
    };
    let sources = sources(held).into_iter().map(|(source, _)| {
        let word = word(source);
        let chosen = narrow.source.as_deref() == Some(&*word);
        context! { value => word, label => source.label(), chosen }
    });
    let sources: Vec<Value> = sources.collect();
    context! {
        state => narrow.answered.map(|answered| if answered { "answered" } else { "unanswered" }),
        words => narrow.words.as_str(),
        groups => format.map(groups).unwrap_or_default(),
        sources,
    }
}

/// How many responses came which way, only ways that came.
pub fn sources(held: &Held) -> Vec<(Source, usize)> {
    let mut counts: Vec<(Source, usize)> = Vec::new();
    for responded in held.responded.values() {
        match counts
            .iter_mut()
            .find(|(source, _)| *source == responded.source)
        {
            Some((_, count)) => *count += 1,
            None => counts.push((responded.source, 1)),
        }
    }
    counts.sort_by_key(|(source, count)| (std::cmp::Reverse(*count), word(*source)));
    counts
}

/// The word of a source in a field.
pub fn word(source: Source) -> String {
    let word = serde_json::to_value(source).ok();
    word.and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Those of a roster who are looked at, in its order.
pub fn kept<'a>(roster: &'a Roster, held: &Held, narrow: &Narrow) -> Vec<&'a Respondent> {
    let source = |id: &str| {
        held.responded
            .get(id)
            .map(|responded| word(responded.source))
    };
    let respondents = roster.respondents.iter();
    respondents
        .filter(|respondent| narrow.keeps(respondent, source(&respondent.id).as_deref()))
        .collect()
}

/// A row for each of them.
pub fn rows(
    year: &Year,
    turn: &str,
    held: &Held,
    asked: &[&Respondent],
    contacts: &Contacts,
) -> Vec<Value> {
    let rows = asked.iter().map(|respondent| {
        let id = respondent.id.as_str();
        let responded = held.responded.get(id);
        let has_mail = year.address(turn, respondent).is_some();
        let last = contacts.of(held, id, has_mail).pop();
        context! {
            id,
            name => respondent.name.as_str(),
            answered_at => responded.map(|responded| when::short(responded.at)),
            source => responded.map(|responded| responded.source.label()),
            last => last.map(|last| context! { what => last.what, said => last.said, wrong => last.wrong }),
            linked_at => held.linked.get(id).map(|at| when::short(*at)),
            mail => has_mail,
        }
    });
    rows.collect()
}
