//! The conformance suite on the embedded store.

#[cfg(test)]
mod conformance;

use std::path::Path;

use store::Store;

fn open(folder: &Path) -> Store {
    Store::open(folder).expect("a folder that can be opened")
}

conformance::suite!(super::open);
