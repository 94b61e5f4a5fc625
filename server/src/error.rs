//! What a page says when it cannot do what was asked. Status codes are decided here and nowhere else.

use std::sync::Arc;

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::results::Unwritable;
use engine::year::Refusal;
use minijinja::context;
use serde_json::json;
use store::{CommitError, StoreError};

use crate::access::Access;
use crate::pages;
use crate::wish::Wish;

/// A refusal on its way to the browser.
#[derive(Debug)]
pub enum PageError {
    Refused(Refusal),
    NotFound,
    /// Nobody is signed in.
    SignInNeeded,
    /// Who is signed in holds no role any more.
    NoRole,
    /// Who is signed in has less access than this.
    NotAllowed(Access),
    /// The token of a program is for other addresses.
    OutOfReach,
    /// A form that did not come from our own page.
    ForeignForm,
    /// Single entries of a ledger that hides small numbers; names the role that may see them.
    SingleEntries(String),
    /// The pack of this municipality cannot be changed here: the server was not started with its folder.
    NoFolder,
    TooLarge,
    /// A file in an encoding that does not have all of its characters.
    Unwritable(Unwritable),
    /// It was tried too often; in so many minutes it may be tried again.
    TooMany {
        minutes: i64,
    },
    /// A page with a file that is larger than any question takes.
    TooLargeFile,
    /// A link does not let anybody in; says whom to ask.
    NoEntry {
        refusal: Refusal,
        contact: String,
    },
    BadRequest(&'static str),
    WrongMethod,
    Broken(Arc<anyhow::Error>),
}

impl PageError {
    pub fn broken(error: impl Into<anyhow::Error>) -> PageError {
        PageError::Broken(Arc::new(error.into()))
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            PageError::Refused(refusal) => status_of(refusal),
            PageError::NotFound => StatusCode::NOT_FOUND,
            PageError::NoFolder => StatusCode::CONFLICT,
            PageError::SignInNeeded => StatusCode::UNAUTHORIZED,
            PageError::ForeignForm
            | PageError::SingleEntries(_)
            | PageError::NoRole
            | PageError::OutOfReach
            | PageError::NotAllowed(_) => StatusCode::FORBIDDEN,
            PageError::Unwritable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            PageError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            PageError::NoEntry { refusal, .. } => status_of(refusal),
            PageError::TooLarge | PageError::TooLargeFile => StatusCode::PAYLOAD_TOO_LARGE,
            PageError::BadRequest(_) => StatusCode::BAD_REQUEST,
            PageError::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            PageError::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whom to ask.
    fn contact(&self) -> Option<&str> {
        match self {
            PageError::NoEntry { contact, .. } => Some(contact),
            _ => None,
        }
    }

    /// For programs: in how many seconds it may be tried again.
    fn retry_after(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let PageError::TooMany { minutes } = self {
            headers.insert(RETRY_AFTER, HeaderValue::from(minutes * 60));
        }
        headers
    }

    /// Title and sentences for a person.
    pub(crate) fn words(&self) -> (&'static str, Vec<String>) {
        let one = |title, line: &str| (title, vec![line.to_owned()]);
        match self {
            PageError::Refused(Refusal::Closed) => one(
                "受付は終わりました",
                "この調査の受付は終わりました。ご協力ありがとうございました。入力の途中だった方は、事務局にご連絡ください。",
            ),
            PageError::Refused(Refusal::NotOpen) => one(
                "まだ始まっていません",
                "この調査の受付はまだ始まっていません。",
            ),
            PageError::Refused(
                Refusal::UnknownLink | Refusal::SpentLink | Refusal::EndedLink | Refusal::Withdrawn,
            ) => {
                let PageError::Refused(refusal) = self else {
                    return one("リンク", "");
                };
                ("リンクを開けません", vec![refusal.to_string()])
            }
            PageError::Refused(refusal) if is_away(refusal) => one(
                "いまは保存できません",
                "データベースにつながらないため、保存できたかどうかを確かめられません。この画面を閉じずに、しばらくしてからもう一度送ってください。同じ内容を二度送っても、二重には保存されません。これまでに「保存しました」と表示された内容は残っています。",
            ),
            PageError::Refused(refusal) if self.status().is_client_error() => {
                ("受け付けられませんでした", vec![refusal.to_string()])
            }
            PageError::NotFound => one(
                "ページがありません",
                "アドレスを確かめて、もう一度開いてください。",
            ),
            PageError::SignInNeeded => one(
                "サインインしてください",
                "この画面は事務局の方だけが開けます。サインイン用のリンクを開いてください。",
            ),
            PageError::NoRole => one(
                "この画面は開けません",
                "いま受け持っている役割がありません。異動の直後などで役割が変わったときは、管理者にご連絡ください。",
            ),
            PageError::NotAllowed(least) => (
                "この画面は開けません",
                vec![format!(
                    "これは「{}」の方だけが行えます。役割が変わったときは画面を開き直し、必要なら管理者に役割の追加を頼んでください。",
                    least.label()
                )],
            ),
            PageError::OutOfReach => one(
                "このトークンでは開けません",
                "このトークンは、別のアドレスのために作られています。トークンを作った管理者に、使えるアドレスを確かめてください。",
            ),
            PageError::TooMany { minutes } => (
                "しばらくお待ちください",
                vec![format!(
                    "短いあいだに何度も行われたため、いったん止めています。{minutes}分ほど待って、もう一度行ってください。"
                )],
            ),
            PageError::ForeignForm => one(
                "受け付けられませんでした",
                "画面を開き直して、もう一度行ってください。",
            ),
            PageError::SingleEntries(role) => (
                "この画面は開けません",
                vec![format!(
                    "この台帳は、一人ひとりが分かるおそれがあるため、{role}の方だけが開けます。{role}の方がサインインして開いてください。"
                )],
            ),
            PageError::NoFolder => one(
                "ここでは変えられません",
                "このサーバーはパックのフォルダーを知らないため、設定を変えられません。フォルダーを付けて起動してください。",
            ),
            PageError::TooLarge => one(
                "入力が長すぎます",
                "送られた内容が 1 MB を超えたため、保存しませんでした。長い記入を短くして、もう一度お送りください。これまでに保存した内容はそのままです。",
            ),
            PageError::Unwritable(refused) => {
                ("この文字コードでは書き出せません", unwritable(refused))
            }
            PageError::TooLargeFile => one(
                "ファイルが大きすぎます",
                "送られたファイルが 10 MB を超えたため、受け取りませんでした。前の画面に戻り、小さくしたファイルを付けてください。これまでに保存した内容はそのままです。",
            ),
            PageError::NoEntry { refusal, .. } => {
                let other = refusal.to_string();
                let (title, line) = match refusal {
                    Refusal::UnknownLink => (
                        "リンクを開けません",
                        "このリンクは使えません。アドレスの一部が欠けているのかもしれません。届いたアドレスをもう一度そのまま開いてください。",
                    ),
                    Refusal::NotOpen => (
                        "まだ始まっていません",
                        "この調査の受付はまだ始まっていません。始まってから、同じリンクをもう一度開いてください。",
                    ),
                    Refusal::Closed => (
                        "受付は終わりました",
                        "この調査の受付は終わりました。お答えになりたい方は、事務局にご連絡ください。",
                    ),
                    _ => ("リンクを開けません", other.as_str()),
                };
                (title, vec![line.to_owned()])
            }
            PageError::WrongMethod => one(
                "この操作はできません",
                "画面を開き直して、もう一度行ってください。",
            ),
            PageError::BadRequest(line) => one("受け付けられませんでした", line),
            PageError::Refused(_) | PageError::Broken(_) => one(
                "うまくいきませんでした",
                "こちらの不具合で表示できませんでした。入力して保存された内容は残っています。しばらくしてから、もう一度お試しください。",
            ),
        }
    }
}

const STILL_THERE: &str = "前の画面に戻ると、入力した内容が残っています。";

/// Which characters stand in the way, and where.
fn unwritable(refused: &Unwritable) -> Vec<String> {
    let mut lines = vec![
        "Shift_JIS（CP932）にない文字があるため、書き出しませんでした。置き換えると元に戻せなくなるためです。前の画面に戻り、UTF-8 の CSV か Excel で受け取ってください。".to_owned(),
    ];
    let characters = refused.characters.iter();
    lines.extend(characters.map(|(character, line, column)| {
        let code = u32::from(*character);
        match is_seen(*character) {
            true => format!("「{character}」（U+{code:04X}）　{line}行目の「{column}」"),
            false => format!("見えない文字（U+{code:04X}）　{line}行目の「{column}」"),
        }
    }));
    if refused.more > 0 {
        lines.push(format!("ほかに{}種類の文字があります。", refused.more));
    }
    lines
}

/// Not one of those that only join or turn the characters beside them.
fn is_seen(character: char) -> bool {
    let joins = matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}');
    !joins && !character.is_control()
}

/// The database does not answer; it may do so again at any moment.
fn is_away(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Store(StoreError::Unavailable { .. })
            | Refusal::Commit(
                CommitError::Unavailable { .. }
                    | CommitError::Store(StoreError::Unavailable { .. })
            )
    )
}

fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::UnknownLink | Refusal::Unknown(_) => StatusCode::NOT_FOUND,
        Refusal::SpentLink | Refusal::EndedLink | Refusal::Withdrawn | Refusal::Closed => {
            StatusCode::GONE
        }
        Refusal::NotOpen
        | Refusal::AnsweredOtherwise { .. }
        | Refusal::Cycle(_)
        | Refusal::Overtaken => StatusCode::CONFLICT,
        Refusal::Issues(_) | Refusal::NotEntered(_) | Refusal::Findings(_) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        away if is_away(away) => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Store(_) | Refusal::Commit(_) | Refusal::Unreadable(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        if Wish::current().json {
            return ApiError(self).into_response();
        }
        let status = self.status();
        let (title, mut lines) = self.words();
        // Of a page, but not of a program.
        if let PageError::TooLarge = self {
            lines.push(STILL_THERE.to_owned());
        }
        let reference = status.is_server_error().then(|| noted(&self));
        let page = pages::message(
            title,
            &lines,
            context! { reference, contact => self.contact() },
        );
        (status, self.retry_after(), page).into_response()
    }
}

/// The same refusal, for a program.
pub struct ApiError(pub PageError);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.0.status();
        if let PageError::Refused(Refusal::Issues(issues)) = &self.0 {
            return (status, Json(json!({ "issues": issues }))).into_response();
        }
        let (_, lines) = self.0.words();
        let reference = status.is_server_error().then(|| noted(&self.0));
        let mut said = json!({ "message": lines.join(""), "reference": reference });
        if let Some(contact) = self.0.contact() {
            said["contact"] = contact.into();
        }
        (status, self.0.retry_after(), Json(said)).into_response()
    }
}

