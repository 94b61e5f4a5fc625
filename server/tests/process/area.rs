//! An area of two municipalities of one server and one outside, from the command line.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::lent;
use crate::running::meguri;

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = meguri().args(arguments).output().expect("meguri runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().expect("an exit code");
    (code, text(output.stdout), text(output.stderr))
}

fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Writes the pack of a story under another name, with an indicator that has a concept.
fn pack(packs: &Path, slug: &str, name: &str, formed_of: Option<Value>) -> PathBuf {
    let folder = packs.join(slug);
    fs::create_dir_all(&folder).expect("a folder");
    lent::with_a_story(&folder);
    let edit = |file: &str, change: &dyn Fn(&mut Value)| {
        let file = folder.join(file);
        let text = fs::read_to_string(&file).expect("a file");
        let mut value = serde_json::from_str(&text).expect("JSON");
        change(&mut value);
        fs::write(file, value.to_string()).expect("written");
    };
    edit("municipality.json", &|municipality| {
        (municipality["slug"], municipality["name"]) = (json!(slug), json!(name));
        let mut region = json!({ "id": "region", "name": "架空圏域", "level": "圏域" });
        if let Some(formed_of) = &formed_of {
            region["formed_of"] = formed_of.clone();
        }
        let areas = municipality["areas"].as_array_mut().expect("areas");
        areas.push(region);
    });
    edit("map.json", &|map| {
        map["indicators"][1]["concept"] = json!("discharge");
    });
    folder
}

/// The lines of the table, its columns with a space between them.
fn lines(table: &str) -> Vec<String> {
    let lines = table.lines().map(|line| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        cells.join(" ")
    });
    lines.collect()
}

#[test]
fn figures_go_from_town_to_town() {
    let place = tempfile::tempdir().expect("a folder");
    let packs = place.path().join("packs");
    let (data, elsewhere) = (place.path().join("data"), place.path().join("elsewhere"));
    let (secret, file) = (
        place.path().join("mura.secret"),
        place.path().join("mura.json"),
    );

    let (code, public, err) = run(&["keygen", path(&secret)]);
    assert_eq!(code, 0, "{err}");
    assert!(
        !err.contains(public.trim()),
        "the file holds the secret key only"
    );
    let (code, out, err) = run(&["keygen", path(&secret)]);
    assert_eq!(
        (code, out.as_str()),
        (2, ""),
        "a key is never written over: {err}"
    );

    let outside = json!({ "name": "架空村", "key": public.trim() });
    let formed_of = json!([{ "slug": "kasou" }, { "slug": "machi" }, outside]);
    let kasou = pack(&packs, "kasou", "架空市", Some(formed_of));
    let machi = pack(&packs, "machi", "架空町", None);
    let mura = pack(&place.path().join("mura"), "mura", "架空村", None);
    for pack in [&kasou, &machi] {
        let out = place.path().join("out");
        let demo = [
            "demo",
            "--pack",
            path(pack),
            "--no-serve",
            "--data",
            path(&data),
        ];
        let (code, _, err) = run(&[&demo[..], &["--out", path(&out)]].concat());
        assert_eq!(code, 0, "{err}");
    }

    // Three offices of each town have answered: 2 + 1 + 1 left, 1 + 1 + 1 coordinated.
    let area = ["area", path(&kasou), "region", "--data", path(&data)];
    let (code, table, err) = run(&area);
    assert_eq!(code, 0, "{err}");
    let heads = "指標 年度 市町村 件数 値".to_owned();
    let expected = [
        &heads,
        "退院時連携率 2026 3市町村中2 6/8 75.0%",
        "架空市 3/4 75.0%",
        "架空町 3/4 75.0%",
        "架空村 ― ない：数値のファイルが届いていない",
    ];
    assert_eq!(lines(&table), expected);

    let figures = |secret: &Path| {
        let verb = ["figures", path(&mura), "--sign", path(secret)];
        run(&[&verb[..], &["--data", path(&elsewhere)]].concat())
    };
    let (code, sheet, err) = figures(&secret);
    assert_eq!(code, 0, "{err}");
    assert!(
        err.contains(public.trim()) && !sheet.contains("secret"),
        "{err}"
    );
    fs::write(&file, &sheet).expect("written");
    let receive = || run(&["receive", path(&kasou), path(&file), "--data", path(&data)]);
    let (code, out, err) = receive();
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(
        err.contains("「架空村」の数値1件を受け取りました。"),
        "{err}"
    );
    // What it has is what was published of 2025: 6 of 10, as in the two others.
    let (_, table, _) = run(&area);
    let missing = "架空村 ― ない：この年度の数値がない（最新は2025年度）";
    assert_eq!(lines(&table)[4], missing);
    let (code, table, err) = run(&[&area[..], &["--year", "2025"]].concat());
    assert_eq!(code, 0, "{err}");
    let expected = [
        &heads,
        "退院時連携率 2025 3市町村 18/30 60.0%",
        "架空市 6/10 60.0%",
        "架空町 6/10 60.0%",
        "架空村 6/10 60.0%",
    ];
    assert_eq!(lines(&table), expected);

    // Refused with a sentence, and nothing changes.
    let another = place.path().join("another.secret");
    assert_eq!(run(&["keygen", path(&another)]).0, 0);
    let (_, forged, _) = figures(&another);
    for (text, said) in [
        (
            sheet.replace("num\\\":6", "num\\\":9"),
            "途中で書き換わっています",
        ),
        (forged, "鍵ではない鍵で署名されています"),
        (
            sheet.replace("架空村", "架空島"),
            "どの区域の構成市町村でもありません",
        ),
        ("{}".to_owned(), "数値のファイルではありません"),
    ] {
        fs::write(&file, text).expect("written");
        let (code, out, err) = receive();
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        assert!(err.contains(said), "{err}");
    }
    assert_eq!(run(&[&area[..], &["--year", "2025"]].concat()).1, table);

    for (verb, said) in [
        (["area", path(&kasou), "city"], "あるのは region です"),
        (["area", path(&machi), "region"], "あるのは 0件 です"),
    ] {
        let (code, out, err) = run(&[&verb[..], &["--data", path(&data)]].concat());
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        assert!(err.contains(said), "{err}");
    }
    let (code, out, _) = figures(&file);
    assert_eq!((code, out.as_str()), (2, ""), "a key that is none");
}
