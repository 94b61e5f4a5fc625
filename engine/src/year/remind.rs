//! Letters that the secretariat sends itself: to chosen ones of those who have not answered, by mail, printed
//! with a QR code, copied by hand, or as a list of links.

use std::collections::BTreeMap;

use store::{CommitError, Guard, Job};

use super::outbox::{OUTBOX, Waiting};
use super::respond::{read_json, to_json};
use super::{Act, Change, Door, Event, Fate, Mail, Refusal, Token, Way, Year};
use crate::letter::{self, Facts, Letter, Text, one_line};

/// Letters of one sending: one commit holds all of their links.
const MOST: usize = 5_000;

/// What is sent to whom, and how.
#[derive(Clone, Debug)]
pub struct Sending {
    pub letter: Letter,
    pub way: Way,
    /// Ids. Who has answered in the meantime is left out.
    pub respondents: Vec<String>,
    /// With its marks ([`letter::NAME`], [`letter::LINK`]); absent: as the template has it.
    pub text: Option<Text>,
    /// Links that they had until now lead nowhere any more.
    pub end_links: bool,
    /// Of the page on which it was decided: pressing twice sends once.
    pub once: Token,
}

/// What was sent.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Letters that went into the outbox.
    pub by_mail: usize,
    /// Those who have no address for mail, by name.
    pub without_address: Vec<String>,
    /// Letters with their links, to be printed or copied: they are shown once.
    pub letters: Vec<Addressed>,
}

/// A letter with its personal link.
#[derive(Clone, Debug)]
pub struct Addressed {
    pub id: String,
    /// In one line.
    pub name: String,
    /// For mail, where there is one.
    pub mail: Option<String>,
    /// Lines of the address for the post.
    pub postal: Vec<String>,
    pub link: String,
    pub text: Text,
}

impl Year {
    /// The letter to everybody, with marks where it differs from one to the other.
    ///
    /// # Errors
    /// There is no such survey; the template cannot be written.
    pub async fn letter_draft(&self, letter: Letter, survey: &str) -> Result<Text, Refusal> {
        let (definition, turn) = self.asked_for(survey)?;
        let facts = Facts {
            survey: definition,
            respondent: letter::NAME,
            closes: self.closes_on(&turn).await?,
            link: letter::LINK,
        };
        letter.write(&self.pack, &facts).map_err(Refusal::Findings)
    }

    /// Sends letters, or makes what is to be sent. `tokens` gives one for each link; the links begin with
    /// `address`.
    ///
    /// # Errors
    /// The survey does not take answers; all of them have answered; the letter has no link in it; it was sent
    /// from the same page before.
    pub async fn send_letters(
        &self,
        act: &Act,
        survey: &str,
        sending: Sending,
        address: &str,
        mut tokens: impl FnMut() -> Token,
    ) -> Result<Sent, Refusal> {
        let (_, turn) = self.asked_for(survey)?;
        self.check_open(&turn)?;
        let template = self.letter_draft(sending.letter, survey).await?;
        let own = sending.text.filter(|text| *text != template);
        let text = own.clone().unwrap_or(template);
        let unanswered = self.unanswered(&turn).await;
        let wanted = |id: &&String| sending.respondents.contains(id);
        let respondents: Vec<String> = unanswered.iter().filter(wanted).cloned().collect();
        if respondents.is_empty() {
            return Err(Refusal::Cycle(
                "送る相手がいません。選んだ相手は、すでに回答したか、対象から外れています。".into(),
            ));
        }
        if respondents.len() > MOST {
            return Err(Refusal::Cycle(format!(
                "一度に送れるのは{MOST}件までです。絞り込んで、分けて送ってください。"
            )));
        }
        let roster = self.roster(&turn).await.ok_or(Refusal::NotOpen)?;
        let (list, write) = self
            .keep_file("letters.json", &to_json(&respondents)?)
            .await?;
        let once = self.letters_key(&sending.once.hash())?;
        let mut change = Change {
            guards: vec![Guard::Absent(once.clone())],
            writes: vec![write, (once, Some(b"1".to_vec()))],
            ..Change::default()
        };
        let words = match own {
            Some(own) => {
                let (file, write) = self.keep_file("letter.json", &to_json(&own)?).await?;
                change.writes.push(write);
                Some(file)
            }
            None => None,
        };
        let batch = sending.once.hash()[..16].to_owned();
        let mut sent = Sent::default();
        for respondent in respondents.iter().filter_map(|id| roster.respondent(id)) {
            let mail = self.address(&turn, respondent);
            if sending.end_links {
                change.events.push(Event::LinksEnded {
                    survey: turn.clone(),
                    respondent: respondent.id.clone(),
                });
            }
            if sending.way == Way::Mail {
                if mail.is_none() {
                    sent.without_address.push(one_line(&respondent.name));
                    continue;
                }
                let waiting = Waiting {
                    letter: sending.letter,
                    survey: turn.clone(),
                    respondent: respondent.id.clone(),
                    attempt: 1,
                    text: words.clone(),
                };
                let id = format!("{batch}-{}", respondent.id);
                change.writes.push(self.job(id, act.at, &waiting)?);
                sent.by_mail += 1;
                continue;
            }
            let token = tokens();
            let link = format!("{address}/{}/r/{token}", self.slug());
            let name = one_line(&respondent.name);
            change.events.push(Event::LinkMade {
                hash: token.hash(),
                door: Door::Survey {
                    survey: turn.clone(),
                    respondent: respondent.id.clone(),
                },
            });
            sent.letters.push(Addressed {
                id: respondent.id.clone(),
                text: text.to(&name, &link),
                mail,
                postal: self.postal(&turn, respondent),
                name,
                link,
            });
        }
        change.events.push(Event::LettersDue {
            letter: sending.letter,
            survey: turn,
            respondents: respondents.len() as u64,
            by_mail: sent.by_mail as u64,
            file: list,
            way: sending.way,
            text: words,
            batch: Some(batch),
        });
        match self.commit(act, change).await {
            Err(Refusal::Commit(CommitError::Refused(_))) => Err(Refusal::Cycle(
                "この画面からは、すでに送りました。もう一度送るときは、調査の画面から選び直してください。"
                    .into(),
            )),
            other => other.map(|()| sent),
        }
    }

