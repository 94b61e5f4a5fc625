//! The results of a survey: every question with its base and its blanks, filtered and crossed; each question by
//! itself, with the years before.

mod charts;
mod export;
mod texts;

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use engine::figure::FigureKey;
use engine::municipality::Access;
use engine::pack::Pack;
use engine::results::{
    Asked, Filter, Look, Offered, Responses, Shield, Shown, by_year, offered, shown,
};
use engine::survey::Survey;
use engine::year::{Counted, TurnHeld, Year};
use minijinja::context;
use minijinja::value::Serde;

use super::{Path, keeping, own};
use crate::access::Routes;
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::{figure, results as view, survey};

/// What an address of results may ask for.
const ASKED: &[(&str, &str)] = &[
    (
        "by",
        "クロス集計の項目（設問のid、名簿の列は respondent.列のid）",
    ),
    ("look", "グラフの形：bands（帯）、bars（棒）"),
    ("public", "1：公表できる形（少ない件数を伏せる）で見る"),
    ("項目のid", "絞り込み：その項目がこの値である回答だけ"),
];

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/surveys/{survey}/results",
            Access::Viewer,
            "調査の集計",
            show,
        )
        .takes(ASKED)
        .get(
            "/{slug}/surveys/{survey}/results/{item}",
            Access::Viewer,
            "設問の集計",
            show_question,
        )
        .takes(ASKED)
        .merge(charts::routes())
        .merge(export::routes())
        .merge(texts::routes())
}

/// What an address asks for, and what its reader may see.
struct Wish {
    asked: Asked,
    look: Look,
    shield: Shield,
    /// The reader sees everything and wants it as it could be published.
    public: bool,
}

impl Wish {
    fn read(
        query: Option<&str>,
        offered: &[Offered],
        pack: &Pack,
        survey: &Survey,
        access: Access,
    ) -> Wish {
        let fields = query_fields(query);
        let public = own(&fields, "public") == "1";
        Wish {
            asked: Asked {
                filter: Filter::read(&fields, offered),
                by: Some(own(&fields, "by").to_owned()).filter(|by| !by.is_empty()),
            },
            look: match own(&fields, "look") {
                "bands" => Look::Bands,
                "bars" => Look::Bars,
                _ => Look::Fitting,
            },
            shield: shield(pack, survey, access, public),
            public,
        }
    }

    /// The same wish as the end of an address.
    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.asked.filter.fields());
        if let Some(by) = &self.asked.by {
            query.append_pair("by", by);
        }
        match self.look {
            Look::Fitting => {}
            Look::Bands => drop(query.append_pair("look", "bands")),
            Look::Bars => drop(query.append_pair("look", "bars")),
        }
        if self.public {
            query.append_pair("public", "1");
        }
        query.finish()
    }
}

fn query_fields(query: Option<&str>) -> Vec<(String, String)> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

/// Whoever sees the single returns sees every number; of an anonymous survey nobody sees single ones.
pub(super) fn shield(pack: &Pack, survey: &Survey, access: Access, public: bool) -> Shield {
    let sees_returns = access >= Access::Secretariat && !public;
    Shield::of(&pack.style, survey, sees_returns)
}

/// The responses of a survey, whoever asks for them.
fn responses<'a>(counted: &'a Counted, survey: &str) -> Result<Responses<'a>, PageError> {
    counted.responses(survey).ok_or(PageError::NotFound)
}

/// The results that an address asks for: counted once for the page and each of its charts, as long as nothing
/// comes in. `seen` is of before they were read.
fn shown_of(
    year: &Year,
    seen: u64,
    responses: &Responses<'_>,
    subjects: &[Offered],
    wish: &Wish,
) -> Arc<Shown> {
    let asked = format!("{} {:?} {:?}", responses.survey.id, wish.asked, wish.shield);
    if let Some(known) = year.looked(seen, &asked) {
        return known;
    }
    let shown = Arc::new(shown(responses, subjects, &wish.asked, wish.shield));
    year.keep_looked(seen, asked, shown.clone());
    shown
}

