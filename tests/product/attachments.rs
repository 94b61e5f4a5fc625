//! Files as answers: attached, looked at, handed in, fetched by the secretariat, and everything that is not taken.

use std::fs;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;

use crate::form::Browser;
use crate::site::{Answer, Site, write_pack};

const PDF: &[u8] = b"%PDF-1.7 invented";

async fn site() -> (Site, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    write_pack(folder.path(), "kasou", "2026-12-10T10:00:00+09:00");
    let path = folder.path().join("forms/discharge.json");
    let text = fs::read_to_string(&path).expect("a form");
    let mut form: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    form["properties"]["rules"] = json!({ "title": "運営規程", "type": "object", "x-file": { "kinds": ["pdf", "png"], "megabytes": 1 } });
    form["x-pages"][1]["items"]
        .as_array_mut()
        .expect("items")
        .push("rules".into());
    fs::write(path, form.to_string()).expect("written");
    (Site::told(&[folder.path().to_owned()]).await, folder)
}

/// Sends a page with a file as a browser does.
async fn attach(site: &Site, page: &str, name: &str, content: &[u8], act: (&str, &str)) -> Answer {
    let mut body = Vec::new();
    for (field, value) in [("discharged", "6"), act] {
        body.extend(
            format!("--x\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n")
                .into_bytes(),
        );
    }
    body.extend(format!("--x\r\ncontent-disposition: form-data; name=\"_file:rules\"; filename=\"{name}\"\r\ncontent-type: text/html\r\n\r\n").into_bytes());
    body.extend(content);
    body.extend(b"\r\n--x--\r\n");
    let request = Request::post(format!("{page}/files"))
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    site.send(request.body(Body::from(body)).expect("a request"))
        .await
}

#[tokio::test]
async fn a_file_goes_from_the_respondent_to_the_secretariat() {
    let (site, _folder) = site().await;
    let link = format!("/kasou/r/{}", site.respondent(1, "K001").await);
    let page = format!("{link}/2");
    let sent = attach(
        &site,
        &page,
        "C:\\文書\\運営規程 髙﨑.pdf",
        PDF,
        ("_attach", "rules"),
    )
    .await;
    assert_eq!(
        (sent.status, sent.header("location")),
        (StatusCode::SEE_OTHER, format!("{page}#q-rules").as_str()),
        "{}",
        sent.text()
    );
    let mut browser = Browser::new(&site);
    // What else stood on the page is kept with it.
    let shown = browser.open(&page).await;
    shown.expect(&[
        "運営規程 髙﨑.pdf",
        "1KB",
        "value=\"6\"",
        "multipart/form-data",
    ]);

    let file = site.get(&format!("{link}/files/rules")).await;
    assert_eq!((file.status, file.body.as_slice()), (StatusCode::OK, PDF));
    // Whatever it says it is, it is a download of no kind.
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert!(
        file.header("content-disposition")
            .starts_with("attachment;"),
        "{}",
        file.header("content-disposition")
    );
    assert_eq!(file.header("x-content-type-options"), "nosniff");

    let form = shown.form("/2").set("coordinated", &["1"]);
    let review = browser.press(&form, Some(("_act", "next"))).await;
    review.expect(&["運営規程 髙﨑.pdf（1KB）"]);
    let first = browser.open(&format!("{link}/1")).await.form("/1");
    browser
        .press(&first.set("rule_used", &["no"]), Some(("_act", "save")))
        .await;
    let review = browser.open(&format!("{link}/review")).await;
    browser
        .press(&review.form("/submit"), None)
        .await
        .expect(&["回答を受け付けました"]);

    let cookie = site.session("山田 花子（架空）").await;
    let list = site
        .get_as(&cookie, "/kasou/surveys/discharge/files")
        .await
        .text();
    assert!(
        list.contains("ケアプランあおぞら（架空）") && list.contains("運営規程 髙﨑.pdf"),
        "{list}"
    );
    let fetched = site
        .get_as(&cookie, "/kasou/surveys/discharge/files/K001/rules")
        .await;
    assert_eq!(fetched.body, PDF);
    // Only the secretariat.
    let stranger = site.get("/kasou/surveys/discharge/files/K001/rules").await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    // The tally knows how many there are.
    let results = site
        .get_as(&cookie, "/kasou/surveys/discharge/results")
        .await
        .text();
    assert!(!results.contains("運営規程 髙﨑.pdf"), "{results}");
}

