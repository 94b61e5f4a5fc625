//! The free texts of a question: read, put into groups, and made fit to be printed.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Redirect;
use engine::municipality::Access;
use engine::results::{Coding, Given, Masker, given};
use engine::year::{Counted, Year};
use forms::Kind;
use minijinja::context;

use super::super::{Form, Path, own};
use super::query_fields;
use crate::access::Routes;
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::texts::{self, Wanted, key};

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/surveys/{survey}/texts/{item}",
            Access::Secretariat,
            "記述を読む",
            show,
        )
        .takes(&[
            (
                "group",
                "グループのid、none（未分類）、open（伏せ字の確かめがまだ）",
            ),
            ("page", "1から"),
        ])
        .post(
            "/{slug}/surveys/{survey}/texts/{item}",
            Access::Secretariat,
            "記述を分類し、印刷する文を確かめる",
            code,
        )
        .takes(&[
            ("seen", "見ていた分類の版"),
            ("at", "記述の印（いくつでも）"),
            ("group.印", "その記述のグループのid（いくつでも）"),
            ("text.印", "印刷する文"),
            ("confirm.印", "1：その文で印刷してよい"),
        ])
        .post(
            "/{slug}/surveys/{survey}/texts/{item}/groups",
            Access::Secretariat,
            "グループを加える・改める・消す",
            groups,
        )
        .takes(&[
            ("seen", "見ていた分類の版"),
            ("title", "グループの名前"),
            ("id", "改めるグループのid。なければ加える"),
            ("remove", "1：消す"),
        ])
}

type OfItem = Path<(String, String, String)>;

/// The texts of an item as of now, with their coding.
struct Reading {
    counted: Counted,
    turn: String,
    coding: Coding,
    seen: Option<String>,
    title: String,
}

impl Reading {
    async fn of(year: &Year, survey: &str, item: &str) -> Result<Reading, PageError> {
        let counted = year.counted().await?;
        let turn = counted
            .pack
            .survey(survey)
            .ok_or(PageError::NotFound)?
            .turn();
        let form = counted
            .pack
            .questionnaire(survey)
            .ok_or(PageError::NotFound)?;
        let asked = form
            .item(item)
            .filter(|item| matches!(item.kind, Kind::Text { .. }));
        let title = asked.ok_or(PageError::NotFound)?.title.clone();
        let (coding, seen) = year.coding(&turn, item).await?;
        Ok(Reading {
            counted,
            turn,
            coding,
            seen,
            title,
        })
    }

    fn given(&self, survey: &str, item: &str) -> Result<(Masker, Vec<Given<'_>>), PageError> {
        let responses = super::responses(&self.counted, survey)?;
        let pack = &self.counted.pack;
        let masker = Masker::new(pack, pack.roster(responses.survey));
        let all = given(&responses.rows, item, &self.coding, &masker);
        Ok((masker, all))
    }
}

async fn show(
    State(app): State<Arc<App>>,
    Path((slug, id, item)): OfItem,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let reading = Reading::of(&signed.year, &id, &item).await?;
    let (masker, all) = reading.given(&id, &item)?;
    let fields = query_fields(query.as_deref());
    let wanted = Wanted::read(own(&fields, "group"), own(&fields, "page"));
    let here = format!("/{slug}/surveys/{id}/texts/{item}");
    let survey = reading
        .counted
        .pack
        .survey(&id)
        .ok_or(PageError::NotFound)?;
    pages::page(
        "desk/texts.html",
        context! {
            survey => context! { id, name => survey.name.as_str() },
            title => reading.title.as_str(),
            item,
            here => here.as_str(),
            seen => reading.seen.as_deref().unwrap_or_default(),
            saved => fields.iter().any(|(name, _)| name == "saved"),
            ..context! { ..texts::page(&reading.turn, &all, &reading.coding, &masker, &wanted, &here), ..frame(&app, &signed, "surveys") }
        },
    )
}

async fn code(
    State(app): State<Arc<App>>,
    Path((slug, id, item)): OfItem,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let reading = Reading::of(&signed.year, &id, &item).await?;
    let (_, all) = reading.given(&id, &item)?;
    let mut coding = reading.coding.clone();
    let named = |name: String| {
        fields
            .iter()
            .filter(move |(field, _)| *field == name)
            .map(|(_, value)| value)
    };
    for at in fields
        .iter()
        .filter(|(name, _)| name == "at")
        .map(|(_, at)| at)
    {
        let text = all
            .iter()
            .find(|text| key(&reading.turn, &item, text.respondent) == *at);
        // A response that has gone meanwhile has no text to code.
        let Some(text) = text else { continue };
        let groups = named(format!("group.{at}")).cloned().collect();
        let put = coding.put(text.respondent, groups);
        put.map_err(|why| PageError::BadRequest(why.said()))?;
        let confirmed = own(&fields, &format!("confirm.{at}")) == "1";
        let printed = own(&fields, &format!("text.{at}"));
        // Browsers send line ends as CR LF.
        let printed = printed.replace("\r\n", "\n");
        coding.confirm(
            text.respondent,
            text.text,
            Some(printed.as_str()).filter(|_| confirmed),
        );
    }
    keep(&app, &signed, &reading, &item, &fields, &coding).await?;
    let back = texts::back(own(&fields, "show"), own(&fields, "page"));
    Ok(Redirect::to(&format!(
        "/{slug}/surveys/{id}/texts/{item}?{back}saved"
    )))
}

async fn groups(
    State(app): State<Arc<App>>,
    Path((slug, id, item)): OfItem,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let reading = Reading::of(&signed.year, &id, &item).await?;
    let mut coding = reading.coding.clone();
    let (group, title) = (own(&fields, "id"), own(&fields, "title"));
    let changed = match (group, own(&fields, "remove")) {
        ("", _) => coding.add_group(title).map(drop),
        (group, "1") => coding.remove_group(group),
        (group, _) => coding.rename_group(group, title),
    };
    changed.map_err(|why| PageError::BadRequest(why.said()))?;
    keep(&app, &signed, &reading, &item, &fields, &coding).await?;
    Ok(Redirect::to(&format!(
        "/{slug}/surveys/{id}/texts/{item}?saved"
    )))
}

async fn keep(
    app: &App,
    signed: &SignedIn,
    reading: &Reading,
    item: &str,
    fields: &[(String, String)],
    coding: &Coding,
) -> Result<(), PageError> {
    let seen = Some(own(fields, "seen")).filter(|seen| !seen.is_empty());
    let act = app.act(&signed.person);
    signed
        .year
        .code(&act, &reading.turn, item, seen, coding)
        .await?;
    Ok(())
}
