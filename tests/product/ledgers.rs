//! Ledgers over HTTP: two people type a month in, its closing is refused until every entry has a state, and what
//! was acknowledged is there after the store has been opened again.

use axum::http::StatusCode;
use engine::Pack;
use engine::year::{Door, Year};

use crate::form::{Browser, Form, Page};
use crate::site::{Site, has};

const FIRST: &str = "山田 花子（架空）";
const SECOND: &str = "鈴木 一郎（架空）";
const CHIEF: &str = "佐藤 次郎（架空）";
const SAVE: Option<(&str, &str)> = Some(("_act", "save"));
const NOVEMBER: &str = "/kasou/ledgers/consultations?month=2026-11";

async fn site() -> Site {
    Site::with("ledger", "2026-12-10T10:00:00+09:00").await
}

async fn signed_in<'a>(site: &'a Site, byte: u8, person: &str) -> Browser<'a> {
    let door = Door::SignIn {
        person: person.to_owned(),
    };
    let link = site.link(byte, door).await;
    let mut browser = Browser::new(site);
    let form = Form {
        action: format!("/kasou/sign-in/{link}"),
        fields: Vec::new(),
    };
    assert_eq!(browser.press(&form, None).await.status, StatusCode::OK);
    browser
}

fn consultation(page: &Page, title: &str, on: &str, asked_by: &str) -> Form {
    page.form("/consultations/new")
        .set("title", &[title])
        .set("on", &[on])
        .set("asked_by", &[asked_by])
}

#[tokio::test]
async fn two_people_enter_a_month_and_close_it() {
    let site = site().await;
    let mut first = signed_in(&site, 9, FIRST).await;
    let mut second = signed_in(&site, 10, SECOND).await;

    // From home to the ledger: two of the three are counted, one has no state.
    let home = first.open("/kasou").await;
    let ledgers = first.open(&home.links("台帳")[0]).await;
    ledgers.expect(&[
        "相談記録",
        "<span class=\"big\">2</span>件",
        "「判定」のない記録 1件",
    ]);
    let list = first.open(NOVEMBER).await;
    list.expect(&[
        "3件（うち【再掲】1件）",
        "令和8年11月20日（金）",
        "判定なし",
        "つ",
        "【再掲】",
    ]);

    // Both open the form at once, and both get an id of their own.
    let (one, two) = (
        first.open("/kasou/ledgers/consultations/new").await,
        second.open("/kasou/ledgers/consultations/new").await,
    );
    let form = consultation(&one, "入院先が分からない", "令和8年11月12日", "manager");
    let saved = first.press(&form, SAVE).await;
    assert_eq!(saved.path, "/kasou/ledgers/consultations/2026-11-001?saved");
    saved.expect(&[
        "記録しました",
        "入院先が分からない",
        FIRST,
        "value=\"2026-11-12\"",
    ]);
    // Pressing again, as after a lost connection, does not enter it again.
    let pressed_again = first.press(&form, SAVE).await;
    assert_eq!(pressed_again.path, saved.path);
    let form =
        consultation(&two, "<b>薬が多い</b>", "R8.11.13", "hospital").set("triage", &["passed"]);
    let saved = second.press(&form, SAVE).await;
    assert_eq!(saved.path, "/kasou/ledgers/consultations/2026-11-002?saved");
    saved.expect(&["&lt;b&gt;薬が多い", SECOND]);
    assert!(!saved.html.contains("<b>薬"), "{}", saved.html);

    // The month stays open, and the refusal leads to the two entries without a state.
    let list = second.open(NOVEMBER).await;
    list.expect(&["5件（うち【再掲】1件）"]);
    let refused = second.press(&list.form("/consultations"), None).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.expect(&[
        "令和8年11月は閉じられません",
        "「判定」のない記録が2件あります",
    ]);
    let missing: Vec<String> = refused.links("　");
    assert_eq!(
        missing,
        ["2026-11-001", "c2"].map(|entry| format!("/kasou/ledgers/consultations/{entry}"))
    );
    for entry in ["c2", "2026-11-001"] {
        let page = first
            .open(&format!("/kasou/ledgers/consultations/{entry}"))
            .await;
        let form = page.form(entry).set("triage", &["heard"]);
        first.press(&form, SAVE).await.expect(&["記録しました"]);
    }
    // The other one still has the refusal on the screen, and presses again there.
    let left_open = first.open("/kasou/ledgers/consultations/c2").await;
    let closed = second.press(&refused.form("/consultations"), None).await;
    assert_eq!(closed.path, NOVEMBER);
    closed.expect(&["この月は閉じています", "（閉じた月）"]);
    assert!(!closed.html.contains("この月を閉じる"), "{}", closed.html);

    // Now its entries are read only, with the reason; also for whoever had one open, and for new ones.
    let page = first.open("/kasou/ledgers/consultations/c2").await;
    page.expect(&[
        "令和8年11月は閉じているため、この記録は読むだけです",
        "聞き取った",
    ]);
    assert!(!page.html.contains("記録する"), "{}", page.html);
    let form = left_open.form("/c2").set("note", &["後から書いた"]);
    let late = first.press(&form, SAVE).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.expect(&["もう閉じられています", "後から書いた"]);
    let form = consultation(&one, "遅れて届いた", "2026-11-30", "manager")
        .set("_once", &[&"7".repeat(32)]);
    let late = first.press(&form, SAVE).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.expect(&["もう閉じられています", "遅れて届いた"]);

    // What was acknowledged is there for whoever opens the store again.
    let now = site.app.clock.now();
    let again = Year::open(site.store.clone(), site.year.pack.clone(), now)
        .await
        .expect("a year");
    assert!(again.closed("consultations", "2026-11"));
    assert_eq!(again.state(Clone::clone), site.year.state(Clone::clone));
    let book = again.ledgers().await.expect("a book");
    let entries = book.entries("consultations");
    let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["c1", "c2", "c3", "2026-11-001", "2026-11-002"]);
    assert_eq!(
        entries,
        site.year
            .ledgers()
            .await
            .expect("a book")
            .entries("consultations")
    );
}

