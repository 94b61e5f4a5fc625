//! A municipality's year, running: its pack, its store, and the state folded from the journal.
//!
//! Every act has the same shape: look at the state, decide with a pure function, commit events and
//! values together, and only then answer. What a commit acknowledged is on the disk.

mod account;
mod act;
mod adopt;
mod agendas;
mod ahead;
mod api_token;
mod approvals;
mod area;
mod asked;
mod attached;
mod audit;
mod before;
mod calls;
mod children;
mod coding;
mod collection;
mod compose;
mod correct;
mod corrections;
mod cycle;
mod dates;
mod deadline;
mod delegation;
mod derived;
mod designs;
mod diary;
mod door;
mod draft;
mod event;
mod handed_back;
mod keeping;
mod key;
mod keyed;
mod ledgers;
mod link;
mod minutes;
mod outbox;
mod paper_texts;
mod papers;
mod perform;
mod pin;
mod publishing;
mod remind;
mod respond;
mod results;
mod revise;
mod session;
mod snapshot;
mod state;
mod tasks;
mod troubles;
mod upload;
mod uses;
mod wake;
mod webhook;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock, Weak};

use chrono::{DateTime, Utc};
use forms::{Carried, Questionnaire};
use store::{CommitError, Guard, Key, Store, StoreError};

pub use account::{Account, AccountChange, Enrolled, Entrance, Proof, login_name};
pub use act::{Act, japan};
pub use agendas::LARGEST_ATTACHMENT;
pub use ahead::MovedDay;
pub use api_token::ApiToken;
pub use approvals::{Made, OnTheWay, Standing, WayKind};
pub use area::{Neighbours, NotReceived, Received};
pub use audit::{LookedBack, PackRevision};
pub use before::Before;
pub use calls::NotedCall;
pub use corrections::{Amend, Correction, SentOut};
pub(crate) use cycle::MEETING_CLOSED;
pub use cycle::Waited;
pub use dates::DateField;
pub use deadline::{Collecting, Moving, Phase, Shift, Shifted};
pub use delegation::Delegation;
pub use derived::{Astray, astray, mend};
pub use designs::Published;
pub use draft::{Displaced, Draft, Drafting, Revision};
pub use event::{CallOutcome, Door, Event, Handout, Mail, Needless, PaperFile, Source, Way};
pub(crate) use keeping::definition;
pub use keeping::{Keeping, Question, Remains, SAID, kept_until, last_day};
pub use keyed::{KeyedIn, Return};
pub use ledgers::Round;
pub use link::{NotAToken, Token};
pub use outbox::{OUTBOX, Outgoing};
pub use paper_texts::{LARGEST_TEXT, Text};
pub use publishing::ToPublish;
pub use remind::{Addressed, Sending, Sent};
pub use respond::{Receipt, Response, Submission};
pub use results::{Counted, TurnHeld};
pub use revise::Revisions;
pub use session::Session;
pub use state::{
    Aside, Call, Convened, Deleted, Fate, Held, Keyed, Keying, Ledgered, Letters, Posted,
    Responded, SentBefore, State, Withdrawn,
};
pub use tasks::{Assignment, Done, Finished, Subject};
pub use troubles::Trouble;
pub use uses::PrintedIn;
pub use wake::CYCLES;
pub use webhook::{
    Attempted, Delivered, Hooked, NOTICES, Notice, Occasion, OutgoingNotice, Webhook,
};

use crate::figure::Frozen;
use crate::pack::Pack;
use crate::results::Shown;
use crate::roster::Roster;
use diary::Diary;

/// A municipality at work.
pub struct Year {
    pub pack: Arc<Pack>,
    pub(crate) store: Store,
    state: RwLock<State>,
    /// What the pages had changed in the pack when it was taken up.
    revised: BTreeMap<String, Option<String>>,
    /// The record at which the newest snapshot was taken.
    snapshot: AtomicU64,
    /// Responses to the surveys that were counted, by survey and respondent, as they were checked.
    answers: RwLock<BTreeMap<String, BTreeMap<String, results::Remembered>>>,
    /// What was counted last, and from what.
    counted: RwLock<Option<(u64, Counted)>>,
    /// Results as they were looked at, by what was asked for, and from what they were counted.
    looked: RwLock<(u64, BTreeMap<String, Arc<Shown>>)>,
    /// What a questionnaire under design makes of the answers to a turn, and from what that was found.
    carried: RwLock<(u64, Carried)>,
    /// Questionnaires as they were published, by survey and version.
    published: RwLock<BTreeMap<(String, u32), Arc<Questionnaire>>>,
    /// Rosters as they were asked, by file.
    rosters: RwLock<BTreeMap<String, Arc<Roster>>>,
    /// The pack as it was asked, and of which publications and rosters.
    asked: RwLock<Option<AsAsked>>,
    /// Plans and scripts to which cycles are pinned, by hash.
    plans: RwLock<BTreeMap<String, Arc<workflows::Plan>>>,
    diary: RwLock<Diary>,
    /// The dry runs of running cycles as they were last asked for.
    ahead: RwLock<BTreeMap<String, ahead::Known>>,
    scripts: RwLock<BTreeMap<String, Arc<workflows::Script>>>,
    /// The entries of all ledgers as they were last looked at.
    ledgers: RwLock<Option<ledgers::Known>>,
    /// The other municipalities of the server, once it knows them.
    neighbours: RwLock<Weak<Neighbours>>,
}

