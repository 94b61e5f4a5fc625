//! The page of a figure that was added up: who gave what, and who is missing.

use std::fs;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::form::Browser;
use crate::site::{Site, write_pack};
use crate::timeline::signed_in;

const UNTIL: &str = "2026-12-10T10:00:00+09:00";

/// A municipality with an indicator of a concept, in an area that `formed_of` forms.
fn pack(packs: &Path, slug: &str, name: &str, formed_of: Value) -> PathBuf {
    let folder = packs.join(slug);
    write_pack(&folder, slug, UNTIL);
    let edit = |file: &str, change: &dyn Fn(&mut Value)| {
        let file = folder.join(file);
        let text = fs::read_to_string(&file).expect("a file");
        let mut value = serde_json::from_str(&text).expect("JSON");
        change(&mut value);
        fs::write(file, value.to_string()).expect("written");
    };
    edit("municipality.json", &|municipality| {
        municipality["name"] = json!(name);
        municipality["areas"].as_array_mut().expect("areas").push(
            json!({ "id": "region", "name": "架空圏域", "level": "圏域", "formed_of": formed_of }),
        );
    });
    edit("map.json", &|map| {
        map["indicators"][1]["concept"] = json!("discharge");
    });
    folder
}

#[tokio::test]
async fn a_sum_says_what_it_is_made_of_and_who_is_missing() {
    let packs = tempfile::tempdir().expect("a folder");
    let key = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    let members =
        json!([{ "slug": "kasou" }, { "slug": "machi" }, { "name": "架空村", "key": key }]);
    let kasou = pack(packs.path(), "kasou", "架空市", members);
    let machi = pack(packs.path(), "machi", "架空町", json!([]));
    let site = Site::told(&[kasou, machi]).await;
    let mut browser: Browser<'_> = signed_in(&site, 9, "山田 花子（架空）").await;
    // Both have published 6 of 10 for 2025.
    let page = browser
        .open("/kasou/figures/discharge-rate@region@2025")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.html.replace("&#x2f;", "/");
    for said in [
        "60.0%〔3市町村中2〕",
        "<b>12</b>",
        "<b>20</b>",
        "<dt>足したもの</dt><dd>架空市（6/10、60.0%）</dd>",
        "<dt>足したもの</dt><dd>架空町（6/10、60.0%）</dd>",
        "<dt>入っていないもの</dt><dd>架空村（数値のファイルが届いていない）</dd>",
    ] {
        assert!(text.contains(said), "no {said} in:\n{text}");
    }
    // The other municipality only lets its figures be added: it has no sum of its own.
    let page = browser
        .open("/machi/figures/discharge-rate@region@2025")
        .await;
    assert_ne!(page.status, StatusCode::OK);
}
