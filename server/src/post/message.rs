//! A letter as a mail message.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use engine::year::Outgoing;
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};

/// Tells absence notes not to answer (RFC 3834).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// The message; sent again, it has the same Message-ID.
///
/// # Errors
/// The address cannot be written into a message.
pub(super) fn message(
    from: &Mailbox,
    slug: &str,
    letter: &Outgoing,
    at: DateTime<Utc>,
) -> Result<Message, String> {
    let unfit =
        |error: &dyn std::error::Error| format!("宛先「{}」は使えません（{error}）", letter.to);
    let address = letter
        .to
        .parse()
        .map_err(|error| unfit(&error as &lettre::address::AddressError))?;
    let id = format!("<{}.{slug}@{}>", letter.id, from.email.domain());
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(letter.name.clone()), address))
        .subject(letter.text.subject.clone())
        .message_id(Some(id))
        .date(SystemTime::from(at))
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text.body.clone())
        .map_err(|error| unfit(&error))?;
    let automatic = HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned());
    message.headers_mut().insert_raw(automatic);
    Ok(message)
}
