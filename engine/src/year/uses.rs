//! In which papers a number is printed.

use super::{Refusal, Year};
use crate::figure::FigureKey;
use crate::meeting::Paper;

/// A paper that prints figures of an indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintedIn {
    pub meeting: String,
    pub paper: Paper,
    /// It has been sent out: its numbers no longer change.
    pub dispatched: bool,
    /// Which of them.
    pub figures: Vec<FigureKey>,
}

impl Year {
    /// The papers of all meetings that print figures of an indicator, in the order of the agenda.
    ///
    /// # Errors
    /// A stored paper cannot be read.
    pub async fn printed_in(&self, indicator: &str) -> Result<Vec<PrintedIn>, Refusal> {
        let mut all = Vec::new();
        for meeting in &self.pack.agenda.meetings {
            let handout = self.handout(&meeting.id).await?;
            let frozen = handout.figures.iter();
            if !frozen
                .clone()
                .any(|frozen| frozen.figure.key.indicator == indicator)
            {
                continue;
            }
            let dispatched = self.state(|state| {
                let convened = state.meetings.get(&meeting.id);
                convened.is_some_and(|convened| convened.dispatched_at.is_some())
            });
            for file in handout.papers {
                let written = self.written(&meeting.id, &file.paper.id).await?;
                let figures = written.figures().into_iter();
                let figures: Vec<FigureKey> =
                    figures.filter(|key| key.indicator == indicator).collect();
                if !figures.is_empty() {
                    all.push(PrintedIn {
                        meeting: meeting.id.clone(),
                        paper: file.paper,
                        dispatched,
                        figures,
                    });
                }
            }
        }
        Ok(all)
    }
}
