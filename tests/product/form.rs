//! A plain browser without JavaScript: it follows redirects, keeps the cookie, and sends a form as the
//! page has it, with what a person changed.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

use crate::site::{Answer, Site};

pub struct Browser<'a> {
    site: &'a Site,
    pub cookie: Option<String>,
}

/// A page as it is on the screen.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub path: String,
    pub html: String,
}

/// A form of a page, with the fields that would be sent.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl Browser<'_> {
    pub fn new(site: &Site) -> Browser<'_> {
        Browser { site, cookie: None }
    }

    pub async fn open(&mut self, path: &str) -> Page {
        self.go(Method::GET, path.to_owned(), None).await
    }

    /// Presses a button of a form.
    pub async fn press(&mut self, form: &Form, button: Option<(&str, &str)>) -> Page {
        let mut encoder = form_urlencoded::Serializer::new(String::new());
        encoder.extend_pairs(&form.fields).extend_pairs(button);
        self.go(Method::POST, form.action.clone(), Some(encoder.finish()))
            .await
    }

    /// Fetches a file.
    pub async fn file(&self, path: &str) -> Answer {
        let request = Request::get(path);
        let cookie = self.cookie.as_deref().unwrap_or_default();
        let request = request.header(header::COOKIE, cookie);
        self.site
            .send(request.body(Body::empty()).expect("a request"))
            .await
    }

    async fn go(&mut self, method: Method, path: String, body: Option<String>) -> Page {
        let (mut method, mut path, mut body) = (method, path, body);
        for _ in 0..5 {
            let (address, fragment) = path.split_once('#').unwrap_or((&path, ""));
            let mut request = Request::builder()
                .method(&method)
                .uri(address)
                .header("sec-fetch-site", "same-origin");
            if let Some(cookie) = &self.cookie {
                request = request.header(header::COOKIE, cookie);
            }
            if body.is_some() {
                request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            }
            let answer = self
                .site
                .send(
                    request
                        .body(Body::from(body.take().unwrap_or_default()))
                        .expect("a request"),
                )
                .await;
            if let Some(cookie) = answer.headers.get(header::SET_COOKIE) {
                let cookie = cookie.to_str().expect("ASCII");
                self.cookie = cookie.split(';').next().map(str::to_owned);
            }
            if !answer.status.is_redirection() {
                let html = answer.text();
                if !fragment.is_empty() {
                    assert!(
                        html.contains(&format!("id=\"{fragment}\"")),
                        "{path} leads to nothing"
                    );
                }
                return Page {
                    status: answer.status,
                    path,
                    html,
                };
            }
            (method, path) = (Method::GET, answer.header("location").to_owned());
        }
        panic!("{path} leads in circles");
    }
}

impl Page {
    pub fn expect(&self, texts: &[&str]) -> &Page {
        for text in texts {
            assert!(
                self.html.contains(text),
                "{} ({}) has no {text}:\n{}",
                self.path,
                self.status,
                self.html
            );
        }
        self
    }

    /// The form that posts to an address ending like this.
    pub fn form(&self, ending: &str) -> Form {
        let forms = self
            .html
            .split("<form ")
            .skip(1)
            .map(|rest| rest.split("</form>").next().unwrap_or(rest));
        let found = forms.map(form).find(|form| form.action.ends_with(ending));
        found.unwrap_or_else(|| panic!("{} has no form {ending}:\n{}", self.path, self.html))
    }

    /// The addresses of the links whose text or address contains this.
    pub fn links(&self, text: &str) -> Vec<String> {
        let anchors = self
            .html
            .split("<a ")
            .skip(1)
            .map(|rest| rest.split("</a>").next().unwrap_or(rest));
        anchors
            .filter(|anchor| unescape(anchor).contains(text))
            .filter_map(|anchor| attribute(anchor, "href"))
            .collect()
    }
}

impl Form {
    /// Chooses or types; what stood there before is gone.
    pub fn set(mut self, name: &str, values: &[&str]) -> Form {
        assert!(
            self.fields.iter().any(|(field, _)| field == name),
            "no field {name} in {:?}",
            self.fields
        );
        // A page sends an empty value first, so that nothing chosen is told apart from not asked.
        self.fields
            .retain(|(field, value)| field != name || value.is_empty() && values.is_empty());
        self.fields.extend(
            values
                .iter()
                .map(|value| (name.to_owned(), (*value).to_owned())),
        );
        self
    }

    pub fn names(&self) -> Vec<&str> {
        self.fields.iter().map(|(name, _)| name.as_str()).collect()
    }
}

fn form(html: &str) -> Form {
    let action = attribute(html, "action").unwrap_or_default();
    let mut fields = Vec::new();
    for tag in html.split('<').skip(1) {
        let Some(name) = attribute(tag, "name") else {
            continue;
        };
        let head = tag.split('>').next().unwrap_or(tag);
        let kind = attribute(head, "type").unwrap_or_default();
        let value = attribute(head, "value").unwrap_or_default();
        match head.split_whitespace().next() {
            // What is not chosen is not sent.
            Some("input")
                if matches!(kind.as_str(), "radio" | "checkbox")
                    && !head.split_whitespace().any(|word| word == "checked") => {}
            Some("input") => fields.push((name, value)),
            Some("textarea") => {
                let text = tag.split_once('>').map_or("", |(_, text)| text);
                fields.push((name, unescape(text.strip_prefix('\n').unwrap_or(text))));
            }
            // No test has a drop-down list.
            _ => {}
        }
    }
    Form { action, fields }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let head = tag.split('>').next()?;
    let (_, rest) = head
        .split_once(&format!("{name}=\""))
        .filter(|(before, _)| before.is_empty() || before.ends_with(char::is_whitespace))?;
    rest.split('"').next().map(unescape)
}

fn unescape(text: &str) -> String {
    let marks = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ];
    marks.iter().fold(text.to_owned(), |text, (mark, sign)| {
        text.replace(mark, sign)
    })
}
