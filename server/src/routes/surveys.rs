//! Surveys for the secretariat: the list of them, and one with who has answered and what can be done.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Redirect;
use engine::roster::rates;
use engine::year::{Door, Held, Phase, Year};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::{Form, Path};
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
        .get("/{slug}/surveys", Access::Viewer, "調査の一覧", list)
        .get(
            "/{slug}/surveys/{survey}",
            Access::Viewer,
            "調査の状況",
            show,
        )
        .post(
            "/{slug}/surveys/{survey}/trial",
            Access::Secretariat,
            "回答画面の見本を開く",
            try_out,
        )
}

type OfSurvey = Path<(String, String)>;

async fn list(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let year = &signed.year;
    let mut surveys = Vec::new();
    for survey in &year.pack.surveys {
        surveys.push(survey::card(year, &survey.id).await?);
    }
    let rosters: Vec<Value> = year
        .pack
        .municipality
        .rosters
        .iter()
        .map(|format| {
            let roster = year.pack.rosters.get(&format.id);
            let count = roster.map_or(0, |roster| roster.respondents.len());
            context! { id => format.id.as_str(), file => format.file.as_str(), count }
        })
        .collect();
    pages::page(
        "desk/surveys.html",
        context! {
            surveys => Serde(surveys),
            rosters,
            secretariat => signed.access >= Access::Secretariat,
            ..frame(&app, &signed, "surveys")
        },
    )
}

async fn show(
    State(app): State<Arc<App>>,
    Path((_, id)): OfSurvey,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let card = survey::card(year, &id).await?;
    let definition = year.pack.survey(&id).ok_or(PageError::NotFound)?;
    let card_id = card.id.clone();
    let held = held(year, &card.id);
    let roster = year.roster(&card.id).await.ok_or(PageError::NotFound)?;
    let format = year.pack.municipality.roster_format(&roster.id);
    let secretariat = signed.access >= Access::Secretariat;
    let breakdowns = format.map(|format| {
        let answered = |id: &str| held.responded.contains_key(id);
        rates::breakdowns(format, &roster, answered)
    });
    let breakdowns: Vec<Value> = breakdowns.iter().flatten().map(survey::breakdown).collect();
    let sources: Vec<Value> = asked::sources(&held)
        .into_iter()
        .map(|(source, count)| context! { label => source.label(), count })
        .collect();
    let names = match secretariat {
        true => Some(names(year, &card.id, &held, &roster, format, query.as_deref()).await?),
        false => None,
    };
    pages::page(
        "desk/survey.html",
        context! {
            dates => dates(year, definition, &held).await?,
            survey => Serde(card),
            base => id,
            sources,
            breakdowns,
            names,
            open_link => definition.open_link || year.terms(&definition.turn()).open_link,
            letters => post::due(&held),
            by_hand => app.post.is_none(),
            promised => promised(year, &card_id, definition),
            secretariat,
            coordinator => signed.access >= Access::Coordinator,
            ..frame(&app, &signed, "surveys")
        },
    )
}

/// What the survey promises those who are asked, as it opened or as the pack has it before.
fn promised(year: &Year, turn: &str, definition: &engine::survey::Survey) -> Value {
    let opened = year.state(|state| {
        let held = state.surveys.get(turn);
        held.filter(|held| held.opened_at.is_some())
            .map(|held| held.terms)
    });
    let terms = opened.unwrap_or_else(|| definition.terms());
    let form = year.pack.questionnaire(turn);
    let mut items = form.iter().flat_map(|form| form.items());
    context! {
        open_link => terms.open_link,
        correctable => terms.correctable,
        anonymous => terms.anonymous,
        handed_back => terms.handed_back,
        files => items.any(|item| matches!(item.kind, forms::Kind::File { .. })),
    }
}

