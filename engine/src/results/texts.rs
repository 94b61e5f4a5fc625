//! The free texts of a question with what is said about them.

use super::{Coding, Masker, Response};

/// One text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given<'a> {
    pub respondent: &'a str,
    pub text: &'a str,
    /// How it is printed and exported.
    pub printed: String,
    /// A person has confirmed how it is printed.
    pub confirmed: bool,
    /// Titles of its groups.
    pub groups: Vec<String>,
}

/// The texts of an item outside repeats, sorted by themselves: their order must not say whose they are.
pub fn given<'a>(
    rows: &[Response<'a>],
    item: &str,
    coding: &Coding,
    masker: &Masker,
) -> Vec<Given<'a>> {
    let texts = rows
        .iter()
        .filter_map(|row| Some((row.id, row.answers.text(item)?)));
    let mut all: Vec<Given<'a>> = texts
        .map(|(respondent, text)| Given {
            respondent,
            text,
            confirmed: coding.confirmed(respondent, text).is_some(),
            printed: printable(coding, masker, respondent, text),
            groups: coding
                .groups_of(respondent)
                .map(|group| group.title.clone())
                .collect(),
        })
        .collect();
    all.sort_by(|a, b| (a.text, a.respondent).cmp(&(b.text, b.respondent)));
    all
}

/// A text as it may be printed: as somebody has confirmed it, and until then with every suggestion followed.
pub fn printable(coding: &Coding, masker: &Masker, respondent: &str, text: &str) -> String {
    let confirmed = coding.confirmed(respondent, text).map(str::to_owned);
    let suggested = || masker.suggested(text).unwrap_or_else(|| text.to_owned());
    confirmed.unwrap_or_else(suggested)
}
