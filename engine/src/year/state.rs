//! The state of a municipality: the fold of its journal, and nothing else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::event::{CallOutcome, Door, Event, Mail, Needless, Source, Way};
use super::{
    AccountChange, ApiToken, Attempted, Delegation, Delivered, Enrolled, Hooked, Notice, Received,
};
use crate::keyed::Why;
use crate::letter::Letter;
use crate::survey::Terms;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Sequence number of the last record that is folded in.
    pub head: u64,
    pub pack: Option<String>,
    /// What the pages have changed in the pack: a file for each path, nothing where it was removed.
    #[serde(default)]
    pub revised: BTreeMap<String, Option<String>>,
    pub cycles: BTreeMap<String, workflows::State>,
    pub surveys: BTreeMap<String, Held>,
    pub meetings: BTreeMap<String, Convened>,
    /// The map as it was drawn last: a file.
    pub map: Option<String>,
    /// Links by their hash; `None` once a one-time link is spent.
    pub links: HashMap<String, Option<Door>>,
    /// At most one for each role and holder; those whose day has passed too.
    pub delegations: Vec<Delegation>,
    /// The newest sheet of each municipality outside, by its name.
    pub received: BTreeMap<String, Received>,
    pub ledgers: BTreeMap<String, Ledgered>,
    /// Rounds of all entries of all ledgers: changes whenever one of them does.
    pub entered: u64,
    /// Returns that were keyed in, by survey and respondent.
    #[serde(default)]
    pub keyed: BTreeMap<String, BTreeMap<String, Keyed>>,
    /// Returns that do not count because another one of the same office does.
    #[serde(default)]
    pub aside: BTreeMap<String, BTreeMap<String, Vec<Aside>>>,
    /// Tokens of other programs, by their hash.
    #[serde(default)]
    pub tokens: BTreeMap<String, ApiToken>,
    #[serde(default)]
    pub webhooks: BTreeMap<String, Hooked>,
    /// What is known of accounts without their secrets, by person.
    #[serde(default)]
    pub accounts: BTreeMap<String, Enrolled>,
    /// Hashes of links that newer ones have taken the place of.
    #[serde(default)]
    pub ended: BTreeSet<String>,
}

/// What was handed in to a ledger here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledgered {
    /// Ids in the order in which they were first handed in.
    pub order: Vec<String>,
    /// The newest round of each.
    pub entries: BTreeMap<String, u32>,
    /// Months that are closed.
    pub closed: BTreeSet<String>,
}

/// A survey that was published, and what came back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Held {
    pub version: u32,
    /// Digest of the published questionnaire.
    pub digest: String,
    pub asked: u64,
    pub opened_at: Option<DateTime<Utc>>,
    /// A file: the roster as it was when the survey opened.
    pub roster: String,
    pub closed_at: Option<DateTime<Utc>>,
    pub responded: BTreeMap<String, Responded>,
    pub letters: Vec<Letters>,
    /// What became of each letter, by respondent and id.
    pub mail: BTreeMap<String, BTreeMap<String, Posted>>,
    /// What was said about the free texts of an item: a file.
    #[serde(default)]
    pub coded: BTreeMap<String, String>,
    /// The answers are gone, because their time was over.
    #[serde(default)]
    pub deleted: Option<Deleted>,
    /// When the newest personal link of each respondent was made.
    #[serde(default)]
    pub linked: BTreeMap<String, DateTime<Utc>>,
    /// Those who are not asked any more; they are not in the roster.
    #[serde(default)]
    pub withdrawn: BTreeMap<String, Withdrawn>,
    /// Telephone calls to each respondent, the first first.
    #[serde(default)]
    pub calls: BTreeMap<String, Vec<Call>>,
    /// What respondents were promised when it opened.
    #[serde(default)]
    pub terms: Terms,
    /// When the secretariat showed the results to those who were asked.
    #[serde(default)]
    pub released_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Withdrawn {
    pub at: DateTime<Utc>,
    pub reason: String,
}

/// A telephone call; what was said is a value of the store under its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub at: DateTime<Utc>,
    pub by: String,
    pub outcome: CallOutcome,
    /// From 1.
    pub number: u32,
    /// Whether something was written down.
    pub noted: bool,
}

