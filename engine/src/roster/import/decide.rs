//! A preview that a person has confirmed becomes a roster.

use super::preview::{Preview, Standing};
use crate::roster::{Respondent, Roster};

/// What becomes of those whom the table does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gone {
    #[default]
    Keep,
    Drop,
}

/// The roster after the table was taken over: those it has now in their order, changed where the table
/// says so, then the new ones in the order of the table. Rows that are wrong change nothing.
pub fn take_over(preview: &Preview, present: Option<&Roster>, id: &str, gone: Gone) -> Roster {
    let changed = |id: &str| {
        let mut rows = preview.rows.iter();
        rows.find_map(|row| match &row.standing {
            Standing::Changed(respondent, _) if row.id == id => Some(respondent),
            _ => None,
        })
    };
    let dropped = |respondent: &&Respondent| {
        gone == Gone::Drop && preview.gone.iter().any(|gone| gone.id == respondent.id)
    };
    let respondents = present.iter().flat_map(|roster| &roster.respondents);
    let kept = respondents
        .filter(|respondent| !dropped(respondent))
        .map(|respondent| changed(&respondent.id).unwrap_or(respondent).clone());
    let new = preview.rows.iter().filter_map(|row| match &row.standing {
        Standing::New(respondent) => Some(respondent.clone()),
        _ => None,
    });
    Roster::new(id, kept.chain(new).collect())
}
