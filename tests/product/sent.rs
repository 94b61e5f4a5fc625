//! What a browser sends that a plain form of a page does not: files, and forms whose answer is a file.

use axum::body::Body;
use axum::http::{Request, header};

use crate::form::Form;
use crate::site::{Answer, Site};

/// Sends a form and gives what comes back, whatever it is.
pub async fn answer(
    site: &Site,
    cookie: &str,
    form: &Form,
    button: Option<(&str, &str)>,
) -> Answer {
    let mut encoder = form_urlencoded::Serializer::new(String::new());
    encoder.extend_pairs(&form.fields).extend_pairs(button);
    let request = Request::post(&form.action)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    site.send(
        request
            .body(Body::from(encoder.finish()))
            .expect("a request"),
    )
    .await
}

/// Sends a form with a file, as browsers do (RFC 7578).
pub async fn file(site: &Site, cookie: &str, form: &Form, name: &str, bytes: &[u8]) -> Answer {
    const BOUNDARY: &str = "----a-boundary-that-no-file-has";
    let mut body = Vec::new();
    for (field, value) in form.fields.iter().filter(|(field, _)| field != "file") {
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n")
                .bytes(),
        );
    }
    body.extend(
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n")
            .bytes(),
    );
    body.extend_from_slice(bytes);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
    let request = Request::post(&form.action)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={BOUNDARY}"),
        );
    site.send(request.body(Body::from(body)).expect("a request"))
        .await
}

impl Form {
    /// Adds a field that the page leaves to a list or to a tick.
    pub fn with(mut self, name: &str, value: &str) -> Form {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }
}
