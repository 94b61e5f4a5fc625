//! Designing a questionnaire: built by clicking, looked at, compared, saved into the pack and published.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use engine::year::Act;
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

/// A live survey gets a new version: what was answered stays with the old one, everybody else meets the new one.
#[tokio::test]
async fn a_change_of_a_live_survey_is_a_new_version() {
    let site = Site::open().await;
    let turn = site.survey();
    let link = site.respondent(1, "K001").await;
    let answers = r#"{"answers":{"rule_used":"no","discharged":3,"coordinated":2}}"#;
    let handed_in = site
        .post_json(&format!("/kasou/api/r/{link}"), answers)
        .await;
    assert_eq!(handed_in.status, StatusCode::OK, "{}", handed_in.text());

    let mut desk = Desk::of(&site).await;
    let here = "/kasou/design/discharge";
    let steps: [&[(&str, &str)]; 4] = [
        &[
            ("edit", "add_item"),
            ("kind", "integer"),
            ("title", "入院した利用者"),
            ("page", "2"),
        ],
        &[
            ("edit", "set_required"),
            ("item", "why_not"),
            ("required", "true"),
        ],
        &[("edit", "remove_item pillars")],
        &[
            ("edit", "add_option"),
            ("item", "rule_used"),
            ("title", "これから使う"),
        ],
    ];
    for step in steps {
        let page = desk.post(here, step).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    }
    let compared = desk
        .browser
        .open(&format!("{here}/compare?with={turn}@1"))
        .await;
    compared.expect(&[
        "すでに1件の回答があります",
        "新しい設問です",
        "すでに出された1件は、この設問を尋ねられていません",
        "選択肢「これから使う」が加わりました",
        "利用したもの",
        "なくなりました",
        "必須になりました",
        "1件は、必須になったこの設問に答えていません",
    ]);

    let published = desk
        .post(&format!("{here}/publish"), &[("survey", "discharge")])
        .await;
    published.expect(&["公開しました", "公開中：第2版"]);
    let text = desk.file("forms/discharge.json").await.expect("saved");
    assert_eq!(
        serde_json::from_str::<Value>(&text).expect("JSON")["x-version"],
        2
    );
    let year = site.app.years.get("kasou").expect("a municipality");
    assert_eq!(year.state(|state| state.surveys[&turn].version), 2);
    let response = year
        .response(&turn, "K001")
        .await
        .expect("read")
        .expect("a response");
    assert_eq!(response.version, 1);
    assert_eq!(year.answers(&turn).await.expect("answers").len(), 1);

    // Whoever has not answered is asked the new questions, and the old version is still there to compare with.
    let other = site.respondent(2, "K002").await;
    let page = Browser::new(&site)
        .open(&format!("/kasou/r/{other}/2"))
        .await;
    page.expect(&["入院した利用者"]);
    let versions = desk.browser.open(&format!("{here}/compare")).await;
    versions.expect(&[
        "第2版（公開）",
        "第1版（公開）",
        "違いはありません",
        "いまの調査票が公開されています",
    ]);
}

/// Where a plan publishes, nobody goes past it.
#[tokio::test]
async fn a_plan_that_publishes_is_waited_for() {
    let site = Site::at("2026-11-04T10:00:00+09:00").await;
    let mut desk = Desk::of(&site).await;
    let here = "/kasou/design/discharge";
    let added = [("edit", "add_item"), ("kind", "text"), ("title", "一言")];
    desk.post(here, &added).await;
    let waiting = desk.browser.open(&format!("{here}/compare")).await;
    waiting.expect(&["が公開します", "調査票を設計する（事務局"]);
    let refused = desk
        .post(&format!("{here}/publish"), &[("survey", "discharge")])
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.html);
    let year = site.app.years.get("kasou").expect("a municipality");
    assert!(year.state(|state| state.surveys.is_empty()));
}

