//! Questionnaires as files: those of `cases/valid` are accepted, each `cases/err_*.json` gives exactly the findings
//! of the text beside it.

use std::fs;
use std::path::{Path, PathBuf};

use authoring::Source;

fn files(folder: &str, prefix: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(folder);
    let entries = fs::read_dir(folder).expect("the folder of the cases");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.retain(|path| {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        name.starts_with(prefix) && name.ends_with(".json")
    });
    files.sort();
    assert!(!files.is_empty(), "no cases");
    files
}

fn findings(path: &Path) -> Vec<String> {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name");
    let text = fs::read_to_string(path).expect("a readable case");
    let findings = match Source::json(name, &text) {
        Ok(source) => forms::read(&source).err().unwrap_or_default(),
        Err(finding) => vec![finding],
    };
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn valid_questionnaires_are_accepted() {
    for path in files("valid", "") {
        assert_eq!(findings(&path), Vec::<String>::new(), "{}", path.display());
    }
}

#[test]
fn every_refusal_says_what_where_and_what_to_do() {
    let mut wrong = Vec::new();
    for path in files("", "err_") {
        let expected = fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
        let found = findings(&path).join("\n") + "\n";
        if found != expected {
            wrong.push(format!(
                "{}\n--- expected\n{expected}--- found\n{found}",
                path.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
