//! The papers crate seen from outside: cases in files, properties, and every format opened again.

mod cases;
mod docx;
#[cfg(feature = "pdf")]
mod pdf;
#[path = "../samples/mod.rs"]
mod samples;
mod survival;
mod svg;
mod xlsx;
