//! The shell of Meguri: pages and API on axum, the command line, the clock and the randomness.
//!
//! A handler reads the request, calls the engine, and answers. Rules are not here.

pub mod access;
mod admin;
pub mod app;
mod backups;
pub mod cli;
pub mod clock;
mod cycles;
mod english;
mod error;
pub mod notices;
mod one_time_code;
mod openapi;
mod pages;
mod password;
pub mod post;
mod random;
pub mod routes;
pub mod serving;
mod signed_in;
pub mod story;
mod throttle;
mod typed;
mod view;
mod wish;
pub mod years;