#[tokio::test]
async fn what_does_not_go_is_said_and_changes_nothing() {
    let site = Site::open().await;
    let mut desk = Desk::of(&site).await;
    let here = "/kasou/design/discharge";
    let before = desk.json("discharge").await;

    let empty = [
        ("edit", "item"),
        ("_on", "item"),
        ("item", "rule_used"),
        ("title", "  "),
        ("help", "消えない補足"),
    ];
    let refused = desk.post(here, &empty).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.expect(&["設問の文が空です", "消えない補足"]);
    for (fields, said) in [
        (vec![("edit", "shift_item.up rule_used")], "いちばん上"),
        (
            vec![("edit", "remove_item nothing")],
            "設問 nothing はありません",
        ),
        (vec![("edit", "explode")], "この操作はできません"),
        (
            vec![("edit", "remove_option rule_used yes")],
            "この選択肢を使っています",
        ),
        (
            vec![
                ("edit", "condition"),
                ("_on", "item"),
                ("item", "hospitals"),
                ("what:0", "discharged"),
                ("is:0", "is"),
            ],
            "選択肢のない設問です",
        ),
        (
            vec![
                ("edit", "condition"),
                ("_on", "item"),
                ("item", "hospitals"),
                ("what:0", "discharged"),
                ("is:0", "at_least"),
                ("value:0", "多い"),
            ],
            "数でも日付でもありません",
        ),
    ] {
        let refused = desk.post(here, &fields).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{fields:?}"
        );
        refused.expect(&[said]);
    }
    assert_eq!(desk.json("discharge").await, before);

    // JSON that is none stays in its field; JSON that says something wrong is taken, and says so at the line.
    let broken = desk
        .post(
            &format!("{here}/json"),
            &[("_seen", "0"), ("text", "{ \"title\": ")],
        )
        .await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    broken.expect(&["JSON として読めない", "{ &quot;title&quot;: "]);
    let other = before
        .to_string()
        .replace("\"x-id\":\"discharge\"", "\"x-id\":\"other\"");
    let other = desk
        .post(&format!("{here}/json"), &[("_seen", "0"), ("text", &other)])
        .await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unknown = before
        .to_string()
        .replace("rule_used == \\\"no\\\"", "rule_usd == \\\"no\\\"");
    let taken = desk
        .post(
            &format!("{here}/json"),
            &[("_seen", "0"), ("text", &unknown)],
        )
        .await;
    taken.expect(&["取り込みました", "行目", "「rule_used」ではありませんか"]);
    let at_item = desk.browser.open(&format!("{here}/items/why_not")).await;
    at_item.expect(&["この設問についての指摘", "rule_usd"]);
    // Somebody else's page is older than this step.
    let late = desk
        .post(
            &format!("{here}/json"),
            &[("_seen", "0"), ("text", &unknown.replace("入退院", "入院"))],
        )
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.html);
    let unsaved = desk.post(&format!("{here}/save"), &[]).await;
    assert_eq!(unsaved.status, StatusCode::UNPROCESSABLE_ENTITY);
    unsaved.expect(&["まだ指摘が残っている"]);
    desk.post(&format!("{here}/discard"), &[]).await;
    assert_eq!(desk.json("discharge").await, before);

    // An indicator counts this item: the pack would not be whole without it.
    desk.post(here, &[("edit", "remove_item coordinated")])
        .await;
    let unfit = desk.post(&format!("{here}/save"), &[]).await;
    assert_eq!(
        unfit.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        unfit.html
    );
    unfit.expect(&["ほかの資料と合わなくなる", "map.json"]);
    let year = site.app.years.get("kasou").expect("a municipality");
    assert!(year.state(|state| state.revised.is_empty()));
}

