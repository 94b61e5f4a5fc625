//! Letters and their links: to copy, as a list, printed with a code, and again when one was lost.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use axum::http::StatusCode;
use engine::letter::Letter;
use engine::year::Fate;

use super::{ROSTER, SURVEY, answers, desk, office, path};
use crate::form::Browser;
use crate::mail::scene;
use crate::mail::server::MailServer;
use crate::sent;
use crate::site::{Site, has};

#[tokio::test]
async fn letters_are_shown_for_copying_once_each_with_a_link_of_its_own() {
    let site = scene::site(&ROSTER).await;
    let mut desk = desk(&site).await;
    let survey = desk.open(SURVEY).await;
    let draft = desk
        .press(&survey.form("/letters"), Some(("all", "1")))
        .await;
    draft.expect(&[
        "依頼を3件に送る",
        "〔回答リンク〕",
        "ケアプラン髙﨑（架空）",
    ]);
    assert!(!draft.html.contains("/r/"), "no link is made yet");
    let form = draft.form("/letters/send");

    // Without its link a letter is of no use; what was typed is still there.
    let broken = form.clone().set("body", &["こちらからどうぞ <b>"]);
    let refused = desk.press(&broken, Some(("way", "copy"))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.expect(&[
        "本文に「〔回答リンク〕」がありません",
        "こちらからどうぞ &lt;b&gt;",
    ]);

    let own = form
        .set("subject", &["〔宛名〕へのお願い"])
        .set("body", &["〔宛名〕 様\n\n〔回答リンク〕\n"]);
    let shown = desk.press(&own, Some(("way", "copy"))).await;
    shown.expect(&[
        "依頼の送付文（3件）",
        "ケアプラン髙﨑（架空）へのお願い",
        "メールの宛先は名簿にありません",
    ]);
    let html = shown.html.replace("&#x2f;", "/");
    let tokens: Vec<&str> = html
        .split("/kasou/r/")
        .skip(1)
        .map(|rest| &rest[..32])
        .collect();
    assert_eq!(tokens.len(), 3, "{html}");
    for (token, (_, name, _)) in tokens.iter().zip(ROSTER) {
        let page = Browser::new(&site)
            .open(&format!("/kasou/r/{token}/1"))
            .await;
        page.expect(&["入退院連携に関する調査", name]);
    }
    // Pressing again, or reloading, makes nothing more.
    let again = desk.press(&own, Some(("way", "copy"))).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    again.expect(&["すでに送りました"]);

    // It is in the log of the office, and a link stands nowhere in the store.
    desk.open(&office("K003"))
        .await
        .expect(&["依頼", "写して送る"]);
    desk.open(SURVEY)
        .await
        .expect(&["未回答3件に「写して送る」"]);
    let stored = site.stored().await;
    let stored = String::from_utf8_lossy(&stored);
    assert!(tokens.iter().all(|token| !stored.contains(token)));
}

#[tokio::test]
async fn a_list_of_links_is_harmless_in_a_spreadsheet() {
    let site = scene::site(&ROSTER).await;
    let mut desk = desk(&site).await;
    let survey = desk.open(SURVEY).await;
    let chosen = survey
        .form("/letters")
        .with("respondent", "K002")
        .with("respondent", "K003");
    let draft = desk.press(&chosen, None).await;
    draft.expect(&["依頼を2件に送る"]);
    let cookie = desk.cookie.clone().expect("signed in");
    let list = sent::answer(
        &site,
        &cookie,
        &draft.form("/letters/send"),
        Some(("way", "list")),
    )
    .await;
    assert_eq!(list.header("content-type"), "text/csv; charset=utf-8");
    let text = list.text();
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].starts_with("\u{feff}管理番号,宛名,メール,件名,リンク"),
        "{text}"
    );
    assert!(
        lines[1].starts_with("K002,'=1+1 架空事業所二,refused@office.example,"),
        "{text}"
    );
    assert!(lines[2].contains("http://meguri.test/kasou/r/"), "{text}");
    assert_eq!(lines.len(), 3);
    let nobody = desk.press(&survey.form("/letters"), None).await;
    assert_eq!(nobody.status, StatusCode::BAD_REQUEST);
    nobody.expect(&["送る相手を選んでください"]);
}

/// What zbarimg reads on each page of a PDF. Nothing where it is not installed.
fn codes(pdf: &[u8]) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("letters.pdf");
    fs::write(&file, pdf).expect("written");
    let drawn = Command::new("pdftoppm")
        .arg("-r")
        .arg("150")
        .arg("-gray")
        .arg(&file)
        .arg(folder.path().join("page"))
        .status();
    let mut pages: Vec<_> = fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    pages.retain(|page| page.extension().is_some_and(|kind| kind == "pgm"));
    pages.sort();
    let read = Command::new("zbarimg")
        .args(["--quiet", "--raw", "--oneshot"])
        .args(&pages)
        .output();
    let (Ok(drawn), Ok(_)) = (drawn, read) else {
        eprintln!(
            "SKIPPED: reading QR codes; no pdftoppm and zbarimg here (apt-get install poppler-utils zbar-tools)"
        );
        return None;
    };
    assert!(drawn.success());
    let mut codes = Vec::new();
    for page in &pages {
        let read = Command::new("zbarimg")
            .args(["--quiet", "--raw"])
            .arg(page)
            .output()
            .expect("zbarimg");
        let text = String::from_utf8(read.stdout).expect("UTF-8");
        assert_eq!(text.lines().count(), 1, "{}: {text}", page.display());
        codes.push(text.trim().to_owned());
    }
    Some(codes)
}

