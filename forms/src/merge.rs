//! Two devices on one draft: which answers were changed on this page, which elsewhere, which on both.
//!
//! A page carries a mark of each question as it was shown. When it is sent, the mark of what is sent and the mark of
//! what is stored by then are compared with it:
//!
//! | sent | stored | the answer was |
//! |---|---|---|
//! | as shown | as shown | left alone |
//! | as shown | other | changed elsewhere: it stays as it is stored |
//! | other | as shown | changed here: it is taken |
//! | other | the same other | changed to the same on both |
//! | other | another one | changed on both: taken, and the stored one is kept to choose from |

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// A mark of each question: of the values that its fields have, whatever their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(BTreeMap<String, String>);

/// What became of a question since the page was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    None,
    Here,
    Elsewhere,
    Both,
}

/// Hexadecimal digits of a mark. A respondent who found two answers with one mark would fool nobody else.
const DIGITS: usize = 10;

impl Marks {
    /// Of the fields of a form as it is sent. Empty fields and line ends do not count: browsers change them.
    pub fn of(fields: &[(String, String)]) -> Marks {
        let mut questions: BTreeMap<&str, Vec<(&str, String)>> = BTreeMap::new();
        for (name, value) in fields {
            let question = name.split('.').next().unwrap_or_default();
            if question.is_empty() || question.starts_with('_') {
                continue;
            }
            let said = questions.entry(question).or_default();
            let value: String = value
                .chars()
                .filter(|c| !matches!(c, '\r' | '\n'))
                .collect();
            if !value.is_empty() {
                said.push((name, value));
            }
        }
        let mark = |mut said: Vec<(&str, String)>| {
            said.sort();
            let mut hash = Sha256::new();
            for (name, value) in said {
                for text in [name, &value] {
                    hash.update(text.len().to_be_bytes());
                    hash.update(text);
                }
            }
            let hash = hash.finalize();
            let digits = hash.iter().map(|byte| format!("{byte:02x}"));
            digits.take(DIGITS / 2).collect()
        };
        let marks = questions.into_iter();
        Marks(
            marks
                .map(|(id, said)| (id.to_owned(), mark(said)))
                .collect(),
        )
    }

    /// The questions that have a mark.
    pub fn questions(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// What became of a question that was shown with these marks, now that `sent` comes in and `stored` is there.
    /// A question that was not shown then is taken as it comes.
    pub fn change(&self, question: &str, sent: &Marks, stored: &Marks) -> Change {
        let [was, sent, stored] = [self, sent, stored].map(|marks| marks.0.get(question));
        match (was, sent) {
            (_, None) => Change::None,
            (None, Some(_)) => Change::Here,
            // Other answers have taken the question away: there is nothing to choose from.
            (Some(_), Some(_)) if stored.is_none() => match was == sent {
                true => Change::None,
                false => Change::Here,
            },
            (Some(_), Some(_)) => match (was == sent, was == stored) {
                (true, true) => Change::None,
                (true, false) => Change::Elsewhere,
                (false, true) => Change::Here,
                (false, false) if sent == stored => Change::None,
                (false, false) => Change::Both,
            },
        }
    }
}

/// `rule_used:1f0c9a7e02 means:e3b0c44298`, as a hidden field of a page carries them.
impl std::fmt::Display for Marks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (nth, (question, mark)) in self.0.iter().enumerate() {
            let gap = if nth > 0 { " " } else { "" };
            write!(f, "{gap}{question}:{mark}")?;
        }
        Ok(())
    }
}

/// Never fails: what is no mark is a question without one.
impl From<&str> for Marks {
    fn from(text: &str) -> Marks {
        let marks = text.split(' ').filter_map(|one| one.split_once(':'));
        Marks(
            marks
                .map(|(id, mark)| (id.to_owned(), mark.to_owned()))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(fields: &[(&str, &str)]) -> Marks {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Marks::of(&fields.iter().map(owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_mark_survives_its_page() {
        let shown = marks(&[("a", "yes"), ("b", ""), ("h.0.n", "3"), ("_act", "next")]);
        assert_eq!(Marks::from(shown.to_string().as_str()), shown);
        assert_eq!(shown.questions().collect::<Vec<_>>(), ["a", "b", "h"]);
    }

    #[test]
    fn browsers_change_line_ends_and_order() {
        let same = marks(&[("t", "一\n二"), ("m", ""), ("m", "x"), ("m", "y")]);
        assert_eq!(same, marks(&[("m", "y"), ("m", "x"), ("t", "一\r\n二")]));
        assert_ne!(marks(&[("t", "ab")]), marks(&[("t", "a")]));
        assert_ne!(marks(&[("h.0.a", "1")]), marks(&[("h.1.a", "1")]));
    }

    #[test]
    fn what_became_of_a_question() {
        let was = marks(&[("a", "1")]);
        let change = |sent: &str, stored: &str| {
            was.change("a", &marks(&[("a", sent)]), &marks(&[("a", stored)]))
        };
        assert_eq!(change("1", "1"), Change::None);
        assert_eq!(change("1", "2"), Change::Elsewhere);
        assert_eq!(change("2", "1"), Change::Here);
        assert_eq!(change("2", "2"), Change::None);
        assert_eq!(change("2", "3"), Change::Both);
        // Taken back on one device, changed on the other.
        assert_eq!(change("", "3"), Change::Both);
        assert_eq!(
            was.change("new", &marks(&[("new", "1")]), &was),
            Change::Here
        );
        assert_eq!(was.change("a", &marks(&[("b", "1")]), &was), Change::None);
        // It is not asked any more.
        let gone = marks(&[("b", "1")]);
        assert_eq!(was.change("a", &was, &gone), Change::None);
        assert_eq!(was.change("a", &marks(&[("a", "2")]), &gone), Change::Here);
    }
}
