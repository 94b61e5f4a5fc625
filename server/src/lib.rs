//! The shell of Meguri: pages and API on axum, the command line, the clock and the randomness.
//!
//! A handler reads the request, calls the engine, and answers. Rules are not here.

mod admin;
pub mod app;
mod backups;
pub mod cli;
pub mod clock;
mod cycles;
mod error;
pub mod notices;
mod pages;
pub mod post;
mod random;
mod routes;
pub mod serving;
mod signed_in;
pub mod story;
mod view;
pub mod years;
