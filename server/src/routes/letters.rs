//! Letters that the secretariat sends itself: to whom, in what words, and how: by mail, as a PDF with QR
//! codes, as a list of links, or shown for copying.

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::Arc;

use authoring::Finding;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use engine::letter::{self, Letter, Text, own_words};
use engine::roster::export;
use engine::year::{Addressed, Sending, Token, Way};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::surveys::held;
use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::random;
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::{asked, post, survey};

/// Letters on one page for copying.
const COPIES: usize = 40;

pub fn routes() -> Routes {
    Routes::new()
        .post(
            "/{slug}/surveys/{survey}/letters",
            Access::Secretariat,
            "選んだ相手への送付文を確かめる（まだ送らない）",
            draft,
        )
        .takes(&[
            ("respondent", "対象者の管理番号（いくつでも）"),
            ("all", "1: 絞り込みに合う未回答のすべて"),
            ("letter", "invitation（依頼）か reminder（督促）"),
        ])
        .post(
            "/{slug}/surveys/{survey}/letters/send",
            Access::Secretariat,
            "未回答の相手に送る、または送る文書を作る",
            send,
        )
        .takes(&[
            ("respondent", "対象者の管理番号（いくつでも）"),
            ("letter", "invitation（依頼）か reminder（督促）"),
            ("way", "mail（メール） print（QRコードつきの文書 PDF） list（リンクの一覧 CSV） copy（画面に出す）"),
            ("subject", "件名"),
            ("body", "本文。〔宛名〕と〔回答リンク〕が相手ごとに入る"),
            ("end", "1: 前のリンクを使えなくする"),
            ("once", "画面の番号。同じ番号では一度だけ送る"),
        ])
}

type OfSurvey = Path<(String, String)>;

