//! The respondent: page by page without JavaScript, from the link to the receipt.

use axum::http::StatusCode;
use engine::year::Door;

use crate::form::{Browser, Form};
use crate::site::Site;

const NEXT: Option<(&str, &str)> = Some(("_act", "next"));

#[tokio::test]
async fn from_the_link_to_the_receipt() {
    let site = Site::open().await;
    let token = site.respondent(1, "K001").await;
    let link = format!("/kasou/r/{token}");
    let mut browser = Browser::new(&site);

    let first = browser.open(&link).await;
    first.expect(&[
        "入退院連携に関する調査",
        "ケアプランあおぞら（架空）",
        "令和8年12月25日",
        "lang=\"ja\"",
    ]);
    assert_eq!(first.path, format!("{link}/1"));
    // Without an answer to the first question, neither of the two that depend on it is asked.
    assert!(!first.form("/1").names().contains(&"why_not"));

    // The answer brings up a further question on the same page.
    let grown = browser
        .press(&first.form("/1").set("rule_used", &["yes"]), NEXT)
        .await;
    grown.expect(&["利用したもの", "設問が増えました"]);
    let second = browser
        .press(&grown.form("/1").set("pillars", &["flow", "list"]), NEXT)
        .await;
    assert_eq!(second.path, format!("{link}/2"));

    // A row for each hospital: the first is there, one is added, one too many is taken away again.
    let row = |form: Form, row: usize, name: &str, left: &str, agreed: &str| {
        let field = |item: &str| format!("hospitals.{row}.{item}");
        form.set(&field("hospital"), &[name])
            .set(&field("left"), &[left])
            .set(&field("agreed"), &[agreed])
    };
    let form = row(second.form("/2"), 0, "架空中央病院", "３", "2");
    let two = browser.press(&form, Some(("_act", "add:hospitals"))).await;
    let form = row(two.form("/2"), 1, "架空川病院", "1", "0");
    let three = browser.press(&form, Some(("_act", "add:hospitals"))).await;
    assert!(three.form("/2").names().contains(&"hospitals.2.hospital"));
    let again = browser
        .press(&three.form("/2"), Some(("_act", "remove:hospitals.2")))
        .await;
    let form = again.form("/2");
    assert!(!form.names().contains(&"hospitals.2.hospital"));
    // What was typed stays as it was typed.
    assert!(
        form.fields
            .contains(&("hospitals.0.left".into(), "３".into())),
        "{:?}",
        form.fields
    );

    // A wrong value: the page says what, where, and keeps what was typed.
    let wrong = row(form, 1, "架空川病院", "1", "2")
        .set("discharged", &["4"])
        .set("coordinated", &["たくさん"]);
    let told = browser.press(&wrong, NEXT).await;
    assert_eq!(told.path, format!("{link}/2?checked"));
    told.expect(&[
        "直していただきたいところがあります",
        "退院調整実施数は退院数以下にしてください。",
        "href=\"#q-hospitals-1-agreed\"",
        "value=\"たくさん\"",
    ]);

    // The battery dies. On another device everything is there.
    let mut browser = Browser::new(&site);
    let back = browser.open(&format!("{link}/2")).await;
    let form = row(back.form("/2"), 1, "架空川病院", "1", "0").set("coordinated", &["2"]);
    let review = browser.press(&form, NEXT).await;
    assert_eq!(review.path, format!("{link}/review"));
    review.expect(&[
        "使っている",
        "流れ（フロー）、窓口一覧表",
        "架空中央病院",
        "架空川病院",
    ]);

    let receipt = browser.press(&review.form("/submit"), None).await;
    assert_eq!(receipt.path, format!("{link}/receipt"));
    receipt.expect(&["回答を受け付けました", "令和8年12月10日", "架空中央病院"]);

    // Pressing again, opening the link again, going back: the receipt.
    for page in [
        browser.press(&review.form("/submit"), None).await,
        browser.open(&link).await,
        browser.open(&format!("{link}/1")).await,
    ] {
        assert_eq!(page.path, format!("{link}/receipt"));
    }
    // A page that was left open saves nothing any more.
    let late = browser.press(&form, Some(("_act", "save"))).await;
    assert!(!late.html.contains("保存しました"), "{}", late.html);
    assert_eq!(
        site.year
            .draft(&site.survey(), "K001")
            .await
            .expect("a draft"),
        engine::year::Draft::default()
    );
    assert_eq!(site.year.unanswered(&site.survey()).await, ["K002", "H01"]);
}

