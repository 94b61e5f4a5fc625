//! Every route of the product against everybody who may not use it: nobody, somebody of the municipality next door,
//! somebody with too little access, a form of another session, a link of next door. The table is the list of routes
//! itself: a route that is added is tried here without anybody thinking of it.

use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use engine::municipality::Access;
use engine::year::Door;
use serde_json::{Value, json};
use server::access::Listed;

use crate::site::{Answer, Site, write_pack};

/// What only the pages of the other municipality say.
const NEXT_DOOR: &str = "隣町";

/// Routes that need neither a session nor a link: whoever asks may have what they answer. An open route that is
/// neither here nor has a link in its address fails the test.
const PUBLIC: &[&str] = &[
    "/assets/{name}",
    "/assets/schema",
    "/assets/schema/{file}",
    "/api",
    "/api/openapi.json",
    "/api/{area}",
    "/favicon.ico",
    "/{slug}/sign-in",
    "/{slug}/sign-in/code",
];

/// One person at each level.
const PEOPLE: [(&str, &str, Access); 5] = [
    ("viewer", "見る 人（架空）", Access::Viewer),
    ("member", "委員 人（架空）", Access::Member),
    ("coordinator", "まとめ 人（架空）", Access::Coordinator),
    ("clerk", "事務 人（架空）", Access::Secretariat),
    ("admin", "管理 人（架空）", Access::Administrator),
];

struct Two {
    site: Site,
    /// The cookie of each level in the first municipality.
    sessions: Vec<(Access, String)>,
    /// A cookie of the administrator next door, and a link of each kind there.
    next_door: String,
    links: Vec<String>,
    _folders: [tempfile::TempDir; 2],
}

fn write(folder: &Path, slug: &str, name: &str) {
    write_pack(folder, slug, "2026-12-10T10:00:00+09:00");
    let path = folder.join("municipality.json");
    let text = fs::read_to_string(&path).expect("written before");
    let mut file: Value = serde_json::from_str(&text).expect("JSON");
    file["name"] = json!(name);
    let roles = file["roles"].as_array_mut().expect("roles");
    for (id, person, access) in PEOPLE {
        roles.push(json!({ "id": id, "name": format!("{id}の役割"), "holders": [person], "access": access }));
    }
    fs::write(path, file.to_string()).expect("written");
}

impl Two {
    async fn new() -> Two {
        let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        write(folders[0].path(), "kasou", "架空市");
        write(folders[1].path(), "tonari", NEXT_DOOR);
        let site = Site::told(&[folders[0].path().to_owned(), folders[1].path().to_owned()]).await;
        let mut sessions = Vec::new();
        for (nth, (_, person, access)) in (100..).zip(PEOPLE) {
            sessions.push((access, session(&site, "kasou", nth, person).await));
        }
        let next_door = session(&site, "tonari", 110, PEOPLE[4].1).await;
        let other = site.app.years.get("tonari").expect("next door");
        let survey = site.survey();
        let doors = [
            Door::Survey {
                survey: survey.clone(),
                respondent: "K001".to_owned(),
            },
            Door::Trial { survey },
            Door::Papers,
            Door::SignIn {
                person: PEOPLE[4].1.to_owned(),
            },
        ];
        let mut links = Vec::new();
        for (nth, door) in (120..).zip(doors) {
            links.push(site.link_of(&other, nth, door).await.to_string());
        }
        Two {
            site,
            sessions,
            next_door,
            links,
            _folders: folders,
        }
    }

    fn session(&self, access: Access) -> &str {
        let found = self.sessions.iter().find(|(of, _)| *of == access);
        &found.expect("every level has somebody").1
    }

    async fn ask(&self, method: &Method, path: &str, cookie: &str, form: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = Body::from(form.to_owned());
        self.site.send(request.body(body).expect("a request")).await
    }
}

async fn session(site: &Site, slug: &str, byte: u8, person: &str) -> String {
    let year = site.app.years.get(slug).expect("a municipality");
    let person = person.to_owned();
    let link = site.link_of(&year, byte, Door::SignIn { person }).await;
    let request = Request::post(format!("/{slug}/sign-in/{link}"));
    let answer = site
        .send(request.body(Body::empty()).expect("a request"))
        .await;
    let cookie = answer.header("set-cookie").split(';').next();
    cookie.unwrap_or_default().to_owned()
}

/// A route's address in a municipality, with ids that are there.
fn filled(route: &Listed, slug: &str, link: &str) -> String {
    let parts = route.path.split('/').map(|part| {
        let Some((before, rest)) = part.split_once('{') else {
            return part.to_owned();
        };
        let (name, after) = rest.split_once('}').expect("a whole name");
        let value = match name.trim_start_matches('*') {
            "slug" => slug,
            "link" | "token" => link,
            "survey" => "discharge",
            "meeting" => "committee-1",
            "cycle" => "annual-2026",
            "paper" => "agenda",
            "role" | "of" => "secretariat",
            "respondent" => "K001",
            "figure" | "key" => "discharge-rate@city@2025",
            _ => "1",
        };
        format!("{before}{value}{after}")
    });
    parts.collect::<Vec<_>>().join("/")
}

fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error()
}

fn guarded() -> Vec<Listed> {
    let routes = server::routes::all();
    let list = routes.list().iter().cloned();
    let guarded: Vec<Listed> = list.filter(|route| route.access.is_some()).collect();
    assert!(guarded.len() > 40, "the list of routes is not whole");
    guarded
}

#[tokio::test]
async fn nobody_and_somebody_of_next_door_get_nothing() {
    let two = Two::new().await;
    let before = two.site.stored().await;
    for route in guarded() {
        for (path, cookie) in [
            (filled(&route, "kasou", "1"), ""),
            (filled(&route, "kasou", "1"), two.next_door.as_str()),
            (
                filled(&route, "tonari", "1"),
                two.session(Access::Administrator),
            ),
        ] {
            let answer = two.ask(&route.method, &path, cookie, "text=a").await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{} {path}",
                route.method
            );
            if path.starts_with("/kasou") {
                assert!(!answer.text().contains(NEXT_DOOR), "{path}");
            }
        }
        if route.method == Method::GET {
            let path = filled(&route, "kasou", "1");
            let answer = two.ask(&Method::HEAD, &path, "", "").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "HEAD {path}");
        }
    }
    assert!(two.site.stored().await == before, "something was stored");
}

#[tokio::test]
async fn too_little_access_is_refused() {
    let two = Two::new().await;
    let before = two.site.stored().await;
    for route in guarded() {
        let least = route.access.expect("guarded");
        let path = filled(&route, "kasou", "1");
        for (access, cookie) in two.sessions.iter().filter(|(access, _)| *access < least) {
            let answer = two.ask(&route.method, &path, cookie, "text=a").await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{} {path} as {access:?}",
                route.method
            );
            assert!(
                answer.text().contains("ください"),
                "{path}: {}",
                answer.text()
            );
        }
    }
    assert!(two.site.stored().await == before, "something was stored");
}

#[tokio::test]
async fn an_act_needs_the_token_of_its_own_session() {
    let two = Two::new().await;
    let cookie = two.session(Access::Administrator);
    let foreign = csrf(&two, "tonari", &two.next_door).await;
    let of_another = csrf(&two, "kasou", two.session(Access::Secretariat)).await;
    let before = two.site.stored().await;
    for route in guarded() {
        if route.method != Method::POST {
            continue;
        }
        let path = filled(&route, "kasou", "1");
        let zeros = "0".repeat(64);
        for token in ["", &zeros, &foreign, &of_another] {
            let answer = two
                .ask(
                    &route.method,
                    &path,
                    cookie,
                    &format!("_csrf={token}&text=a"),
                )
                .await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{path} with {token:?}"
            );
        }
        let answer = two.ask(&route.method, &path, cookie, "text=a").await;
        assert_eq!(
            answer.status,
            StatusCode::FORBIDDEN,
            "{path} without a token"
        );
        // A program's JSON without the token, and what is no form at all.
        for kind in [
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
        ] {
            let request = Request::post(&path)
                .header(header::COOKIE, cookie)
                .header(header::CONTENT_TYPE, kind)
                .body(Body::from("{\"text\":\"a\"}"))
                .expect("a request");
            let answer = two.site.send(request).await;
            assert!(
                is_refusal(answer.status),
                "{path} as {kind}: {}",
                answer.status
            );
        }
    }
    assert!(two.site.stored().await == before, "something was stored");
}

#[tokio::test]
async fn a_link_opens_nothing_next_door() {
    let two = Two::new().await;
    let nobody = "00".repeat(16);
    let routes = server::routes::all();
    let before = two.site.stored().await;
    for route in routes.list().iter().filter(|route| route.access.is_none()) {
        if PUBLIC.contains(&route.path) {
            continue;
        }
        assert!(
            ["{link}", "{token}"]
                .iter()
                .any(|name| route.path.contains(name)),
            "{} {} needs no session and has no secret in its address: guard it, or name it in PUBLIC",
            route.method,
            route.path
        );
        for link in two.links.iter().chain([&nobody]) {
            let path = filled(route, "kasou", link);
            let answer = two.ask(&route.method, &path, "", "text=a").await;
            assert!(
                is_refusal(answer.status),
                "{} {path}: {}",
                route.method,
                answer.status
            );
            assert!(!answer.text().contains(NEXT_DOOR), "{path}");
        }
    }
    assert!(two.site.stored().await == before, "something was stored");
}

/// The token that the forms of a session carry.
async fn csrf(two: &Two, slug: &str, cookie: &str) -> String {
    let page = two.site.get_as(cookie, &format!("/{slug}/account")).await;
    let text = page.text();
    let (_, rest) = text
        .split_once("name=\"_csrf\" value=\"")
        .expect("a form with a token");
    rest.split('"').next().unwrap_or_default().to_owned()
}
