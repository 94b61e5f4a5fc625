//! The state of a municipality: the fold of its journal, and nothing else.

mod convened;
mod held;

pub use convened::{Convened, SentBefore};
pub use held::{
    Aside, Call, Deleted, Fate, Held, Keyed, Keying, Letters, Posted, Responded, Withdrawn,
};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::event::{Door, Event, Mail, Source};
use super::{
    AccountChange, ApiToken, Attempted, Delegation, Delivered, Enrolled, Hooked, Notice, Received,
};

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
