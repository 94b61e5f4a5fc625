//! Doors: where a link leads. Links that staff make are in the journal; those that open a draft of nobody in
//! particular are values like the draft itself.

use store::{CommitError, Guard};

use super::respond::{read_json, to_json};
use super::{Act, Change, Door, Event, Refusal, Token, Write, Year};
use crate::survey::unnamed;

impl Year {
    /// Where a link leads.
    ///
    /// # Errors
    /// Nobody made this link; it was for one use and is used; it has ended, or whom it was for is not asked any more.
    pub fn door(&self, token: &Token) -> Result<Door, Refusal> {
        let hash = token.hash();
        self.state(|state| match state.links.get(&hash) {
            Some(_) if state.ended.contains(&hash) => Err(Refusal::EndedLink),
            Some(Some(Door::Survey { survey, respondent }))
                if state.is_withdrawn(survey, respondent) =>
            {
                Err(Refusal::Withdrawn)
            }
            Some(Some(door)) => Ok(door.clone()),
            Some(None) => Err(Refusal::SpentLink),
            None => Err(Refusal::UnknownLink),
        })
    }

    /// Where a link leads, also one that somebody began over an open link or got with the receipt of an
    /// anonymous response.
    ///
    /// # Errors
    /// As for [`Year::door`]; the store cannot be read.
    pub async fn leads_to(&self, token: &Token) -> Result<Door, Refusal> {
        match self.door(token) {
            Err(Refusal::UnknownLink) => {
                let door = self.store.get(&self.door_key(token)?).await?;
                read_json(&door.ok_or(Refusal::UnknownLink)?)
            }
            known => known,
        }
    }

    /// Makes a link. Only its hash is stored: who loses it gets a new one.
    ///
    /// # Errors
    /// The store refused.
    pub async fn make_link(&self, act: &Act, token: Token, door: Door) -> Result<(), Refusal> {
        let events = vec![Event::LinkMade {
            hash: token.hash(),
            door,
        }];
        let change = Change {
            events,
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// Uses a one-time link; of two who use it at once, one succeeds.
    ///
    /// # Errors
    /// The link is unknown or used.
    pub async fn spend_link(&self, act: &Act, token: &Token) -> Result<Door, Refusal> {
        let door = self.door(token)?;
        let spent = self.key(["spent", &token.hash()])?;
        let change = Change {
            guards: vec![Guard::Absent(spent.clone())],
            events: vec![Event::LinkSpent { hash: token.hash() }],
            writes: vec![(spent, Some(b"1".to_vec()))],
            ..Change::default()
        };
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(_))) => Err(Refusal::SpentLink),
            other => other.map(|()| door),
        }
    }

    /// Begins to answer over an open link; `own` becomes the link to this one draft. The journal hears of it when
    /// the response is handed in.
    ///
    /// # Errors
    /// The link is no open link, or its survey does not take answers over one now.
    pub async fn begin(&self, act: &Act, open: &Token, own: &Token) -> Result<(), Refusal> {
        let Door::Open { survey } = self.door(open)? else {
            return Err(Refusal::UnknownLink);
        };
        self.check_open(&survey)?;
        if !self.terms(&survey).open_link {
            return Err(Refusal::UnknownLink);
        }
        let change = Change {
            writes: vec![self.door_write(&survey, own)?],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// The link to the draft or response of nobody in particular.
    pub(super) fn door_write(&self, survey: &str, own: &Token) -> Result<Write, Refusal> {
        let door = Door::Survey {
            survey: survey.to_owned(),
            respondent: unnamed(&own.hash()),
        };
        Ok((self.door_key(own)?, Some(to_json(&door)?)))
    }
}
