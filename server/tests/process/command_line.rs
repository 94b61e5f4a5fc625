//! The verbs as somebody types them: exit codes, what goes to stdout and what to stderr, help.

use std::fs;
use std::path::Path;
use std::process::Output;

use store::Store;

use crate::lent;
use crate::running::meguri;

fn run(arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = meguri().args(arguments).output().expect("meguri runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (
        status.code().expect("an exit code"),
        text(stdout),
        text(stderr),
    )
}

fn path(folder: &Path) -> &str {
    folder.to_str().expect("UTF-8")
}

const VERBS: [&str; 15] = [
    "demo", "serve", "check", "simulate", "tally", "render", "area", "figures", "receive",
    "keygen", "handover", "export", "import", "new", "schema",
];

#[test]
fn help_teaches_every_verb() {
    let (code, out, _) = run(&["--help"]);
    assert_eq!(code, 0);
    for verb in VERBS {
        assert!(
            out.contains(&format!("  {verb} ")),
            "{verb} is not in the help"
        );
        let (code, out, err) = run(&[verb, "--help"]);
        assert_eq!((code, err.as_str()), (0, ""), "{verb}");
        assert!(
            out.contains("例:") && out.contains("Usage: meguri"),
            "{verb} teaches nothing:\n{out}"
        );
        // In Japanese as well.
        assert!(out.contains('。'), "{verb}:\n{out}");
    }
}

#[test]
fn wrong_arguments_are_exit_2() {
    let nowhere = tempfile::tempdir().expect("a folder");
    let missing = nowhere.path().join("missing");
    let missing = path(&missing);
    let missing_file = &format!("{missing}/key");
    for arguments in [
        &["--nonsense"][..],
        &["nonsense"],
        &[],
        &["check"],
        &["check", missing],
        &["simulate"],
        &["simulate", missing],
        &["tally", missing, "discharge"],
        &["render", missing, "committee-1"],
        &["handover", missing, "--role", "事務局"],
        &["handover", missing],
        &["export", "--data", missing],
        &["import", missing, "--data", missing],
        &["new", "Kasou"],
        &["new", "架空"],
        &["new", "assets"],
        &["new", "../kasou"],
        &["new", "kasou", "--opens", "2026-13"],
        &["new", "kasou", "--opens", "1867-01"],
        &["new", "kasou", "--opens", "12月"],
        &["schema", "nonsense"],
        &["area", missing, "region"],
        &["figures", missing, "--sign", missing],
        &["receive", missing, missing],
        &["keygen", missing_file],
        &["serve", missing],
        &["demo", "--pack", missing, "--no-serve", "--data", missing],
    ] {
        let (code, out, err) = run(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}: {err}");
        assert!(!err.is_empty(), "{arguments:?} says nothing");
        assert!(!err.contains("panicked"), "{arguments:?}: {err}");
    }
}

/// What is odd is said below the verdict and in the dry run, and is no failure.
#[test]
fn an_odd_pack_passes_check_with_a_remark() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, _, err) = run(&["new", "kasou", "--out", path(folder.path())]);
    assert_eq!(code, 0, "{err}");
    let pack = folder.path().join("kasou");
    let file = pack.join("municipality.json");
    let text = fs::read_to_string(&file).expect("it was written");
    let odd = text.replace(
        "\"bodies\": [",
        "\"bodies\": [{ \"id\": \"stations\", \"name\": \"研修会\", \"places\": 11, \"meets\": { \"times\": [1, 3], \"stated\": 50 } }, ",
    );
    assert_ne!(odd, text);
    fs::write(&file, odd).expect("it can be written");
    let (code, out, err) = run(&["check", path(&pack)]);
    assert_eq!(code, 0, "{err}");
    let mut lines = out.lines();
    assert!(
        lines.next().is_some_and(|line| line.contains("よし")),
        "{out}"
    );
    let remark = lines.next().unwrap_or_default();
    assert!(remark.starts_with("　注意　"), "{out}");
    assert!(remark.contains("[pack.stated_outside]"), "{out}");
    assert!(remark.contains("年11～33回"), "{out}");
    let (code, out, err) = run(&["simulate", path(&pack)]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("[pack.stated_outside]"), "{out}");
    assert!(out.contains("会議体の定めでは、"), "{out}");
}

