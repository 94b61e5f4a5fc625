//! Correcting a response that was handed in, until the survey closes. The response before stays in the store; only the
//! newest counts.

use store::{CommitError, Found, Guard};

use super::respond::{digest, read_json, to_json};
use super::{Act, Change, Draft, Event, Receipt, Refusal, Response, Source, Year};

impl Year {
    /// Puts a response back into a draft; it counts as it is until the draft is handed in.
    ///
    /// # Errors
    /// The survey does not allow it or does not take answers now; there is no response.
    pub async fn begin_correction(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
    ) -> Result<(), Refusal> {
        self.check_correctable(survey)?;
        let response = self.response(survey, respondent).await?;
        let response = response.ok_or(Refusal::NotOpen)?;
        let key = self.draft_key(survey, respondent)?;
        // A correction that was begun on another device goes on.
        if self.store.get(&key).await?.is_some() {
            return Ok(());
        }
        let draft = Draft {
            corrects: Some(digest(&response.answers)?),
            answers: response.answers,
            saved_at: Some(act.at),
            round: 1,
            ..Draft::default()
        };
        let change = Change {
            guards: vec![Guard::Absent(key.clone())],
            writes: vec![(key, Some(to_json(&draft)?))],
            ..Change::default()
        };
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(_))) => Ok(()),
            other => other,
        }
    }

    /// Gives a correction up: the response stays as it was.
    ///
    /// # Errors
    /// The store refused.
    pub async fn drop_correction(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
    ) -> Result<(), Refusal> {
        let draft = self.draft(survey, respondent).await?;
        if draft.corrects.is_none() {
            return Ok(());
        }
        let change = Change {
            writes: self.draft_gone(survey, respondent, &draft)?,
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// Hands in the correction that stands in the draft.
    ///
    /// # Errors
    /// [`Refusal::Issues`] with everything that must be mended; the survey has closed; there is no correction.
    pub async fn correct(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
    ) -> Result<Receipt, Refusal> {
        self.check_correctable(survey)?;
        let draft = self.draft(survey, respondent).await?;
        let before = self.receipt(survey, respondent);
        let (Some(before), Some(_)) = (before, &draft.corrects) else {
            return Err(Refusal::NotOpen);
        };
        let questionnaire = self.published(survey).await?;
        let examined = questionnaire.examine(&draft.answers);
        if examined.has_errors() {
            return Err(Refusal::Issues(examined.issues));
        }
        self.check_attached(survey, respondent, &questionnaire, &examined.answers)
            .await?;
        let key = self.response_key(survey, respondent)?;
        let kept = self.store.get(&key).await?.ok_or(Refusal::NotOpen)?;
        let earlier: Response = read_json(&kept)?;
        let digest = digest(&draft.answers)?;
        let nth = before.corrected + 1;
        let response = Response {
            version: questionnaire.version(),
            source: Source::Web,
            submitted_at: act.at,
            answers: draft.answers.clone(),
        };
        let mut writes = self.draft_gone(survey, respondent, &draft)?;
        let mut events = Vec::new();
        // What is handed in as it was is no correction.
        if digest != self::digest(&earlier.answers)? {
            let earlier = self.earlier_key(survey, respondent, before.corrected)?;
            writes.push((earlier, Some(kept.clone())));
            writes.push((key.clone(), Some(to_json(&response)?)));
            events.push(Event::Corrected {
                survey: survey.to_owned(),
                respondent: respondent.to_owned(),
                nth,
                digest: digest.clone(),
            });
        }
        let corrected = !events.is_empty();
        let change = Change {
            guards: vec![
                Guard::unchanged(key, Some(&kept)),
                Guard::Absent(self.withdrawn_key(survey, respondent)?),
                self.open_guard(survey)?,
            ],
            events,
            writes,
            ..Change::default()
        };
        match self.commit(act, change).await {
            Ok(()) if corrected => {
                self.follow(survey, respondent, nth, examined.answers);
                Ok(Receipt {
                    at: act.at,
                    digest,
                    again: false,
                    corrected: nth,
                    ..before
                })
            }
            Ok(()) => Ok(before),
            Err(Refusal::Commit(CommitError::Refused(refusal))) => match refusal.found {
                Found::Value(None) => Err(Refusal::Closed),
                _ => Err(Refusal::Overtaken),
            },
            Err(other) => Err(other),
        }
    }

    fn check_correctable(&self, survey: &str) -> Result<(), Refusal> {
        self.check_open(survey)?;
        match self.terms(survey).correctable {
            true => Ok(()),
            false => Err(Refusal::Cycle(
                "この調査は、提出した後に画面から直せません。直したいときは事務局にご連絡ください。".into(),
            )),
        }
    }
}
