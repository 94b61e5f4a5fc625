//! Packs for the faults: the skeleton with other cycles.

use std::sync::Arc;

use chrono::NaiveDate;
use engine::{Files, Pack};

/// Reads the skeleton with these files over it and none of its own cycles.
pub fn read(slug: &str, over: &[(String, String)]) -> Arc<Pack> {
    let opens = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day");
    let mut files: Vec<(String, String)> = engine::pack::skeleton(slug, "架空市", opens)
        .filter(|(path, _)| !path.starts_with("cycles/"))
        .collect();
    files.extend_from_slice(over);
    let files = Files(files.into_iter().collect());
    Arc::new(Pack::read(&files).unwrap_or_else(|findings| panic!("{findings:#?}")))
}
