//! Returns on paper, by fax and as workbooks: keyed in once or twice, compared, and counted once.

use std::fs;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use engine::year::Source;

use crate::form::{Browser, Form, Page};
use crate::site::{Site, write_pack};
use crate::timeline::signed_in;

const YAMADA: &str = "山田 花子（架空）";
const SUZUKI: &str = "鈴木 一郎（架空）";
const SURVEY: &str = "discharge-2026";
const LIST: &str = "/kasou/surveys/discharge/keyed";
const K001: &str = "/kasou/surveys/discharge/keyed/K001";

/// 架空市 while its survey is open; on paper keyed in twice where that is asked.
async fn open(twice: bool) -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    write_pack(folder.path(), "kasou", "2026-12-10T10:00:00+09:00");
    if twice {
        let path = folder.path().join("surveys.json");
        let text = fs::read_to_string(&path).expect("a file");
        let before = r#""survey_year": 2026,"#;
        assert!(text.contains(before));
        let text = text.replace(before, &format!(r#"{before} "keyed_twice": true,"#));
        fs::write(&path, text).expect("written");
    }
    Site::told(&[folder.path().to_owned()]).await
}

/// What stands on the paper: 1 使っている, both pillars, 12 left and 5 of them were coordinated.
fn filled(page: &Page) -> Form {
    page.form("/keyed/K001")
        .set("rule_used", &["1"])
        .set("pillars", &["１、2"])
        .set("discharged", &["１２"])
        .set("coordinated", &["5"])
}

const ENTER: Option<(&str, &str)> = Some(("_act", "enter"));

async fn answers(site: &Site) -> serde_json::Value {
    let response = site.year.response(SURVEY, "K001").await.expect("the store");
    let response = response.expect("a response");
    serde_json::to_value(response.answers).expect("JSON")
}

fn source(site: &Site) -> Option<Source> {
    site.year.state(|state| {
        let held = state.surveys.get(SURVEY)?;
        held.responded.get("K001").map(|one| one.source)
    })
}

#[tokio::test]
async fn numbers_become_options_and_the_return_counts() {
    let site = open(false).await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    browser
        .open(LIST)
        .await
        .expect(&["ケアプランあおぞら（架空）", "未回答", "名簿 3件"]);
    // Found by a part of the name or of the number, in letters of any width.
    let found = browser
        .open(&format!("{LIST}?q=%EF%BC%A8%EF%BC%90%EF%BC%91"))
        .await;
    found.expect(&["中央地域包括支援センター"]);
    assert!(!found.html.contains("ケアプランあおぞら"));
    browser
        .open(&format!("{LIST}?q=%3Cscript%3E"))
        .await
        .expect(&["「&lt;script&gt;」に合う事業所はありません"]);

    let page = browser.open(K001).await;
    page.expect(&["1&nbsp;使っている", "2&nbsp;使っていない", "病院1"]);
    let form = filled(&page)
        .set("hospitals.0.hospital", &["架空病院 <b>"])
        .set("hospitals.0.left", &["3"])
        .set("_received_on", &["2026-12-09"]);
    let list = browser.press(&form, ENTER).await;
    list.expect(&[
        "ケアプランあおぞら（架空）：受け付けました",
        "受付済み",
        "紙 12&#x2f;10",
    ]);
    assert_eq!(
        answers(&site).await,
        serde_json::json!({
            "rule_used": "yes", "pillars": ["flow", "list"],
            "hospitals": [{ "hospital": "架空病院 <b>", "left": "3" }, {}, {}],
            "discharged": "１２", "coordinated": "5",
        })
    );
    assert_eq!(source(&site), Some(Source::Paper));
    let keyed = site.year.keyed(SURVEY, "K001").first.expect("an entry");
    assert_eq!(
        (keyed.by.as_str(), keyed.received_on.to_string().as_str()),
        (YAMADA, "2026-12-09")
    );
    let counted = site.year.counted().await.expect("counted");
    assert_eq!(
        counted.answers[SURVEY]["K001"].integer("discharged"),
        Some(12)
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_what_was_typed_stays() {
    let site = open(false).await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let page = browser.open(K001).await;
    let wrong = [
        (
            "rule_used",
            "1,2",
            "一つだけ選ぶ設問に、二つ以上の番号があります",
        ),
        (
            "rule_used",
            "3",
            "「3」という選択肢はありません。1から2までの番号",
        ),
        ("rule_used", "0", "「0」という選択肢はありません"),
        ("pillars", "1,x", "「x」という選択肢はありません"),
    ];
    for (field, typed, said) in wrong {
        let page = browser
            .press(&filled(&page).set(field, &[typed]), ENTER)
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        page.expect(&[said, &format!("value=\"{typed}\"")]);
    }
    // The questionnaire's own checks hold for paper too.
    let more = filled(&page).set("coordinated", &["13"]);
    let more = browser.press(&more, ENTER).await;
    assert_eq!(more.status, StatusCode::UNPROCESSABLE_ENTITY);
    more.expect(&["退院した利用者以下の人数"]);
    assert!(!more.html.contains("無回答として受け付ける"));
    // A day that has not come.
    let ahead = filled(&page).set("_received_on", &["2026-12-11"]);
    assert_eq!(
        browser.press(&ahead, ENTER).await.status,
        StatusCode::CONFLICT
    );
    assert_eq!(source(&site), None);
    // Begun, put aside and found again, by the same person only.
    let half = filled(&page).set("discharged", &["77"]);
    browser
        .press(&half, Some(("_act", "keep")))
        .await
        .expect(&["ここまでの入力を保存しました"]);
    browser
        .open(K001)
        .await
        .expect(&["value=\"77\"", "value=\"1,2\""]);
    let mut other = signed_in(&site, 8, SUZUKI).await;
    assert!(!other.open(K001).await.html.contains("value=\"77\""));
}

#[tokio::test]
async fn a_blank_on_paper_is_kept_as_a_blank_when_that_is_said() {
    let site = open(false).await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let page = browser.open(K001).await;
    let form = filled(&page)
        .set("discharged", &[""])
        .set("coordinated", &[""])
        .set("_note", &["「退院」に二つ印がある"]);
    let told = browser.press(&form, ENTER).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    told.expect(&["用紙でも空欄なので、無回答として受け付ける"]);
    let mut form = told.form("/keyed/K001");
    form.fields.push(("_blanks".to_owned(), "yes".to_owned()));
    browser
        .press(&form, ENTER)
        .await
        .expect(&["受け付けました"]);
    let answers = answers(&site).await;
    assert!(answers.get("discharged").is_none(), "{answers}");
    let counted = site.year.counted().await.expect("counted");
    assert_eq!(counted.answers[SURVEY]["K001"].integer("discharged"), None);
    // The remark is beside the answers and nowhere in the journal.
    let journal = site.store.journal("kasou", 1).await.expect("a journal");
    let journal = serde_json::to_string(&journal.iter().map(|one| &one.event).collect::<Vec<_>>());
    assert!(!journal.expect("JSON").contains("二つ印"));
}

#[tokio::test]
async fn two_people_key_it_in_and_what_differs_is_decided() {
    let site = open(true).await;
    let mut yamada = signed_in(&site, 9, YAMADA).await;
    let mut suzuki = signed_in(&site, 8, SUZUKI).await;
    let first = yamada.open(K001).await;
    yamada
        .press(&filled(&first), ENTER)
        .await
        .expect(&["1回目の入力を預かりました", "2回目は別の人"]);
    assert_eq!(source(&site), None, "one entry does not count");
    // The same person is refused.
    let again = yamada.press(&filled(&first), ENTER).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    again.expect(&["1回目を入力した人は、2回目を入力できません"]);
    // The second one does not see the first.
    let second = suzuki.open(K001).await;
    second.expect(&["2回目の入力"]);
    assert!(!second.html.contains("value=\"5\""), "{}", second.html);
    let typed = filled(&second)
        .set("coordinated", &["6"])
        .set("pillars", &["1"]);
    let compare = suzuki.press(&typed, ENTER).await;
    assert!(
        compare.path.ends_with("/keyed/K001/compare"),
        "{}",
        compare.path
    );
    compare.expect(&[
        "1 流れ（フロー）、2 窓口一覧表",
        "1 流れ（フロー）　",
        "5人",
        "6人",
    ]);
    assert!(
        !compare.html.contains("choice:discharged"),
        "the same is not asked"
    );
    suzuki.open(LIST).await.expect(&["食い違いがあります"]);
    // Undecided, decided against the questionnaire, decided.
    let form = compare.form("/compare");
    let decide = |pillars: &str, how: &str, typed: &str| {
        let mut form = form.clone();
        form.fields.retain(|(name, _)| name == "_csrf");
        for (name, value) in [
            ("choice:pillars", pillars),
            ("choice:coordinated", how),
            ("typed:coordinated", typed),
        ] {
            form.fields.push((name.to_owned(), value.to_owned()));
        }
        form
    };
    let open = suzuki.press(&decide("1", "", ""), None).await;
    assert_eq!(open.status, StatusCode::UNPROCESSABLE_ENTITY);
    open.expect(&["まだ決めていないものが1件"]);
    let wrong = suzuki.press(&decide("1", "typed", "99"), None).await;
    wrong.expect(&["退院した利用者以下の人数"]);
    suzuki
        .press(&decide("2", "typed", "7"), None)
        .await
        .expect(&["受け付けました。集計に入ります"]);
    let answers = answers(&site).await;
    assert_eq!(
        (
            &answers["pillars"],
            &answers["coordinated"],
            &answers["discharged"]
        ),
        (&serde_json::json!(["flow"]), &"7".into(), &"１２".into())
    );
    let twice = suzuki.press(&decide("2", "1", ""), None).await;
    assert!(twice.status.is_client_error(), "it counts once");
}

#[tokio::test]
async fn two_entries_that_agree_count_at_once() {
    let site = open(true).await;
    let mut yamada = signed_in(&site, 9, YAMADA).await;
    let mut suzuki = signed_in(&site, 8, SUZUKI).await;
    let page = yamada.open(K001).await;
    yamada.press(&filled(&page), ENTER).await;
    // Another width of the same digits is the same answer.
    let page = suzuki.open(K001).await;
    let same = filled(&page)
        .set("discharged", &["12"])
        .set("pillars", &["2,1"]);
    suzuki
        .press(&same, ENTER)
        .await
        .expect(&["受け付けました。集計に入ります"]);
    assert_eq!(source(&site), Some(Source::Paper));
    // A workbook is typed by the office itself: nobody types it a second time.
    assert!(!site.year.keyed_twice(SURVEY, Source::Xlsx));
}

#[tokio::test]
async fn entries_that_do_not_belong_together_are_thrown_away() {
    let site = open(true).await;
    let mut yamada = signed_in(&site, 9, YAMADA).await;
    let mut suzuki = signed_in(&site, 8, SUZUKI).await;
    let page = yamada.open(K001).await;
    yamada.press(&filled(&page), ENTER).await;
    let page = suzuki.open(K001).await;
    let compare = suzuki
        .press(&filled(&page).set("coordinated", &["6"]), ENTER)
        .await;
    let list = suzuki.press(&compare.form("/drop"), None).await;
    list.expect(&["入力を取り消しました", "未回答"]);
    // Either of them begins anew.
    let page = suzuki.open(K001).await;
    suzuki
        .press(&filled(&page), ENTER)
        .await
        .expect(&["1回目の入力を預かりました"]);
}

#[tokio::test]
async fn of_two_returns_of_one_office_the_rules_choose_and_both_are_kept() {
    let site = open(false).await;
    let token = site.respondent(1, "K001").await;
    let web = r#"{"answers":{"rule_used":"no","why_not":"使う機会がなかった","discharged":1,"coordinated":1}}"#;
    let sent = site.post_json(&format!("/kasou/api/r/{token}"), web).await;
    assert_eq!(sent.status, StatusCode::OK);
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let page = browser.open(K001).await;
    page.expect(&["この事業所の回答は、すでに受け付けています（ウェブ 12&#x2f;10 10:00）"]);
    // Of the same day: the web.
    let list = browser.press(&filled(&page), ENTER).await;
    list.expect(&[
        "すでにある回答のほうを採りました",
        "同じ日に届いたため、ウェブの回答を採りました",
    ]);
    assert_eq!(source(&site), Some(Source::Web));
    assert_eq!(answers(&site).await["rule_used"], "no");
    // Looked at once, so that the count is in memory when the response changes.
    site.year.counted().await.expect("counted");
    // The next day: the later one.
    site.app
        .clock
        .advance("2026-12-11T09:00:00+09:00".parse().expect("an instant"));
    let mut browser = signed_in(&site, 7, YAMADA).await;
    let page = browser.open(K001).await;
    let later = filled(&page)
        .set("_received_on", &["2026-12-11"])
        .set("discharged", &["20"]);
    let list = browser.press(&later, ENTER).await;
    list.expect(&[
        "前の回答の代わりに集計に入ります",
        "あとから届いた回答を採りました",
    ]);
    assert_eq!(source(&site), Some(Source::Paper));
    let counted = site.year.counted().await.expect("counted");
    assert_eq!(
        counted.answers[SURVEY]["K001"].integer("discharged"),
        Some(20)
    );
    let stored = String::from_utf8_lossy(&site.stored().await).into_owned();
    assert!(
        stored.contains("使う機会がなかった"),
        "the other one is kept"
    );
}

#[tokio::test]
async fn a_workbook_goes_out_and_comes_back() {
    let site = open(false).await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let list = browser.open(LIST).await;
    let path = "/kasou/surveys/discharge/workbooks/K001.xlsx";
    let book = browser.file(path).await;
    assert_eq!(book.status, StatusCode::OK);
    assert_eq!(
        book.header("content-disposition"),
        "attachment; filename=\"discharge-K001.xlsx\""
    );
    assert!(book.body.starts_with(b"PK"));

    let csrf = list.form("/workbooks").fields[0].1.clone();
    let sent = upload(&site, &browser, &csrf, &book.body).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    assert_eq!(sent.header("location"), K001);
    // It does not count before somebody has looked at it; its way is known.
    assert_eq!(source(&site), None);
    let page = browser.open(K001).await;
    assert!(
        page.html.contains("value=\"xlsx\" checked"),
        "{}",
        page.html
    );
    browser
        .press(&filled(&page), ENTER)
        .await
        .expect(&["受け付けました"]);
    assert_eq!(source(&site), Some(Source::Xlsx));

    for (file, said) in [
        (
            &b"PK\x03\x04 no workbook"[..],
            "Excelのファイル（.xlsx）として読めません",
        ),
        (b"", "ファイルを選んでください"),
        (
            b"\xd0\xcf\x11\xe0 an old one",
            "Excelのファイル（.xlsx）として読めません",
        ),
    ] {
        let refused = upload(&site, &browser, &csrf, file).await;
        assert!(refused.status.is_client_error(), "{}", refused.status);
        assert!(refused.text().contains(said), "{}", refused.text());
    }
    let foreign = upload(&site, &browser, "wrong", &book.body).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

async fn upload(
    site: &Site,
    browser: &Browser<'_>,
    csrf: &str,
    file: &[u8],
) -> crate::site::Answer {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{csrf}\r\n--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../返信.xlsx\"\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let request = Request::post("/kasou/surveys/discharge/workbooks")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header(header::COOKIE, browser.cookie.clone().expect("signed in"));
    site.send(request.body(Body::from(body)).expect("a request"))
        .await
}

#[tokio::test]
async fn nothing_is_keyed_in_for_a_survey_that_has_closed() {
    let site = Site::at("2027-01-05T10:00:00+09:00").await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    browser
        .open(LIST)
        .await
        .expect(&["いま回答を受け付けていません", "締切の日を動かして"]);
    assert_eq!(browser.open(K001).await.status, StatusCode::GONE);
    let nobody = browser.open("/kasou/surveys/discharge/keyed/K999").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}
