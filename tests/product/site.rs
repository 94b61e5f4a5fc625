//! A municipality with its pages, at a moment of its year.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use chrono::NaiveDate;
use engine::year::{Act, Door, Token, Year};
use engine::{Files, Pack};
use serde_json::{Value, json};
use server::app::{App, router};
use server::clock::Clock;
use server::post::Post;
use server::story::{Story, play};
use server::years::Years;
use store::Store;
use tempfile::TempDir;
use tower::util::ServiceExt;

pub struct Site {
    pub app: Arc<App>,
    pub routes: Router,
    pub store: Store,
    /// The municipality; the first one where there are several.
    pub year: Arc<Year>,
    /// Where the packs are, by slug.
    folders: BTreeMap<String, PathBuf>,
    /// Removed with the site: its data, and the packs that were written for it.
    kept: Vec<TempDir>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("ASCII"))
    }
}

/// Whether papers come in this format: PDF can be left out of a build.
pub fn has(format: &str) -> bool {
    format != "pdf" || cfg!(feature = "pdf")
}

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folders of the packs that tell the story of a year.
pub fn packs_with_a_story() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("municipalities")).expect("municipalities");
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.retain(|folder| folder.join("cases/year.json").is_file());
    folders.sort();
    assert!(!folders.is_empty(), "no pack tells a story");
    folders
}

/// Writes the skeleton with the files of `tests/packs/respondent` over it, and a story that stops at
/// a moment: nobody has answered by then.
pub fn write_pack(folder: &Path, slug: &str, until: &str) {
    write_pack_with(folder, "respondent", slug, until);
}