/// What became of answers whose time was over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deleted {
    pub at: DateTime<Utc>,
    pub responses: u64,
    pub why: String,
    /// A file: the [`Remains`](super::Remains).
    pub remains: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Responded {
    pub at: DateTime<Utc>,
    pub source: Source,
    /// Empty in an anonymous survey.
    pub digest: String,
    /// How often the respondent has corrected it.
    #[serde(default)]
    pub corrected: u32,
}

/// The entries of a return that was keyed in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Keyed {
    pub first: Option<Keying>,
    pub second: Option<Keying>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Keying {
    pub by: String,
    pub at: DateTime<Utc>,
    pub source: Source,
    /// The day on which the return reached the office.
    pub received_on: NaiveDate,
}

/// A return that does not count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aside {
    /// When it was set aside.
    pub at: DateTime<Utc>,
    pub source: Source,
    pub digest: String,
    pub why: Why,
}

/// Letters that were due at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letters {
    pub at: DateTime<Utc>,
    pub letter: Letter,
    pub respondents: u64,
    /// Those of them who have an address.
    pub by_mail: u64,
    /// A file: their ids.
    pub file: String,
    #[serde(default)]
    pub way: Way,
    /// A file: the words of the secretariat, where they are not those of the template.
    #[serde(default)]
    pub text: Option<String>,
    /// With this the ids of its letters begin, where they were sent by hand.
    #[serde(default)]
    pub batch: Option<String>,
}

/// What became of a letter last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Posted {
    pub at: DateTime<Utc>,
    pub letter: Letter,
    pub fate: Fate,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    Sent,
    /// It had been given up and waits to be tried again.
    Queued,
    /// It is tried again.
    Failed {
        attempt: u32,
        why: String,
        retry_at: DateTime<Utc>,
    },
    Abandoned {
        why: String,
    },
    Dropped {
        why: Needless,
    },
}

/// A meeting with its papers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Convened {
    /// The drafted 次第: a file.
    pub draft: Option<String>,
    /// The surveys that its papers report.
    pub reports: Vec<String>,
    /// The written papers: a file.
    pub handout: Option<String>,
    pub dispatched_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    /// When a person last changed the 次第 or a paper.
    #[serde(default)]
    pub edited_at: Option<DateTime<Utc>>,
    /// Versions that went out before the present one, the first one first.
    #[serde(default)]
    pub earlier: Vec<SentBefore>,
    /// When the present version went out, if it is not the first one.
    #[serde(default)]
    pub corrected_at: Option<DateTime<Utc>>,
    /// What is to be corrected next: a file.
    #[serde(default)]
    pub correction: Option<String>,
    /// Attendance and hours: a file.
    #[serde(default)]
    pub day: Option<String>,
    /// A file.
    #[serde(default)]
    pub minutes: Option<String>,
    #[serde(default)]
    pub minutes_finished_at: Option<DateTime<Utc>>,
    /// The meeting in which the minutes were approved.
    #[serde(default)]
    pub minutes_approved_in: Option<String>,
}

/// Papers that went out and were corrected later: files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SentBefore {
    pub at: DateTime<Utc>,
    pub draft: Option<String>,
    pub handout: String,
}

impl State {
    /// Whether somebody who was asked in a survey is not asked any more.
    pub fn is_withdrawn(&self, survey: &str, respondent: &str) -> bool {
        let held = self.surveys.get(survey);
        held.is_some_and(|held| held.withdrawn.contains_key(respondent))
    }

