//! What the journal of a municipality records. Answers are never in it: it holds who answered and
//! the digest of what was stored, so that answers can be deleted when their time is over.

mod parts;

pub use parts::{CallOutcome, Door, Handout, Mail, Needless, PaperFile, Source, Way};

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{AccountChange, ApiToken, Delegation, Entrance, Notice, Webhook};
use crate::keyed::Why;
use crate::letter::Letter;
use crate::survey::Terms;

/// One event; the store adds when, who, why, and the hash of the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The pack whose data is in force from here on.
    PackAdopted {
        digest: String,
    },
    /// A file of the pack was changed in the pages: from here on this text, a file of the store, lies over the
    /// pack's own; without one there is no such file.
    PackRevised {
        path: String,
        file: Option<String>,
    },
    CycleAdvanced {
        cycle: String,
        record: Box<workflows::Record>,
    },
    /// From here on this version cannot change.
    QuestionnairePublished {
        survey: String,
        version: u32,
        digest: String,
    },
    SurveyOpened {
        survey: String,
        version: u32,
        asked: u64,
        /// A file: the roster as it was then.
        roster: String,
        #[serde(default, skip_serializing_if = "Terms::are_usual")]
        terms: Terms,
    },
    SurveyClosed {
        survey: String,
    },
    /// A personal link was made; only its hash is kept.
    LinkMade {
        hash: String,
        door: Door,
    },
    /// A one-time link was used.
    LinkSpent {
        hash: String,
    },
    Responded {
        survey: String,
        respondent: String,
        source: Source,
        /// Empty in an anonymous survey: it would lead to what was answered.
        digest: String,
    },
    /// A letter was due to those who had not answered. In the outbox is one for each who has an
    /// address; the others are reached by other means. Journals of the first release say
    /// `reminder_due`, when all letters were copied by hand.
    #[serde(alias = "reminder_due")]
    LettersDue {
        #[serde(default = "reminder")]
        letter: Letter,
        survey: String,
        respondents: u64,
        #[serde(default)]
        by_mail: u64,
        /// A file: their ids.
        file: String,
        #[serde(default)]
        way: Way,
        /// A file: the words of the secretariat, where they are not those of the template.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// With this the ids of its letters begin, where they were sent by hand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        batch: Option<String>,
    },
    MailSent {
        #[serde(flatten)]
        mail: Mail,
    },
    /// It is tried again.
    MailFailed {
        #[serde(flatten)]
        mail: Mail,
        attempt: u32,
        why: String,
        retry_at: DateTime<Utc>,
    },
    /// It is not tried again.
    MailAbandoned {
        #[serde(flatten)]
        mail: Mail,
        attempt: u32,
        why: String,
    },
    /// It was not needed any more.
    MailDropped {
        #[serde(flatten)]
        mail: Mail,
        why: Needless,
    },
    /// Figures were counted anew; the digest is over the figures, so that a changed number is seen.
    FiguresCounted {
        survey: String,
        responses: u64,
        digest: String,
    },
    /// A municipality outside has sent its figures.
    FiguresReceived {
        member: String,
        made_at: DateTime<Utc>,
        /// A file: the signed sheet as it came.
        file: String,
    },
    /// An entry of a ledger was handed in, or changed: its round, from 1, is kept as a value.
    Entered {
        ledger: String,
        entry: String,
        round: u32,
        digest: String,
    },
    /// A month (`2025-06`) of a ledger is closed.
    MonthClosed {
        ledger: String,
        month: String,
    },
    /// The 施策・指標マップ with the figures of that moment.
    MapDrawn {
        version: u32,
        file: String,
    },
    /// The 次第 as drafted: a file with the lines and the list of papers.
    AgendaDrafted {
        meeting: String,
        file: String,
    },
    PapersWritten {
        meeting: String,
        /// The surveys that its papers report.
        reports: Vec<String>,
        /// A file: the [`Handout`].
        file: String,
    },
    /// The papers went out; their numbers and texts no longer change.
    PapersDispatched {
        meeting: String,
    },
    MeetingClosed {
        meeting: String,
    },
    DelegationMade(Delegation),
    DelegationEnded {
        role: String,
        from: String,
    },
    /// Somebody has put free texts into groups, or confirmed how they are printed.
    TextsCoded {
        survey: String,
        item: String,
        groups: u64,
        /// Texts in a group.
        coded: u64,
        /// Texts whose printing is confirmed.
        confirmed: u64,
        /// A file: the coding. Texts are in it and not here.
        file: String,
    },
    /// Somebody of the office began a session.
    SignedIn {
        person: String,
        way: Entrance,
    },
    /// Too many passwords were wrong: for a while none is taken.
    SignInHalted {
        person: String,
    },
    AccountChanged {
        person: String,
        what: AccountChange,
    },
    /// Somebody took a whole backup away.
    Exported {},
    /// The time for which answers are kept was over. What is left is counts.
    AnswersDeleted {
        survey: String,
        responses: u64,
        why: String,
        /// A file: the [`Remains`](super::Remains), figures and tallies as they were.
        remains: String,
        /// The handouts from which went what single respondents had given: the new file of each meeting.
        handouts: BTreeMap<String, String>,
    },

    /// A response was replaced by its respondent. The one before is kept, and counts no more.
    Corrected {
        survey: String,
        respondent: String,
        /// How often it has been corrected, from 1.
        nth: u32,
        digest: String,
    },
    /// The secretariat shows the results to those who were asked, before any meeting has them.
    ResultsReleased {
        survey: String,
    },

    /// A return on paper, by fax or as a workbook was keyed in: its answers are kept as a value.
    KeyedIn {
        survey: String,
        respondent: String,
        by: String,
        /// The second of two entries.
        #[serde(default)]
        second: bool,
        source: Source,
        received_on: NaiveDate,
        digest: String,
    },
    /// Entries that have not counted yet were thrown away, to begin anew.
    KeyingDropped {
        survey: String,
        respondent: String,
    },
    /// Of two returns of one office this one does not count; it is kept all the same.
    SetAside {
        survey: String,
        respondent: String,
        source: Source,
        digest: String,
        why: Why,
    },
    /// Another program may act here until the end of a day; only the token's hash is kept.
    TokenMade {
        hash: String,
        token: ApiToken,
    },
    TokenRevoked {
        hash: String,
    },
    /// Another program is told when something happens.
    WebhookSet {
        id: String,
        webhook: Webhook,
    },
    WebhookRemoved {
        id: String,
    },
    NoticeSent {
        #[serde(flatten)]
        notice: Notice,
        status: u16,
    },
    /// It is tried again.
    NoticeFailed {
        #[serde(flatten)]
        notice: Notice,
        why: String,
        retry_at: DateTime<Utc>,
    },
    /// It is not tried again.
    NoticeAbandoned {
        #[serde(flatten)]
        notice: Notice,
        why: String,
    },
    // Distribution.
    /// Somebody is asked too while the survey runs (追加).
    RespondentAdded {
        survey: String,
        respondent: String,
        /// Those asked now.
        asked: u64,
        /// A file: the roster as it is asked now.
        roster: String,
    },
    /// Somebody is not asked any more while the survey runs (取下げ).
    RespondentWithdrawn {
        survey: String,
        respondent: String,
        asked: u64,
        roster: String,
        reason: String,
    },
    /// A letter that had been given up is tried again.
    MailQueued {
        #[serde(flatten)]
        mail: Mail,
    },
    /// The personal links that a respondent had until now lead nowhere any more.
    LinksEnded {
        survey: String,
        respondent: String,
    },
    /// Somebody of the office telephoned a respondent. What was said is a value, from 1.
    CallNoted {
        survey: String,
        respondent: String,
        number: u32,
        by: String,
        outcome: CallOutcome,
        /// Of what was said; absent when nothing was written down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<String>,
    },
    /// A person has edited the 次第. If papers were written, they follow in the same commit.
    AgendaEdited {
        meeting: String,
        file: String,
    },
    /// A person has changed the text of a paper, or had it written anew.
    PaperEdited {
        meeting: String,
        paper: String,
        /// A file: the [`Handout`].
        file: String,
    },
    /// What is to be corrected of papers that were sent; nothing when it was given up.
    CorrectionDrafted {
        meeting: String,
        /// A file: the [`Correction`](super::Correction).
        file: Option<String>,
    },
    /// A new version of the papers went out, with its 正誤表. The one before stays readable.
    PapersCorrected {
        meeting: String,
        draft: String,
        /// A file: the papers that went out before, without their figures.
        before: String,
        /// A file: the [`Handout`].
        file: String,
    },
    /// Who came, and when it began and ended: a file.
    DayRecorded {
        meeting: String,
        file: String,
    },
    MinutesWritten {
        meeting: String,
        file: String,
    },
    /// The minutes are done: decisions and follow-ups stand in their ledgers.
    MinutesFinished {
        meeting: String,
    },
    /// They are worked on again.
    MinutesReopened {
        meeting: String,
    },
    /// Approved in a later meeting.
    MinutesApproved {
        meeting: String,
        in_meeting: String,
    },
}

/// What was due before there were several kinds of letters.
fn reminder() -> Letter {
    Letter::Reminder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reminder_of_the_first_release_is_still_read() {
        let old =
            r#"{"event":"reminder_due","survey":"discharge-2026","respondents":3,"file":"ab"}"#;
        let read: Event = serde_json::from_str(old).unwrap();
        let expected = Event::LettersDue {
            letter: Letter::Reminder,
            survey: "discharge-2026".into(),
            respondents: 3,
            by_mail: 0,
            file: "ab".into(),
            way: Way::Mail,
            text: None,
            batch: None,
        };
        assert_eq!(read, expected);
    }
}
