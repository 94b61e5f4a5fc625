//! Cycles: how a municipality's year runs.
//!
//! A script (`cycles/*.rhai`) is run once and returns a [`Plan`]: steps as data, with dates as rules
//! (「回答締切の7営業日前」). The plan is what runs: [`decide`] turns a [`Command`] into [`Record`]s or a
//! [`Refusal`], [`apply`] folds records into the [`State`]; both are pure and total. The shell does what
//! [`open_work`] lists, shows people what [`open_tasks`] lists, sleeps until [`next_wake`], and asks a gate's
//! hook through [`Script::gate`].
//!
//! [`simulate`] drives the same two functions with a virtual clock and people with habits.
//!
//! Nothing here reads a clock, a file or the network; instants come in as [`At`].

pub mod calendar;
mod key;
mod rule;

mod language;
mod other_year;
mod parameters;
mod plan;
mod vocabulary;

mod check;
pub mod outcome;
mod script;

mod command;
mod difference;
mod record;
mod refusal;
mod state;

mod apply;
mod children;
mod consequences;
mod decide;
mod explain;
mod items;
mod preview;
mod readiness;
mod telling;
mod work;

pub mod simulate;

pub use apply::apply;
pub use calendar::Calendar;
pub use children::{Child, children};
pub use command::{Actor, Adoption, At, Command, Parent};
pub use consequences::{TakeBack, begun_anew, take_backs};
pub use decide::decide;
pub use difference::{Difference, Steps};
pub use explain::explain;
pub use items::{Growing, growing_lists};
pub use key::{Key, StepId};
pub use language::WORDS;
pub use other_year::Moved;
pub use parameters::{Field, FieldValue, Parameters, SCHEMA};
pub use plan::{Kind, MAX_ITEMS, MAX_ROUNDS, MAX_STEPS, Per, Plan, Step, When};
pub use preview::{Preview, preview, preview_date};
pub use record::{Event, How, RECORD_VERSION, Record};
pub use refusal::Refusal;
pub use rule::{Base, DateRule, Offset};
pub use script::{HookError, Script, read};
pub use state::{
    Decision, Offer, Open, Past, Phase, Settled, Signal, State, Status, Suspension, Timer,
    TimerKind, Turn,
};
pub use telling::{Told, tell};
pub use vocabulary::{Vocabulary, gate_facts};
pub use work::{
    Collection, Task, Work, WorkKind, deadline, next_wake, open_collections, open_incidents,
    open_tasks, open_work,
};
