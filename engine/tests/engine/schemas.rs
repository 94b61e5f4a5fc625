//! The published JSON Schemas, to which the `$schema` of a pack's files points.

use std::fs;
use std::path::{Path, PathBuf};

use engine::schema::Kind;
use serde_json::Value;

use crate::lent;

fn published(kind: Kind) -> PathBuf {
    lent::root()
        .join("engine/schema")
        .join(format!("{}.schema.json", kind.name()))
}

/// `meguri schema <kind> > engine/schema/<kind>.schema.json` mends it.
#[test]
fn published_schemas_are_current() {
    for kind in Kind::ALL {
        let expected = format!(
            "{}\n",
            serde_json::to_string_pretty(&kind.schema()).unwrap()
        );
        let path = published(kind);
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == expected,
            "{} is not current: meguri schema {}",
            path.display(),
            kind.name()
        );
    }
}

/// What a schema is published for: the files of every pack are valid, read from the disk by a validator
/// that knows nothing of this crate.
#[test]
fn files_of_packs_are_valid_and_name_their_schema() {
    let mut files = 0;
    let packs = lent::with_cases().into_iter().map(|(_, folder, _)| folder);
    for folder in packs.chain([lent::root().join("engine/base")]) {
        for kind in Kind::ALL {
            let schema: Value = read(&published(kind));
            let validator = jsonschema::draft202012::new(&schema).unwrap();
            for path in paths(&folder, kind) {
                let value = read(&path);
                let errors: Vec<String> = validator
                    .iter_errors(&value)
                    .map(|e| format!("{}: {e}", e.instance_path()))
                    .collect();
                assert!(
                    errors.is_empty(),
                    "{}:\n{}",
                    path.display(),
                    errors.join("\n")
                );
                if let Some(named) = value.get("$schema") {
                    let named = path.parent().unwrap().join(named.as_str().unwrap());
                    assert_eq!(
                        named.canonicalize().unwrap(),
                        published(kind).canonicalize().unwrap(),
                        "{}",
                        path.display()
                    );
                }
                files += 1;
            }
        }
    }
    assert!(files >= 5, "only {files} files");
}

fn read(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

fn paths(folder: &Path, kind: Kind) -> Vec<PathBuf> {
    if kind != Kind::History {
        // What a pack does not have, the base has.
        let path = folder.join(format!("{}.json", kind.name()));
        return path.is_file().then_some(path).into_iter().collect();
    }
    let entries = fs::read_dir(folder.join("history"));
    entries
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect()
}