/// Why an act was not carried out. The sentence is for the person who acts.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("このリンクは使えません。届いたアドレスをもう一度そのまま開いてください。")]
    UnknownLink,
    #[error("このリンクはすでに使われました。新しいリンクを、事務局か管理者に頼んでください。")]
    SpentLink,
    #[error(
        "このリンクは新しいリンクに替わりました。いちばん新しいお知らせのリンクを開いてください。"
    )]
    EndedLink,
    #[error(
        "このお願いは取り下げられました。ご回答は要りません。ご不明な点は事務局にお問い合わせください。"
    )]
    Withdrawn,
    #[error("この調査はまだ始まっていません。")]
    NotOpen,
    #[error("この調査の受付は終わりました。ご協力ありがとうございました。")]
    Closed,
    #[error("すでに別の内容で回答をいただいています。直したいときは事務局にご連絡ください。")]
    AnsweredOtherwise { receipt: Box<Receipt> },
    #[error("直していただきたいところがあります。")]
    Issues(Vec<forms::Issue>),
    #[error("回答が大きすぎて保存できません。長い記入を短くしてください。")]
    TooLarge,
    #[error("{0} はありません。")]
    Unknown(String),
    #[error("{0}")]
    Cycle(String),
    #[error("資料を書き出せません。\n{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Findings(Vec<authoring::Finding>),
    #[error("記録できません。\n{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    NotEntered(Vec<authoring::Finding>),
    #[error("ほかの人が同じ記録を先に直しました。開き直して、内容を確かめてください。")]
    Overtaken,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Commit(CommitError),
    #[error(
        "保存されている内容を読めません（{0}）。`meguri export` で控えを取り、作成元に連絡してください。"
    )]
    Unreadable(String),
}

/// A survey with its version, its roster's file, and the files of what was said about its free texts.
type Asked = (String, u32, String, BTreeMap<String, String>);

/// The pack with these.
type AsAsked = (Vec<Asked>, Arc<Pack>);

/// A value to write; `None` removes.
pub(crate) type Write = (Key, Option<Vec<u8>>);

/// Events and writes to commit together.
#[derive(Default)]
pub(crate) struct Change {
    pub guards: Vec<Guard>,
    pub events: Vec<Event>,
    pub writes: Vec<Write>,
    pub cause: Option<String>,
}

impl Year {
    /// Opens a municipality in a store: folds its journal and adopts the pack as it is now.
    ///
    /// # Errors
    /// The store cannot be read or written, or holds events that this version does not know.
    pub async fn open(store: Store, pack: Arc<Pack>, at: DateTime<Utc>) -> Result<Year, Refusal> {
        let year = Year::look(store, pack).await?;
        year.adopt_pack(at).await?;
        Ok(year)
    }

    async fn adopt_pack(&self, at: DateTime<Utc>) -> Result<(), Refusal> {
        while self.state(|state| state.pack.as_ref() != Some(&self.pack.digest)) {
            let adopted = Event::PackAdopted {
                digest: self.pack.digest.clone(),
            };
            // Of several processes that start at once, one adopts.
            let change = Change {
                guards: vec![Guard::Head(self.state(|state| state.head))],
                events: vec![adopted],
                ..Change::default()
            };
            match self.commit(&Act::by_meguri(at), change).await {
                Err(Refusal::Commit(CommitError::Refused(_))) => self.catch_up().await?,
                other => other?,
            }
        }
        Ok(())
    }

    /// Looks at a municipality in a store without writing anything: not even which pack is in force.
    ///
    /// # Errors
    /// The store cannot be read, or holds events that this version does not know.
    pub async fn look(store: Store, pack: Arc<Pack>) -> Result<Year, Refusal> {
        let mut year = Year {
            pack,
            store,
            state: RwLock::default(),
            revised: BTreeMap::new(),
            snapshot: AtomicU64::default(),
            answers: RwLock::default(),
            counted: RwLock::default(),
            looked: RwLock::default(),
            carried: RwLock::default(),
            published: RwLock::default(),
            rosters: RwLock::default(),
            asked: RwLock::default(),
            plans: RwLock::default(),
            diary: RwLock::default(),
            ahead: RwLock::default(),
            scripts: RwLock::default(),
            ledgers: RwLock::default(),
            neighbours: RwLock::default(),
        };
        let records = year.start_from_snapshot().await?;
        year.fold_records(records)?;
        year.revised = year.state(|state| state.revised.clone());
        Ok(year)
    }

