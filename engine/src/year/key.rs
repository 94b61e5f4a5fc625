//! Where things stand in the store, below the municipality.

use store::{Key, KeyError};

use super::{Refusal, Year};

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

    pub(super) fn entry_key(&self, ledger: &str, id: &str, round: u32) -> Result<Key, Refusal> {
        self.key(["entry", ledger, id, &round.to_string()])
    }

    /// Is there once a month of a ledger is closed.
    pub(super) fn month_key(&self, ledger: &str, month: &str) -> Result<Key, Refusal> {
        self.key(["month", ledger, month])
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
