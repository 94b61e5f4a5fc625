//! One of those asked: what reached the office, its link, calls, and whether it is asked at all.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;
use engine::letter::Letter;
use engine::roster::{Respondent, rates};
use engine::year::{CallOutcome, Door, Year};
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
use crate::view::{asked, post, survey, when};

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/surveys/{survey}/respondents/{respondent}",
            Access::Secretariat,
            "対象者の状況と連絡の記録",
            show,
        )
        .post(
            "/{slug}/surveys/{survey}/links",
            Access::Secretariat,
            "個人用リンクを作る",
            make_link,
        )
        .takes(&[
            ("respondent", "対象者の管理番号"),
            ("end", "1: 前のリンクを使えなくする"),
        ])
        .post(
            "/{slug}/surveys/{survey}/open-link",
            Access::Secretariat,
            "だれでも回答できるリンクを作る",
            make_open_link,
        )
        .post(
            "/{slug}/surveys/{survey}/respondents/{respondent}/calls",
            Access::Secretariat,
            "電話の記録を残す",
            note_call,
        )
        .takes(&[
            (
                "outcome",
                "reached（連絡済） absent（不在） later（後日） declined（辞退）",
            ),
            ("note", "話したこと。500字まで"),
        ])
        .post(
            "/{slug}/surveys/{survey}/respondents/{respondent}/post-again",
            Access::Secretariat,
            "送れなかった手紙をもう一度送る",
            post_again,
        )
        .takes(&[("letter", "手紙の番号")])
        .post(
            "/{slug}/surveys/{survey}/respondents/{respondent}/add",
            Access::Secretariat,
            "受付中の調査の対象に加える（追加）",
            add,
        )
        .post(
            "/{slug}/surveys/{survey}/respondents/{respondent}/withdraw",
            Access::Secretariat,
            "受付中の調査の対象から外す（取下げ）",
            withdraw,
        )
        .takes(&[("reason", "理由")])
}

type OfSurvey = Path<(String, String)>;
type OfRespondent = Path<(String, String, String)>;

async fn show(
    State(app): State<Arc<App>>,
    Path((_, id, respondent)): OfRespondent,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let card = survey::card(year, &id).await?;
    let held = held(year, &card.id);
    let (asked, row) = row(year, &card.id, &respondent).await?;
    let format = year.pack.survey(&id).map(|survey| survey.roster.as_str());
    let format = format.and_then(|roster| year.pack.municipality.roster_format(roster));
    let columns = format.iter().flat_map(|format| &format.columns);
    let facts: Vec<Value> = columns
        .filter(|column| format.is_some_and(|f| column.id != f.name_column))
        .map(|column| {
            let value = row.columns.get(&column.id).map_or("", String::as_str);
            let value = if value.is_empty() {
                ""
            } else {
                rates::label(column, value)
            };
            context! { title => column.title.as_str(), value }
        })
        .collect();
    let contacts = asked::Contacts::new(year.reminded(&card.id).await?);
    let log: Vec<Value> = contacts
        .of(&held, &respondent, year.address(&card.id, &row).is_some())
        .into_iter()
        .filter(|contact| contact.what != "電話")
        .map(|contact| {
            context! {
                at => when::moment(contact.at),
                what => contact.what,
                said => contact.said,
                wrong => contact.wrong,
                again => contact.again,
            }
        })
        .collect();
    let calls: Vec<Value> = year
        .calls(&card.id, &respondent)
        .await?
        .into_iter()
        .rev()
        .map(|noted| {
            context! {
                at => when::moment(noted.call.at),
                by => noted.call.by,
                outcome => noted.call.outcome.label(),
                note => noted.note,
            }
        })
        .collect();
    let outcomes: Vec<Value> = CallOutcome::ALL
        .into_iter()
        .map(|outcome| context! { word => outcome.word(), label => outcome.label() })
        .collect();
    let responded = held.responded.get(&respondent);
    let withdrawn = held.withdrawn.get(&respondent);
    pages::page(
        "desk/respondent.html",
        context! {
            survey => Serde(card),
            base => id,
            id => respondent.as_str(),
            name => row.name.as_str(),
            facts,
            asked,
            answered_at => responded.map(|responded| when::moment(responded.at)),
            source => responded.map(|responded| responded.source.label()),
            linked_at => held.linked.get(&respondent).map(|at| when::moment(*at)),
            withdrawn => withdrawn.map(|withdrawn| context! {
                at => when::moment(withdrawn.at),
                reason => withdrawn.reason.as_str(),
            }),
            declined => held.calls.get(&respondent).is_some_and(|calls| calls.last().is_some_and(|call| call.outcome == CallOutcome::Declined)),
            log,
            calls,
            outcomes,
            by_hand => app.post.is_none(),
            ..frame(&app, &signed, "surveys")
        },
    )
}

/// Somebody who is asked, or whom the roster has now; whether they are asked.
async fn row(year: &Year, turn: &str, id: &str) -> Result<(bool, Respondent), PageError> {
    let asked = year.roster(turn).await;
    if let Some(row) = asked.as_ref().and_then(|roster| roster.respondent(id)) {
        return Ok((true, row.clone()));
    }
    let definition = year.pack.survey(turn).ok_or(PageError::NotFound)?;
    let present = year.pack.rosters.get(&definition.roster);
    let row = present.and_then(|roster| roster.respondent(id));
    if let Some(row) = row {
        return Ok((false, row.clone()));
    }
    // Withdrawn, and no longer in the roster: only the number is known.
    match year.state(|state| state.is_withdrawn(turn, id)) {
        true => Ok((
            false,
            Respondent {
                id: id.to_owned(),
                name: id.to_owned(),
                columns: Default::default(),
            },
        )),
        false => Err(PageError::NotFound),
    }
}