    /// The same municipality with its pack as it is now: what was begun with the pack before goes on with what
    /// was kept of it.
    ///
    /// # Errors
    /// As for [`Year::open`].
    pub async fn with_pack(&self, pack: Arc<Pack>, at: DateTime<Utc>) -> Result<Year, Refusal> {
        Year::open(self.store.clone(), pack, at).await
    }

    pub fn slug(&self) -> &str {
        &self.pack.municipality.slug
    }

    /// Looks at the state.
    pub fn state<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(
            &self
                .state
                .read()
                .expect("nothing panics while the state is held"),
        )
    }

    /// Stores a change and folds it in.
    pub(crate) async fn commit(&self, act: &Act, change: Change) -> Result<(), Refusal> {
        let mut writes = change.writes;
        writes.extend(self.notices(act, &change.events)?);
        let mut events = Vec::with_capacity(change.events.len());
        for event in &change.events {
            events.push(
                serde_json::to_value(event)
                    .map_err(|error| Refusal::Unreadable(error.to_string()))?,
            );
        }
        let commit = store::Commit {
            municipality: self.slug().to_owned(),
            at: act.at,
            by: act.by.clone(),
            on_behalf_of: act.on_behalf_of.clone(),
            cause: change.cause,
            guards: change.guards,
            events,
            writes,
        };
        let committed = self
            .store
            .commit(commit)
            .await
            .map_err(|error| match error {
                CommitError::TooLarge { .. } => Refusal::TooLarge,
                other => Refusal::Commit(other),
            })?;
        let Some(first) = committed.records.first() else {
            return Ok(());
        };
        let first = first.seq;
        let folded = committed
            .records
            .into_iter()
            .map(|record| (record.seq, record.at))
            .zip(change.events);
        if self.fold(first, folded.map(|((seq, at), event)| (seq, at, event))) {
            Ok(())
        } else {
            self.catch_up().await
        }
    }

    /// Folds records in from `first` on; false when there is a gap before them.
    fn fold(&self, first: u64, records: impl Iterator<Item = (u64, DateTime<Utc>, Event)>) -> bool {
        let mut state = self
            .state
            .write()
            .expect("nothing panics while the state is held");
        if state.head + 1 < first {
            return false;
        }
        for (seq, at, event) in records {
            // Another thread may have folded some of them in the meantime.
            if seq == state.head + 1 {
                self.forget_replaced(&state, &event);
                state.apply(seq, at, event);
            }
        }
        true
    }

    /// A response that takes the place of another is read anew when it is counted.
    fn forget_replaced(&self, state: &State, event: &Event) {
        let Event::Responded {
            survey, respondent, ..
        } = event
        else {
            return;
        };
        let held = state.surveys.get(survey);
        if held.is_some_and(|held| held.responded.contains_key(respondent)) {
            let mut known = self
                .answers
                .write()
                .expect("no panic while answers are held");
            known.get_mut(survey).map(|of| of.remove(respondent));
        }
    }

    /// Folds in what others have committed since.
    pub(crate) async fn catch_up(&self) -> Result<(), Refusal> {
        let from = self.state(|state| state.head) + 1;
        self.fold_records(self.store.journal(self.slug(), from).await?)
    }

    /// Looks whether somebody else has committed something: another process, or a request that began
    /// before the pack was taken up anew.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn refresh(&self) -> Result<(), Refusal> {
        if self.store.head(self.slug()).await?.seq != self.state(|state| state.head) {
            self.catch_up().await?;
        }
        Ok(())
    }

    fn fold_records(&self, records: Vec<store::Record>) -> Result<(), Refusal> {
        let Some(first) = records.first().map(|record| record.seq) else {
            return Ok(());
        };
        let mut events = Vec::with_capacity(records.len());
        for record in records {
            let event: Event = serde_json::from_value(record.event)
                .map_err(|error| Refusal::Unreadable(format!("記録 {}：{error}", record.seq)))?;
            events.push((record.seq, record.at, event));
        }
        self.fold(first, events.into_iter());
        Ok(())
    }

    fn replace_state(&self, state: State, snapshot: u64) {
        *self
            .state
            .write()
            .expect("nothing panics while the state is held") = state;
        self.snapshot_taken(snapshot);
    }

    /// The record of the snapshot from which it was opened, or of one taken since; 0 without any.
    pub fn snapshot_at(&self) -> u64 {
        self.snapshot.load(Ordering::Relaxed)
    }

    fn snapshot_taken(&self, seq: u64) {
        self.snapshot.store(seq, Ordering::Relaxed);
    }
}
