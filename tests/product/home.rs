//! The home page: whose task it is, what may be done with it, what went wrong and the ways out, dates that move.

use axum::http::StatusCode;

use crate::form::{Browser, Form, Page};
use crate::site::Site;
use crate::timeline::signed_in;

const CHIEF: &str = "佐藤 次郎（架空）";
const YAMADA: &str = "山田 花子（架空）";
const SUZUKI: &str = "鈴木 一郎（架空）";

/// A form of a page with this button's name and value in it, and the fields added that a person types.
fn form_with(page: &Page, ending: &str, inside: &str) -> Form {
    let forms = page.html.split("<form ").skip(1);
    let of = forms.map(|rest| rest.split("</form>").next().unwrap_or(rest));
    let found: Vec<&str> = of
        .filter(|form| form.contains(inside) && form.contains(&format!("{ending}\"")))
        .collect();
    assert!(!found.is_empty(), "no form {ending} with {inside}");
    let one = Page {
        status: page.status,
        path: page.path.clone(),
        html: format!("<form {}</form>", found[0]),
    };
    one.form(ending)
}

/// 架空市 while the papers wait for the 課長: 2027-05-01 is a Saturday.
async fn waiting() -> Site {
    Site::at("2027-05-01T10:00:00+09:00").await
}

#[tokio::test]
async fn a_task_is_shown_to_its_role_and_to_others_as_what_they_wait_for() {
    let site = waiting().await;
    let mut chief = signed_in(&site, 9, CHIEF).await;
    let home = chief.open("/kasou").await;
    home.expect(&["あなたの仕事", "資料の決裁", "承認する", "差し戻す"]);
    // What a 差戻し would begin anew is said before it is done.
    home.expect(&[
        "<li>次第を作る</li>",
        "<li>資料を作る</li>",
        "<li>資料の決裁</li>",
    ]);

    let mut secretariat = signed_in(&site, 8, YAMADA).await;
    let other = secretariat.open("/kasou").await;
    other.expect(&["ほかの人を待っていること", "資料の決裁"]);
    assert!(!other.html.contains("承認する"), "{}", other.html);
    assert!(other.html.contains("いま、あなたが行うことはありません。"));
}

#[tokio::test]
async fn a_task_is_sent_back_only_with_a_reason() {
    let site = waiting().await;
    let mut chief = signed_in(&site, 9, CHIEF).await;
    let home = chief.open("/kasou").await;
    let back = form_with(&home, "/tasks", "sendback");
    let refused = chief.press(&back, Some(("outcome", "sendback"))).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.expect(&["差戻しには理由を書いてください"]);
    let back = back.set("comment", &["表２の数字を確かめてください <b>"]);
    let home = chief.press(&back, Some(("outcome", "sendback"))).await;
    assert_eq!(home.status, StatusCode::OK);
    // Told as a fact, with the reason as text.
    home.expect(&[
        "「資料の決裁」を差し戻しました。",
        "課長 佐藤 次郎（架空）",
        "表２の数字を確かめてください &lt;b&gt;",
        "（2回目）",
    ]);
}

#[tokio::test]
async fn who_has_taken_a_task_on_has_it_until_it_is_given_back() {
    let site = Site::at("2026-11-10T10:00:00+09:00").await;
    let mut yamada = signed_in(&site, 9, YAMADA).await;
    let mut suzuki = signed_in(&site, 8, SUZUKI).await;
    let home = yamada.open("/kasou").await;
    let home = yamada.press(&home.form("/tasks/claim"), None).await;
    home.expect(&["引き受けた人 山田 花子（架空）", "返す"]);
    let other = suzuki.open("/kasou").await;
    other.expect(&["先に山田 花子（架空）に返してもらってください"]);
    yamada.press(&home.form("/tasks/release"), None).await;
    let other = suzuki.open("/kasou").await;
    let done = suzuki
        .press(&other.form("/tasks"), Some(("outcome", "done")))
        .await;
    done.expect(&["「調査票を設計する」を終えました。", "終えた仕事を引き戻す"]);
    // As long as nobody has taken up what follows, it can be taken back; only by who did it.
    assert!(!yamada.open("/kasou").await.html.contains("引き戻す"));
    let back = suzuki.press(&done.form("/tasks/pull-back"), None).await;
    back.expect(&["「調査票を設計する」を引き戻しました。"]);
}

#[tokio::test]
async fn what_is_late_says_by_how_many_days() {
    // The questionnaire is due ten working days before 2026-12-01: on 2026-11-16, a Monday.
    let site = Site::at("2026-11-14T10:00:00+09:00").await;
    let at = "2026-11-19T10:00:00+09:00".parse().expect("an instant");
    site.app.clock.advance(at);
    let act = engine::year::Act::by_meguri(site.app.clock.now());
    site.year.work(&act).await.expect("the cycle goes on");
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let home = browser.open("/kasou").await;
    home.expect(&[
        "3日遅れ",
        "期限 令和8年11月16日（月）",
        "遅れているもの 1件",
    ]);
    let json = site.get_json_as(browser.cookie.as_deref().expect("signed in"), "/kasou");
    let json = json.await.json();
    assert_eq!(json["mine"][0]["days_late"], 3);
    assert_eq!(json["mine"][0]["step"], "design");
}

