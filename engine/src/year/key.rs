//! Where things stand in the store, below the municipality.

use store::{Key, KeyError};

use super::{Refusal, Token, Year};
use crate::survey::is_unnamed;

impl Year {
    pub(super) fn key<'a>(
        &'a self,
        rest: impl IntoIterator<Item = &'a str>,
    ) -> Result<Key, Refusal> {
        let rest: Vec<&str> = rest.into_iter().collect();
        key(self.slug(), &rest)
    }

    pub(super) fn response_key(&self, survey: &str, respondent: &str) -> Result<Key, Refusal> {
        self.key(["response", survey, respondent])
    }

    /// Is there once the respondent has answered: the response itself, or what is kept apart from it.
    pub(super) fn answered_key(&self, survey: &str, respondent: &str) -> Result<Key, Refusal> {
        match self.terms(survey).anonymous && !is_unnamed(respondent) {
            true => self.key(["took", survey, respondent]),
            false => self.response_key(survey, respondent),
        }
    }

    /// A response before it was corrected for the `nth` time, from 0.
    pub(super) fn earlier_key(
        &self,
        survey: &str,
        respondent: &str,
        nth: u32,
    ) -> Result<Key, Refusal> {
        self.key(["earlier", survey, respondent, &nth.to_string()])
    }

    /// What one device displaced of another's.
    pub(super) fn displaced_key(
        &self,
        survey: &str,
        id: &str,
        item: &str,
        round: u64,
    ) -> Result<Key, Refusal> {
        self.key(["displaced", survey, id, item, &round.to_string()])
    }

    /// A file that came over a respondent's link.
    pub(super) fn attached_key(&self, survey: &str, id: &str, file: &str) -> Result<Key, Refusal> {
        self.key(["attached", survey, id, file])
    }

    /// Where a link leads that nobody of the staff made.
    pub(super) fn door_key(&self, token: &Token) -> Result<Key, Refusal> {
        self.key(["door", &token.hash()])
    }

    pub(super) fn draft_key(&self, survey: &str, respondent: &str) -> Result<Key, Refusal> {
        self.key(["draft", survey, respondent])
    }

    pub(super) fn questionnaire_key(&self, survey: &str, version: u32) -> Result<Key, Refusal> {
        self.key(["questionnaire", survey, &version.to_string()])
    }

    /// Holds something while a survey takes answers.
    pub(super) fn open_key(&self, survey: &str) -> Result<Key, Refusal> {
        self.key(["open", survey])
    }

    /// The file of the roster as it is asked, once somebody was added or withdrawn.
    pub(super) fn asked_key(&self, survey: &str) -> Result<Key, Refusal> {
        self.key(["asked", survey])
    }

    /// Is there while somebody is not asked any more: no response of theirs is acknowledged.
    pub(super) fn withdrawn_key(&self, survey: &str, respondent: &str) -> Result<Key, Refusal> {
        self.key(["withdrawn", survey, respondent])
    }

    /// What was said in a telephone call, from 1.
    pub(super) fn call_key(
        &self,
        survey: &str,
        respondent: &str,
        number: u32,
    ) -> Result<Key, Refusal> {
        self.key(["call", survey, respondent, &number.to_string()])
    }

    /// Is there once the letters of a page have been sent: pressing twice sends once.
    pub(super) fn letters_key(&self, once: &str) -> Result<Key, Refusal> {
        self.key(["letters", once])
    }

    pub(super) fn entry_key(&self, ledger: &str, id: &str, round: u32) -> Result<Key, Refusal> {
        self.key(["entry", ledger, id, &round.to_string()])
    }

    /// Is there once a month of a ledger is closed.
    pub(super) fn month_key(&self, ledger: &str, month: &str) -> Result<Key, Refusal> {
        self.key(["month", ledger, month])
    }

    /// One of two entries of a return; `which` is 1 or 2.
    pub(super) fn keyed_key(
        &self,
        survey: &str,
        respondent: &str,
        which: &str,
    ) -> Result<Key, Refusal> {
        self.key(["keyed", survey, respondent, which])
    }

    /// What one person is keying in and has not handed in.
    pub(super) fn keying_key(
        &self,
        survey: &str,
        respondent: &str,
        person: &str,
    ) -> Result<Key, Refusal> {
        let person = super::perform::sha256(person.as_bytes());
        self.key(["keying", survey, respondent, &person[..16]])
    }

    /// A return that does not count.
    pub(super) fn aside_key(
        &self,
        survey: &str,
        respondent: &str,
        digest: &str,
    ) -> Result<Key, Refusal> {
        self.key(["aside", survey, respondent, digest])
    }

    /// Names the present file of a part of a meeting (`agenda`, `papers`, `correction`, `day`, `minutes`): what an
    /// edit is guarded by, so that of two at once the later one is told.
    pub(super) fn meeting_key(&self, meeting: &str, part: &str) -> Result<Key, Refusal> {
        self.key(["meeting", meeting, part])
    }

    /// Counts the changes made to the pack in the pages: of two at once, the later one sees the earlier.
    pub(super) fn revision_key(&self) -> Result<Key, Refusal> {
        self.key(["revision"])
    }

    pub(super) fn plan_key(&self, hash: &str) -> Result<Key, Refusal> {
        self.key(["plan", hash])
    }

    pub(super) fn script_key(&self, hash: &str) -> Result<Key, Refusal> {
        self.key(["script", hash])
    }

    /// Changes with every record of the cycle: what a command is guarded by.
    pub(super) fn cycle_key(&self, cycle: &str) -> Result<Key, Refusal> {
        self.key(["cycle", cycle])
    }
}

pub(super) fn key(municipality: &str, rest: &[&str]) -> Result<Key, Refusal> {
    let segments = std::iter::once(municipality).chain(rest.iter().copied());
    Key::new(segments).map_err(|error: KeyError| Refusal::Unreadable(error.to_string()))
}