#[test]
fn a_new_pack_passes_check_and_simulate() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, out, err) = run(&[
        "new",
        "kasou",
        "--name",
        "架空\"市\" {{name}}\\",
        "--opens",
        "2026-12",
        "--out",
        path(folder.path()),
    ]);
    assert_eq!(code, 0, "{err}");
    let pack = folder.path().join("kasou");
    for line in out.lines() {
        assert!(Path::new(line).is_file(), "{line} is said to be written");
    }
    let (code, out, err) = run(&["check", path(&pack)]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("よし"), "{out}");
    let (code, out, err) = run(&["simulate", path(&pack)]);
    assert_eq!((code, err.as_str()), (0, ""));
    for text in [
        "令和8年12月\n　12月1日（火）　調査を配布する\n　12月1日（火）　回答を受け付ける：受付開始",
        "　6月2日（水）　会議を開く",
        "■ 会議　1回",
        "■ 調査　1回",
    ] {
        assert!(out.contains(text), "no {text} in:\n{out}");
    }
    assert!(
        out.contains("■ 注意\n　見つかりませんでした。") && !out.contains("期限超過"),
        "{out}"
    );
    let (code, out, _) = run(&["simulate", path(&pack), "--json"]);
    let forecast: serde_json::Value = serde_json::from_str(&out).expect("JSON and nothing else");
    assert_eq!(code, 0);
    assert_eq!(forecast["meetings"][0]["on"], "2027-06-02");
    assert_eq!(forecast["tasks"]["課長"]["2026-11"], 1);
    let (code, _, err) = run(&["simulate", path(&pack), "--year", "1800"]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("[cycle.other_year]"), "{err}");
    simulated_into_files(&pack, folder.path());
    let (code, _, err) = run(&["simulate", path(&pack), "--cycle", "nonsense"]);
    assert_eq!(code, 1, "{err}");

    // The same name again changes nothing.
    let (code, out, err) = run(&["new", "kasou", "--out", path(folder.path())]);
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.contains("すでにあります"), "{err}");
}

/// A picture, and the papers with invented answers; beside another plan.
fn simulated_into_files(pack: &Path, folder: &Path) {
    let (svg, drafts) = (folder.join("year.svg"), folder.join("drafts"));
    let (code, out, err) = run(&[
        "simulate",
        path(pack),
        "--svg",
        path(&svg),
        "--drafts",
        path(&drafts),
    ]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("■ 暦"), "{out}");
    let svg = fs::read_to_string(svg).expect("the picture");
    assert!(
        svg.starts_with("<svg ") && svg.contains("<desc id="),
        "{svg}"
    );
    assert!(svg.contains("会議1回、調査1回。"), "{svg}");
    let papers: Vec<&str> = err.lines().collect();
    assert!(
        papers
            .iter()
            .any(|paper| paper.ends_with("第1回_資料1.docx")),
        "{err}"
    );
    for paper in papers.iter().filter(|paper| paper.ends_with(".html")) {
        let text = fs::read_to_string(paper).expect("a paper");
        assert!(text.contains("試算（架空の回答）"), "{paper}");
    }
    let (code, out, err) = run(&["simulate", path(pack), "--compare", path(pack)]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("±0") && !out.contains("+1"), "{out}");
}

#[test]
fn findings_are_data_and_exit_1() {
    let (good, wrong) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    lent::with_a_story(good.path());
    lent::with_a_story(wrong.path());
    let map = wrong.path().join("map.json");
    let text = fs::read_to_string(&map).expect("map.json");
    fs::write(
        &map,
        text.replace("\"sum\": \"coordinated\"", "\"sum\": \"cordinated\""),
    )
    .expect("written");
    fs::write(
        wrong.path().join("rosters/offices.csv"),
        b"\x8a\xc7\x97\x9d",
    )
    .expect("written");
    let (code, out, err) = run(&["check", path(good.path()), path(wrong.path())]);
    assert_eq!(code, 1);
    assert!(out.contains("よし"), "{out}");
    assert!(
        out.contains(
            "map.json:31: [form.unknown_item] sum の「cordinated」という設問はありません。"
        ),
        "{out}"
    );
    // Saved by Excel as it likes to: that is said, and not that the file is missing.
    assert_eq!(out.matches("rosters/offices.csv").count(), 1, "{out}");
    assert!(
        out.contains("[pack.wrong_encoding]") && out.contains("CSV UTF-8"),
        "{out}"
    );
    assert!(!err.is_empty() && !err.contains("[form."), "{err}");
    // The other verbs say the same on stderr, because there is no data.
    for verb in [
        &["simulate", path(wrong.path())][..],
        &["tally", path(wrong.path()), "discharge"],
        &["render", path(wrong.path()), "committee-1"],
    ] {
        let (code, out, err) = run(verb);
        assert_eq!((code, out.as_str()), (1, ""), "{verb:?}");
        assert!(err.contains("map.json:31:"), "{err}");
    }
}