/// What is missing is named at the review, with the way to it, and nothing is handed in.
#[tokio::test]
async fn an_unfinished_answer_is_not_handed_in() {
    let site = Site::open().await;
    let link = format!("/kasou/r/{}", site.respondent(1, "K001").await);
    let mut browser = Browser::new(&site);
    browser.open(&link).await;
    let review = browser.open(&format!("{link}/review")).await;
    review.expect(&[
        "入退院連携ルールを使っていますか",
        "退院した利用者",
        "1?checked",
        "2?checked",
    ]);
    let form = Form {
        action: format!("{link}/submit"),
        fields: Vec::new(),
    };
    let still = browser.press(&form, None).await;
    assert_eq!(still.path, format!("{link}/review"));
    assert_eq!(site.year.unanswered(&site.survey()).await.len(), 3);
}

/// Answers are text: what looks like a tag stays what was typed.
#[tokio::test]
async fn an_answer_cannot_become_markup() {
    let site = Site::open().await;
    let link = format!("/kasou/r/{}", site.respondent(1, "K001").await);
    let mut browser = Browser::new(&site);
    let page = browser.open(&link).await;
    let page = browser
        .press(&page.form("/1").set("rule_used", &["no"]), NEXT)
        .await;
    let page = browser
        .press(
            &page
                .form("/1")
                .set("why_not", &["<script>alert(1)</script>"]),
            NEXT,
        )
        .await;
    let form = page
        .form("/2")
        .set("discharged", &["0"])
        .set("coordinated", &["0"]);
    let form = Form {
        fields: form
            .fields
            .into_iter()
            .filter(|(name, _)| !name.starts_with("hospitals"))
            .collect(),
        ..form
    };
    let review = browser.press(&form, NEXT).await;
    assert!(!review.html.contains("<script>alert"), "{}", review.html);
    review.expect(&["&lt;script&gt;alert(1)"]);
}

/// The survey closes while somebody types: what was typed is shown, kept, and there again when the survey goes on.
#[tokio::test]
async fn it_closes_while_somebody_types() {
    let site = Site::open().await;
    let link = format!("/kasou/r/{}", site.respondent(1, "K001").await);
    let mut browser = Browser::new(&site);
    let form = browser.open(&format!("{link}/2")).await.form("/2");
    let after = "2026-12-28T10:00:00+09:00".parse().expect("an instant");
    site.app.clock.advance(after);
    site.year
        .work(&engine::year::Act::new(after, "test"))
        .await
        .expect("the survey closes");
    let late = browser.press(&form.set("discharged", &["17"]), NEXT).await;
    assert_eq!(late.status, StatusCode::GONE);
    late.expect(&[
        "受付は終わりました",
        "提出されていませんが",
        ">17人<",
        "連絡先",
    ]);
    let again = browser.open(&link).await;
    again.expect(&["受付は終わりました", ">17人<"]);
    assert_eq!(site.year.receipt(&site.survey(), "K001"), None);
    // Another office that had typed nothing is told so too, and whom to ask.
    let other = format!("/kasou/r/{}", site.respondent(2, "K002").await);
    let page = browser.open(&other).await;
    page.expect(&["受付は終わりました", "事務局にご連絡ください"]);
    assert!(!page.html.contains("残っています"), "{}", page.html);
}

/// Whatever is typed comes back character by character, on every page and in the store.
#[tokio::test]
async fn odd_characters_stay_what_they_are() {
    const ODD: &str = "髙﨑 ﾊﾝｶｸ 😀👨‍👩‍👧 Robert'); DROP TABLE response;-- {{ 7*7 }} <b>&amp; ①㈱";
    let site = Site::open().await;
    let link = format!("/kasou/r/{}", site.respondent(1, "K001").await);
    let mut browser = Browser::new(&site);
    let page = browser.open(&link).await;
    let page = browser
        .press(&page.form("/1").set("rule_used", &["no"]), NEXT)
        .await;
    let page = browser
        .press(&page.form("/1").set("why_not", &[ODD]), NEXT)
        .await;
    let form = page.form("/2").set("discharged", &["0"]);
    let review = browser.press(&form.set("coordinated", &["0"]), NEXT).await;
    let receipt = browser.press(&review.form("/submit"), None).await;
    receipt.expect(&[
        "回答を受け付けました",
        "DROP TABLE",
        "{{ 7*7 }}",
        "&lt;b&gt;&amp;amp;",
    ]);
    let answers = site.year.answers(&site.survey()).await.expect("answers");
    assert_eq!(answers["K001"].text("why_not"), Some(ODD));
}

