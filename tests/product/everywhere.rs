//! What holds for every answer: headers, forms of other sites, other municipalities, odd addresses.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use engine::year::Door;

use crate::form::{Browser, Form};
use crate::site::{Answer, Site, write_pack};

const HEADERS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'"),
];

fn assert_headers(path: &str, answer: &Answer) {
    for (name, value) in HEADERS {
        let sent = answer.header(name);
        let cached = name == "cache-control" && path.starts_with("/assets/");
        assert!(
            sent.starts_with(value) || cached,
            "{path} ({}): {name}: {sent}",
            answer.status
        );
    }
    let policy = answer.header("content-security-policy");
    assert!(
        !policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
}

#[tokio::test]
async fn every_answer_has_the_headers_and_speaks_japanese() {
    let site = Site::open().await;
    let token = site.respondent(1, "K001").await;
    let papers = site.link(2, Door::Papers).await;
    let paths = [
        ("/", 404),
        ("/nowhere", 404),
        ("/nowhere/r/x", 404),
        ("/kasou", 401),
        ("/kasou/nothing/at/all", 404),
        ("/kasou/r/x", 404),
        (&format!("/kasou/r/{token}"), 303),
        (&format!("/kasou/r/{token}/"), 303),
        ("/kasou/r//", 404),
        ("/nowhere/r/x/", 404),
        (&format!("/kasou/r/{token}/1"), 200),
        (&format!("/kasou/r/{token}/0"), 404),
        (&format!("/kasou/r/{token}/3"), 404),
        (&format!("/kasou/r/{token}/99999999999999999999"), 404),
        (&format!("/kasou/r/{token}/-1"), 404),
        (&format!("/kasou/r/{token}/one"), 404),
        (&format!("/kasou/r/{token}/submit"), 405),
        (&format!("/kasou/r/{token}/review"), 200),
        (&format!("/kasou/api/r/{token}"), 405),
        (&format!("/kasou/p/{papers}"), 200),
        ("/kasou/r/%FF%FE", 404),
        ("/%E3%81%82", 404),
        ("/assets/meguri.css", 200),
        ("/assets/../Cargo.toml", 404),
        ("/assets/nothing", 404),
        ("/assets/schema", 200),
        ("/assets/schema/map.schema.json", 200),
        ("/assets/schema/nothing.schema.json", 404),
        ("/favicon.ico", 204),
    ];
    for (path, status) in paths {
        let answer = site.get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        assert_headers(path, &answer);
        if answer.status.is_client_error() {
            let text = answer.text();
            assert!(
                text.contains("lang=\"ja\"") && text.contains("ください"),
                "{path} ({status}): {text}"
            );
        }
        // Nothing of a page is loaded from another host, nothing stands inline.
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        for never in [
            "<script>",
            " style=",
            " onclick=",
            "src=\"http",
            "href=\"http",
            "@import",
        ] {
            assert!(!text.contains(never), "{path} has {never}");
        }
    }
}

#[tokio::test]
async fn too_much_is_refused_with_a_sentence() {
    let site = Site::open().await;
    let token = site.respondent(1, "K001").await;
    let before = site.stored().await;
    for path in [
        format!("/kasou/r/{token}/1"),
        format!("/kasou/r/{token}/1/save"),
        format!("/kasou/api/r/{token}"),
        "/kasou/tasks".to_owned(),
    ] {
        let body = format!("why_not={}", "a".repeat(10 << 20));
        let answer = site
            .send(
                Request::post(&path)
                    .body(Body::from(body))
                    .expect("a request"),
            )
            .await;
        let (status, text) = (answer.status, answer.text());
        if path == "/kasou/tasks" {
            assert_eq!(status, StatusCode::UNAUTHORIZED);
            continue;
        }
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert!(text.contains("長い記入を短くして"), "{path}: {text}");
        // What a script or a program has sent is answered so that it can read it.
        let page = path.ends_with("/1");
        assert_eq!(text.starts_with('{'), !page, "{path}: {text}");
        assert_headers(&path, &answer);
    }
    assert!(site.stored().await == before);
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let site = Site::open().await;
    let token = site.respondent(1, "K001").await;
    let sign_in = site
        .link(
            2,
            Door::SignIn {
                person: "山田 花子（架空）".into(),
            },
        )
        .await;
    let before = site.stored().await;
    for path in [
        format!("/kasou/r/{token}/1"),
        format!("/kasou/r/{token}/submit"),
        format!("/kasou/api/r/{token}"),
        format!("/kasou/sign-in/{sign_in}"),
    ] {
        for from in ["cross-site", "same-site"] {
            let request = Request::post(&path)
                .header("sec-fetch-site", from)
                .body(Body::empty())
                .expect("a request");
            let answer = site.send(request).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} from {from}");
            assert_headers(&path, &answer);
        }
    }
    assert!(site.stored().await == before);
    // Following a link from a mail page is not a form.
    let request =
        Request::get(format!("/kasou/r/{token}/1")).header("sec-fetch-site", "cross-site");
    assert_eq!(
        site.send(request.body(Body::empty()).expect("a request"))
            .await
            .status,
        StatusCode::OK
    );
}

/// Two municipalities on one server: neither a link nor a session of one opens anything of the other.
#[tokio::test]
async fn one_municipality_cannot_reach_another() {
    let (here, there) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    write_pack(here.path(), "kasou", "2026-12-10T10:00:00+09:00");
    write_pack(there.path(), "tonari", "2026-12-10T10:00:00+09:00");
    let site = Site::told(&[here.path().to_owned(), there.path().to_owned()]).await;
    let token = site.respondent(1, "K001").await;
    let papers = site.link(2, Door::Papers).await;
    let sign_in = site
        .link(
            3,
            Door::SignIn {
                person: "山田 花子（架空）".into(),
            },
        )
        .await;
    for path in [
        format!("r/{token}"),
        format!("r/{token}/1"),
        format!("p/{papers}"),
        format!("sign-in/{sign_in}"),
    ] {
        assert_ne!(
            site.get(&format!("/kasou/{path}")).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
        assert_eq!(
            site.get(&format!("/tonari/{path}")).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let whole = r#"{"answers":{"rule_used":"yes","discharged":1,"coordinated":1}}"#;
    assert_eq!(
        site.post_json(&format!("/tonari/api/r/{token}"), whole)
            .await
            .status,
        StatusCode::NOT_FOUND
    );

    let mut browser = Browser::new(&site);
    let form = Form {
        action: format!("/kasou/sign-in/{sign_in}"),
        fields: Vec::new(),
    };
    let home = browser.press(&form, None).await;
    assert_eq!(home.status, StatusCode::OK);
    for path in ["", "/map", "/surveys/discharge", "/meetings/committee-1"] {
        assert_eq!(
            browser.open(&format!("/kasou{path}")).await.status,
            StatusCode::OK,
            "{path}"
        );
        assert_eq!(
            browser.open(&format!("/tonari{path}")).await.status,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
    }
    // The cookie is not even sent there.
    let link = site
        .link(
            4,
            Door::SignIn {
                person: "山田 花子（架空）".into(),
            },
        )
        .await;
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/kasou/sign-in/{link}"));
    let answer = site
        .send(request.body(Body::empty()).expect("a request"))
        .await;
    let cookie = answer.header(header::SET_COOKIE.as_str());
    for part in ["; Path=/kasou", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}