/// The paper of a role and of a person; nobody else has one.
fn handed_over(pack: &str, data: &str, out: &str) {
    let places = ["--data", data, "--out", out];
    let (code, files, err) = run(&[&["handover", pack, "--role", "事務局"][..], &places].concat());
    assert_eq!(code, 0, "{err}");
    assert!(files.contains("引継書_事務局.docx"), "{files}");
    let page = files.lines().find(|file| file.ends_with(".html"));
    let text = fs::read_to_string(page.expect("a page")).expect("read");
    for said in ["引継書（事務局）", "調査票を設計する", "知っておく人"] {
        assert!(text.contains(said), "no {said} in {text}");
    }
    let person = ["handover", pack, "--person", "佐藤 次郎（架空）"];
    let (code, files, err) = run(&[&person[..], &places].concat());
    assert_eq!(code, 0, "{err}");
    assert!(files.contains("引継書_佐藤 次郎（架空）.docx"), "{files}");
    let (code, files, err) = run(&[&["handover", pack, "--role", "町長"][..], &places].concat());
    assert_eq!((code, files.as_str()), (1, ""), "{err}");
    assert!(err.contains("町長"), "{err}");
}

#[tokio::test]
async fn a_year_is_told_counted_rendered_and_moved() {
    let pack = tempfile::tempdir().expect("a folder");
    lent::with_a_story(pack.path());
    let place = tempfile::tempdir().expect("a folder");
    let (data, moved, out) = (
        place.path().join("data"),
        place.path().join("moved"),
        place.path().join("out"),
    );
    let (pack, data, moved, out) = (path(pack.path()), path(&data), path(&moved), path(&out));

    let (code, files, err) = run(&[
        "demo",
        "--pack",
        pack,
        "--no-serve",
        "--data",
        data,
        "--out",
        out,
    ]);
    assert_eq!(code, 0, "{err}");
    let written: Vec<&str> = files.lines().collect();
    assert!(
        written.iter().all(|file| Path::new(file).is_file()),
        "{files}"
    );
    let endings = [".docx", ".pdf", ".html", ".xlsx", ".svg"].into_iter();
    for ending in endings.filter(|ending| *ending != ".pdf" || cfg!(feature = "pdf")) {
        assert!(
            written.iter().any(|file| file.ends_with(ending)),
            "no {ending}: {files}"
        );
    }
    handed_over(pack, data, out);
    // A second time: nothing left to play, the same files.
    assert_eq!(
        run(&[
            "demo",
            "--pack",
            pack,
            "--no-serve",
            "--data",
            data,
            "--out",
            out
        ])
        .1,
        files
    );

    let (code, counts, err) = run(&["tally", pack, "discharge", "--data", data]);
    assert_eq!(code, 0, "{err}");
    assert!(counts.starts_with("設問ID\t"), "{counts}");
    // By hand: three say yes; 2 + 1 + 1 left, 1 + 1 + 1 coordinated.
    for line in [
        "rule_used\t入退院連携ルールを使っていますか\t使っている\t3\t100.0%\t3",
        "discharged\t退院した利用者\t合計（人）\t4\t\t3",
        "coordinated\tうち、退院調整をした利用者\t合計（人）\t3\t\t3",
    ] {
        assert!(
            counts.lines().any(|l| l == line),
            "no {line:?} in:\n{counts}"
        );
    }
    assert_eq!(run(&["tally", pack, "nonsense", "--data", data]).0, 1);
    let (code, papers, err) = run(&["render", pack, "committee-1", "--data", data, "--out", out]);
    assert_eq!(code, 0, "{err}");
    assert!(papers.lines().count() >= 6, "{papers}");
    assert_eq!(
        run(&["render", pack, "nonsense", "--data", data, "--out", out]).0,
        1
    );

    let (code, exported, err) = run(&["export", "--data", data]);
    assert_eq!(code, 0, "{err}");
    assert!(
        exported
            .lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
    );
    let file = place.path().join("hikae.jsonl");
    fs::write(&file, &exported).expect("written");
    let (code, nothing, err) = run(&["import", path(&file), "--data", moved]);
    assert_eq!((code, nothing.as_str()), (0, ""), "{err}");
    let heads = |folder: &str| Store::open(Path::new(folder)).expect("a store");
    {
        let (from, to) = (heads(data), heads(moved));
        assert_eq!(
            from.municipalities().await.expect("heads"),
            to.municipalities().await.expect("heads")
        );
        assert_eq!(to.verify(None).await.expect("read"), []);
    }
    assert_eq!(run(&["export", "--data", moved]).1, exported);
    assert_eq!(
        run(&["tally", pack, "discharge", "--data", moved]).1,
        counts
    );

    // It is there already, or it is not what was exported: refused, nothing changed.
    let (code, _, err) = run(&["import", path(&file), "--data", moved]);
    assert_eq!(code, 1, "{err}");
    let third = place.path().join("third");
    fs::write(&file, exported.replacen("meguri", "meguru", 1)).expect("written");
    let (code, _, err) = run(&["import", path(&file), "--data", path(&third)]);
    assert_eq!(code, 1, "{err}");
}

#[test]
fn a_store_in_use_is_exit_2() {
    let (pack, data) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    lent::with_a_story(pack.path());
    let _held = Store::open(data.path()).expect("a store");
    let (code, out, err) = run(&[
        "tally",
        path(pack.path()),
        "discharge",
        "--data",
        path(data.path()),
    ]);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("使"), "{err}");
}