/// Makes a personal link and shows it once, with its QR code and the letter to copy.
async fn make_link(
    State(app): State<Arc<App>>,
    Path((slug, id)): OfSurvey,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let definition = year.pack.survey(&id).ok_or(PageError::NotFound)?;
    let respondent = own(&fields, "respondent");
    let roster = year.roster(&definition.turn()).await;
    let respondent = roster
        .as_ref()
        .and_then(|roster| roster.respondent(respondent));
    let respondent = respondent.ok_or(PageError::NotFound)?;
    let survey = definition.turn();
    let token = random::token();
    let link = format!("{}/{slug}/r/{token}", app.address);
    let kind = year.state(|state| state.surveys.get(&survey).map(post::kind));
    let kind = kind.unwrap_or(Letter::Invitation);
    let (_, letter) = year.letter(kind, &survey, &respondent.id, &link).await?;
    let address = year.address(&survey, respondent);
    let end = own(&fields, "end") == "1";
    let door = Door::Survey {
        survey,
        respondent: respondent.id.clone(),
    };
    year.give_link(&app.act(&signed.person), token, door, end)
        .await?;
    let code = papers::qr::svg(&link).map_err(PageError::broken)?;
    pages::page(
        "desk/link.html",
        context! {
            name => respondent.name.as_str(),
            id => respondent.id.as_str(),
            survey => definition.name.as_str(),
            link,
            code => data_url(&code),
            ended => end,
            kind => kind.label(),
            letter => Serde(letter),
            address,
            base => id,
            ..frame(&app, &signed, "surveys")
        },
    )
}

/// Makes a link for anybody, where the survey promises one, and shows it with its QR code.
async fn make_open_link(
    State(app): State<Arc<App>>,
    Path((slug, id)): OfSurvey,
    signed: SignedIn,
    _: Form,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let definition = year.pack.survey(&id).ok_or(PageError::NotFound)?;
    let survey = definition.turn();
    if !(definition.open_link || year.terms(&survey).open_link) {
        return Err(PageError::BadRequest(
            "この調査は、名簿の相手だけに尋ねます。だれでも回答できるようにするには、surveys.json の open_link を true にしてから始めてください。",
        ));
    }
    let token = random::token();
    let link = format!("{}/{slug}/r/{token}", app.address);
    let act = app.act(&signed.person);
    year.make_link(&act, token, Door::Open { survey }).await?;
    let code = papers::qr::svg(&link).map_err(PageError::broken)?;
    pages::page(
        "desk/open_link.html",
        context! {
            survey => definition.name.as_str(),
            link,
            code => data_url(&code),
            base => id,
            ..frame(&app, &signed, "surveys")
        },
    )
}

/// A picture within a page.
pub fn data_url(svg: &str) -> String {
    let text: String = form_urlencoded::byte_serialize(svg.as_bytes()).collect();
    format!("data:image/svg+xml,{}", text.replace('+', "%20"))
}

async fn note_call(
    State(app): State<Arc<App>>,
    Path((slug, id, respondent)): OfRespondent,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let word = own(&fields, "outcome");
    let mut outcomes = CallOutcome::ALL.into_iter();
    let outcome = outcomes.find(|outcome| outcome.word() == word);
    let outcome = outcome.ok_or(PageError::BadRequest(
        "電話の結果（連絡済・不在・後日・辞退）を選んでください。",
    ))?;
    let act = app.act(&signed.person);
    let note = own(&fields, "note");
    signed
        .year
        .note_call(&act, &id, &respondent, outcome, note)
        .await?;
    Ok(back(&slug, &id, &respondent))
}

async fn post_again(
    State(app): State<Arc<App>>,
    Path((slug, id, respondent)): OfRespondent,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let act = app.act(&signed.person);
    let letter = own(&fields, "letter");
    signed
        .year
        .post_again(&act, &id, &respondent, letter)
        .await?;
    app.wake_post();
    Ok(back(&slug, &id, &respondent))
}

async fn add(
    State(app): State<Arc<App>>,
    Path((slug, id, respondent)): OfRespondent,
    signed: SignedIn,
    _: Form,
) -> Result<Redirect, PageError> {
    let act = app.act(&signed.person);
    signed.year.add_respondent(&act, &id, &respondent).await?;
    Ok(back(&slug, &id, &respondent))
}

async fn withdraw(
    State(app): State<Arc<App>>,
    Path((slug, id, respondent)): OfRespondent,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let act = app.act(&signed.person);
    let reason = own(&fields, "reason");
    signed
        .year
        .withdraw_respondent(&act, &id, &respondent, reason)
        .await?;
    Ok(back(&slug, &id, &respondent))
}

fn back(slug: &str, survey: &str, respondent: &str) -> Redirect {
    Redirect::to(&format!(
        "/{slug}/surveys/{survey}/respondents/{respondent}"
    ))
}
