//! One item: its words, options, condition, checks and series.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use forms::design::{NewKind, Relation};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::{Opened, preview};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::routes::Path;
use crate::signed_in::SignedIn;
use crate::view::design::item as view;
use crate::view::design::picker;
use crate::view::frame::frame;

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path((_, form, path)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let opened = Opened::load(&app, &signed.year, &form).await?;
    let saved = query.as_deref() == Some("saved");
    let page = shown(&app, &signed, &opened, &path, None, saved).await?;
    Ok(preview::framing(page))
}

/// The page of an item, with why the last step was not taken and what was typed for it.
pub(super) async fn page(
    app: &App,
    signed: &SignedIn,
    opened: &Opened,
    path: &str,
    refused: Option<(&str, &[(String, String)])>,
) -> Result<Page, PageError> {
    shown(app, signed, opened, path, refused, false).await
}

async fn shown(
    app: &App,
    signed: &SignedIn,
    opened: &Opened,
    path: &str,
    refused: Option<(&str, &[(String, String)])>,
    saved: bool,
) -> Result<Page, PageError> {
    let item = view::item(opened.document(), &opened.sketch, path, &opened.wrongs());
    let item = item.ok_or(PageError::NotFound)?;
    let root = path.split('.').next().unwrap_or(path);
    let pages = opened.sketch.pages().iter();
    let number = pages
        .zip(1..)
        .find(|(page, _)| page.items.iter().any(|id| id.as_str() == root))
        .map_or(1, |(_, number)| number);
    let sample = preview::address(app, signed, opened).await?;
    let (said, typed) = match refused {
        Some((said, fields)) => (Some(said), typed(fields)),
        None => (None, BTreeMap::new()),
    };
    let comparable = match item.kind {
        NewKind::Integer | NewKind::Decimal | NewKind::Date => {
            picker::comparable(opened.document(), path)
        }
        _ => Vec::new(),
    };
    let relations = picker::RELATIONS.map(|(id, label)| context! { id, label });
    let comparisons =
        Relation::OF_NUMBERS.map(|is| context! { id => Serde(is), label => is.label() });
    let kinds: Vec<Value> = NewKind::ALL
        .into_iter()
        .filter(|kind| {
            item.inside.is_none() && item.kind != NewKind::Repeat
                || !matches!(kind, NewKind::Repeat | NewKind::File)
        })
        .map(|kind| context! { id => Serde(kind), label => kind.label() })
        .collect();
    let (before, after) = beside(opened, path);
    pages::page(
        "desk/design/item.html",
        context! {
            form => opened.head(&signed.year),
            parent => item.inside.as_deref().map(|repeat| {
                let parent = opened.sketch.item(repeat);
                context! { path => repeat, title => parent.map(|item| item.title.as_str()) }
            }),
            others => others(opened, path),
            item => Serde(item),
            comparable => Serde(comparable),
            relations => relations.to_vec(),
            comparisons => comparisons.to_vec(),
            kinds,
            before,
            after,
            sample => format!("{sample}/{number}#q-{root}"),
            said,
            saved,
            typed => Serde(typed),
            ..frame(app, signed, "design")
        },
    )
}

/// What was typed, under the name of its field.
fn typed(fields: &[(String, String)]) -> BTreeMap<&str, &str> {
    let fields = fields.iter().filter(|(name, _)| !name.starts_with('_'));
    fields
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// The items before and after this one, in the order of asking.
fn beside(opened: &Opened, path: &str) -> (Option<String>, Option<String>) {
    let root = path.split('.').next().unwrap_or(path);
    let order: Vec<&str> = opened
        .sketch
        .pages()
        .iter()
        .flat_map(|page| &page.items)
        .map(|id| id.as_str())
        .collect();
    let Some(at) = order.iter().position(|id| *id == root) else {
        return (None, None);
    };
    let one = |at: Option<usize>| at.and_then(|at| order.get(at)).map(|id| (*id).to_owned());
    (one(at.checked_sub(1)), one(Some(at + 1)))
}

/// Other items with options, whose options can be taken.
fn others(opened: &Opened, path: &str) -> Vec<Value> {
    let items = opened.sketch.items().iter();
    let with_options = items.filter(|item| !item.options().is_empty() && item.id.as_str() != path);
    with_options
        .map(|item| context! { id => item.id.as_str(), title => item.title.as_str() })
        .collect()
}
