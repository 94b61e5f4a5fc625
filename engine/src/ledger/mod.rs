//! A ledger (台帳): a questionnaire that staff answer many times, one entry for each consultation, event,
//! issue, goal or decision.
//!
//! | File of the pack | Holds |
//! |---|---|
//! | `ledgers/<id>.json` | the [`Definition`]: which item dates, names and places an entry |
//! | `forms/<form>.json` | the questionnaire |
//! | `ledgers/<id>.jsonl` | entries that ship with the pack, one a line; a later line changes an earlier entry |
//!
//! A [`Book`] holds the entries of all ledgers at one moment: those of the pack, and those that were entered
//! since. Whatever is counted leaves out entries marked 【再掲】 (`again`).

mod apply;
mod book;
mod close;
mod definition;
mod entry;
mod fault;
mod filter;
mod lines;
mod number;
mod raised;
mod refer;
mod table;
mod view;
mod watch;
mod watching;
mod when;

use forms::{Condition, Item, Questionnaire};

pub use book::Book;
pub use close::Refused;
pub use definition::{Definition, Marks, State, ToAgenda};
pub use entry::Entry;
pub use filter::{Filter, Unfit};
pub use raised::{FOLLOW_UPS, Raised};
pub use watch::{Near, Propose, Watch, Watches};
pub use when::When;

use apply::Beginning;
use lines::Line;
pub(crate) use refer::{Names, check as check_references};
pub(crate) use table::{Records, Wanted, protect, table};
pub use watching::Seen;
pub(crate) use watching::Watching;

/// A ledger of a checked pack.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub id: String,
    pub definition: Definition,
    pub form: Questionnaire,
    /// `where` of each `to_agenda` of the definition, in its order.
    pub(crate) to_agenda: Vec<Condition>,
    pub(crate) carry: Option<Condition>,
    /// Defined by the pack itself, not by the base alone.
    pub own: bool,
    /// The entries that ship with the pack, in the order in which they first stand there.
    pub shipped: Vec<Entry>,
}

impl Ledger {
    /// The file of its entries within the pack.
    pub fn file(&self) -> String {
        format!("ledgers/{}.jsonl", self.id)
    }

    pub fn name(&self) -> &str {
        &self.definition.name
    }

    /// The item that says how far an entry is.
    pub fn state_item(&self) -> Option<&Item> {
        self.form.item(&self.definition.state.as_ref()?.item)
    }

    /// The title of an option of the item that says how far an entry is.
    pub fn state_label<'a>(&'a self, code: &'a str) -> &'a str {
        let option = self.state_item().and_then(|item| item.option(code));
        option.map_or(code, |option| option.title.as_str())
    }
}
