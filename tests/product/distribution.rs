//! A running survey in the hands of the secretariat: who has answered, letters to those who have not, calls,
//! who is asked at all, and until when.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use axum::http::StatusCode;
use chrono::NaiveDate;
use engine::letter::Letter;
use engine::year::{Act, Door, Fate};

use crate::form::{Browser, Form, Page};
use crate::mail::scene;
use crate::mail::server::MailServer;
use crate::sent;
use crate::site::{Site, has};

const SURVEY: &str = "/kasou/surveys/discharge";
const TURN: &str = "discharge-2026";

const ROSTER: [(&str, &str, &str); 3] = [
    ("K001", "ケアプラン髙﨑（架空）", "k001@office.example"),
    ("K002", "=1+1 架空事業所二", "refused@office.example"),
    ("K003", "電話だけの事業所", ""),
];

async fn desk<'a>(site: &'a Site) -> Browser<'a> {
    let person = "山田 花子（架空）".to_owned();
    let link = site.link(9, Door::SignIn { person }).await;
    let mut browser = Browser::new(site);
    let enter = Form {
        action: format!("/kasou/sign-in/{link}"),
        fields: Vec::new(),
    };
    browser.press(&enter, None).await;
    browser
}

fn office(id: &str) -> String {
    format!("{SURVEY}/respondents/{id}")
}

/// The address without what the site is called.
fn path(link: &str) -> String {
    link.strip_prefix("http://meguri.test")
        .expect("an address of the site")
        .to_owned()
}

/// Answers the questionnaire in one go.
async fn answers(site: &Site, token: &str) -> crate::site::Answer {
    let answers =
        r#"{"answers":{"rule_used":"yes","pillars":["flow"],"discharged":3,"coordinated":2}}"#;
    site.post_json(&format!("/kasou/api/r/{token}"), answers)
        .await
}

