//! Doctor: says what is wrong with a data folder, and mends what can be rebuilt from its journals.
//!
//! sled empties a damaged part of its log when it opens it, so nothing here opens the folder itself: both work
//! on a copy beside it, which takes as much room as `db`. The folder must not be in use.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::embedded::doctor as embedded;
use crate::error::StoreError;
use crate::problem::Problem;
use crate::record::Head;

/// What is wrong with a folder.
#[derive(Debug)]
pub struct Report {
    /// Municipalities with the ends of their journals, as far as they can be read.
    pub municipalities: Vec<(String, Head)>,
    /// Why the folder does not open as it is. The rest tells of what is left all the same.
    pub refused: Option<StoreError>,
    pub problems: Vec<Problem>,
    /// Half-written files of a crash, relative to the folder. They harm nobody.
    pub leftovers: Vec<PathBuf>,
}

/// Something that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The end of the journal was set to its last record; it had been `before`, if that could be read.
    Head {
        municipality: String,
        before: Option<u64>,
        now: u64,
    },
    /// The number of acknowledged batches was set to those that are there: the others are lost.
    Acknowledged { before: u64, now: u64 },
    /// A half-written file of a crash is gone.
    Leftover { path: PathBuf },
}

/// What `mend` did.
#[derive(Debug)]
pub struct Mended {
    pub remedies: Vec<Remedy>,
    /// What is wrong still.
    pub left: Report,
    /// Where the folder is now as it was before. `None` when nothing was mended.
    pub before: Option<PathBuf>,
}

impl Report {
    /// Nothing is wrong; leftovers do not count.
    pub fn is_healthy(&self) -> bool {
        self.refused.is_none() && self.problems.is_empty()
    }
}

/// Reads everything in the folder `dir` without changing it.
///
/// # Errors
/// There is no store in `dir`; it is in use; there is no room for the copy. Damage is no error but in the report.
pub fn examine(dir: &Path) -> Result<Report, StoreError> {
    embedded::examine(dir)
}

/// Rebuilds the ends of the journals from their records, gives up what was acknowledged and is lost, and removes
/// leftovers. Records, values and files are never changed. The folder as it was is kept under another name.
///
/// # Errors
/// As [`examine`], and when sled cannot open the folder at all or the folder cannot be renamed. Nothing is
/// changed then.
pub fn mend(dir: &Path) -> Result<Mended, StoreError> {
    embedded::mend(dir)
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remedy::Head {
                municipality,
                before: Some(before),
                now,
            } => write!(
                f,
                "{municipality}: 末尾を記録 {before} から、実際の最後の記録 {now} に直しました。"
            ),
            Remedy::Head {
                municipality,
                before: None,
                now,
            } => write!(
                f,
                "{municipality}: 末尾がないか壊れていたので、最後の記録 {now} に直しました。"
            ),
            Remedy::Acknowledged { before, now } => write!(
                f,
                "保存済みの書き込み {before} 回のうち {} 回分は失われています。残りの {now} 回分で続けます。",
                before - now
            ),
            Remedy::Leftover { path } => {
                write!(f, "{}: 書きかけのファイルを除きました。", path.display())
            }
        }
    }
}
