//! A meeting's papers: the 次第 drafted from what happened, and the 資料 written from figures.

mod chart;
mod check;
mod draft;
mod functions;
mod handed_back;
mod reading;
mod tally;
mod write;

pub use check::{check_template, rehearse, template_files};
pub use draft::{Content, Draft, Known, Line, Paper, alone, draft};
pub use functions::{NAMES as FUNCTIONS, TABLE_WORDS};
pub use handed_back::{HandedBack, HandedItem, HandedOption, handed_back};
pub use reading::reading;
pub use tally::{Asked, FreeTexts, free_texts, view as tally_view};
pub use write::{Facts, VARIABLES, Written, write};
pub(crate) use write::{environment, squeeze};