#[tokio::test]
async fn rates_are_for_all_and_names_for_the_secretariat() {
    let site = Site::open().await;
    let token = site.respondent(1, "H01").await.to_string();
    assert_eq!(answers(&site, &token).await.status, StatusCode::OK);
    let chief = site.session("佐藤 次郎（架空）").await;
    let page = site.get_as(&chief, SURVEY).await.text();
    for expected in [
        "回答の内訳",
        "地域包括支援センター",
        "100.0%",
        "居宅介護支援事業所",
        "0.0%",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    for never in ["ケアプランあおぞら", "中央地域包括", "respondents"] {
        assert!(!page.contains(never), "{never}: {page}");
    }
    let json = site.get_json_as(&chief, SURVEY).await.json();
    assert!(json["names"].is_null(), "{json}");
    assert_eq!(
        json["breakdowns"][0]["groups"][0]["label"],
        "地域包括支援センター"
    );
    for address in [office("K001"), format!("{SURVEY}/dates?moving=close")] {
        assert_eq!(
            site.get_as(&chief, &address).await.status,
            StatusCode::FORBIDDEN
        );
    }
}

#[tokio::test]
async fn those_asked_are_narrowed_down() {
    let site = Site::open().await;
    let token = site.respondent(1, "K001").await.to_string();
    assert_eq!(answers(&site, &token).await.status, StatusCode::OK);
    let mut desk = desk(&site).await;
    let mut shown = async |query: &str| -> Vec<&'static str> {
        let page = desk.open(&format!("{SURVEY}?{query}")).await;
        assert_eq!(page.status, StatusCode::OK);
        let ids = ["K001", "K002", "H01"];
        ids.into_iter()
            .filter(|id| page.html.contains(&format!(">{id}</td>")))
            .collect()
    };
    assert_eq!(shown("").await, ["K001", "K002", "H01"]);
    assert_eq!(shown("state=unanswered").await, ["K002", "H01"]);
    assert_eq!(shown("state=answered").await, ["K001"]);
    assert_eq!(shown("source=web").await, ["K001"]);
    assert_eq!(shown("c.kind=houkatsu").await, ["H01"]);
    assert_eq!(shown("c.kind=kyotaku&state=unanswered").await, ["K002"]);
    // ｹｱﾌﾟﾗﾝ, in half-width kana.
    assert_eq!(
        shown("q=%EF%BD%B9%EF%BD%B1%EF%BE%8C%EF%BE%9F%EF%BE%97%EF%BE%9D").await,
        ["K001", "K002"]
    );
    assert_eq!(shown("q=%E3%81%B2%E3%81%AA%E3%81%9F").await, ["K002"]);
    assert_eq!(shown("q=h01&page=99").await, ["H01"]);
    assert_eq!(shown("q=nobody").await, [""; 0]);
}

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
async fn somebody_is_withdrawn_and_asked_again() {
    let site = Site::open().await;
    let token = site.respondent(1, "K002").await.to_string();
    let answered = site.respondent(2, "H01").await.to_string();
    assert_eq!(answers(&site, &answered).await.status, StatusCode::OK);
    let mut desk = desk(&site).await;
    let page = desk.open(&office("K002")).await;
    let form = page.form("/withdraw");
    let refused = desk.press(&form, None).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.expect(&["取下げの理由を"]);
    let page = desk
        .press(&form.set("reason", &["廃止（架空）"]), None)
        .await;
    page.expect(&["取下げ", "廃止（架空）", "対象に加える"]);
    let survey = desk.open(SURVEY).await;
    survey.expect(&["<span class=\"big\">1</span>／2 件", "取り下げた相手"]);
    assert_eq!(site.year.unanswered(TURN).await, ["K001"]);

    let gone = site.get(&format!("/kasou/r/{token}/1")).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(
        gone.text().contains("取り下げられました"),
        "{}",
        gone.text()
    );
    assert_eq!(answers(&site, &token).await.status, StatusCode::GONE);

    // Who has answered is not taken back: the answer is there.
    assert!(!desk.open(&office("H01")).await.html.contains("/withdraw"));
    let late = Form {
        action: format!("{}/withdraw", office("H01")),
        fields: vec![
            ("_csrf".into(), page.form("/add").fields[0].1.clone()),
            ("reason".into(), "x".into()),
        ],
    };
    let late = desk.press(&late, None).await;
    late.expect(&["すでに回答をいただいているので"]);

    let back = desk.press(&page.form("/add"), None).await;
    back.expect(&["未回答"]);
    assert_eq!(site.year.unanswered(TURN).await, ["K001", "K002"]);
    assert_eq!(answers(&site, &token).await.status, StatusCode::OK);
    let twice = desk.press(&page.form("/add"), None).await;
    twice.expect(&["すでにこの調査の対象です"]);
}

#[tokio::test]
async fn a_call_is_noted_and_what_was_said_is_not_in_the_journal() {
    let site = Site::open().await;
    let mut desk = desk(&site).await;
    let page = desk.open(&office("K001")).await;
    let form = page.form("/calls");
    let nothing = desk.press(&form, None).await;
    nothing.expect(&["電話の結果（連絡済・不在・後日・辞退）を選んでください"]);
    let long = form
        .clone()
        .set("note", &[&"あ".repeat(501)])
        .with("outcome", "later");
    desk.press(&long, None)
        .await
        .expect(&["500字までにしてください"]);
    let said = "来週<br>送るとのこと 🌸";
    let noted = form.clone().set("note", &[said]).with("outcome", "later");
    let page = desk.press(&noted, None).await;
    page.expect(&["後日", "来週&lt;br&gt;送るとのこと 🌸", "山田 花子（架空）"]);
    let page = desk.press(&form.with("outcome", "declined"), None).await;
    page.expect(&["辞退", "取り下げる"]);
    desk.open(SURVEY).await.expect(&["電話 辞退"]);
    let journal = site.store.journal("kasou", 0).await.expect("a journal");
    let journal = serde_json::to_string(
        &journal
            .iter()
            .map(|record| &record.event)
            .collect::<Vec<_>>(),
    )
    .expect("JSON");
    assert!(
        journal.contains("call_noted") && !journal.contains("来週"),
        "{journal}"
    );
}