#[tokio::test]
async fn a_printed_letter_has_a_code_that_opens_the_questionnaire() {
    if !has("pdf") {
        return;
    }
    let site = scene::site(&ROSTER).await;
    let mut desk = desk(&site).await;
    let survey = desk.open(SURVEY).await;
    let draft = desk
        .press(&survey.form("/letters"), Some(("all", "1")))
        .await;
    let cookie = desk.cookie.clone().expect("signed in");
    let pdf = sent::answer(
        &site,
        &cookie,
        &draft.form("/letters/send"),
        Some(("way", "print")),
    )
    .await;
    assert_eq!(
        pdf.header("content-type"),
        "application/pdf",
        "{}",
        pdf.status
    );
    let Some(codes) = codes(&pdf.body) else {
        return;
    };
    assert_eq!(codes.len(), 3, "one page an office");
    for (code, (_, name, _)) in codes.iter().zip(ROSTER) {
        let page = Browser::new(&site).open(&format!("{}/1", path(code))).await;
        page.expect(&["入退院連携に関する調査", name]);
    }
}

#[tokio::test]
async fn a_new_link_leaves_the_earlier_ones_alone_unless_they_are_to_end() {
    let site = Site::open().await;
    let mut desk = desk(&site).await;
    let first = site.respondent(1, "K001").await.to_string();
    let page = desk.open(&office("K001")).await;
    let second = desk.press(&page.form("/links"), None).await;
    second.expect(&["前のリンクもそのまま使えます", "data:image&#x2f;svg+xml,"]);
    let second = path(&second.links("/r/")[0]);
    assert_eq!(
        site.get(&format!("/kasou/r/{first}/1")).await.status,
        StatusCode::OK
    );
    let third = desk
        .press(&page.form("/links").with("end", "1"), None)
        .await;
    third.expect(&["前のリンクは、もう使えません"]);
    let third = path(&third.links("/r/")[0]);
    for old in [format!("/kasou/r/{first}/1"), format!("{second}/1")] {
        let gone = site.get(&old).await;
        assert_eq!(gone.status, StatusCode::GONE, "{old}");
        assert!(
            gone.text().contains("新しいリンクに替わりました"),
            "{}",
            gone.text()
        );
    }
    assert_eq!(answers(&site, &first).await.status, StatusCode::GONE);
    assert_eq!(site.get(&format!("{third}/1")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_reminder_in_own_words_goes_to_chosen_ones_and_a_lost_letter_goes_again() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let site = scene::opened(&ROSTER, &server.url()).await;
    site.send_letters().await;
    let fates: BTreeMap<&str, Option<Fate>> = ["K001", "K002"]
        .into_iter()
        .map(|id| (id, site.fate(id, Letter::Invitation)))
        .collect();
    assert_eq!(fates["K001"], Some(Fate::Sent));
    assert!(matches!(fates["K002"], Some(Fate::Abandoned { .. })));
    let mut desk = desk(&site).await;

    // To K001 alone, in words of this once.
    let survey = desk.open(SURVEY).await;
    let draft = desk
        .press(
            &survey
                .form("/letters")
                .with("respondent", "K001")
                .with("letter", "reminder"),
            None,
        )
        .await;
    draft.expect(&["督促を1件に送る", "1件にメールで送る"]);
    let own = draft.form("/letters/send").set(
        "body",
        &["〔宛名〕 様\n\nお待ちしています。\n〔回答リンク〕\n"],
    );
    let done = desk.press(&own, Some(("way", "mail"))).await;
    assert_eq!(done.path, SURVEY, "{}", done.html);
    site.send_letters().await;

    // The address of K002 is mended in the roster; its letter goes again under its own id.
    let row = desk.open("/kasou/rosters/offices/row?id=K002").await;
    let row = row
        .form("/row")
        .set("c.mail", &["k002@office.example"])
        .with("c.kind", "kyotaku");
    assert_eq!(desk.press(&row, None).await.status, StatusCode::OK);
    let page = desk.open(&office("K002")).await;
    page.expect(&["送れませんでした", "もう一度送る"]);
    let again = page.form("/post-again");
    desk.press(&again, None)
        .await
        .expect(&["もう一度送るところです"]);
    // Twice is once.
    assert_eq!(desk.press(&again, None).await.status, StatusCode::CONFLICT);
    site.send_letters().await;
    desk.open(&office("K002")).await.expect(&["送信済み"]);

    let letters = server.stop();
    let to: Vec<&str> = letters.iter().map(|letter| letter.to()).collect();
    assert_eq!(
        to,
        [
            "k001@office.example",
            "k001@office.example",
            "k002@office.example"
        ]
    );
    assert!(
        letters[1]
            .body
            .replace("\r\n", "\n")
            .contains("ケアプラン髙﨑（架空） 様\n\nお待ちしています。\n"),
        "{}",
        letters[1].body
    );
    let page = Browser::new(&site)
        .open(&format!("/kasou/r/{}/1", letters[1].token()))
        .await;
    page.expect(&["ケアプラン髙﨑（架空）"]);
}
