//! A roster and the preview of an import, as pages show them.

use engine::Pack;
use engine::municipality::{Column, RosterFormat};
use engine::roster::import::{Preview, Reviewed, Standing};
use engine::roster::{Respondent, Roster, rates};
use minijinja::context;
use minijinja::value::Value;

/// Rows of one kind on the page of a preview.
const MOST: usize = 200;

/// Whether a municipality has more than one roster: only then a page has to say which.
pub fn several(pack: &Pack) -> bool {
    pack.municipality.rosters.len() > 1
}

/// A row of a roster, its cells in the order of the format.
pub fn row(format: &RosterFormat, respondent: &Respondent) -> Value {
    let cells: Vec<Value> = format
        .columns
        .iter()
        .filter(|column| column.id != format.key && column.id != format.name_column)
        .map(|column| context! { title => column.title.as_str(), text => text(column, respondent) })
        .collect();
    context! { id => respondent.id.as_str(), name => respondent.name.as_str(), cells }
}

fn text<'a>(column: &'a Column, respondent: &'a Respondent) -> &'a str {
    match respondent
        .columns
        .get(&column.id)
        .map_or("", String::as_str)
    {
        "" => "",
        value => rates::label(column, value),
    }
}

/// The fields of a form for a row; `typed` comes before what the roster has.
pub fn fields(
    format: &RosterFormat,
    respondent: Option<&Respondent>,
    typed: Option<&[(String, String)]>,
) -> Vec<Value> {
    let columns = format.columns.iter();
    columns
        .map(|column| {
            let name = format!("c.{}", column.id);
            let sent = typed.and_then(|typed| typed.iter().find(|(field, _)| *field == name));
            let kept = respondent.and_then(|respondent| respondent.columns.get(&column.id));
            let value = sent.map(|(_, value)| value).or(kept).map_or("", String::as_str);
            let options: Vec<Value> = column
                .values
                .iter()
                .map(|(code, meaning)| context! { code, meaning, chosen => code == value })
                .collect();
            context! {
                name,
                title => column.title.as_str(),
                value,
                options,
                key => column.id == format.key,
                needed => column.id == format.key || column.id == format.name_column || !column.values.is_empty(),
                mail => format.mail.as_ref() == Some(&column.id),
            }
        })
        .collect()
}

/// A preview by kinds of rows: wrong ones first, those that stay the same only counted.
pub fn preview(preview: &Preview, format: &RosterFormat) -> Value {
    let [new, changed, same, wrong] = preview.counts();
    let of = |wanted: fn(&Standing) -> bool| -> Vec<Value> {
        let rows = preview.rows.iter().filter(|row| wanted(&row.standing));
        rows.take(MOST).map(|row| reviewed(row, format)).collect()
    };
    context! {
        counts => context! { new, changed, same, wrong, gone => preview.gone.len() },
        wrong => of(|standing| matches!(standing, Standing::Wrong(_))),
        changed => of(|standing| matches!(standing, Standing::Changed(..))),
        new => of(|standing| matches!(standing, Standing::New(_))),
        gone => preview.gone.iter().take(MOST).map(|gone| row(format, gone)).collect::<Vec<_>>(),
        most => MOST,
        above => preview.above,
        missing => preview.missing.clone(),
        unused => preview.unused.clone(),
        lost_zeros => preview.lost_zeros,
    }
}

fn reviewed(row: &Reviewed, format: &RosterFormat) -> Value {
    let (mut changes, mut wrongs, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    match &row.standing {
        Standing::Changed(_, changed) => {
            changes = changed
                .iter()
                .map(|change| {
                    context! { title => change.title.as_str(), from => change.from.as_str(), to => change.to.as_str() }
                })
                .collect();
        }
        Standing::Wrong(wrong) => {
            wrongs = wrong
                .iter()
                .map(|wrong| {
                    context! { code => wrong.code, what => wrong.what.as_str(), todo => wrong.todo.as_str() }
                })
                .collect();
        }
        Standing::New(respondent) => {
            cells = format
                .columns
                .iter()
                .filter(|column| column.id != format.key && column.id != format.name_column)
                .map(|column| text(column, respondent).to_owned())
                .filter(|text| !text.is_empty())
                .collect();
        }
        Standing::Same => {}
    }
    context! {
        line => row.line,
        id => row.id.as_str(),
        name => row.name.as_str(),
        changes,
        wrongs,
        cells,
        notes => row.notes.clone(),
    }
}

/// How many of a roster there are; 0 without one.
pub fn count(roster: Option<&Roster>) -> usize {
    roster.map_or(0, |roster| roster.respondents.len())
}
