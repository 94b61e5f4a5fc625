//! Contexts of pages: what a template shows, made from what the engine knows.

pub mod answers;
pub mod asked;
pub mod copy;
pub mod design;
pub mod entry;
pub mod field;
pub mod figure;
pub mod frame;
pub mod indicator;
pub mod inline;
pub mod keyed;
pub mod ledger;
pub mod map;
pub mod meeting;
pub mod post;
pub mod question;
pub mod results;
pub mod roster;
pub mod survey;
pub mod texts;
pub mod when;
