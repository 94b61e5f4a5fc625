//! The conformance suite on the embedded store.

mod conformance;

use std::path::Path;

use store::Store;

fn open(folder: &Path) -> Store {
    Store::open(folder).expect("a folder that can be opened")
}

conformance::suite!(super::open);
