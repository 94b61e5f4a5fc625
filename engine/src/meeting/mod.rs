//! A meeting's papers: the 次第 drafted from what happened, and the 資料 written from figures.

mod chart;
mod draft;
mod functions;
mod reading;
mod tally;
mod write;

pub use draft::{Content, Draft, Line, Paper, draft};
pub use reading::reading;
pub use tally::{Asked, FreeTexts, free_texts, view as tally_view};
pub use write::{Facts, Written, check_template, write};
