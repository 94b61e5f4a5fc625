//! Carrying out what a plan asks for: one function an effect or computation. Each returns the change
//! that is committed together with the step's own record, so it happens once or not at all.

use store::Guard;
use workflows::{Work, WorkKind, outcome};

use super::link::hex;
use super::respond::to_json;
use super::{Act, Change, Event, Refusal, Year};
use crate::letter::Letter;
use crate::survey::Survey;

impl Year {
    /// Does a piece of work; the outcome that settles it, and the change to commit with it.
    pub(super) async fn perform(
        &self,
        act: &Act,
        cycle: &str,
        work: &Work,
    ) -> Result<(String, Change), Refusal> {
        let arg = || work.args.first().map(String::as_str).unwrap_or_default();
        let mut change = match (work.kind, work.name.as_str()) {
            (WorkKind::Gate, _) => {
                return Ok((self.ask_gate(cycle, work).await?, Change::default()));
            }
            // What is open stays in the state and is found there by the next draft.
            (WorkKind::Carry, _) => Change::default(),
            (WorkKind::Effect, "survey.publish") => self.publish(arg()).await?,
            (WorkKind::Effect, "survey.open") => self.open_survey(arg()).await?,
            (WorkKind::Effect, "mail.invitation") => {
                self.post(act, work, Letter::Invitation, arg()).await?
            }
            (WorkKind::Effect, "mail.unanswered") => {
                self.post(act, work, Letter::Reminder, arg()).await?
            }
            (WorkKind::Effect, "papers.dispatch") => self.dispatch(arg())?,
            (WorkKind::Compute, "tally") => self.tallied(&self.asked_for(arg())?.1).await?,
            (WorkKind::Compute, "indicators") => self.indicators().await?,
            (WorkKind::Compute, "map") => self.draw_map().await?,
            (WorkKind::Compute, "agenda") => self.draft_agenda(cycle, arg()).await?,
            (WorkKind::Compute, "papers") => self.write_papers(arg()).await?,
            (_, other) => return Err(Refusal::Unknown(format!("作業「{other}」"))),
        };
        change.cause = Some(work.id.clone());
        Ok((outcome::DONE.to_owned(), change))
    }

    /// The survey that a plan names, and the id of its turn.
    pub(super) fn asked_for(&self, survey: &str) -> Result<(&Survey, String), Refusal> {
        let definition = self.pack.survey(survey);
        let definition = definition.ok_or_else(|| Refusal::Unknown(format!("調査「{survey}」")))?;
        Ok((definition, definition.turn()))
    }

    /// Keeps the questionnaire as it is now. From here on this version cannot change.
    pub(super) async fn publish(&self, survey: &str) -> Result<Change, Refusal> {
        let (_, turn) = self.asked_for(survey)?;
        let questionnaire = self.pack.questionnaire(survey);
        let questionnaire =
            questionnaire.ok_or_else(|| Refusal::Unknown(format!("調査票「{survey}」")))?;
        let (version, digest) = (questionnaire.version(), questionnaire.digest());
        let key = self.questionnaire_key(&turn, version)?;
        let text = to_json(questionnaire.json())?;
        match self.store.get(&key).await? {
            Some(before) if before == text => return Ok(Change::default()),
            Some(_) => {
                return Err(Refusal::Cycle(format!(
                    "調査票「{survey}」の第{version}版は、すでに別の内容で公開されています。x-version を上げてください。"
                )));
            }
            None => {}
        }
        Ok(Change {
            guards: vec![Guard::Absent(key.clone())],
            events: vec![Event::QuestionnairePublished {
                survey: turn,
                version,
                digest,
            }],
            writes: vec![(key, Some(text))],
            cause: None,
        })
    }

    pub(super) async fn open_survey(&self, survey: &str) -> Result<Change, Refusal> {
        let (definition, turn) = self.asked_for(survey)?;
        let version = self.published(&turn).await?.version();
        let unknown = || Refusal::Unknown(format!("名簿「{}」", definition.roster));
        let roster = self.pack.roster(definition).ok_or_else(unknown)?;
        let asked = roster.respondents.len() as u64;
        let (roster, write) = self.keep_file("roster.json", &to_json(roster)?).await?;
        let open = self.open_write(&turn, true)?;
        Ok(Change {
            events: vec![Event::SurveyOpened {
                survey: turn,
                version,
                asked,
                roster,
                terms: definition.terms(),
            }],
            writes: vec![write, open],
            ..Change::default()
        })
    }

    async fn tallied(&self, survey: &str) -> Result<Change, Refusal> {
        let counted = self.counted().await?;
        let home = &self.pack.municipality.home_area;
        let mut figures = Vec::new();
        for figure in counted.book.figures() {
            let of_survey = matches!(&figure.origin, crate::figure::Origin::Survey { survey: s, .. } if s == survey);
            if of_survey && figure.key.area == *home {
                figures.push((figure.key.to_string(), figure.amount));
            }
        }
        let responses = counted
            .answers
            .get(survey)
            .map_or(0, |answers| answers.len() as u64);
        let event = Event::FiguresCounted {
            survey: survey.to_owned(),
            responses,
            digest: sha256(&to_json(&figures)?),
        };
        Ok(Change {
            events: vec![event],
            ..Change::default()
        })
    }

    /// Counts the indicators of every survey that has closed, with what other offices published.
    async fn indicators(&self) -> Result<Change, Refusal> {
        let closed: Vec<String> = self.state(|state| {
            state
                .surveys
                .iter()
                .filter(|(_, held)| held.closed_at.is_some())
                .map(|(id, _)| id.clone())
                .collect()
        });
        let mut change = Change::default();
        for survey in closed {
            change.events.extend(self.tallied(&survey).await?.events);
        }
        Ok(change)
    }

    /// Keeps the map as it looks with the figures of this moment.
    async fn draw_map(&self) -> Result<Change, Refusal> {
        let counted = self.counted().await?;
        let svg = crate::picture::map(&counted.pack, &counted.book, None);
        let (file, write) = self.keep_file("map.svg", svg.as_bytes()).await?;
        let event = Event::MapDrawn {
            version: self.pack.map.version,
            file,
        };
        Ok(Change {
            events: vec![event],
            writes: vec![write],
            ..Change::default()
        })
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    hex(&Sha256::digest(bytes))
}