/// The copy as PDF, read by another program.
#[cfg(feature = "pdf")]
#[tokio::test]
async fn the_copy_can_be_kept_as_pdf() {
    let site = Site::open().await;
    let token = site.respondent(1, "K001").await;
    let link = format!("/kasou/r/{token}");
    assert_eq!(
        site.get(&format!("{link}/receipt.pdf")).await.status,
        StatusCode::NOT_FOUND
    );
    let answers =
        r#"{"answers":{"rule_used":"yes","pillars":["flow"],"discharged":"１３","coordinated":4}}"#;
    site.post_json(&format!("/kasou/api/r/{token}"), answers)
        .await;
    let page = site.get(&format!("{link}/receipt")).await.text();
    let number = page
        .split_once("受付番号</dt><dd>")
        .and_then(|(_, rest)| Some(rest.split_once('<')?.0))
        .expect("a number");
    let pdf = site.get(&format!("{link}/receipt.pdf")).await;
    assert_eq!(pdf.header("content-type"), "application/pdf");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("receipt.pdf");
    std::fs::write(&path, &pdf.body).expect("written");
    let read = std::process::Command::new("pdftotext")
        .arg(&path)
        .arg("-")
        .output();
    let Ok(read) = read else {
        eprintln!("SKIPPED: pdftotext is not installed (poppler-utils)");
        return;
    };
    let text = String::from_utf8_lossy(&read.stdout).into_owned();
    for words in [
        "回答の控え",
        "ケアプランあおぞら（架空）",
        "使っている",
        "流れ（フロー）",
        "13人",
        number,
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[tokio::test]
async fn links_that_do_not_open() {
    let open = Site::open().await;
    let unknown = open.get(&format!("/kasou/r/{}", "0".repeat(32))).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(
        unknown.text().contains("リンクを開けません"),
        "{}",
        unknown.text()
    );
    // A page that there is not, too, says whom to ask.
    let link = format!("/kasou/r/{}", open.respondent(1, "K001").await);
    let beyond = open.get(&format!("{link}/99")).await;
    assert_eq!(beyond.status, StatusCode::NOT_FOUND);
    assert!(
        beyond.text().contains("お問い合わせください：架空市"),
        "{}",
        beyond.text()
    );
    assert_eq!(open.get(&format!("{link}/")).await.header("location"), link);
    let misspelt = open.get("/kasou/r/abc").await;
    assert_eq!(misspelt.status, StatusCode::NOT_FOUND);
    assert!(
        misspelt
            .text()
            .contains("届いたアドレスをもう一度そのまま開いてください"),
        "{}",
        misspelt.text()
    );

    let closed = Site::at("2027-01-15T10:00:00+09:00").await;
    let link = format!("/kasou/r/{}", closed.respondent(1, "K001").await);
    let mut browser = Browser::new(&closed);
    for path in [link.clone(), format!("{link}/1"), format!("{link}/review")] {
        let page = browser.open(&path).await;
        assert_eq!(page.status, StatusCode::GONE, "{path}: {}", page.html);
        page.expect(&[
            "受付は終わりました",
            "事務局にご連絡ください",
            "連絡先：架空市",
        ]);
    }
    let submit = Form {
        action: format!("{link}/submit"),
        fields: Vec::new(),
    };
    assert_eq!(browser.press(&submit, None).await.status, StatusCode::GONE);

    let early = Site::at("2026-11-20T10:00:00+09:00").await;
    let door = Door::Survey {
        survey: early.survey(),
        respondent: "K001".into(),
    };
    let link = early.link(1, door).await;
    let page = Browser::new(&early).open(&format!("/kasou/r/{link}")).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.expect(&["まだ始まっていません"]);
}
