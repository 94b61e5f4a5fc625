//! Verbs over several packs, and the schemas that all of them have.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::lent;
use crate::running::{Server, meguri, send};

fn run(arguments: &[&str], folder: &Path) -> (i32, String, String) {
    let mut command = meguri();
    let output = command.args(arguments).current_dir(folder).output();
    let output = output.expect("meguri runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().expect("an exit code");
    (code, text(output.stdout), text(output.stderr))
}

/// Three packs in `municipalities/`: one as `meguri new` writes it, one whose slug it has taken
/// over, and one without meetings and surveys.
fn municipalities(folder: &Path) {
    for slug in ["kasou", "mura"] {
        let (code, _, err) = run(
            &["new", slug, "--name", "架空市", "--opens", "2026-12"],
            folder,
        );
        assert_eq!(code, 0, "{err}");
    }
    let file = folder.join("municipalities/mura/municipality.json");
    let text = fs::read_to_string(&file).expect("a file");
    fs::write(&file, text.replace("\"mura\"", "\"kasou\"")).expect("written");
    let quiet = folder.join("municipalities/quiet");
    fs::create_dir_all(&quiet).expect("a folder");
    let text = r#"{
        "slug": "quiet", "name": "架空島", "home_area": "city",
        "areas": [{ "id": "city", "name": "架空島", "level": "市町村" }],
        "roles": [{ "id": "secretariat", "name": "事務局" }]
    }"#;
    fs::write(quiet.join("municipality.json"), text).expect("written");
}

#[test]
fn packs_are_checked_together() {
    let folder = tempfile::tempdir().expect("a folder");
    municipalities(folder.path());
    let all = [
        "municipalities/kasou",
        "municipalities/mura",
        "municipalities/quiet",
    ];
    let (code, out, err) = run(&[&["check"][..], &all].concat(), folder.path());
    assert_eq!(code, 1, "{err}");
    for said in [
        "municipalities/kasou：よし",
        "municipalities/quiet：よし",
        "municipalities/mura/municipality.json:2: [pack.slug_twice]",
        "municipalities/mura/rosters/offices.csv:2: [pack.office_twice]",
    ] {
        assert!(out.contains(said), "no {said} in:\n{out}");
    }
    assert!(!out.contains("municipalities/mura：よし"), "{out}");
    assert!(
        err.contains("municipalities/mura：直すところが4件あります。"),
        "{err}"
    );
    // Each by itself is right.
    for pack in all {
        assert_eq!(run(&["check", pack], folder.path()).0, 0, "{pack}");
    }
}

#[test]
fn all_packs_are_dry_run_in_one_table() {
    let folder = tempfile::tempdir().expect("a folder");
    municipalities(folder.path());
    let (code, out, err) = run(&["simulate", "--all"], folder.path());
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let lines: Vec<Vec<&str>> = out
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    // The skeleton has a cycle, a meeting, and a survey that asks three offices four questions each.
    assert_eq!(lines[1][..6], ["架空市", "1", "1", "1", "3", "12"], "{out}");
    assert_eq!(
        lines[3],
        ["架空島", "0", "0", "0", "0", "0", "0", "0"],
        "{out}"
    );
    assert_eq!(
        lines[4][..6],
        ["合計（3）", "2", "2", "2", "6", "24"],
        "{out}"
    );
    let (code, out, _) = run(
        &["simulate", "--all", "municipalities/quiet"],
        folder.path(),
    );
    assert_eq!((code, out.lines().count()), (0, 3), "{out}");
    // One that is wrong is said on stderr, the others are there all the same.
    fs::write(folder.path().join("municipalities/mura/map.json"), "{").expect("written");
    let (code, out, err) = run(&["simulate", "--all"], folder.path());
    assert_eq!((code, out.lines().count()), (1, 4), "{out}");
    assert!(err.contains("municipalities/mura/map.json"), "{err}");
    let (code, out, _) = run(&["simulate", "--all", "--json"], folder.path());
    let lines: serde_json::Value = serde_json::from_str(&out).expect("JSON and nothing else");
    assert_eq!((code, lines.as_array().map(Vec::len)), (1, Some(2)));
}

#[test]
fn every_schema_is_printed_written_and_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, out, err) = run(&["schema"], folder.path());
    assert_eq!((code, err.as_str()), (0, ""));
    let kinds: BTreeSet<&str> = out.lines().collect();
    assert!(
        kinds.is_superset(&["municipality", "map", "questionnaire", "cycle"].into()),
        "{out}"
    );
    let (code, _, err) = run(&["schema", "--all", "schemas"], folder.path());
    assert_eq!((code, err.as_str()), (0, ""));

    let pack = folder.path().join("pack");
    lent::open_survey(&pack, 1);
    let server = Server::start(&pack, &folder.path().join("data"), "warn");
    let get = |path: &str| send(&server.address, "GET", path, &[], b"").expect("an answer");
    let listed = get("/assets/schema");
    for kind in &kinds {
        let (code, printed, err) = run(&["schema", kind], folder.path());
        assert_eq!((code, err.as_str()), (0, ""), "{kind}");
        let schema: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
        let draft = schema["$schema"].as_str().unwrap_or_default();
        assert!(draft.contains("2020-12"), "{kind}: {draft}");
        let file = format!("{kind}.schema.json");
        let written = fs::read_to_string(folder.path().join("schemas").join(&file));
        assert_eq!(written.expect("a file"), printed, "{kind}");
        let address = format!("/assets/schema/{file}");
        let served = get(&address);
        assert_eq!(served.status, 200, "{}", served.text);
        let (head, body) = served
            .text
            .split_once("\r\n\r\n")
            .expect("a head and a body");
        assert!(
            head.contains("content-type: application/schema+json"),
            "{head}"
        );
        assert_eq!(body, printed, "{kind}");
        assert!(listed.text.contains(&address), "{}", listed.text);
    }
    for path in [
        "/assets/schema/nonsense.schema.json",
        "/assets/schema/map",
        "/assets/schema/",
    ] {
        assert_eq!(get(path).status, 404, "{path}");
    }
    server.stop();
}