    /// Folds one record in. Total: an event about something unknown creates it, so that the order
    /// of independent events does not matter.
    pub fn apply(&mut self, seq: u64, at: DateTime<Utc>, event: Event) {
        self.head = seq;
        match event {
            Event::PackAdopted { digest } => self.pack = Some(digest),
            Event::PackRevised { path, file } => {
                self.revised.insert(path, file);
            }
            Event::CycleAdvanced { cycle, record } => {
                workflows::apply(self.cycles.entry(cycle).or_default(), &record);
            }
            Event::QuestionnairePublished {
                survey,
                version,
                digest,
            } => {
                let held = self.surveys.entry(survey).or_default();
                (held.version, held.digest) = (version, digest);
            }
            Event::SurveyOpened {
                survey,
                version,
                asked,
                roster,
                terms,
            } => {
                let held = self.surveys.entry(survey).or_default();
                (held.version, held.asked, held.roster) = (version, asked, roster);
                held.terms = terms;
                (held.opened_at, held.closed_at) = (Some(at), None);
            }
            Event::SurveyClosed { survey } => {
                self.surveys.entry(survey).or_default().closed_at = Some(at)
            }
            Event::LinkMade { hash, door } => {
                if let Door::Survey { survey, respondent } = &door {
                    let held = self.surveys.entry(survey.clone()).or_default();
                    held.linked.insert(respondent.clone(), at);
                }
                self.links.insert(hash, Some(door));
            }
            Event::LinkSpent { hash } => {
                self.links.insert(hash, None);
            }
            Event::Responded {
                survey,
                respondent,
                source,
                digest,
            } => {
                let held = self.surveys.entry(survey).or_default();
                let responded = Responded {
                    at,
                    source,
                    digest,
                    corrected: 0,
                };
                held.responded.insert(respondent, responded);
            }
            Event::LettersDue {
                letter,
                survey,
                respondents,
                by_mail,
                file,
                way,
                text,
                batch,
            } => {
                let held = self.surveys.entry(survey).or_default();
                held.letters.push(Letters {
                    at,
                    letter,
                    respondents,
                    by_mail,
                    file,
                    way,
                    text,
                    batch,
                });
            }
            Event::MailSent { mail } => self.posted(at, mail, Fate::Sent),
            Event::MailFailed {
                mail,
                attempt,
                why,
                retry_at,
            } => {
                let fate = Fate::Failed {
                    attempt,
                    why,
                    retry_at,
                };
                self.posted(at, mail, fate);
            }
            Event::MailAbandoned { mail, why, .. } => {
                self.posted(at, mail, Fate::Abandoned { why });
            }
            Event::MailDropped { mail, why } => self.posted(at, mail, Fate::Dropped { why }),
            Event::FiguresCounted { .. } => {}
            Event::FiguresReceived {
                member,
                made_at,
                file,
            } => {
                let received = Received {
                    made_at,
                    received_at: at,
                    file,
                };
                self.received.insert(member, received);
            }
            Event::Entered {
                ledger,
                entry,
                round,
                ..
            } => {
                let held = self.ledgers.entry(ledger).or_default();
                if held.entries.insert(entry.clone(), round).is_none() {
                    held.order.push(entry);
                }
                self.entered += 1;
            }
            Event::MonthClosed { ledger, month } => {
                self.ledgers.entry(ledger).or_default().closed.insert(month);
            }
            Event::MapDrawn { file, .. } => self.map = Some(file),
            Event::AgendaDrafted { meeting, file } => {
                self.meetings.entry(meeting).or_default().draft = Some(file)
            }
            Event::PapersWritten {
                meeting,
                reports,
                file,
            } => {
                let convened = self.meetings.entry(meeting).or_default();
                (convened.reports, convened.handout) = (reports, Some(file));
            }
            Event::PapersDispatched { meeting } => {
                self.meetings.entry(meeting).or_default().dispatched_at = Some(at);
            }
            Event::MeetingClosed { meeting } => {
                self.meetings.entry(meeting).or_default().closed_at = Some(at)
            }
            Event::DelegationMade(made) => {
                self.end_delegation(&made.role, &made.from);
                self.delegations.push(made);
            }
            Event::DelegationEnded { role, from } => self.end_delegation(&role, &from),
            Event::KeyedIn {
                survey,
                respondent,
                by,
                second,
                source,
                received_on,
                ..
            } => {
                let of_survey = self.keyed.entry(survey).or_default();
                let keyed = of_survey.entry(respondent).or_default();
                let entry = Some(Keying {
                    by,
                    at,
                    source,
                    received_on,
                });
                match second {
                    true => keyed.second = entry,
                    false => {
                        *keyed = Keyed {
                            first: entry,
                            second: None,
                        }
                    }
                }
            }
            Event::KeyingDropped { survey, respondent } => {
                self.keyed.entry(survey).or_default().remove(&respondent);
            }
            Event::SetAside {
                survey,
                respondent,
                source,
                digest,
                why,
            } => {
                let of_survey = self.aside.entry(survey).or_default();
                let aside = Aside {
                    at,
                    source,
                    digest,
                    why,
                };
                of_survey.entry(respondent).or_default().push(aside);
            }
            Event::TokenMade { hash, token } => {
                self.tokens.insert(hash, token);
            }
            Event::TokenRevoked { hash } => {
                if let Some(token) = self.tokens.get_mut(&hash) {
                    token.revoked_at = Some(at);
                }
            }
            Event::WebhookSet { id, webhook } => {
                self.webhooks.entry(id).or_default().webhook = Some(webhook);
            }
            Event::WebhookRemoved { id } => {
                self.webhooks.remove(&id);
            }
            Event::NoticeSent { notice, status } => {
                self.noticed(at, notice, Delivered::Sent { status });
            }
            Event::NoticeFailed {
                notice,
                why,
                retry_at,
            } => self.noticed(at, notice, Delivered::Failed { why, retry_at }),
            Event::NoticeAbandoned { notice, why } => {
                self.noticed(at, notice, Delivered::Abandoned { why });
            }
            Event::TextsCoded {
                survey, item, file, ..
            } => {
                let held = self.surveys.entry(survey).or_default();
                held.coded.insert(item, file);
            }
            Event::SignedIn { person, .. } => {
                self.accounts.entry(person).or_default().last_signed_in_at = Some(at);
            }
            Event::SignInHalted { .. } | Event::Exported {} => {}
            Event::AccountChanged { person, what } => self.account_changed(at, person, what),
            Event::AnswersDeleted {
                survey,
                responses,
                why,
                remains,
                handouts,
            } => {
                for (meeting, file) in handouts {
                    self.meetings.entry(meeting).or_default().handout = Some(file);
                }
                // What was typed in by hand went with the answers.
                self.keyed.remove(&survey);
                self.aside.remove(&survey);
                let held = self.surveys.entry(survey).or_default();
                held.coded.clear();
                held.deleted = Some(Deleted {
                    at,
                    responses,
                    why,
                    remains,
                });
            }
            Event::RespondentAdded {
                survey,
                respondent,
                asked,
                roster,
            } => {
                let held = self.surveys.entry(survey).or_default();
                (held.asked, held.roster) = (asked, roster);
                held.withdrawn.remove(&respondent);
            }
            Event::RespondentWithdrawn {
                survey,
                respondent,
                asked,
                roster,
                reason,
            } => {
                let held = self.surveys.entry(survey).or_default();
                (held.asked, held.roster) = (asked, roster);
                held.withdrawn.insert(respondent, Withdrawn { at, reason });
            }
            Event::MailQueued { mail } => self.posted(at, mail, Fate::Queued),
            Event::LinksEnded { survey, respondent } => self.end_links(&survey, &respondent),
            Event::CallNoted {
                survey,
                respondent,
                number,
                by,
                outcome,
                digest,
            } => {
                let held = self.surveys.entry(survey).or_default();
                held.calls.entry(respondent).or_default().push(Call {
                    at,
                    by,
                    outcome,
                    number,
                    noted: digest.is_some(),
                });
            }
            Event::Corrected {
                survey,
                respondent,
                nth,
                digest,
            } => {
                let held = self.surveys.entry(survey).or_default();
                let corrected = Responded {
                    at,
                    source: Source::Web,
                    digest,
                    corrected: nth,
                };
                held.responded.insert(respondent, corrected);
            }
            Event::ResultsReleased { survey } => {
                let held = self.surveys.entry(survey).or_default();
                held.released_at.get_or_insert(at);
            }
            Event::AgendaEdited { meeting, file } => {
                let convened = self.meetings.entry(meeting).or_default();
                (convened.draft, convened.edited_at) = (Some(file), Some(at));
            }
            Event::PaperEdited { meeting, file, .. } => {
                let convened = self.meetings.entry(meeting).or_default();
                (convened.handout, convened.edited_at) = (Some(file), Some(at));
            }
            Event::CorrectionDrafted { meeting, file } => {
                self.meetings.entry(meeting).or_default().correction = file;
            }
            Event::PapersCorrected {
                meeting,
                draft,
                before,
                file,
            } => {
                let convened = self.meetings.entry(meeting).or_default();
                convened.correct(at, draft, before, file);
            }
            Event::DayRecorded { meeting, file } => {
                self.meetings.entry(meeting).or_default().day = Some(file);
            }
            Event::MinutesWritten { meeting, file } => {
                self.meetings.entry(meeting).or_default().minutes = Some(file);
            }
            Event::MinutesFinished { meeting } => {
                self.meetings
                    .entry(meeting)
                    .or_default()
                    .minutes_finished_at = Some(at);
            }
            Event::MinutesReopened { meeting } => {
                self.meetings
                    .entry(meeting)
                    .or_default()
                    .minutes_finished_at = None;
            }
            Event::MinutesApproved {
                meeting,
                in_meeting,
            } => {
                self.meetings
                    .entry(meeting)
                    .or_default()
                    .minutes_approved_in = Some(in_meeting);
            }
        }
    }