#[tokio::test]
async fn err_files_that_are_not_taken() {
    let (site, _folder) = site().await;
    let link = format!("/kasou/r/{}", site.respondent(1, "K001").await);
    let page = format!("{link}/2");
    let large = [PDF, vec![b'a'; 1 << 20].as_slice()].concat();
    for (name, content, said) in [
        ("規程.exe", PDF, "付けられるファイルは、PDF、PNG です"),
        (
            "規程.pdf",
            b"MZ not a pdf".as_slice(),
            "付けられるファイルは、PDF、PNG です",
        ),
        (
            "規程.pdf",
            b"".as_slice(),
            "付けられるファイルは、PDF、PNG です",
        ),
        ("規程.pdf", large.as_slice(), "1MBまでです"),
    ] {
        let refused = attach(&site, &page, name, content, ("_attach", "rules")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(refused.text().contains(said), "{name}: {}", refused.text());
        // The rest of the page is not lost over it.
        assert!(refused.text().contains("value=\"6\""), "{}", refused.text());
    }
    let far_too_large = vec![b'a'; 12 << 20];
    let refused = attach(
        &site,
        &page,
        "規程.pdf",
        &far_too_large,
        ("_attach", "rules"),
    )
    .await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        refused.text().contains("ファイルが大きすぎます"),
        "{}",
        refused.text()
    );
    // The button was pressed before a file was chosen.
    let early = attach(&site, &page, "", b"", ("_attach", "rules")).await;
    assert_eq!(early.header("location"), format!("{page}?unsent#q-rules"));
    // No file item.
    let other = attach(&site, &page, "規程.pdf", PDF, ("_attach", "discharged")).await;
    assert_eq!(
        other.header("location"),
        format!("{page}?unsent#q-discharged")
    );
    assert_eq!(
        site.get(&format!("{link}/files/rules")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_file_is_taken_off_again() {
    let (site, _folder) = site().await;
    let link = format!("/kasou/r/{}", site.respondent(1, "K001").await);
    let page = format!("{link}/2");
    attach(&site, &page, "規程.pdf", PDF, ("_attach", "rules")).await;
    let off = attach(&site, &page, "", b"", ("_detach", "rules")).await;
    assert_eq!(off.header("location"), format!("{page}#q-rules"));
    let shown = Browser::new(&site).open(&page).await;
    assert!(!shown.html.contains("規程.pdf"), "{}", shown.html);
}

/// An answer names only what came over the same link: knowing the hash of a file opens nothing.
#[tokio::test]
async fn err_the_file_of_somebody_else() {
    let (site, _folder) = site().await;
    let theirs = format!("/kasou/r/{}", site.respondent(1, "K001").await);
    attach(
        &site,
        &format!("{theirs}/2"),
        "規程.pdf",
        PDF,
        ("_attach", "rules"),
    )
    .await;
    let draft = site
        .year
        .draft(&site.survey(), "K001")
        .await
        .expect("a draft");
    let file = draft.answers.attached("rules").expect("a file");
    let own = site.respondent(2, "K002").await;
    let answers = json!({ "answers": { "rule_used": "no", "discharged": 1, "coordinated": 1,
        "rules": { "name": file.name, "bytes": file.bytes, "file": file.file } } });
    let refused = site
        .post_json(&format!("/kasou/api/r/{own}"), answers.to_string())
        .await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text());
    assert_eq!(
        site.get(&format!("/kasou/r/{own}/files/rules"))
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}