#[tokio::test]
async fn an_extension_shows_what_moves_before_it_does() {
    let site = Site::open().await;
    let mut desk = desk(&site).await;
    let page = desk
        .open(&format!("{SURVEY}/dates?moving=closing&to=2027-01-15"))
        .await;
    // Five working days before 2027-01-15 (the 11th is a holiday): 2027-01-07.
    page.expect(&[
        "令和9年1月15日（金）",
        "回答締切",
        "未回答の事業所に督促する",
        "令和9年1月7日（木）",
    ]);
    assert_eq!(
        closes(&site).await,
        "2026-12-25",
        "nothing has happened yet"
    );
    let form = page.form("/dates").set("reason", &["年末にかかるため"]);
    let moved = desk.press(&form, None).await;
    moved.expect(&["締切 令和9年1月15日（金）"]);
    assert_eq!(closes(&site).await, "2027-01-15");
    for (to, told) in [
        ("2026-12-01", "今日以後"),
        ("", "カレンダーから選ぶか"),
        ("2026-02-30", "カレンダーから選ぶか"),
    ] {
        let page = desk
            .open(&format!("{SURVEY}/dates?moving=closing&to={to}"))
            .await;
        page.expect(&[told]);
    }
}

async fn closes(site: &Site) -> String {
    let closes = site.year.closes_on(TURN).await.expect("a plan");
    closes.map_or(String::new(), |day: NaiveDate| day.to_string())
}

#[tokio::test]
async fn a_survey_is_closed_and_opened_again_by_hand() {
    let site = Site::open().await;
    let token = site.respondent(1, "K001").await.to_string();
    let mut desk = desk(&site).await;
    let page = desk.open(&format!("{SURVEY}/dates?moving=close")).await;
    page.expect(&["いま締め切りますか", "サイクルは次の仕事"]);
    let closed = desk.press(&page.form("/close"), None).await;
    closed.expect(&["終了", "に締め切りました", "もう一度受付を始める"]);
    assert!(!closed.html.contains("選んだ相手に送る"));
    assert_eq!(answers(&site, &token).await.status, StatusCode::GONE);
    let twice = desk.press(&page.form("/close"), None).await;
    assert_eq!(twice.status, StatusCode::GONE);

    let page = desk.open(&format!("{SURVEY}/dates?moving=open")).await;
    page.expect(&["サイクルは前に戻りません"]);
    desk.press(&page.form("/open"), None)
        .await
        .expect(&["受付中", "自動では終わりません"]);
    assert_eq!(answers(&site, &token).await.status, StatusCode::OK);
    let twice = desk.press(&page.form("/open"), None).await;
    twice.expect(&["すでに受付中です"]);
    let page = desk.open(&format!("{SURVEY}/dates?moving=close")).await;
    let closed = desk.press(&page.form("/close"), None).await;
    closed.expect(&["終了"]);
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

#[tokio::test]
async fn two_at_once_keep_both_changes_of_those_asked() {
    let site = Site::open().await;
    let act = Act::new(site.app.clock.now(), "test");
    let (first, second) = tokio::join!(
        site.year
            .withdraw_respondent(&act, "discharge", "K001", "廃止"),
        site.year
            .withdraw_respondent(&act, "discharge", "K002", "廃止"),
    );
    first.expect("withdrawn");
    second.expect("withdrawn");
    assert_eq!(site.year.unanswered(TURN).await, ["H01"]);
    site.year
        .state(|state| assert_eq!(state.surveys[TURN].asked, 1));
    let page: Page = desk(&site).await.open(SURVEY).await;
    page.expect(&["／1 件"]);
}