#[tokio::test]
async fn a_date_is_moved_after_what_moves_with_it_was_shown() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let path = "/kasou/cycles/annual-2026/dates";
    let page = browser.open(path).await;
    page.expect(&["回答締切", "令和8年12月25日（金）"]);
    let shown = browser
        .open(&format!("{path}?field=close&to=2027-01-15"))
        .await;
    // The reminder is five working days before: of 2027-01-15, with 成人の日 on the 11th, 2027-01-07.
    shown.expect(&[
        "回答締切: 令和8年12月25日（金） → 令和9年1月15日（金）",
        "「回答を受け付ける」の締切",
        "「未回答の事業所に督促する」の始まり",
        "令和9年1月7日（木）",
    ]);
    assert_eq!(
        site.year
            .state(|state| state.cycles["annual-2026"].dates["close"].to_string()),
        "2026-12-25"
    );
    let form = form_with(&shown, "/dates", "_csrf");
    let refused = browser.press(&form, None).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let moved = form.set("reason", &["年末の休みに重なるため"]);
    let home = browser.press(&moved, None).await;
    home.expect(&["締切 令和9年1月15日（金）", "年末の休みに重なるため"]);
    let wrong = browser
        .open(&format!("{path}?field=close&to=2027-02-31"))
        .await;
    wrong.expect(&["2026-12-25 の形で"]);
    // The chair of the meeting does not move dates.
    let mut chief = signed_in(&site, 8, CHIEF).await;
    assert_eq!(chief.open(path).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_went_wrong_has_its_ways_out() {
    let folder = tempfile::tempdir().expect("a folder");
    // The story ends before the gate, because a story is not told beyond what went wrong.
    crate::site::write_pack(folder.path(), "kasou", "2026-12-10T10:00:00+09:00");
    // A gate that no check finds wrong, and that fails with the three offices of this roster.
    let script = folder.path().join("cycles/annual.rhai");
    let text = std::fs::read_to_string(&script).expect("a script");
    let before = r#"step("tally").title("集計する").after("answers")"#;
    assert!(text.contains(before));
    let after = r#"step("enough").title("回答率の判定").after("answers").gate("enough"),
    step("tally").title("集計する").when("enough", "足りる")"#;
    let hook = r#"fn enough(s, c) { if s.asked == 3 { throw "名簿が読めません" } "足りる" }"#;
    let text = format!("{}\n{hook}\n", text.replace(before, after));
    std::fs::write(&script, text).expect("written");
    let site = Site::told(&[folder.path().to_owned()]).await;
    let after = "2026-12-26T10:00:00+09:00".parse().expect("an instant");
    site.app.clock.advance(after);
    let act = engine::year::Act::by_meguri(site.app.clock.now());
    site.year.work(&act).await.expect("the cycle goes on");
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let home = browser.open("/kasou").await;
    home.expect(&[
        "うまくいかなかったこと",
        "回答率の判定",
        "名簿が読めません",
        "「足りる」に進む",
        "計画を直す",
    ]);
    // Without a reason nothing is left out.
    let leave = home.form("/troubles/leave-out");
    assert_eq!(
        browser.press(&leave, None).await.status,
        StatusCode::CONFLICT
    );
    let choose = home.form("/troubles/choose");
    let refused = browser.press(&choose, Some(("outcome", "よそへ"))).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let home = browser.press(&choose, Some(("outcome", "足りる"))).await;
    home.expect(&[
        "「回答率の判定」の結果は「足りる」です。",
        "「集計する」を行いました。",
    ]);
    assert!(!home.html.contains("うまくいかなかったこと"));
    // Others are told that it is for the secretariat.
    let mut chief = signed_in(&site, 8, CHIEF).await;
    let refused = chief.press(&choose, Some(("outcome", "足りる"))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_numbers_of_responses_are_there_to_be_asked_for() {
    let site = Site::open().await;
    let browser: Browser = signed_in(&site, 9, YAMADA).await;
    let cookie = browser.cookie.clone().expect("signed in");
    let rates = site.get_json_as(&cookie, "/kasou/rates").await.json();
    assert_eq!(
        (&rates[0]["answered"], &rates[0]["asked"]),
        (&0.into(), &3.into())
    );
    let token = site.respondent(1, "K001").await;
    let answers = r#"{"answers":{"rule_used":"no","why_not":"使う機会がなかった","discharged":1,"coordinated":1}}"#;
    site.post_json(&format!("/kasou/api/r/{token}"), answers)
        .await;
    let rates = site.get_json_as(&cookie, "/kasou/rates").await.json();
    // A third, half up.
    assert_eq!(
        (&rates[0]["answered"], &rates[0]["rate"]),
        (&1.into(), &"33.3".into())
    );
    assert_eq!(
        site.get_json_as("", "/kasou/rates").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_past_is_told_page_by_page() {
    let site = waiting().await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let past = browser.open("/kasou/past").await;
    past.expect(&[
        "「架空市の一年」が始まりました。",
        "「調査票の決裁」を承認しました。",
        "課長 佐藤 次郎（架空）",
        "「回答を受け付ける」を締め切りました。",
    ]);
    let beyond = browser.open("/kasou/past?page=99").await;
    assert_eq!(beyond.status, StatusCode::OK);
}