/// Logs the cause under a number that the person can quote. Answers are never in it.
fn noted(error: &PageError) -> String {
    let reference = crate::random::token().to_string()[..8].to_owned();
    match error {
        PageError::Refused(refusal) => tracing::error!(reference, "{refusal}"),
        PageError::Broken(cause) => tracing::error!(reference, "{cause:#}"),
        other => tracing::error!(reference, "{other:?}"),
    }
    reference
}

impl From<Refusal> for PageError {
    fn from(refusal: Refusal) -> PageError {
        PageError::Refused(refusal)
    }
}

impl From<PageError> for ApiError {
    fn from(error: PageError) -> ApiError {
        ApiError(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::english;

    /// Those with a name or a number in them stay Japanese, and the page says so.
    #[test]
    fn every_fixed_sentence_has_an_english_one() {
        let entry = |refusal| PageError::NoEntry {
            refusal,
            contact: String::new(),
        };
        let broken = PageError::broken(anyhow::anyhow!("a defect"));
        let errors = [
            Refusal::Closed.into(),
            Refusal::NotOpen.into(),
            Refusal::SpentLink.into(),
            Refusal::Overtaken.into(),
            Refusal::TooLarge.into(),
            entry(Refusal::UnknownLink),
            entry(Refusal::EndedLink),
            entry(Refusal::SpentLink),
            entry(Refusal::Withdrawn),
            entry(Refusal::NotOpen),
            entry(Refusal::Closed),
            PageError::NotFound,
            PageError::SignInNeeded,
            PageError::NoRole,
            PageError::OutOfReach,
            PageError::ForeignForm,
            PageError::NoFolder,
            PageError::TooLarge,
            PageError::TooLargeFile,
            PageError::WrongMethod,
            broken,
        ];
        assert!(english::knows(STILL_THERE));
        for error in errors {
            let (title, lines) = error.words();
            assert!(english::knows(title), "{title}");
            for line in lines {
                assert!(english::knows(&line), "{line}");
            }
        }
    }
}