async fn show(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let card = survey::card(year, &id).await?;
    if card.deleted.is_some() {
        return keeping::remains_page(&app, &signed, &card.id).await;
    }
    let seen = year.seen();
    let counted = year.counted().await?;
    let responses = responses(&counted, &id)?;
    let subjects = offered(&responses);
    let wish = Wish::read(
        query.as_deref(),
        &subjects,
        &counted.pack,
        responses.survey,
        signed.access,
    );
    let shown = shown_of(year, seen, &responses, &subjects, &wish);
    let part: usize = own(&query_fields(query.as_deref()), "part")
        .parse()
        .unwrap_or(1);
    let paged = view::part(&shown, part);
    let href = |key: &FigureKey| format!("/{slug}/figures/{key}");
    let indicators = figure::rows(
        &counted.pack,
        &counted.book,
        counted.pack.indicators_of(&id),
        &href,
    );
    let areas: Vec<&str> = counted
        .pack
        .municipality
        .areas
        .iter()
        .map(|area| area.name.as_str())
        .collect();
    let here = format!("/{slug}/surveys/{id}");
    pages::page(
        "desk/results.html",
        context! {
            survey => Serde(card),
            here => here.as_str(),
            areas => Serde(areas),
            indicators => Serde(indicators),
            may => may(&signed, responses.survey),
            parts => view::parts(&shown, part, &format!("{here}/results"), &wish.query()),
            ..context! { ..view::page(&paged, &subjects, &wish.asked, wish.look, wish.public, &here, &wish.query()), ..frame(&app, &signed, "surveys") }
        },
    )
}

/// What the reader may do from here.
fn may(signed: &SignedIn, survey: &Survey) -> minijinja::Value {
    let full = signed.access >= Access::Secretariat;
    let shielded = shield(&signed.year.pack, survey, signed.access, false)
        .below
        .is_some();
    context! { export => full, texts => full, publish => full, tally => !shielded, anonymous => survey.anonymous }
}

async fn show_question(
    State(app): State<Arc<App>>,
    Path((slug, id, item)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let card = survey::card(year, &id).await?;
    let seen = year.seen();
    let counted = year.counted().await?;
    let responses = responses(&counted, &id)?;
    let subjects = offered(&responses);
    let wish = Wish::read(
        query.as_deref(),
        &subjects,
        &counted.pack,
        responses.survey,
        signed.access,
    );
    let mut shown = Shown::clone(&shown_of(year, seen, &responses, &subjects, &wish));
    let (before, after) = neighbours(&shown, &item);
    shown.questions.retain(|question| question.path == item);
    if shown.questions.is_empty() {
        return Err(PageError::NotFound);
    }
    let held = year.turns(&responses.survey.id).await?;
    let turns = turns(&held, responses.survey);
    let years = by_year(&turns, &item, counted.pack.style.percent, wish.shield);
    let here = format!("/{slug}/surveys/{id}");
    pages::page(
        "desk/question.html",
        context! {
            survey => Serde(card),
            here => here.as_str(),
            item,
            before,
            after,
            years => years.map(|(heads, options)| view::years(&heads, &options)),
            may => may(&signed, responses.survey),
            ..context! { ..view::page(&shown, &subjects, &wish.asked, wish.look, wish.public, &here, &wish.query()), ..frame(&app, &signed, "surveys") }
        },
    )
}

/// The questions before and after one.
fn neighbours(shown: &Shown, item: &str) -> (Option<String>, Option<String>) {
    let paths: Vec<&str> = shown
        .questions
        .iter()
        .map(|question| question.path.as_str())
        .collect();
    let Some(at) = paths.iter().position(|path| *path == item) else {
        return (None, None);
    };
    let path = |at: Option<usize>| {
        at.and_then(|at| paths.get(at))
            .map(|path| (*path).to_owned())
    };
    (path(at.checked_sub(1)), path(Some(at + 1)))
}

fn turns<'a>(held: &'a [TurnHeld], survey: &Survey) -> Vec<engine::results::Turn<'a>> {
    held.iter()
        .map(|turn| turn.as_counted(survey.anonymous))
        .collect()
}
