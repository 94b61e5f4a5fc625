//! A running survey in the hands of the secretariat: who has answered, letters to those who have not, calls,
//! who is asked at all, and until when.

mod letters;

use axum::http::StatusCode;
use chrono::NaiveDate;
use engine::year::{Act, Door};

use crate::form::{Browser, Form, Page};
use crate::site::Site;

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