/// The letter with its marks, to be changed and sent.
async fn draft(
    State(app): State<Arc<App>>,
    Path((_, id)): OfSurvey,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Page, PageError> {
    draft_page(&app, &signed, &id, &fields, None).await
}

/// The page of the draft; after a refusal with what was typed and what is wrong with it.
async fn draft_page(
    app: &App,
    signed: &SignedIn,
    id: &str,
    fields: &[(String, String)],
    wrong: Option<Vec<Finding>>,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let card = survey::card(year, id).await?;
    year.check_open(&card.id)?;
    let held = held(year, &card.id);
    let roster = year.roster(&card.id).await.ok_or(PageError::NotFound)?;
    let chosen: Vec<_> = match own(fields, "all") {
        "1" => {
            let format = year.pack.municipality.roster_format(&roster.id);
            asked::kept(&roster, &held, &asked::narrow(format, fields))
        }
        _ => {
            let wanted: HashSet<&str> = values(fields, "respondent").into_iter().collect();
            let respondents = roster.respondents.iter();
            respondents
                .filter(|one| wanted.contains(one.id.as_str()))
                .collect()
        }
    };
    let unanswered: Vec<_> = chosen
        .into_iter()
        .filter(|one| !held.responded.contains_key(&one.id))
        .collect();
    if unanswered.is_empty() {
        return Err(PageError::BadRequest(
            "送る相手を選んでください。回答した相手には送れません。",
        ));
    }
    let kind = kind(fields).unwrap_or_else(|| post::kind(&held));
    let template = year.letter_draft(kind, id).await?;
    let text = match &wrong {
        Some(_) => Text {
            subject: own(fields, "subject").to_owned(),
            body: own(fields, "body").to_owned(),
        },
        None => template,
    };
    let by_mail = unanswered
        .iter()
        .filter(|one| year.address(&card.id, one).is_some());
    let by_mail = by_mail.count();
    let respondents: Vec<Value> = unanswered
        .iter()
        .map(|one| context! { id => one.id.as_str(), name => one.name.as_str() })
        .collect();
    let wrong: Vec<Value> = wrong
        .iter()
        .flatten()
        .map(|finding| context! { code => finding.code, what => finding.what.as_str(), todo => finding.todo.as_str() })
        .collect();
    pages::page(
        "desk/letters.html",
        context! {
            survey => Serde(card),
            base => id,
            count => respondents.len(),
            without_mail => respondents.len() - by_mail,
            by_mail,
            respondents,
            kind => kind.word(),
            kind_label => kind.label(),
            letter => Serde(text),
            wrong,
            name_mark => letter::NAME,
            link_mark => letter::LINK,
            posts => app.post.is_some(),
            once => random::token().to_string(),
            pdf => cfg!(feature = "pdf"),
            ..frame(app, signed, "surveys")
        },
    )
}

async fn send(
    State(app): State<Arc<App>>,
    Path((slug, id)): OfSurvey,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let year = &signed.year;
    let way = match own(&fields, "way") {
        "mail" if app.post.is_some() => Way::Mail,
        "mail" => {
            return Err(PageError::BadRequest(
                "このサーバーにはメールの送信が設定されていません。ほかの方法を選んでください。",
            ));
        }
        "print" if cfg!(feature = "pdf") => Way::Print,
        "list" => Way::List,
        "copy" => Way::Copy,
        _ => return Err(PageError::BadRequest("送り方を選んでください。")),
    };
    let kind = kind(&fields).ok_or(PageError::BadRequest("文面の種類を選んでください。"))?;
    let once = Token::from_str(own(&fields, "once"))
        .map_err(|_| PageError::BadRequest("画面を開き直してください。"))?;
    let (subject, text) = (own(&fields, "subject"), own(&fields, "body"));
    let words = match own_words(subject, text) {
        Ok(words) => words,
        Err(wrong) => {
            let page = draft_page(&app, &signed, &id, &fields, Some(wrong)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let mut respondents: Vec<String> = values(&fields, "respondent")
        .into_iter()
        .map(str::to_owned)
        .collect();
    let later = match way {
        Way::Copy => respondents.split_off(COPIES.min(respondents.len())),
        _ => Vec::new(),
    };
    let end_links = own(&fields, "end") == "1";
    let sending = Sending {
        letter: kind,
        way,
        respondents,
        text: Some(words),
        end_links,
        once,
    };
    let act = app.act(&signed.person);
    let sent = year
        .send_letters(&act, &id, sending, &app.address, random::token)
        .await?;
    match way {
        Way::Mail => {
            app.wake_post();
            Ok(Redirect::to(&format!("/{slug}/surveys/{id}")).into_response())
        }
        Way::Print => printed(&id, sent.letters).await,
        Way::List => Ok(listed(&id, &sent.letters)),
        Way::Copy => {
            let page = pages::page(
                "desk/letters_shown.html",
                context! {
                    survey => Serde(survey::card(year, &id).await?),
                    base => id,
                    letters => sent.letters.iter().map(copied).collect::<Vec<_>>(),
                    later => later.len(),
                    later_ids => later,
                    kind => kind.word(),
                    kind_label => kind.label(),
                    subject,
                    body => text,
                    end => end_links,
                    once => random::token().to_string(),
                    ..frame(&app, &signed, "surveys")
                },
            )?;
            Ok(page.into_response())
        }
    }
}

/// One page an office, in a thread of its own: a thousand pages take seconds.
#[cfg(feature = "pdf")]
async fn printed(survey: &str, letters: Vec<Addressed>) -> Result<Response, PageError> {
    let title = letters
        .first()
        .map_or(String::new(), |first| first.text.subject.clone());
    let letters = letters.into_iter().map(|letter| papers::Letter {
        postal: letter.postal,
        name: letter.name,
        honorific: "ご担当者 様".to_owned(),
        subject: letter.text.subject,
        body: letter.text.body,
        link: letter.link,
        id: letter.id,
    });
    let letters: Vec<papers::Letter> = letters.collect();
    let set = tokio::task::spawn_blocking(move || papers::letters(&title, &letters));
    let pdf = set
        .await
        .map_err(PageError::broken)?
        .map_err(PageError::broken)?;
    Ok(file(
        &format!("{survey}-letters.pdf"),
        "application/pdf",
        pdf,
    ))
}

#[cfg(not(feature = "pdf"))]
async fn printed(_: &str, _: Vec<Addressed>) -> Result<Response, PageError> {
    Err(PageError::NotFound)
}

/// For another program that prints or sends.
fn listed(survey: &str, letters: &[Addressed]) -> Response {
    let head = ["管理番号", "宛名", "メール", "件名", "リンク"].map(str::to_owned);
    let rows = letters.iter().map(|letter| {
        vec![
            letter.id.clone(),
            letter.name.clone(),
            letter.mail.clone().unwrap_or_default(),
            letter.text.subject.clone(),
            letter.link.clone(),
        ]
    });
    let text = export::table(std::iter::once(head.to_vec()).chain(rows));
    file(
        &format!("{survey}-links.csv"),
        "text/csv; charset=utf-8",
        text.into_bytes(),
    )
}

fn copied(letter: &Addressed) -> Value {
    context! {
        id => letter.id.as_str(),
        name => letter.name.as_str(),
        mail => letter.mail.as_deref(),
        subject => letter.text.subject.as_str(),
        body => letter.text.body.as_str(),
        link => letter.link.as_str(),
    }
}

/// A file to keep.
pub fn file(name: &str, kind: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let head = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    (head, bytes).into_response()
}

fn kind(fields: &[(String, String)]) -> Option<Letter> {
    let word = own(fields, "letter");
    Letter::ALL.into_iter().find(|letter| letter.word() == word)
}

/// All values of a field.
fn values<'a>(fields: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let fields = fields.iter().filter(|(field, _)| field == name);
    fields.map(|(_, value)| value.as_str()).collect()
}
