//! One questionnaire: its pages and items, and every step that is taken on it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use forms::design::{Edit, NewKind};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::edits::{self, Asked};
use super::{Opened, item, preview, refused, step, to};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::routes::{Form, Path, own};
use crate::signed_in::SignedIn;
use crate::view::design::outline::outline;
use crate::view::frame::frame;

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path((_, form)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &signed.year, &form).await?;
    let page = page(&app, &signed, &opened, None).await?;
    Ok(preview::framing(page))
}

async fn page(
    app: &App,
    signed: &SignedIn,
    opened: &Opened,
    said: Option<&str>,
) -> Result<Page, PageError> {
    let outline = outline(opened.document(), &opened.sketch, &opened.wrongs());
    let sample = preview::address(app, signed, opened).await?;
    let kinds = NewKind::ALL.map(|kind| context! { id => Serde(kind), label => kind.label() });
    pages::page(
        "desk/design/form.html",
        context! {
            form => opened.head(&signed.year),
            outline => Serde(outline),
            remarks => remarks(opened),
            sample => format!("{sample}/1"),
            kinds => kinds.to_vec(),
            said,
            ..frame(app, signed, "design")
        },
    )
}

/// What a reader may find hard to answer; only of a questionnaire that can be read.
fn remarks(opened: &Opened) -> Vec<Value> {
    let remarks = forms::lint(&opened.sketch).into_iter();
    let here = |path: &str| opened.sketch.item_at(path).map(|item| item.title.clone());
    remarks
        .map(|remark| {
            context! { item => remark.item.as_str(), title => here(&remark.item), what => remark.what }
        })
        .collect()
}

/// Takes the step that a form asks for and goes back to where it was pressed.
pub(super) async fn edit(
    State(app): State<Arc<App>>,
    Path((_, form)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &signed.year, &form).await?;
    let used = signed.year.used_by(&form, opened.saved.as_ref()).await?;
    let asked = edits::read(&fields, opened.document());
    let taken = asked.and_then(|asked| {
        let mut document = opened.document().clone();
        let mut used = used;
        for edit in &asked.edits {
            // A step that others are part of is taken with what they have used up.
            used.note(&document);
            document = forms::design::apply(&document, edit, &used).map_err(|refused| refused.0)?;
        }
        Ok((document, asked))
    });
    let (document, asked) = match taken {
        Ok(taken) => taken,
        Err(said) => return again(&app, &signed, &opened, &fields, &said).await,
    };
    let added = added(opened.document(), &document, &asked);
    let what = asked.words(opened.document());
    step(&app, &signed, &opened, &document, &what, None).await?;
    let here = opened.here(&signed.year);
    let address = match (own(&fields, "_on"), added, asked.item()) {
        (_, Some(path), _) => format!("{here}/items/{path}"),
        ("item", None, Some(path)) if !asked.removes() => {
            format!("{here}/items/{path}?saved#{}", asked.part())
        }
        (_, None, Some(path)) if !asked.removes() => {
            let root = path.split('.').next().unwrap_or(path);
            format!("{here}#i-{root}")
        }
        _ => match asked.page() {
            Some(page) => format!("{here}#p-{page}"),
            None => here,
        },
    };
    Ok(to(&address))
}

/// The page from which a step was asked, with why it was not taken and what was typed.
async fn again(
    app: &App,
    signed: &SignedIn,
    opened: &Opened,
    fields: &[(String, String)],
    said: &str,
) -> Result<Response, PageError> {
    let path = own(fields, "item");
    let page = match own(fields, "_on") {
        "item" => item::page(app, signed, opened, path, Some((said, fields))).await?,
        _ => page(app, signed, opened, Some(said)).await?,
    };
    Ok(preview::framing(refused(page)))
}

/// The path of the item that a step has added.
fn added(before: &serde_json::Value, after: &serde_json::Value, asked: &Asked) -> Option<String> {
    let (inside, adds) = asked.edits.iter().find_map(|edit| match edit {
        Edit::AddItem { inside, .. } => Some((inside.clone(), true)),
        Edit::CopyItem { item } => {
            let repeat = item.split_once('.').map(|(repeat, _)| repeat.to_owned());
            Some((repeat, true))
        }
        _ => None,
    })?;
    let items = |document: &serde_json::Value| -> Vec<String> {
        let level = match &inside {
            Some(repeat) => &document["properties"][repeat]["items"]["properties"],
            None => &document["properties"],
        };
        let items = level.as_object().into_iter().flatten();
        items.map(|(id, _)| id.clone()).collect()
    };
    let known = items(before);
    let id = items(after).into_iter().find(|id| !known.contains(id))?;
    adds.then(|| match &inside {
        Some(repeat) => format!("{repeat}.{id}"),
        None => id,
    })
}

pub(super) async fn undo(
    State(app): State<Arc<App>>,
    Path((_, form)): Path<(String, String)>,
    signed: SignedIn,
    _: Form,
) -> Result<Response, PageError> {
    let act = app.act(&signed.person);
    signed.year.undo_step(&act, &form).await?;
    Ok(to(&format!("/{}/design/{form}", signed.year.slug())))
}

pub(super) async fn discard(
    State(app): State<Arc<App>>,
    Path((_, form)): Path<(String, String)>,
    signed: SignedIn,
    _: Form,
) -> Result<Response, PageError> {
    signed
        .year
        .end_design(&app.act(&signed.person), &form)
        .await?;
    Ok(to(&format!("/{}/design", signed.year.slug())))
}
