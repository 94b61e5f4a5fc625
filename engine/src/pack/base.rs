//! The base: what municipalities have in common, as files of a pack. A pack's file of the same path
//! comes in place of the base's.

use include_dir::{Dir, include_dir};

use super::Files;

static BASE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/base");

/// The files of the base, by path.
pub fn base() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut found = Vec::new();
    collect(&BASE, &mut found);
    found.into_iter()
}

/// A text of the base: what a pack has that has no file of this path.
pub fn text(path: &str) -> Option<&'static str> {
    BASE.get_file(path)?.contents_utf8()
}

fn collect(folder: &'static Dir<'static>, found: &mut Vec<(&'static str, &'static str)>) {
    for file in folder.files() {
        if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
            found.push((path, text));
        }
    }
    for inner in folder.dirs() {
        collect(inner, found);
    }
}

impl Files {
    /// These files, with the base's below them.
    pub(super) fn on_base(&self) -> Files {
        let mut files: Files = Files(
            base()
                .map(|(path, text)| (path.replace('\\', "/"), text.to_owned()))
                .collect(),
        );
        files.0.extend(self.0.clone());
        files
    }
}
