//! Rules about the sources: every code of a message is explained, and no source knows a municipality.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::site::root;

/// Beginnings of codes that a message can carry.
const FAMILIES: [&str; 7] = [
    "pack", "form", "cycle", "paper", "letter", "answer", "roster",
];

#[test]
fn every_code_is_explained() {
    let explained = fs::read_to_string(root().join("docs/errors.md")).expect("docs/errors.md");
    let mut codes = BTreeSet::new();
    for file in sources(&root())
        .into_iter()
        .filter(|file| file.components().any(|part| part.as_os_str() == "src"))
    {
        let text = fs::read_to_string(&file).expect("a source");
        codes.extend(
            text.split('"')
                .filter(|literal| is_code(literal))
                .map(str::to_owned),
        );
    }
    assert!(
        codes.len() >= 40,
        "only {} codes: is the search right?",
        codes.len()
    );
    let missing: Vec<&String> = codes
        .iter()
        .filter(|code| !explained.contains(&format!("`{code}`")))
        .collect();
    assert!(missing.is_empty(), "not in docs/errors.md: {missing:?}");
    let named = explained.split('`').filter(|word| is_code(word));
    let gone: Vec<&str> = named.filter(|code| !codes.contains(*code)).collect();
    assert!(
        gone.is_empty(),
        "in docs/errors.md and nowhere else: {gone:?}"
    );
}

fn is_code(text: &str) -> bool {
    let Some((family, name)) = text.split_once('.') else {
        return false;
    };
    FAMILIES.contains(&family)
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        // `form.json` and the like are names of files.
        && !["json", "md", "typ", "css", "html", "rs"].contains(&name)
}

#[test]
fn no_source_knows_a_municipality() {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("municipalities")).expect("municipalities") {
        let Ok(text) =
            fs::read_to_string(entry.expect("an entry").path().join("municipality.json"))
        else {
            continue;
        };
        let municipality: Value = serde_json::from_str(&text).expect("JSON");
        for field in ["name", "slug"] {
            names.push(municipality[field].as_str().expect("a text").to_owned());
        }
    }
    assert!(names.len() >= 2, "no municipality");
    let mut wrong = Vec::new();
    for file in sources(&root()) {
        let text = fs::read_to_string(&file).expect("a source");
        for (number, line) in text.lines().enumerate() {
            if let Some(name) = names.iter().find(|name| line.contains(name.as_str())) {
                wrong.push(format!("{}:{}: {name}", file.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every .rs file of the repository.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules"].contains(&name) {
                files.extend(sources(&path));
            }
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    files
}
