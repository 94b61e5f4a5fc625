//! A survey for the secretariat: who has answered, links, what came back.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Redirect;
use engine::letter::Letter;
use engine::year::{Door, Source};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::{Path, fields, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::random;
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::{post, survey, when};

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/surveys/{survey}",
            Access::Viewer,
            "調査の状況",
            show,
        )
        .post(
            "/{slug}/surveys/{survey}/links",
            Access::Secretariat,
            "個人用リンクを作る",
            make_link,
        )
        .takes(&[("respondent", "対象者の管理番号")])
        .post(
            "/{slug}/surveys/{survey}/trial",
            Access::Secretariat,
            "回答画面の見本を開く",
            try_out,
        )
}

type OfSurvey = Path<(String, String)>;
type Body = Result<Bytes, BytesRejection>;

async fn show(
    State(app): State<Arc<App>>,
    Path((_, id)): OfSurvey,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let card = survey::card(year, &id).await?;
    let held = year
        .state(|state| state.surveys.get(&card.id).cloned())
        .unwrap_or_default();
    let roster = year.roster(&card.id).await.ok_or(PageError::NotFound)?;
    let format = year
        .pack
        .municipality
        .rosters
        .iter()
        .find(|format| format.id == roster.id);
    let key_title = format
        .and_then(|f| f.columns.iter().find(|c| c.id == f.key))
        .map(|column| column.title.clone());
    let rows: Vec<Value> = roster
        .respondents
        .iter()
        .map(|respondent| {
            let responded = held.responded.get(&respondent.id);
            context! {
                id => respondent.id.as_str(),
                name => respondent.name.as_str(),
                at => responded.map(|responded| when::moment(responded.at)),
                source => responded.map(|responded| responded.source.label()),
                mail => post::log(&held, &respondent.id),
                address => year.address(&card.id, respondent),
            }
        })
        .collect();
    let sources: Vec<Value> = [Source::Web, Source::Xlsx, Source::Paper]
        .into_iter()
        .map(|source| {
            (
                source,
                held.responded
                    .values()
                    .filter(|r| r.source == source)
                    .count(),
            )
        })
        .filter(|(_, count)| *count > 0)
        .map(|(source, count)| context! { label => source.label(), count })
        .collect();
    let by_mail = format.is_some_and(|format| format.mail.is_some());
    let by_hand = app.post.is_none();
    pages::page(
        "desk/survey.html",
        context! { survey => Serde(card), roster => rows, sources, letters => post::due(&held), by_mail, by_hand, key_title, ..frame(&app, &signed, "") },
    )
}

/// Makes a personal link and shows it once, with the letter to copy.
async fn make_link(
    State(app): State<Arc<App>>,
    Path((slug, id)): OfSurvey,
    signed: SignedIn,
    body: Body,
) -> Result<Page, PageError> {
    let fields = fields(body)?;
    signed.check(&fields)?;
    let year = &signed.year;
    let definition = year.pack.survey(&id).ok_or(PageError::NotFound)?;
    let respondent = own(&fields, "respondent");
    let roster = year.roster(&definition.turn()).await;
    let respondent = roster
        .as_ref()
        .and_then(|roster| roster.respondent(respondent));
    let respondent = respondent.ok_or(PageError::NotFound)?;
    let token = random::token();
    let survey = definition.turn();
    let link = format!("{}/{slug}/r/{token}", app.address);
    let kind = year.state(|state| state.surveys.get(&survey).map(post::kind));
    let kind = kind.unwrap_or(Letter::Invitation);
    let (_, letter) = year.letter(kind, &survey, &respondent.id, &link).await?;
    let address = year.address(&survey, respondent);
    let door = Door::Survey {
        survey,
        respondent: respondent.id.clone(),
    };
    year.make_link(&app.act(&signed.person), token, door)
        .await?;
    pages::page(
        "desk/link.html",
        context! {
            name => respondent.name.as_str(),
            survey => definition.name.as_str(),
            link,
            kind => kind.label(),
            letter => Serde(letter),
            address,
            back => format!("/{slug}/surveys/{id}"),
            ..frame(&app, &signed, "")
        },
    )
}

async fn try_out(
    State(app): State<Arc<App>>,
    Path((slug, id)): OfSurvey,
    signed: SignedIn,
    body: Body,
) -> Result<Redirect, PageError> {
    signed.check(&fields(body)?)?;
    let survey = signed
        .year
        .pack
        .survey(&id)
        .ok_or(PageError::NotFound)?
        .turn();
    let token = random::token();
    signed
        .year
        .make_link(&app.act(&signed.person), token, Door::Trial { survey })
        .await?;
    Ok(Redirect::to(&format!("/{slug}/r/{token}/1")))
}
