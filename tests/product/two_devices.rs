//! Two devices, or two tabs, on one link: nothing that either has typed is lost, and the later one is told.

use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::form::{Browser, Form};
use crate::site::Site;

const NEXT: Option<(&str, &str)> = Some(("_act", "next"));
const SAVE: Option<(&str, &str)> = Some(("_act", "save"));

async fn on_page_two(site: &Site) -> String {
    format!("/kasou/r/{}/2", site.respondent(1, "K001").await)
}

#[tokio::test]
async fn what_each_has_answered_comes_together() {
    let site = Site::open().await;
    let page = on_page_two(&site).await;
    let (mut phone, mut desk) = (Browser::new(&site), Browser::new(&site));
    let on_phone = phone.open(&page).await.form("/2");
    let on_desk = desk.open(&page).await.form("/2");
    phone
        .press(&on_phone.set("discharged", &["4"]), SAVE)
        .await
        .expect(&["保存しました"]);
    // The desk still shows the first question blank, and answers the other one.
    let review = desk.press(&on_desk.set("coordinated", &["2"]), NEXT).await;
    assert!(
        review.path.ends_with("/review?elsewhere=discharged"),
        "{}",
        review.path
    );
    review.expect(&["別の端末や画面で、次の答えが変わりました", ">4人<", ">2人<"]);
}

#[tokio::test]
async fn both_answers_are_there_to_choose_from() {
    let site = Site::open().await;
    let page = on_page_two(&site).await;
    let (mut phone, mut desk) = (Browser::new(&site), Browser::new(&site));
    let on_phone = phone.open(&page).await.form("/2");
    let on_desk = desk.open(&page).await.form("/2");
    phone
        .press(&on_phone.set("discharged", &["４"]), SAVE)
        .await;
    let told = desk
        .press(&on_desk.clone().set("discharged", &["7"]), NEXT)
        .await;
    assert!(
        told.path.ends_with("/2?elsewhere=discharged#q-discharged"),
        "{}",
        told.path
    );
    told.expect(&[
        "別の端末や画面では次のように答えていました",
        "<p>４人</p>",
        "value=\"7\"",
        "いまの答えのままにする",
    ]);
    // Pressing on sends the same again: it is no new contradiction.
    let review = desk
        .press(&told.form("/2").set("coordinated", &["1"]), NEXT)
        .await;
    review.expect(&["別の端末や画面の答えも残っています", ">7人<"]);

    let back = desk.open(&page).await;
    let act = back
        .html
        .split("value=\"other:")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a button for the other answer");
    let act = format!("other:{act}");
    let chosen = desk.press(&back.form("/2"), Some(("_act", &act))).await;
    assert!(chosen.path.ends_with("#q-discharged"), "{}", chosen.path);
    chosen.expect(&["value=\"４\""]);
    assert!(
        !chosen.html.contains("別の端末や画面では"),
        "{}",
        chosen.html
    );
}

#[tokio::test]
async fn the_present_answer_can_stay() {
    let site = Site::open().await;
    let page = on_page_two(&site).await;
    let mut desk = Browser::new(&site);
    let first = desk.open(&page).await.form("/2");
    desk.press(&first.clone().set("discharged", &["4"]), SAVE)
        .await;
    desk.press(&first.set("discharged", &["7"]), SAVE).await;
    let told = desk.open(&page).await;
    told.expect(&["<p>4人</p>", "value=\"7\""]);
    let kept = desk
        .press(&told.form("/2"), Some(("_act", "keep:discharged")))
        .await;
    kept.expect(&["value=\"7\""]);
    assert!(!kept.html.contains("<p>4人</p>"), "{}", kept.html);
}

/// The number of a row means the row that was seen: one that another device has moved is left alone.
#[tokio::test]
async fn a_row_is_not_taken_away_by_its_old_number() {
    let site = Site::open().await;
    let page = on_page_two(&site).await;
    let mut phone = Browser::new(&site);
    let form = phone.open(&page).await.form("/2");
    let form = form
        .set("hospitals.0.hospital", &["架空中央病院"])
        .set("hospitals.0.left", &["1"]);
    let two = phone.press(&form, Some(("_act", "add:hospitals"))).await;
    let old = two
        .form("/2")
        .set("hospitals.1.hospital", &["架空川病院"])
        .set("hospitals.1.left", &["2"]);
    phone.press(&old, SAVE).await;
    let now = phone.open(&page).await.form("/2");
    // On another device the first row goes.
    let mut desk = Browser::new(&site);
    let on_desk = desk.open(&page).await.form("/2");
    desk.press(&on_desk, Some(("_act", "remove:hospitals.0")))
        .await;
    let late = phone
        .press(&now, Some(("_act", "remove:hospitals.1")))
        .await;
    late.expect(&["架空川病院"]);
}

/// What is handed in is what was looked at.
#[tokio::test]
async fn a_review_that_is_out_of_date_is_shown_again() {
    let site = Site::open().await;
    let link = format!("/kasou/r/{}", site.respondent(1, "K001").await);
    let (mut phone, mut desk) = (Browser::new(&site), Browser::new(&site));
    let answers = |browser: Form| browser.set("discharged", &["4"]).set("coordinated", &["2"]);
    let one = phone.open(&link).await.form("/1").set("rule_used", &["no"]);
    phone.press(&one, SAVE).await;
    let two = answers(phone.open(&format!("{link}/2")).await.form("/2"));
    let review = phone.press(&two, NEXT).await;
    let submit = review.form("/submit");

    let other = desk.open(&format!("{link}/2")).await.form("/2");
    desk.press(&other.set("discharged", &["5"]), SAVE).await;
    let again = phone.press(&submit, None).await;
    again.expect(&["まだ提出していません", ">5人<"]);
    assert_eq!(site.year.receipt(&site.survey(), "K001"), None);
    let receipt = phone.press(&again.form("/submit"), None).await;
    receipt.expect(&["回答を受け付けました", ">5人<"]);
}

/// What the script of the page is told.
#[tokio::test]
async fn a_save_says_what_has_changed() {
    let site = Site::open().await;
    let page = on_page_two(&site).await;
    let shown = Browser::new(&site).open(&page).await.form("/2");
    let save = async |form: Form| -> Value {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&form.fields);
        let request = Request::post(format!("{page}/save"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.finish().into())
            .expect("a request");
        site.send(request).await.json()
    };
    let first = save(shown.clone().set("discharged", &["4"])).await;
    assert_eq!(
        (&first["elsewhere"], &first["both"]),
        (&json!([]), &json!([]))
    );
    let second = save(shown.clone().set("coordinated", &["1"])).await;
    assert_eq!(
        second["elsewhere"],
        json!([{ "name": "discharged", "title": "退院した利用者" }])
    );
    // With what the answer said it was filled in on, the next save changes nothing of the others.
    let base = second["base"].as_str().expect("a base");
    let third = save(
        shown
            .clone()
            .set("_base", &[base])
            .set("discharged", &["4"])
            .set("coordinated", &["3"]),
    )
    .await;
    assert_eq!(
        (&third["elsewhere"], &third["both"]),
        (&json!([]), &json!([]))
    );
    let fourth = save(shown.set("coordinated", &["9"])).await;
    assert_eq!(
        fourth["both"],
        json!([{ "name": "coordinated", "title": "うち、退院調整をした利用者" }])
    );
    let draft = site
        .year
        .draft(&site.survey(), "K001")
        .await
        .expect("a draft");
    assert_eq!(draft.answers.typed("coordinated"), ["9"]);
    assert_eq!(draft.answers.typed("discharged"), ["4"]);
    assert_eq!(draft.displaced.len(), 1);
}