/// The same with the files of another folder of `tests/packs`.
fn write_pack_with(folder: &Path, over: &str, slug: &str, until: &str) {
    let over = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("packs")
        .join(over);
    let (over, _) = Files::read(&over).expect("the files laid over the skeleton");
    let story = json!({ "cycle": "annual", "until": until, "responses": [] }).to_string();
    let opens = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day");
    let skeleton = engine::pack::skeleton(slug, "架空市", opens);
    for (path, text) in skeleton
        .chain(over.0)
        .chain([("cases/year.json".to_owned(), story)])
    {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
}

impl Site {
    /// Plays the stories of these packs, one after the other, on one store.
    pub async fn told(folders: &[PathBuf]) -> Site {
        let data = tempfile::tempdir().expect("a folder");
        let store = Store::open(data.path()).expect("a store");
        let (mut years, mut read_from) = (Vec::new(), BTreeMap::new());
        let mut last = None;
        for folder in folders {
            let (files, _) = Files::read(folder).expect("a pack");
            let pack = Pack::read(&files).unwrap_or_else(|findings| panic!("{findings:?}"));
            let story = Story::read(folder, &pack).expect("a story");
            let clock = Clock::story(story.starts(&pack));
            let year = Arc::new(
                Year::open(store.clone(), Arc::new(pack), clock.now())
                    .await
                    .expect("a year"),
            );
            let slug = year.slug().to_owned();
            let app = App {
                years: [(slug.clone(), year.clone())].into(),
                clock,
                address: "http://meguri.test".into(),
                post: None,
                backups: None,
            };
            let app = Arc::new(app);
            play(&app, &year, &story, &|_| {}, &|_| {})
                .await
                .expect("the story");
            last = Some(app.clock.now());
            read_from.insert(slug.clone(), folder.clone());
            years.push((slug, year));
        }
        let year = years[0].1.clone();
        let clock = Clock::story(last.expect("a pack"));
        let app = Arc::new(App {
            years: years
                .into_iter()
                .collect::<Years>()
                .read_from(read_from.clone()),
            clock,
            address: "http://meguri.test".into(),
            post: None,
            backups: None,
        });
        Site {
            routes: router(app.clone()),
            app,
            store,
            year,
            folders: read_from,
            kept: vec![data],
        }
    }

    /// The same, with a way to a mail server.
    pub fn posting(mut self, post: Arc<Post>) -> Site {
        let years = self.app.years.all().into_iter();
        let years: Years = years.map(|year| (year.slug().to_owned(), year)).collect();
        self.app = Arc::new(App {
            years: years.read_from(self.folders.clone()),
            clock: Clock::story(self.app.clock.now()),
            address: self.app.address.clone(),
            post: Some(post),
            backups: None,
        });
        self.routes = router(self.app.clone());
        self
    }

    /// 架空市 at a moment of its year.
    pub async fn at(until: &str) -> Site {
        let folder = tempfile::tempdir().expect("a folder");
        write_pack(folder.path(), "kasou", until);
        Site::kept(folder).await
    }

    /// 架空市 with the files of a folder of `tests/packs`, at a moment of its year.
    pub async fn with(over: &str, until: &str) -> Site {
        let folder = tempfile::tempdir().expect("a folder");
        write_pack_with(folder.path(), over, "kasou", until);
        Site::kept(folder).await
    }

    /// 架空市 with so many offices, at a moment of its year, with what its survey promises those who are asked.
    pub async fn promising(terms: &[&str], offices: usize, until: &str) -> Site {
        let folder = tempfile::tempdir().expect("a folder");
        write_pack(folder.path(), "kasou", until);
        let path = folder.path().join("surveys.json");
        let text = fs::read_to_string(&path).expect("surveys.json");
        let mut surveys: Value = serde_json::from_str(&text).expect("JSON");
        for term in terms {
            surveys["surveys"][0][term] = true.into();
        }
        fs::write(path, surveys.to_string()).expect("written");
        let offices = (1..=offices)
            .map(|n| format!("K{n:03},ケアプラン{n}（架空）,居宅介護支援事業所\n"))
            .collect::<String>();
        let roster = format!("管理番号,事業所名,種別\n{offices}");
        fs::write(folder.path().join("rosters/offices.csv"), roster).expect("written");
        Site::kept(folder).await
    }

    pub async fn kept(folder: TempDir) -> Site {
        let mut site = Site::told(&[folder.path().to_owned()]).await;
        site.kept.push(folder);
        site
    }

    /// 架空市 while its survey is open.
    pub async fn open() -> Site {
        Site::at("2026-12-10T10:00:00+09:00").await
    }

    pub fn slug(&self) -> &str {
        self.year.slug()
    }

    /// Makes a link with a token of this byte.
    pub async fn link(&self, byte: u8, door: Door) -> Token {
        self.link_of(&self.year, byte, door).await
    }

    pub async fn link_of(&self, year: &Year, byte: u8, door: Door) -> Token {
        let token = Token::new([byte; 16]);
        year.make_link(&Act::new(self.app.clock.now(), "test"), token, door)
            .await
            .expect("a link");
        token
    }

    /// The link of one of those asked in the first survey.
    pub async fn respondent(&self, byte: u8, respondent: &str) -> Token {
        let survey = self.survey();
        self.link(
            byte,
            Door::Survey {
                survey,
                respondent: respondent.to_owned(),
            },
        )
        .await
    }

    /// The survey that is held: the one that is open, otherwise the first.
    pub fn survey(&self) -> String {
        self.year.state(|state| {
            let open = state.surveys.iter().find(|(_, held)| held.is_open());
            let first = || self.year.pack.surveys[0].id.clone();
            open.or(state.surveys.iter().next())
                .map_or_else(first, |(id, _)| id.clone())
        })
    }

    /// The folder of its pack.
    pub fn folder(&self) -> &Path {
        &self.folders[self.slug()]
    }

    /// Who holds the first role.
    pub fn secretariat(&self) -> String {
        self.year.pack.municipality.roles[0].holders[0].name.clone()
    }

    /// The cookie of a session that this person begins.
    pub async fn session(&self, person: &str) -> String {
        let link = self.app.years.get(self.slug()).expect("a municipality");
        let door = Door::SignIn {
            person: person.to_owned(),
        };
        let byte = person.bytes().fold(0u8, u8::wrapping_add);
        let token = self.link_of(&link, byte, door).await;
        let entered = Request::post(format!("/{}/sign-in/{token}", self.slug()));
        let entered = self
            .send(entered.body(Body::empty()).expect("a request"))
            .await;
        let cookie = entered.header("set-cookie").split(';').next();
        cookie.unwrap_or_default().to_owned()
    }

    pub async fn get_as(&self, cookie: &str, path: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    /// What a page shows, as a program gets it; without a session where the cookie is empty.
    pub async fn get_json_as(&self, cookie: &str, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::COOKIE, cookie)
            .header(header::ACCEPT, "application/json");
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    /// In an address `/~` stands for the municipality: the tests of a played year need not name it.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        if let Some(rest) = request.uri().to_string().strip_prefix("/~") {
            let named = format!("/{}{rest}", self.slug());
            *request.uri_mut() = named.parse().expect("an address");
        }
        let response = self
            .routes
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), 64 << 20)
            .await
            .expect("a body")
            .to_vec();
        Answer {
            status,
            headers,
            body,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request"))
            .await
    }

    pub async fn post_json(&self, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.into()).expect("a request"))
            .await
    }

    /// Everything that is stored: the ends of the journals, and every value. Links are made by tests
    /// themselves, before they look.
    pub async fn stored(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.store.export(None, &mut out).await.expect("an export");
        out
    }
}
