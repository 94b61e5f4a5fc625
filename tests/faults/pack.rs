//! Packs for the faults: the skeleton with other cycles.

use std::sync::Arc;

use engine::{Files, Pack};

/// Reads the skeleton with these files over it and none of its own cycles.
pub fn read(slug: &str, over: &[(String, String)]) -> Arc<Pack> {
    let skeleton = engine::pack::skeleton(slug, "架空市");
    let mut files: Vec<(String, String)> = skeleton
        .map(|(path, text)| (path.to_owned(), text))
        .filter(|(path, _)| !path.starts_with("cycles/"))
        .collect();
    files.extend_from_slice(over);
    let files = Files(files.into_iter().collect());
    Arc::new(Pack::read(&files).unwrap_or_else(|findings| panic!("{findings:#?}")))
}
