//! A meeting's papers: the 次第 drafted from what happened, and the 資料 written from figures.

mod outline;

mod draft;
mod edit;
mod errata;
mod merge;
mod numbers;
mod pick;
mod proofread;
mod quorum;
mod record;
mod suggest;

mod chart;
mod check;
mod functions;
mod handed_back;
mod reading;
mod tally;
mod write;

pub use check::{check_template, rehearse, template_files};
pub use draft::{Known, alone, called, draft};
pub use edit::{Edit, NewLine, NewPaper, Unfit, Way, edit};
pub use errata::{Erratum, errata};
pub use functions::{NAMES as FUNCTIONS, TABLE_WORDS};
pub use handed_back::{HandedBack, HandedItem, HandedOption, handed_back};
pub use merge::merge;
pub use numbers::next_additional;
pub use outline::{Attendance, ByHand, Content, Draft, Line, LineKind, Paper, Rank, SetAside};
pub use pick::{Pick, pick};
pub use proofread::{Doubt, Proofread, proofread, refreshed};
pub use quorum::{Attended, Day, Presence, Turnout};
pub use reading::{Piece, reading};
pub use record::{Decided, FollowUp, MinuteLine, Minutes, Outcome, Records, errata_paper};
pub use suggest::{Beside, Source as SuggestedBy, Suggestion, suggest};
pub use tally::{Asked, FreeTexts, free_texts, view as tally_view};
pub use write::{Facts, VARIABLES, Written, write};
pub(crate) use write::{environment, squeeze};