    fn end_links(&mut self, survey: &str, respondent: &str) {
        let of = |door: &Option<Door>| matches!(door, Some(Door::Survey { survey: s, respondent: r }) if s == survey && r == respondent);
        let links = self.links.iter().filter(|(_, door)| of(door));
        self.ended.extend(links.map(|(hash, _)| hash.clone()));
    }

    fn end_delegation(&mut self, role: &str, from: &str) {
        self.delegations
            .retain(|one| (one.role.as_str(), one.from.as_str()) != (role, from));
    }

    fn noticed(&mut self, at: DateTime<Utc>, notice: Notice, delivered: Delivered) {
        // A notice under way may outlive its webhook.
        let Some(hooked) = self.webhooks.get_mut(&notice.webhook) else {
            return;
        };
        hooked.log.push(Attempted {
            at,
            notice,
            delivered,
        });
        let surplus = hooked.log.len().saturating_sub(Hooked::KEPT);
        hooked.log.drain(..surplus);
    }

    fn account_changed(&mut self, at: DateTime<Utc>, person: String, what: AccountChange) {
        let account = self.accounts.entry(person).or_default();
        match what {
            AccountChange::PasswordSet => account.password_at = Some(at),
            AccountChange::CodesOn => account.codes = true,
            AccountChange::CodesOff => account.codes = false,
            AccountChange::RecoveryCodeUsed | AccountChange::SessionsEnded => {}
            AccountChange::Closed => (account.password_at, account.codes) = (None, false),
        }
    }

