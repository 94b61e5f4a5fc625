//! Results for those who answered: once a meeting has them, or the secretariat shows them.

use super::{Act, Change, Event, Refusal, Year};
use crate::meeting::{HandedBack, handed_back};

impl Year {
    /// Whether the results of a survey are shown to those who were asked.
    pub fn is_handed_back(&self, survey: &str) -> bool {
        self.state(|state| {
            let Some(held) = state.surveys.get(survey) else {
                return false;
            };
            let reported = || {
                let mut sent = state
                    .meetings
                    .values()
                    .filter(|m| m.dispatched_at.is_some());
                sent.any(|convened| convened.reports.iter().any(|turn| turn == survey))
            };
            let over = held.closed_at.is_some();
            held.terms.handed_back && over && (held.released_at.is_some() || reported())
        })
    }

    /// The results of a survey as they are handed back.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn handed_back(&self, survey: &str) -> Result<HandedBack, Refusal> {
        let counted = self.counted().await?;
        let answers = counted.by_survey().remove(survey).unwrap_or_default();
        Ok(handed_back(&counted.pack, survey, &answers))
    }

    /// Shows the results to those who were asked, from now on.
    ///
    /// # Errors
    /// The survey does not promise it, or has not closed.
    pub async fn release_results(&self, act: &Act, survey: &str) -> Result<(), Refusal> {
        let refused = |why: &str| Err(Refusal::Cycle(why.to_owned()));
        if !self.terms(survey).handed_back {
            return refused(
                "この調査は、結果を回答者に返すことになっていません。surveys.json の handed_back を true にして受付を始めた調査だけが返せます。",
            );
        }
        match self.check_open(survey) {
            Err(Refusal::Closed) => {}
            Ok(()) => return refused("受付が終わってから、結果を返してください。"),
            Err(other) => return Err(other),
        }
        let released = self.state(|state| {
            let held = state.surveys.get(survey);
            held.is_some_and(|held| held.released_at.is_some())
        });
        if released {
            return Ok(());
        }
        let change = Change {
            events: vec![Event::ResultsReleased {
                survey: survey.to_owned(),
            }],
            ..Change::default()
        };
        self.commit(act, change).await
    }
}