async fn kept(year: &Year) -> serde_json::Value {
    let book = year.ledgers().await.expect("a book");
    book.entry("consultations", "c2").expect("an entry").json()
}

/// Both open an entry; the second to save is told what the first has changed, and loses nothing.
#[tokio::test]
async fn a_change_in_between_is_told() {
    let site = site().await;
    let mut first = signed_in(&site, 9, FIRST).await;
    let mut second = signed_in(&site, 10, SECOND).await;
    let path = "/kasou/ledgers/consultations/c2";
    let (one, two) = (first.open(path).await, second.open(path).await);
    let form = one
        .form("/c2")
        .set("triage", &["heard"])
        .set("note", &["電話した"]);
    first.press(&form, SAVE).await.expect(&["記録しました"]);

    let form = two
        .form("/c2")
        .set("title", &["夜間の連絡先"])
        .set("note", &["訪ねた"]);
    let told = second.press(&form, SAVE).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    told.expect(&[
        "ほかの人が先に直しました。まだ保存していません",
        FIRST,
        "判定：（記入なし） → 聞き取った",
        "対応：（記入なし） → 電話した（この画面の入力は「訪ねた」",
        "value=\"夜間の連絡先\"",
    ]);
    let form = told.form("/c2");
    assert!(
        form.fields.contains(&("note".into(), "訪ねた".into())),
        "{form:?}"
    );
    assert!(
        form.fields.contains(&("triage".into(), "heard".into())),
        "{form:?}"
    );
    assert_eq!(kept(&site.year).await["note"], "電話した");
    second
        .press(&form, SAVE)
        .await
        .expect(&["記録しました", "2回目"]);
    let kept = kept(&site.year).await;
    assert_eq!(
        (&kept["title"], &kept["note"], &kept["triage"]),
        (&"夜間の連絡先".into(), &"訪ねた".into(), &"heard".into())
    );
    // What the first one wrote can still be read.
    let round = site
        .year
        .entry_at("consultations", "c2", 1)
        .await
        .expect("kept")
        .expect("a round");
    assert_eq!(round.answers.text("note"), Some("電話した"));
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_item_and_nothing_is_stored() {
    let site = site().await;
    let mut browser = signed_in(&site, 9, FIRST).await;
    let blank = browser.open("/kasou/ledgers/consultations/new").await;
    let before = site.stored().await;

    let form = consultation(&blank, "", "きのう", "manager").set("note", &["残る"]);
    let wrong = browser.press(&form, SAVE).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.expect(&[
        "まだ保存していません",
        "href=\"#q-title\"",
        "href=\"#q-on\"",
        "value=\"きのう\"",
        "残る</textarea>",
        "id=\"q-on-issue-1\"",
    ]);
    // Steps and references are checked, and named at their items too, without what only authors need.
    let form = consultation(&blank, "題", "2026-12-01", "manager").set("triage", &["settled"]);
    let wrong = browser.press(&form, SAVE).await;
    wrong.expect(&[
        "href=\"#q-triage\"",
        "はじめから「対応した」にはできません。",
    ]);
    assert!(
        !wrong.html.contains("jsonl") && !wrong.html.contains("pack."),
        "{}",
        wrong.html
    );
    let form = consultation(&blank, "題", "2026-12-01", "manager").set("again", &["c9"]);
    let wrong = browser.press(&form, SAVE).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.expect(&["href=\"#q-again\"", "「c9」はありません", "value=\"c9\""]);
    // A question that an answer brings up is asked before anything is stored.
    let form = consultation(&blank, "題", "2026-12-01", "other");
    let grown = browser.press(&form, SAVE).await;
    grown.expect(&["設問が増えました", "どなたですか"]);
    assert!(site.stored().await == before);
    let form = grown.form("/new").set("who", &["民生委員"]);
    browser
        .press(&form, SAVE)
        .await
        .expect(&["記録しました", "民生委員"]);

    for (path, status) in [
        ("consultations/nothing", 404),
        ("nothing", 404),
        ("nothing/new", 404),
        ("consultations?month=2026-13", 404),
        ("consultations?year=x", 404),
        ("consultations?page=9", 404),
        ("consultations?year=none", 200),
        ("consultations?year=2026", 200),
        ("goals", 200),
        ("goals/new", 200),
    ] {
        let page = browser.open(&format!("/kasou/ledgers/{path}")).await;
        assert_eq!(page.status.as_u16(), status, "{path}: {}", page.html);
    }
    // Without the token of the session, and with a made-up month, nothing happens.
    let before = site.stored().await;
    let list = browser.open(NOVEMBER).await;
    let mut forged = list.form("/consultations");
    forged.fields.retain(|(name, _)| name != "_csrf");
    assert_eq!(
        browser.press(&forged, None).await.status,
        StatusCode::FORBIDDEN
    );
    let odd = list.form("/consultations").set("month", &["2026-99"]);
    assert_eq!(
        browser.press(&odd, None).await.status,
        StatusCode::BAD_REQUEST
    );
    let mut unseen = blank.form("/new").set("title", &["題"]);
    unseen.fields.retain(|(name, _)| name != "_once");
    assert_eq!(
        browser.press(&consultation_form(unseen), SAVE).await.status,
        StatusCode::BAD_REQUEST
    );
    assert!(site.stored().await == before);
}

fn consultation_form(form: Form) -> Form {
    form.set("on", &["2026-12-01"])
        .set("asked_by", &["manager"])
}

/// Who may see what: nobody without a session, single entries only the secretariat where small numbers are hidden,
/// and nothing of another municipality.
#[tokio::test]
async fn who_may_not() {
    let site = site().await;
    for path in [
        "",
        "/consultations",
        "/consultations/new",
        "/consultations/c1",
        "/visits",
    ] {
        let answer = site.get(&format!("/kasou/ledgers{path}")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(!answer.text().contains("退院"), "{path}");
    }
    for path in [
        "/kasou/papers",
        "/kasou/papers/schedule",
        "/kasou/papers/schedule.docx",
    ] {
        assert_eq!(
            site.get(path).await.status,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
    }
    let mut secretariat = signed_in(&site, 9, FIRST).await;
    secretariat
        .open("/kasou/ledgers/visits/v1")
        .await
        .expect(&["架空町一丁目"]);
    let mut chief = signed_in(&site, 10, CHIEF).await;
    chief
        .open("/kasou/ledgers")
        .await
        .expect(&["訪問の記録", "<span class=\"big\">＊</span>人"]);
    for (path, who) in [
        ("visits", "事務局の方だけが開けます"),
        ("visits/v1", "事務局の方だけが開けます"),
        ("visits/new", "これは「取りまとめ」の方だけが行えます"),
    ] {
        let page = chief.open(&format!("/kasou/ledgers/{path}")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        page.expect(&[who]);
        assert!(!page.html.contains("架空町"), "{}", page.html);
    }
    chief
        .open("/kasou/ledgers/consultations")
        .await
        .expect(&["夜間に連絡がつかない"]);
    assert_eq!(
        chief.open("/tonari/ledgers/consultations").await.status,
        StatusCode::NOT_FOUND
    );
}

/// Papers by themselves: every one of the base opens, and one of entries can be had for each of their years.
#[tokio::test]
async fn papers_without_a_meeting() {
    let site = site().await;
    let mut browser = signed_in(&site, 9, FIRST).await;
    let form = browser.open("/kasou/ledgers/events/new").await.form("/new");
    for (title, on) in [("研修会", "2025-06-10"), ("交流会", "2026-06-10")] {
        let form = form
            .clone()
            .set("title", &[title])
            .set("kind", &["training"])
            .set("on", &[on]);
        // The two are not one entry sent twice.
        let once = if on.starts_with("2025") { "1" } else { "2" };
        let form = form.set("_once", &[&once.repeat(32)]);
        browser.press(&form, SAVE).await.expect(&["記録しました"]);
    }
    let list = browser.open("/kasou/papers").await;
    for paper in &site.year.pack.papers {
        let path = format!("/kasou/papers/{}", paper.id);
        list.expect(&[&paper.title]);
        assert!(list.links(&paper.title).contains(&path), "{}", list.html);
        let page = browser.open(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.html);
    }
    let schedule = browser.open("/kasou/papers/schedule").await;
    schedule.expect(&[
        "schedule.docx\"",
        "交流会",
        "令和7年度",
        "aria-current=\"page\">令和8年度",
    ]);
    assert!(!schedule.html.contains("研修会"), "{}", schedule.html);
    let before = browser.open("/kasou/papers/schedule?year=2025").await;
    before.expect(&[
        "研修会",
        "schedule.docx?year=2025",
        "aria-current=\"page\">令和7年度",
    ]);
    for format in ["docx", "pdf"].into_iter().filter(|format| has(format)) {
        let file = browser
            .file(&format!("/kasou/papers/schedule.{format}?year=2025"))
            .await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.body.len() > 1000, "{format}");
    }
    for path in ["nothing", "schedule.exe", "schedule?year=x"] {
        let page = browser.open(&format!("/kasou/papers/{path}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// Ledgers that nobody has written in are not offered.
#[tokio::test]
async fn without_ledgers_there_is_no_link() {
    let site = Site::open().await;
    let pack: &Pack = &site.year.pack;
    assert!(
        pack.ledgers
            .values()
            .all(|ledger| !ledger.own && ledger.shipped.is_empty())
    );
    let mut browser = signed_in(&site, 9, FIRST).await;
    let home = browser.open("/kasou").await;
    assert!(home.links("/kasou/ledgers").is_empty(), "{}", home.html);
    assert!(!home.links("/kasou/papers").is_empty());
}
