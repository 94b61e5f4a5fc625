//! Notices to other programs, at a real HTTP server: what is sent, and what becomes of it when nobody takes it.

use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use chrono::TimeDelta;
use engine::year::{Act, Delivered, Occasion};
use serde_json::Value;
use server::notices::send_due;

use crate::site::Site;
use crate::timeline::signed_in;

const YAMADA: &str = "山田 花子（架空）";

/// What a server got, and what it answers.
#[derive(Clone, Default)]
struct Ears {
    heard: Arc<Mutex<Vec<Heard>>>,
    answer: Arc<Mutex<u16>>,
}

#[derive(Clone, Debug)]
struct Heard {
    path: String,
    headers: HeaderMap,
    body: String,
}

impl Heard {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("ASCII"))
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

impl Ears {
    /// A server on a port of its own; its address.
    async fn listen(answer: u16) -> (Ears, String) {
        async fn hear(
            State(ears): State<Ears>,
            uri: Uri,
            headers: HeaderMap,
            body: Bytes,
        ) -> impl IntoResponse {
            let body = String::from_utf8(body.to_vec()).expect("UTF-8");
            let path = uri.to_string();
            ears.heard.lock().expect("no panic").push(Heard {
                path,
                headers,
                body,
            });
            let status = *ears.answer.lock().expect("no panic");
            let status = StatusCode::from_u16(status).expect("a status");
            (status, [("location", "/elsewhere")])
        }
        let ears = Ears::default();
        ears.answers(answer);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let routes = Router::new().fallback(hear).with_state(ears.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (ears, address)
    }

    fn answers(&self, status: u16) {
        *self.answer.lock().expect("no panic") = status;
    }

    fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no panic").clone()
    }
}

impl Site {
    /// Sets a webhook as an administrator does; the secret that is shown once.
    async fn webhook(&self, address: &str, on: &[&str]) -> String {
        let mut browser = signed_in(self, 9, YAMADA).await;
        let page = browser.open("/kasou/webhooks").await;
        let mut form = page.form("/webhooks").set("address", &[address]);
        form.fields
            .extend(on.iter().map(|on| ("on".to_owned(), (*on).to_owned())));
        let made = browser.press(&form, None).await;
        made.expect(&["署名の鍵", "この画面でだけ表示されます"]);
        let secret = made
            .html
            .split("class=\"secret\">")
            .nth(1)
            .expect("a secret");
        let secret = secret.split('<').next().expect("a secret").to_owned();
        // It is not shown again.
        assert!(!browser.open("/kasou/webhooks").await.html.contains(&secret));
        secret
    }

    async fn answered(&self, byte: u8, respondent: &str) {
        let token = self.respondent(byte, respondent).await;
        let answers = r#"{"answers":{"rule_used":"no","why_not":"使う機会がなかった","discharged":1,"coordinated":1}}"#;
        let sent = self
            .post_json(&format!("/kasou/api/r/{token}"), answers)
            .await;
        assert_eq!(sent.status, StatusCode::OK);
    }

    async fn tell(&self) {
        send_due(&self.app, &self.store).await.expect("the store");
    }

    fn later(&self, minutes: i64) {
        let at = self.app.clock.now() + TimeDelta::minutes(minutes);
        self.app.clock.advance(at);
    }

    fn last(&self) -> Delivered {
        self.year.state(|state| {
            let hooked = state.webhooks.values().next().expect("a webhook");
            hooked.log.last().expect("an attempt").delivered.clone()
        })
    }
}

/// The signature as another program computes it; nothing where there is none.
fn by_python(secret: &str, body: &str) -> Option<String> {
    let code = "import hmac,sys;print(hmac.new(sys.argv[1].encode(),sys.argv[2].encode(),'sha256').hexdigest())";
    let output = Command::new("/usr/bin/python3")
        .args(["-c", code, secret, body])
        .output();
    let output = output.ok().filter(|output| output.status.success());
    if output.is_none() {
        eprintln!("SKIPPED: the signature by another program; no /usr/bin/python3");
    }
    Some(
        String::from_utf8(output?.stdout)
            .expect("ASCII")
            .trim()
            .to_owned(),
    )
}

#[tokio::test]
async fn a_response_is_told_without_what_was_answered() {
    let site = Site::open().await;
    let (ears, address) = Ears::listen(204).await;
    let secret = site
        .webhook(&format!("{address}/hook?to=a"), &["response"])
        .await;
    site.answered(1, "K001").await;
    site.answered(2, "K002").await;
    site.tell().await;
    let heard = ears.heard();
    assert_eq!(heard.len(), 2);
    let mut counts: Vec<u64> = heard
        .iter()
        .map(|one| one.json()["answered"].as_u64().expect("a count"))
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 2]);
    for one in &heard {
        assert_eq!(one.path, "/hook?to=a");
        let json = one.json();
        assert_eq!(
            (
                &json["event"],
                &json["survey"],
                &json["asked"],
                &json["municipality"]
            ),
            (
                &"response".into(),
                &"discharge-2026".into(),
                &3.into(),
                &"kasou".into()
            )
        );
        assert_eq!(json["at"], "2026-12-10T01:00:00Z");
        assert_eq!(one.header("x-meguri-event"), "response");
        assert_eq!(one.header("content-type"), "application/json");
        let id = json["id"].as_str().expect("an id");
        assert_eq!(
            (one.header("idempotency-key"), one.header("x-meguri-id")),
            (id, id)
        );
        for never in ["K001", "K002", "使う機会", "discharged", "why_not"] {
            assert!(!one.body.contains(never), "{}", one.body);
        }
        if let Some(expected) = by_python(&secret, &one.body) {
            assert_eq!(
                one.header("x-meguri-signature"),
                format!("sha256={expected}")
            );
        }
    }
    assert_eq!(site.last(), Delivered::Sent { status: 204 });
    // Told once.
    site.tell().await;
    assert_eq!(ears.heard().len(), 2);
    // The secret is no part of the journal.
    let journal = site.store.journal("kasou", 1).await.expect("a journal");
    let journal: String = journal.iter().map(|one| one.event.to_string()).collect();
    assert!(!journal.contains(&secret));
}