    /// Gives one of those asked a personal link, and ends the earlier ones if that is wanted.
    ///
    /// # Errors
    /// The store refused.
    pub async fn give_link(
        &self,
        act: &Act,
        token: Token,
        door: Door,
        end_earlier: bool,
    ) -> Result<(), Refusal> {
        let ended = match &door {
            Door::Survey { survey, respondent } if end_earlier => Some(Event::LinksEnded {
                survey: survey.clone(),
                respondent: respondent.clone(),
            }),
            _ => None,
        };
        let hash = token.hash();
        let change = Change {
            events: ended
                .into_iter()
                .chain([Event::LinkMade { hash, door }])
                .collect(),
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// Tries a letter again that had been given up, under its own id.
    ///
    /// # Errors
    /// There is no such letter, or it was not given up.
    pub async fn post_again(
        &self,
        act: &Act,
        survey: &str,
        respondent: &str,
        id: &str,
    ) -> Result<(), Refusal> {
        let (_, turn) = self.asked_for(survey)?;
        self.check_open(&turn)?;
        let posted = self.state(|state| {
            let mail = state.surveys.get(&turn)?.mail.get(respondent)?;
            mail.get(id).cloned()
        });
        let posted = posted.ok_or_else(|| Refusal::Unknown("この手紙".into()))?;
        if !matches!(posted.fate, Fate::Abandoned { .. }) {
            return Err(Refusal::Cycle(
                "この手紙は、もう送ったか、まだ送ろうとしているところです。".into(),
            ));
        }
        let text = self.words_of(&turn, id);
        let waiting = Waiting {
            letter: posted.letter,
            survey: turn.clone(),
            respondent: respondent.to_owned(),
            attempt: 1,
            text,
        };
        let key = Job::key(self.slug(), OUTBOX, id)
            .map_err(|error| Refusal::Unreadable(error.to_string()))?;
        let mail = Mail {
            survey: turn,
            respondent: respondent.to_owned(),
            letter: posted.letter,
            id: id.to_owned(),
        };
        let change = Change {
            guards: vec![Guard::Absent(key)],
            events: vec![Event::MailQueued { mail }],
            writes: vec![self.job(id.to_owned(), act.at, &waiting)?],
            ..Change::default()
        };
        match self.commit(act, change).await {
            // Somebody else has pressed the same button.
            Err(Refusal::Commit(CommitError::Refused(_))) => self.catch_up().await,
            other => other,
        }
    }

    /// To whom letters were due, by the place of [`super::Letters`] in the survey.
    ///
    /// # Errors
    /// A list cannot be read.
    pub async fn reminded(&self, turn: &str) -> Result<Vec<Vec<String>>, Refusal> {
        let files: Vec<String> = self.state(|state| {
            let held = state.surveys.get(turn);
            let letters = held.iter().flat_map(|held| &held.letters);
            letters.map(|letters| letters.file.clone()).collect()
        });
        let mut lists = Vec::new();
        for file in files {
            lists.push(read_json(&self.file(&file).await?)?);
        }
        Ok(lists)
    }

    /// The lines of somebody's address for the post, as the roster has them now.
    pub fn postal(&self, survey: &str, asked: &crate::roster::Respondent) -> Vec<String> {
        let Some(definition) = self.pack.survey(survey) else {
            return Vec::new();
        };
        let mut formats = self.pack.municipality.rosters.iter();
        let format = formats.find(|format| format.id == definition.roster);
        let now = self.pack.rosters.get(&definition.roster);
        let row = now.and_then(|roster| roster.respondent(&asked.id));
        let columns: &BTreeMap<String, String> = &row.unwrap_or(asked).columns;
        let named = format.iter().flat_map(|format| &format.postal);
        let lines = named.filter_map(|column| columns.get(column));
        let lines = lines.filter(|line| !line.is_empty());
        lines.map(|line| one_line(line)).collect()
    }

    /// The file with the words of a letter that was sent by hand in words of its own.
    fn words_of(&self, turn: &str, id: &str) -> Option<String> {
        self.state(|state| {
            let letters = &state.surveys.get(turn)?.letters;
            let of = |batch: &String| id.starts_with(batch.as_str());
            let due = letters
                .iter()
                .find(|due| due.batch.as_ref().is_some_and(of));
            due?.text.clone()
        })
    }
}
