//! What every author of a pack meets: findings with a file and a line, and the sandbox of the scripts.
//!
//! A [`Finding`] is one thing to repair in a pack, addressed to the person who wrote it.
//! A [`Source`] is one JSON file that remembers on which line every value stands, so that a check of its
//! shape or of its meaning can name the line. [`sandbox`] is the one rhai engine of the product:
//! everything a script can call is decided there.
//!
//! Nothing here reads a file: text comes in, findings go out.

mod finding;
mod nearest;
pub mod sandbox;
mod shape;
mod source;

pub use finding::Finding;
pub use nearest::nearest;
pub use source::Source;