/// What the secretariat sees and the others do not: who is asked, by name.
async fn names(
    year: &Year,
    turn: &str,
    held: &Held,
    roster: &engine::roster::Roster,
    format: Option<&engine::municipality::RosterFormat>,
    query: Option<&str>,
) -> Result<Value, PageError> {
    let fields: Vec<(String, String)> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let narrow = asked::narrow(format, &fields);
    let kept = asked::kept(roster, held, &narrow);
    let contacts = asked::Contacts::new(year.reminded(turn).await?);
    let turned = fields.iter().find(|(name, _)| name == "page");
    let page = turned
        .and_then(|(_, page)| page.parse().ok())
        .unwrap_or(1_usize);
    let pages = kept.len().div_ceil(asked::PAGE).max(1);
    let page = page.clamp(1, pages);
    let shown: Vec<_> = kept
        .iter()
        .skip((page - 1) * asked::PAGE)
        .take(asked::PAGE)
        .copied()
        .collect();
    let unanswered = kept
        .iter()
        .filter(|one| !held.responded.contains_key(&one.id))
        .count();
    let chosen = asked::chosen(&narrow);
    let address: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&chosen)
        .finish();
    let present = year.pack.rosters.get(&roster.id);
    let withdrawn: Vec<Value> = held
        .withdrawn
        .iter()
        .map(|(id, withdrawn)| {
            let name = present.and_then(|roster| roster.respondent(id));
            context! {
                id => id.as_str(),
                name => name.map(|respondent| respondent.name.as_str()),
                at => when::moment(withdrawn.at),
                reason => withdrawn.reason.as_str(),
            }
        })
        .collect();
    let not_asked = match held.opened_at {
        Some(_) => year.not_asked(turn).await,
        None => Vec::new(),
    };
    let not_asked: Vec<Value> = not_asked
        .into_iter()
        .take(asked::PAGE)
        .map(|one| context! { id => one.id, name => one.name })
        .collect();
    let key =
        format.and_then(|format| format.columns.iter().find(|column| column.id == format.key));
    Ok(context! {
        rows => asked::rows(year, turn, held, &shown, &contacts),
        key_title => key.map(|column| column.title.as_str()),
        roster => roster.id.as_str(),
        asked => roster.respondents.len(),
        found => kept.len(),
        unanswered,
        narrowed => !narrow.is_empty(),
        choices => asked::choices(format, roster, held, &narrow),
        chosen => chosen.into_iter().map(|(name, value)| context! { name, value }).collect::<Vec<_>>(),
        address,
        page,
        pages,
        by_mail => format.is_some_and(|format| format.mail.is_some()),
        withdrawn,
        not_asked,
    })
}

/// When the survey opens and closes, by what, and what can be done about it.
async fn dates(
    year: &Year,
    definition: &engine::survey::Survey,
    held: &Held,
) -> Result<Value, PageError> {
    let collecting = year.collecting(&definition.id).await?;
    let by_cycle = collecting.as_ref().map(|collecting| {
        context! {
            cycle => collecting.cycle.as_str(),
            title => collecting.title.as_str(),
            ahead => collecting.phase == Phase::Ahead,
            collects => collecting.phase == Phase::Open,
            opens => collecting.opens.map(when::day),
            closes => collecting.closes.map(when::day),
            can_move_opening => collecting.can_move_opening,
            can_move_closing => collecting.can_move_closing,
        }
    });
    let phase = collecting.map(|collecting| collecting.phase);
    let deadline = year.closes_on(&definition.turn()).await?;
    let closed = held.closed_at;
    Ok(context! {
        by_cycle,
        opened_at => held.opened_at.map(when::moment),
        closed_at => closed.map(|at| when::end(at, engine::year::last_day(at, deadline))),
        can_open => !held.is_open() && phase != Some(Phase::Ahead),
        can_close => held.is_open(),
    })
}

/// The survey as it is held; empty before it was published.
pub fn held(year: &Year, turn: &str) -> Held {
    let held = year.state(|state| state.surveys.get(turn).cloned());
    held.unwrap_or_default()
}

async fn try_out(
    State(app): State<Arc<App>>,
    Path((slug, id)): OfSurvey,
    signed: SignedIn,
    _: Form,
) -> Result<Redirect, PageError> {
    let survey = signed.year.pack.survey(&id).ok_or(PageError::NotFound)?;
    let token = random::token();
    let survey = survey.turn();
    let door = Door::Trial { survey };
    let act = app.act(&signed.person);
    signed.year.make_link(&act, token, door).await?;
    Ok(Redirect::to(&format!("/{slug}/r/{token}/1")))
}
