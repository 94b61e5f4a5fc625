//! The lists of the reference against the program: no field, word or item is missing, none is made up.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::block::{Table, codes, pages, read};
use crate::running::meguri;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn tables(kind: &str) -> Vec<Table> {
    let pages = pages().into_iter();
    let all = pages.flat_map(|page| read(&page).1);
    all.filter(|table| table.kind == kind).collect()
}

fn named(table: &Table) -> BTreeSet<String> {
    let cells = table.rows.iter().flat_map(|row| codes(&row[0]));
    cells.map(str::to_owned).collect()
}

fn said(arguments: &[&str]) -> String {
    let output = meguri().args(arguments).output().expect("meguri runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The objects of a kind of file by name (`map#Node`, `cycle#/fields`), and the schema in which they stand.
struct Objects {
    schema: Value,
    found: BTreeMap<String, Value>,
}

impl Objects {
    fn of(kind: &str) -> Objects {
        let schema: Value = serde_json::from_str(&said(&["schema", kind])).expect("JSON");
        let mut found = BTreeMap::from([(format!("{kind}#"), schema.clone())]);
        for (name, object) in schema["$defs"].as_object().into_iter().flatten() {
            found.insert(format!("{kind}#{name}"), object.clone());
        }
        for (name, object) in found.clone() {
            for (property, within) in properties(&object) {
                for place in [&within, &within["items"]] {
                    if place["properties"].is_object() {
                        found.insert(format!("{name}/{property}"), place.clone());
                    }
                }
            }
        }
        found.retain(|_, object| !properties(object).is_empty());
        Objects { schema, found }
    }

    /// The codes that a field may have.
    fn values(&self, field: &Value) -> Vec<String> {
        let mut values = Vec::new();
        let texts = field["enum"]
            .as_array()
            .into_iter()
            .flatten()
            .chain([&field["const"]]);
        values.extend(texts.filter_map(Value::as_str).map(str::to_owned));
        let name = field["$ref"]
            .as_str()
            .and_then(|path| path.strip_prefix("#/$defs/"));
        let named = name.map(|name| &self.schema["$defs"][name]);
        let named = named.filter(|object| properties(object).is_empty());
        let several = ["anyOf", "oneOf"]
            .into_iter()
            .flat_map(|word| field[word].as_array())
            .flatten();
        for part in named.into_iter().chain(several) {
            values.extend(self.values(part));
        }
        values
    }
}

/// The fields of an object, those of its alternatives among them.
fn properties(object: &Value) -> BTreeMap<String, Value> {
    let alternatives = ["oneOf", "anyOf"]
        .into_iter()
        .filter_map(|word| object[word].as_array())
        .flatten();
    let own = [object].into_iter().chain(alternatives);
    let own = own
        .filter_map(|one| one["properties"].as_object())
        .flatten();
    own.filter(|(name, _)| *name != "$schema")
        .map(|(name, field)| (name.clone(), field.clone()))
        .collect()
}

#[test]
fn every_field_of_every_schema_is_explained() {
    let kinds = said(&["schema"]);
    let kinds: BTreeMap<&str, Objects> = kinds
        .lines()
        .map(|kind| (kind, Objects::of(kind)))
        .collect();
    let all = kinds.values().flat_map(|kind| kind.found.keys());
    let mut left: BTreeSet<&String> = all.collect();
    for table in tables("fields") {
        let mut wanted = BTreeSet::new();
        for name in &table.of {
            let kind = name.split('#').next().expect("a kind");
            let kind = kinds
                .get(kind)
                .unwrap_or_else(|| panic!("{table}: no schema {kind}"));
            let object = kind
                .found
                .get(name)
                .unwrap_or_else(|| panic!("{table}: no object {name}"));
            left.remove(name);
            for (field, schema) in properties(object) {
                let row = table
                    .rows
                    .iter()
                    .find(|row| codes(&row[0]).contains(&field.as_str()));
                let row = row.unwrap_or_else(|| panic!("{table}: {name} has {field}"));
                let text = row.join(" ");
                for value in kind.values(&schema) {
                    assert!(
                        codes(&text).contains(&value.as_str()),
                        "{table}: {field} can be {value}"
                    );
                }
                let needed = object["required"]
                    .as_array()
                    .is_some_and(|needed| needed.contains(&field.as_str().into()));
                let one = table.of.len() == 1;
                assert!(
                    !one || row[1].contains('◯') == needed,
                    "{table}: is {field} needed? {needed}"
                );
                wanted.insert(field);
            }
        }
        assert_eq!(named(&table), wanted, "{table}");
    }
    assert!(left.is_empty(), "explained nowhere: {left:?}");
}

/// A list of words, wherever its tables stand.
fn words(list: &str) -> BTreeSet<String> {
    let tables = tables("words")
        .into_iter()
        .filter(|table| table.of == [list]);
    tables
        .flat_map(|table| named(&table))
        .map(|word| name_of(&word))
        .collect()
}

/// `.bdays(-7)`, `title=` → the word.
fn name_of(word: &str) -> String {
    let word = word.trim_start_matches('.');
    let end = word.find(['(', '=']).unwrap_or(word.len());
    word[..end].to_owned()
}

#[test]
fn every_word_is_explained() {
    let papers = fs::read_to_string(root().join("engine/base/papers.json")).expect("a file");
    let papers: Value = serde_json::from_str(&papers).expect("JSON");
    let papers = papers["papers"].as_array().expect("a list").iter();
    let papers = papers
        .filter_map(|paper| paper["id"].as_str())
        .chain(["plan"]);
    for (list, known) in [
        ("plan", workflows::WORDS.to_vec()),
        ("effects", engine::pack::EFFECTS.to_vec()),
        ("computes", engine::pack::COMPUTES.to_vec()),
        ("signals", engine::pack::SIGNALS.to_vec()),
        ("expression", forms::FUNCTIONS.to_vec()),
        ("measure", forms::MEASURE_FIELDS.to_vec()),
        ("functions", engine::meeting::FUNCTIONS.to_vec()),
        ("variables", engine::meeting::VARIABLES.to_vec()),
        ("table", engine::meeting::TABLE_WORDS.to_vec()),
        ("letter", engine::letter::VARIABLES.to_vec()),
        ("papers", papers.collect()),
    ] {
        let known: BTreeSet<String> = known.into_iter().map(str::to_owned).collect();
        assert_eq!(words(list), known, "{list}");
    }
}

#[test]
fn every_item_of_the_ledgers_of_the_base_is_explained() {
    let folder = root().join("engine/base/forms");
    let mut left = BTreeSet::new();
    for entry in fs::read_dir(&folder).expect("a folder") {
        let name = entry
            .expect("an entry")
            .file_name()
            .into_string()
            .expect("UTF-8");
        left.insert(name.trim_end_matches(".json").to_owned());
    }
    for table in tables("items") {
        let id = &table.of[0];
        let form = fs::read_to_string(folder.join(format!("{id}.json"))).expect("a form");
        let form: Value = serde_json::from_str(&form).expect("JSON");
        let items = form["properties"].as_object().expect("items");
        assert_eq!(named(&table), items.keys().cloned().collect(), "{table}");
        for (item, question) in items {
            let row = table
                .rows
                .iter()
                .find(|row| codes(&row[0]).contains(&item.as_str()));
            let text = row.expect("a row").join(" ");
            let codes = codes(&text);
            let options = [&question["oneOf"], &question["items"]["oneOf"]];
            let options = options.into_iter().filter_map(Value::as_array).flatten();
            for code in options.filter_map(|option| option["const"].as_str()) {
                assert!(
                    item == "scenes" || codes.contains(&code),
                    "{table}: {item} can be {code}"
                );
            }
        }
        left.remove(id);
    }
    assert!(left.is_empty(), "explained nowhere: {left:?}");
}

#[test]
fn every_parameter_of_the_scripts_of_the_base_is_explained() {
    let folder = root().join("engine/base/cycles");
    let tables = tables("parameters");
    for entry in fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let id = path.file_stem().expect("a name").to_str().expect("UTF-8");
        let table = tables.iter().find(|table| table.of == [id]);
        let table = table.unwrap_or_else(|| panic!("{id}.rhai is explained nowhere"));
        let script = fs::read_to_string(&path).expect("a script");
        let mut known: BTreeSet<String> = script
            .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .filter_map(|word| word.strip_prefix("c."))
            .filter_map(|word| word.split('.').next().map(str::to_owned))
            .filter(|word| word != "fy")
            .collect();
        // One for each survey or meeting, and the year from which `c.fy` comes.
        known.extend(
            named(table)
                .into_iter()
                .filter(|name| name.contains('<') || name == "year"),
        );
        assert_eq!(named(table), known, "{table}");
    }
}

#[test]
fn every_code_and_link_leads_somewhere() {
    let explained = fs::read_to_string(root().join("docs/errors.md")).expect("docs/errors.md");
    let kinds = ["pack.", "form.", "cycle.", "paper.", "letter.", "answer."];
    let files = [".json", ".rhai", ".md", ".csv", ".jsonl", ".opens"];
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        for code in text.lines().flat_map(codes) {
            let is_code = kinds.iter().any(|kind| {
                code.strip_prefix(kind).is_some_and(|rest| {
                    !rest.is_empty() && rest.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                })
            });
            if is_code && !files.iter().any(|ending| code.ends_with(ending)) {
                assert!(
                    explained.contains(&format!("`{code}`")),
                    "{}: {code}",
                    page.display()
                );
            }
        }
        for link in text.split("](").skip(1) {
            let target = link
                .split(')')
                .next()
                .unwrap_or_default()
                .split('#')
                .next()
                .unwrap_or_default();
            let outside = target.is_empty() || target.contains(':') || target.contains('{');
            assert!(
                outside || page.with_file_name(target).exists(),
                "{}: {target} is not there",
                page.display()
            );
        }
    }
}