    fn posted(&mut self, at: DateTime<Utc>, mail: Mail, fate: Fate) {
        let held = self.surveys.entry(mail.survey).or_default();
        let letter = mail.letter;
        let posted = Posted { at, letter, fate };
        let of_respondent = held.mail.entry(mail.respondent).or_default();
        of_respondent.insert(mail.id, posted);
    }

    /// Surveys that have closed and that no dispatched meeting has reported yet, the first closed
    /// first. `meeting` itself does not count, so that its papers can be written again.
    pub fn to_report(&self, meeting: &str) -> Vec<String> {
        let reported = |survey: &String| {
            let dispatched = self
                .meetings
                .iter()
                .filter(|(id, m)| *id != meeting && m.dispatched_at.is_some());
            dispatched
                .flat_map(|(_, convened)| &convened.reports)
                .any(|reported| reported == survey)
        };
        let mut closed: Vec<(&DateTime<Utc>, &String)> = self
            .surveys
            .iter()
            .filter_map(|(id, held)| Some((held.closed_at.as_ref()?, id)))
            .filter(|(_, id)| !reported(id))
            .collect();
        closed.sort();
        closed.into_iter().map(|(_, id)| id.clone()).collect()
    }
}

impl Convened {
    fn correct(&mut self, at: DateTime<Utc>, draft: String, before: String, handout: String) {
        self.earlier.push(SentBefore {
            at: self.corrected_at.or(self.dispatched_at).unwrap_or(at),
            draft: self.draft.replace(draft),
            handout: before,
        });
        self.handout = Some(handout);
        (self.corrected_at, self.correction) = (Some(at), None);
    }
}

impl Held {
    pub fn is_open(&self) -> bool {
        self.opened_at.is_some() && self.closed_at.is_none()
    }
}