#[tokio::test]
async fn what_is_not_taken_is_told_again_under_the_same_id() {
    let site = Site::open().await;
    let (ears, address) = Ears::listen(500).await;
    site.webhook(&address, &["response"]).await;
    site.answered(1, "K001").await;
    site.tell().await;
    assert_eq!(ears.heard().len(), 1);
    let Delivered::Failed { why, retry_at } = site.last() else {
        panic!("{:?}", site.last());
    };
    assert_eq!(why, "500 と答えました");
    // The clock of a story goes on while the test runs.
    let off = retry_at - site.app.clock.now() - TimeDelta::minutes(1);
    assert!(off.abs() < TimeDelta::seconds(20), "{off}");
    // Not before its time.
    site.tell().await;
    assert_eq!(ears.heard().len(), 1);
    site.later(1);
    // A redirect is not followed: it is no answer.
    ears.answers(307);
    site.tell().await;
    assert_eq!(ears.heard().len(), 2);
    assert!(ears.heard().iter().all(|one| one.path == "/"));
    site.later(2);
    ears.answers(200);
    site.tell().await;
    assert_eq!(site.last(), Delivered::Sent { status: 200 });
    let heard = ears.heard();
    assert_eq!(heard.len(), 3);
    assert!(heard.iter().all(|one| one.body == heard[0].body));
    let mut browser = signed_in(&site, 8, YAMADA).await;
    let page = browser.open("/kasou/webhooks").await;
    page.expect(&["届きました（200）", "307 と答えました", "3回目"]);
}

#[tokio::test]
async fn after_five_attempts_it_is_given_up_and_the_response_stays() {
    let site = Site::open().await;
    let gone = crate::mail::scene::free_port();
    site.webhook(&format!("http://127.0.0.1:{gone}/"), &["response"])
        .await;
    site.answered(1, "K001").await;
    for minutes in [0, 1, 2, 4, 8] {
        site.later(minutes);
        site.tell().await;
    }
    assert!(
        matches!(site.last(), Delivered::Abandoned { .. }),
        "{:?}",
        site.last()
    );
    site.later(600);
    site.tell().await;
    let attempts = site.year.state(|state| {
        let hooked = state.webhooks.values().next().expect("a webhook");
        hooked.log.len()
    });
    assert_eq!(attempts, 5);
    assert!(site.year.receipt("discharge-2026", "K001").is_some());
}

#[tokio::test]
async fn closing_overdue_tasks_and_a_trial_are_told_and_only_what_was_chosen() {
    let site = Site::open().await;
    let (ears, address) = Ears::listen(200).await;
    site.webhook(&address, &["close", "task_overdue"]).await;
    site.answered(1, "K001").await;
    let at = "2026-12-26T10:00:00+09:00".parse().expect("an instant");
    site.app.clock.advance(at);
    let act = Act::by_meguri(site.app.clock.now());
    site.year.work(&act).await.expect("the cycle goes on");
    site.tell().await;
    let events: Vec<String> = ears
        .heard()
        .iter()
        .map(|one| one.json()["event"].as_str().expect("a word").to_owned())
        .collect();
    assert_eq!(events, ["close"]);
    let closed = ears.heard()[0].json();
    assert_eq!(
        (&closed["answered"], &closed["asked"]),
        (&1.into(), &3.into())
    );
    let mut browser = signed_in(&site, 8, YAMADA).await;
    let page = browser.open("/kasou/webhooks").await;
    browser.press(&page.form("/try"), None).await;
    site.tell().await;
    assert_eq!(
        ears.heard()[1].header("x-meguri-event"),
        Occasion::Trial.word()
    );
    // What was removed is told nothing, not even what waits.
    let page = browser.press(&page.form("/try"), None).await;
    browser.press(&page.form("/remove"), None).await;
    site.tell().await;
    assert_eq!(ears.heard().len(), 2);
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    let site = Site::open().await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let page = browser.open("/kasou/webhooks").await;
    for (address, said) in [
        (
            "ftp://kiban.example/",
            "https:&#x2f;&#x2f;… か http:&#x2f;&#x2f;… の形",
        ),
        (
            "kiban.example",
            "https:&#x2f;&#x2f;… か http:&#x2f;&#x2f;… の形",
        ),
        (
            "https:///nowhere",
            "https:&#x2f;&#x2f;… か http:&#x2f;&#x2f;… の形",
        ),
        (
            "https://a b/",
            "https:&#x2f;&#x2f;… か http:&#x2f;&#x2f;… の形",
        ),
        (
            "https://user:secret@kiban.example/",
            "利用者名やパスワードを書かないで",
        ),
    ] {
        let mut form = page.form("/webhooks").set("address", &[address]);
        form.fields.push(("on".to_owned(), "close".to_owned()));
        let refused = browser.press(&form, None).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{address}");
        refused.expect(&[said]);
    }
    let nothing = page
        .form("/webhooks")
        .set("address", &["https://kiban.example/"]);
    browser
        .press(&nothing, None)
        .await
        .expect(&["一つ以上選んでください"]);
    // Only an administrator says who is told.
    let mut chief = signed_in(&site, 8, "佐藤 次郎（架空）").await;
    assert_eq!(
        chief.open("/kasou/webhooks").await.status,
        StatusCode::FORBIDDEN
    );
}
