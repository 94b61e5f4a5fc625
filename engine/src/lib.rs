//! A municipality's year, from the questionnaire to the papers of the meeting.
//!
//! The path of the data: a [`Pack`] is read and checked; a [`year::Year`] opens it on a store and
//! runs its cycle; responses become a [`figure::FigureBook`]; a [`meeting`] is drafted from what
//! happened and its papers are written from figures, each of which knows where it comes from.
//!
//! This crate composes `forms` (questionnaires) and `workflows` (cycles), which do not know each
//! other. It reads no clock and no randomness: instants and tokens come in with each act.

pub mod acceptance;
pub mod area;
pub mod body;
pub mod figure;
pub mod frame;
pub mod map;
pub mod municipality;
pub mod people;
pub mod settings;
pub mod survey;

pub mod agenda;
pub mod design;
pub mod history;
pub mod ledger;
pub mod pack;
pub mod roster;
pub mod schema;

mod template;

pub mod keyed;
pub mod letter;
pub mod meeting;
pub mod picture;
pub mod results;
pub mod sheet;

pub mod audit;
pub mod forecast;
pub mod handover;
pub mod year;

pub use authoring::Finding;
pub use pack::{Files, Pack};
