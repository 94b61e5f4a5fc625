//! Designing a questionnaire: built by clicking, looked at, compared, saved into the pack and published.

mod publishing;
mod refused;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::form::{Browser, Form, Page};
use crate::site::Site;

const SECRETARIAT: &str = "山田 花子（架空）";

/// The secretariat at its desk.
struct Desk<'a> {
    site: &'a Site,
    browser: Browser<'a>,
    csrf: String,
}

impl<'a> Desk<'a> {
    async fn of(site: &'a Site) -> Desk<'a> {
        let mut browser = Browser::new(site);
        browser.cookie = Some(site.session(SECRETARIAT).await);
        let page = browser.open("/kasou/design").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        let form = page.form("/sign-out");
        let csrf = form.fields.iter().find(|(name, _)| name == "_csrf");
        let csrf = csrf.expect("the token of the session").1.clone();
        Desk {
            site,
            browser,
            csrf,
        }
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.csrf.clone();
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let form = Form {
            action: path.to_owned(),
            fields: std::iter::once(("_csrf".to_owned(), csrf))
                .chain(fields.iter().map(own))
                .collect(),
        };
        self.browser.press(&form, None).await
    }

    /// The JSON of a questionnaire as its page shows it.
    async fn json(&mut self, form: &str) -> Value {
        let page = self
            .browser
            .open(&format!("/kasou/design/{form}/json"))
            .await;
        let form = page.form("/json");
        let text = form.fields.iter().find(|(name, _)| name == "text");
        serde_json::from_str(&text.expect("the text").1).expect("JSON")
    }

    /// A text of the pack as it is now.
    async fn file(&self, path: &str) -> Option<String> {
        let year = self.site.app.years.get("kasou").expect("a municipality");
        let files = self.site.app.years.files(&year).await.expect("texts");
        files.get(path).map(str::to_owned)
    }
}

/// A survey that no plan names is made, looked at and published by the secretariat alone.
#[tokio::test]
async fn a_questionnaire_is_built_by_clicking() {
    let site = Site::open().await;
    let mut desk = Desk::of(&site).await;
    let list = desk.browser.open("/kasou/design").await;
    list.expect(&["入退院連携に関する調査", "新しい調査票"]);

    let new = [
        ("from", ""),
        ("id", "training"),
        ("name", "研修についての調査"),
        ("roster", "offices"),
        ("survey_year", "2026"),
        ("period_from", "令和8年11月1日"),
        ("period_to", "R8.11.30"),
        ("period_label", ""),
    ];
    let made = desk.post("/kasou/design/new", &new).await;
    assert_eq!(made.path, "/kasou/design/training");
    made.expect(&["研修についての調査", "まだパックにない"]);
    let here = "/kasou/design/training";

    let joined = [
        ("edit", "add_item"),
        ("kind", "single"),
        ("title", "研修に参加しましたか"),
        ("options", "参加した\r\n参加していない\r\n"),
    ];
    let item = desk.post(here, &joined).await;
    assert_eq!(item.path, "/kasou/design/training/items/q2");
    item.expect(&["研修に参加しましたか", "参加していない"]);
    for (title, unit) in [("申し込んだ職員", "人"), ("参加した職員", "人")] {
        let added = desk
            .post(
                here,
                &[("edit", "add_item"), ("kind", "integer"), ("title", title)],
            )
            .await;
        let path = added.path.rsplit('/').next().expect("an item").to_owned();
        let words = [
            ("edit", "item"),
            ("_on", "item"),
            ("item", path.as_str()),
            ("title", title),
            ("required", "1"),
            ("unit", unit),
            ("min", "０"),
        ];
        desk.post(here, &words).await.expect(&["直しました"]);
    }
    // It is asked of those who took part, and is compared with those who were to come.
    let condition = [
        ("edit", "condition"),
        ("_on", "item"),
        ("item", "q4"),
        ("what:0", "q2=a1"),
        ("is:0", "is"),
        ("value:0", ""),
        ("joined", "all"),
    ];
    desk.post(here, &condition)
        .await
        .expect(&["「研修に参加しましたか」で「参加した」を選んだとき"]);
    let check = [
        ("edit", "check"),
        ("_on", "item"),
        ("item", "q4"),
        ("other", "q3"),
        ("is", "at_most"),
        ("message", ""),
    ];
    desk.post(here, &check)
        .await
        .expect(&["「参加した職員」が「申し込んだ職員」以下"]);
    // The items are asked in another order: 研修に参加しましたか comes first.
    desk.post(here, &[("edit", "shift_item.up q2")]).await;
    let moved = desk.json("training").await;
    let order: Vec<&String> = moved["properties"]
        .as_object()
        .expect("items")
        .keys()
        .collect();
    assert_eq!(order, ["q2", "q1", "q3", "q4"]);
    desk.post(&format!("{here}/undo"), &[]).await;
    let document = desk.json("training").await;
    let order: Vec<&String> = document["properties"]
        .as_object()
        .expect("items")
        .keys()
        .collect();
    assert_eq!(order, ["q1", "q2", "q3", "q4"]);
    assert_eq!(document["properties"]["q4"]["x-relevant"], "q2 == \"a1\"");
    assert_eq!(
        document["properties"]["q4"]["x-constraint"]["rule"],
        "q4 <= q3"
    );
    assert_eq!(document["properties"]["q4"]["x-concept"], "training.q4");
    assert_eq!(document["required"], json!(["q3", "q4"]));

    // Nothing of it is in the pack before it is saved.
    assert_eq!(desk.file("forms/training.json").await, None);
    let saved = desk.post(&format!("{here}/save"), &[]).await;
    saved.expect(&["パックに保存しました", "まだ公開していません"]);
    let text = desk.file("forms/training.json").await.expect("saved");
    assert_eq!(
        serde_json::from_str::<Value>(&text).expect("JSON"),
        document
    );
    let surveys: Value =
        serde_json::from_str(&desk.file("surveys.json").await.expect("surveys")).expect("JSON");
    let period =
        json!({ "from": "2026-11-01", "to": "2026-11-30", "label": "2026-11-01～2026-11-30" });
    let survey = json!({ "id": "training", "name": "研修についての調査", "forms": ["training"], "roster": "offices",
        "period": period, "survey_year": 2026 });
    assert_eq!(surveys["surveys"][1], survey);

    let published = desk
        .post(&format!("{here}/publish"), &[("survey", "training")])
        .await;
    published.expect(&["公開しました", "公開中：第1版"]);
    let year = site.app.years.get("kasou").expect("a municipality");
    assert_eq!(
        year.state(|state| state.surveys["training-2026"].version),
        1
    );
}

/// The sample is what a respondent would see of the design, in a frame of ours and of nobody else's.
#[tokio::test]
async fn the_sample_shows_the_design_and_keeps_nothing() {
    let site = Site::open().await;
    let mut desk = Desk::of(&site).await;
    let here = "/kasou/design/discharge";
    desk.post(
        here,
        &[
            ("edit", "add_item"),
            ("kind", "text"),
            ("title", "見本だけの設問"),
            ("page", "1"),
        ],
    )
    .await;
    desk.post(
        here,
        &[
            ("edit", "add_item"),
            ("kind", "file"),
            ("title", "見本だけの書類"),
            ("page", "1"),
        ],
    )
    .await;
    let preview = desk.browser.open(&format!("{here}/preview")).await;
    let source = preview
        .html
        .split("<iframe src=\"")
        .nth(1)
        .expect("a frame");
    let source = source
        .split('"')
        .next()
        .expect("an address")
        .replace("&#x2f;", "/");
    assert!(source.starts_with("/kasou/sample/"), "{source}");

    let mut respondent = Browser::new(&site);
    let page = respondent.open(&source).await;
    page.expect(&[
        "見本だけの設問",
        "これは見本です",
        "見本なので、ファイルは付けられません。",
    ]);
    let next = respondent
        .press(
            &page.form("/1").set("rule_used", &["yes"]),
            Some(("_act", "next")),
        )
        .await;
    next.expect(&["利用したもの"]);
    assert_eq!(site.year.unanswered(&site.survey()).await.len(), 3);

    let policy = |answer: &crate::site::Answer| answer.header("content-security-policy").to_owned();
    let cookie = desk.browser.cookie.clone().expect("signed in");
    let framing = policy(&site.get_as(&cookie, &format!("{here}/preview")).await);
    assert!(
        framing.contains("frame-src 'self'") && framing.contains("frame-ancestors 'none'"),
        "{framing}"
    );
    let framed = policy(&site.get(&source).await);
    assert!(framed.contains("frame-ancestors 'self'"), "{framed}");
    let link = site.respondent(3, "K002").await;
    let real = policy(&site.get(&format!("/kasou/r/{link}/1")).await);
    assert!(real.contains("frame-ancestors 'none'"), "{real}");

    // Another secret opens nothing, and tomorrow neither does this one.
    let other = site
        .get(&format!("/kasou/sample/{}/1", "0".repeat(32)))
        .await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    let token = source
        .split('/')
        .nth(3)
        .expect("a token")
        .parse()
        .expect("a token");
    let tomorrow = site.app.clock.now() + chrono::Duration::hours(13);
    assert_eq!(
        site.year.sample(tomorrow, &token).await.expect("read"),
        None
    );
}

/// Every page is an API: the same as JSON, and a step as a flat object.
#[tokio::test]
async fn a_program_designs_too() {
    let site = Site::open().await;
    let desk = Desk::of(&site).await;
    let cookie = desk.browser.cookie.clone().expect("signed in");
    let body = json!({ "_csrf": desk.csrf, "edit": "set_number", "item": "discharged", "unit": "人", "max": 500 });
    let request = Request::post("/kasou/design/discharge")
        .header(header::COOKIE, &cookie)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .expect("a request");
    assert_eq!(site.send(request).await.status, StatusCode::SEE_OTHER);
    let page = site
        .get_json_as(&cookie, "/kasou/design/discharge/items/discharged")
        .await;
    let page = page.json();
    assert_eq!(
        (&page["item"]["max"], &page["item"]["unit"]),
        (&json!("500"), &json!("人"))
    );
    assert_eq!(page["form"]["last"]["what"], "設問「退院した利用者」を直す");
    assert_eq!(page["item"]["wrong"], json!([]));
}
