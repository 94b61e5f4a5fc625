//! A finding: one thing that the author of a pack has to repair.

use std::fmt;

use serde::Serialize;

/// One thing to repair, with its place and the way out. Ordered by file and line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Path of the file as the caller named it.
    pub file: String,
    /// 1-based; absent when the finding is about the whole file.
    pub line: Option<u32>,
    /// Stable and dotted, for instance `form.unknown_item`; explained in `docs/errors.md`.
    pub code: &'static str,
    /// What is wrong, a Japanese sentence.
    pub what: String,
    /// What to do about it, a Japanese sentence.
    pub todo: String,
}

impl Finding {
    pub fn new(
        code: &'static str,
        file: impl Into<String>,
        line: Option<u32>,
        what: impl Into<String>,
        todo: impl Into<String>,
    ) -> Finding {
        Finding {
            file: file.into(),
            line,
            code,
            what: what.into(),
            todo: todo.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " [{}] {} → {}", self.code, self.what, self.todo)
    }
}
