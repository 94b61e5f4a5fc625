//! Who is asked, while a survey runs: the roster is kept as it was when the survey opened, and changes only
//! by acts of its own (追加, 取下げ).

use std::sync::Arc;

use store::{CommitError, Guard};

use super::respond::to_json;
use super::{Act, Change, Event, Refusal, Year};
use crate::roster::{Respondent, Roster};

/// Characters of a reason.
const LONGEST_REASON: usize = 300;

/// How often it is tried again when somebody else has changed the roster in between.
const TRIES: usize = 8;

impl Year {
    /// Those in the present roster whom a running survey does not ask, in the order of the file.
    pub async fn not_asked(&self, survey: &str) -> Vec<Respondent> {
        let Some(definition) = self.pack.survey(survey) else {
            return Vec::new();
        };
        let asked = self.roster(&definition.turn()).await;
        let known = |id: &str| {
            asked
                .as_ref()
                .is_some_and(|asked| asked.respondent(id).is_some())
        };
        let now = self.pack.rosters.get(&definition.roster);
        let respondents = now.iter().flat_map(|roster| &roster.respondents);
        let missing = respondents.filter(|respondent| !known(&respondent.id));
        missing.cloned().collect()
    }

    /// Asks somebody of the present roster too.
    ///
    /// # Errors
    /// The survey does not take answers; the roster has nobody of this id; somebody is asked already.
    pub async fn add_respondent(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
    ) -> Result<(), Refusal> {
        let (definition, turn) = self.asked_for(survey)?;
        self.check_open(&turn)?;
        let now = self.pack.rosters.get(&definition.roster);
        let row = now.and_then(|roster| roster.respondent(respondent));
        let row = row.cloned().ok_or_else(|| {
            Refusal::Cycle(format!(
                "管理番号「{respondent}」は名簿にありません。先に名簿に加えてください。"
            ))
        })?;
        let add = |roster: &Roster| match roster.respondent(respondent) {
            Some(asked) => Err(Refusal::Cycle(format!(
                "「{}」は、すでにこの調査の対象です。",
                asked.name
            ))),
            None => {
                let respondents = roster.respondents.iter().chain([&row]);
                Ok(Roster::new(&roster.id, respondents.cloned().collect()))
            }
        };
        let with = |asked: u64, roster: String| Change {
            events: vec![Event::RespondentAdded {
                survey: turn.clone(),
                respondent: respondent.to_owned(),
                asked,
                roster,
            }],
            writes: self
                .withdrawn_key(&turn, respondent)
                .map(|key| vec![(key, None)])
                .unwrap_or_default(),
            ..Change::default()
        };
        self.ask_anew(act, &turn, add, with).await
    }

    /// Takes back the request to somebody who has not answered: neither reminded nor counted any more.
    ///
    /// # Errors
    /// The survey does not take answers; nobody of this id is asked, or has answered already; there is no
    /// reason, or it is too long.
    pub async fn withdraw_respondent(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        reason: &str,
    ) -> Result<(), Refusal> {
        let (_, turn) = self.asked_for(survey)?;
        self.check_open(&turn)?;
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            return Err(Refusal::Cycle(format!(
                "取下げの理由を{LONGEST_REASON}字以内で書いてください。"
            )));
        }
        let answered = || {
            Refusal::Cycle(
                "すでに回答をいただいているので、取り下げられません。集計から外すかどうかは、結果の画面で決めてください。"
                    .into(),
            )
        };
        let take = |roster: &Roster| {
            if self.receipt(&turn, respondent).is_some() {
                return Err(answered());
            }
            let unknown = || Refusal::Unknown(format!("対象者「{respondent}」"));
            roster.respondent(respondent).ok_or_else(unknown)?;
            let others = roster.respondents.iter().filter(|one| one.id != respondent);
            Ok(Roster::new(&roster.id, others.cloned().collect()))
        };
        // A response stands under the one, that there is an anonymous one under the other.
        let unanswered = [
            Guard::Absent(self.response_key(&turn, respondent)?),
            Guard::Absent(self.answered_key(&turn, respondent)?),
        ];
        let key = self.withdrawn_key(&turn, respondent)?;
        let with = |asked: u64, roster: String| Change {
            guards: unanswered.to_vec(),
            events: vec![Event::RespondentWithdrawn {
                survey: turn.clone(),
                respondent: respondent.to_owned(),
                asked,
                roster,
                reason: reason.to_owned(),
            }],
            writes: vec![(key.clone(), Some(b"1".to_vec()))],
            ..Change::default()
        };
        self.ask_anew(act, &turn, take, with).await
    }

    /// Changes the kept roster of a survey. Of two who do so at once, the later one sees what the earlier did.
    async fn ask_anew(
        &self,
        act: &Act,
        turn: &str,
        change: impl Fn(&Roster) -> Result<Roster, Refusal>,
        with: impl Fn(u64, String) -> Change,
    ) -> Result<(), Refusal> {
        let key = self.asked_key(turn)?;
        for _ in 0..TRIES {
            let seen = self.store.get(&key).await?;
            let held = self.state(|state| state.surveys.get(turn).map(|held| held.roster.clone()));
            let kept = seen.as_deref().map(String::from_utf8_lossy);
            if kept.is_some_and(|kept| held.as_deref() != Some(&*kept)) {
                self.catch_up().await?;
                continue;
            }
            let roster = self.roster(turn).await.ok_or(Refusal::NotOpen)?;
            let changed = Arc::new(change(&roster)?);
            let asked = changed.respondents.len() as u64;
            let (file, write) = self.keep_file("roster.json", &to_json(&*changed)?).await?;
            let mut change = with(asked, file.clone());
            change
                .guards
                .push(Guard::unchanged(key.clone(), seen.as_deref()));
            change.writes.push(write);
            change.writes.push((key.clone(), Some(file.into_bytes())));
            match self.commit(act, change).await {
                Err(Refusal::Commit(CommitError::Refused(_))) => self.catch_up().await?,
                other => return other,
            }
        }
        Err(Refusal::Overtaken)
    }
}