#[tokio::test]
async fn a_new_questionnaire_needs_a_name_and_an_id_of_its_own() {
    let site = Site::open().await;
    let mut desk = Desk::of(&site).await;
    for (id, name, year, said) in [
        ("", "調査", "2026", "id は、半角の英小文字"),
        ("研修", "調査", "2026", "id は、半角の英小文字"),
        ("discharge", "調査", "2026", "もう使われています"),
        ("issues", "調査", "2026", "もう使われています"),
        ("training", "", "2026", "調査の名を書いてください"),
        ("training", "調査", "令和8", "西暦の4桁"),
    ] {
        let fields = [
            ("from", ""),
            ("id", id),
            ("name", name),
            ("roster", "offices"),
            ("survey_year", year),
        ];
        let refused = desk.post("/kasou/design/new", &fields).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{id} {name} {year}"
        );
        refused.expect(&[said]);
    }
    // A copy keeps the concepts of its items, and what was copied stays as it was.
    let copy = [
        ("from", "discharge"),
        ("id", "discharge-2027"),
        ("name", "翌年の<b>調査</b>"),
        ("roster", "offices"),
        ("survey_year", "2027"),
    ];
    let made = desk.post("/kasou/design/new", &copy).await;
    made.expect(&["翌年の&lt;b&gt;調査&lt;&#x2f;b&gt;"]);
    let (own, other) = (
        desk.json("discharge-2027").await,
        desk.json("discharge").await,
    );
    assert_eq!(own["properties"], other["properties"]);
    assert_eq!(
        (&own["x-id"], &own["x-version"]),
        (&json!("discharge-2027"), &json!(1))
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
    page.expect(&["見本だけの設問", "これは見本です"]);
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

#[tokio::test]
async fn only_the_secretariat_designs() {
    let site = Site::open().await;
    let chief = site.session("佐藤 次郎（架空）").await;
    for path in [
        "/kasou/design",
        "/kasou/design/new",
        "/kasou/design/discharge",
        "/kasou/design/discharge/items/rule_used",
        "/kasou/design/discharge/json",
        "/kasou/design/discharge/compare",
    ] {
        assert_eq!(
            site.get_as(&chief, path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
        assert_eq!(
            site.get(path).await.status,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
    }
    // Who approves a questionnaire sees it, and nothing to change it with.
    let path = "/kasou/design/discharge/preview";
    assert_eq!(site.get(path).await.status, StatusCode::UNAUTHORIZED);
    let seen = site.get_as(&chief, path).await;
    assert_eq!(seen.status, StatusCode::OK);
    let page = seen.text();
    assert!(page.contains("<iframe"), "{page}");
    assert!(!page.contains("discharge/json"), "{page}");
    let mut desk = Desk::of(&site).await;
    for path in [
        "/kasou/design/nothing",
        "/kasou/design/discharge/items/nothing",
    ] {
        assert_eq!(
            desk.browser.open(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    desk.csrf = "0".repeat(64);
    let forged = desk
        .post(
            "/kasou/design/discharge",
            &[("edit", "remove_item rule_used")],
        )
        .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
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

/// A survey that is over is moved to its next year and asks the same again.
#[tokio::test]
async fn a_survey_is_held_again_the_next_year() {
    let site = Site::at("2027-01-20T10:00:00+09:00").await;
    let mut desk = Desk::of(&site).await;
    let here = "/kasou/design/discharge";
    let over = desk.browser.open(&format!("{here}/compare")).await;
    over.expect(&["受付は終わっています", "次の年度の調査にする"]);
    let next = [
        ("survey", "discharge"),
        ("survey_year", "2027"),
        ("period_from", "2027/11/1"),
        ("period_to", "2027/11/30"),
        ("period_label", "令和９年１１月分"),
    ];
    let moved = desk.post(&format!("{here}/next-year"), &next).await;
    moved.expect(&["まだ公開していません"]);
    let year = site.app.years.get("kasou").expect("a municipality");
    let survey = year.pack.survey("discharge").expect("the survey");
    assert_eq!(
        (
            survey.turn().as_str(),
            survey.period.as_ref().map(|p| p.label.as_str())
        ),
        ("discharge-2027", Some("令和９年１１月分"))
    );
    // What was held stays as it was.
    assert!(year.state(|state| state.surveys["discharge-2026"].closed_at.is_some()));
    let act = Act::new(site.app.clock.now(), SECRETARIAT);
    assert!(year.publish_by_hand(&act, "nothing").await.is_err());
}
