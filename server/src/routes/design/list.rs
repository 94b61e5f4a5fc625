//! All questionnaires of the pack, those under way first told apart.

use std::sync::Arc;

use axum::extract::State;
use minijinja::context;
use minijinja::value::Value;

use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::{survey, when};

pub(super) async fn show(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let year = &signed.year;
    let slug = year.slug();
    let files = app.years.files(year).await?;
    let under_way = year.designs().await?;
    let step = |form: &str| {
        let found = under_way.iter().find(|(name, _)| name == form);
        found.map(|(_, step)| {
            context! { what => step.what.as_str(), by => step.by.as_str(), at => when::moment(step.at) }
        })
    };
    let (mut asked, mut ledgers, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for (path, text) in files.in_folder("forms", "json") {
        let form = path.trim_start_matches("forms/").trim_end_matches(".json");
        let document: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let items = document["properties"]
            .as_object()
            .map_or(0, |items| items.len());
        let mut surveys: Vec<Value> = Vec::new();
        for survey in &year.pack.surveys {
            if year.forms_asked(&survey.id).iter().any(|name| name == form) {
                let card = survey::card(year, &survey.id).await?;
                surveys.push(context! {
                    name => survey.name.as_str(),
                    year => survey.survey_year,
                    status => card.status,
                    href => format!("/{slug}/surveys/{}", survey.turn()),
                });
            }
        }
        let of_ledger = year
            .pack
            .ledgers
            .values()
            .any(|ledger| ledger.form.id() == form);
        let one = context! {
            id => form,
            title => document["title"].as_str().unwrap_or(form),
            version => document["x-version"].as_u64(),
            items,
            href => format!("/{slug}/design/{form}"),
            step => step(form),
            surveys => surveys.clone(),
        };
        match (surveys.is_empty(), of_ledger) {
            (false, _) => asked.push(one),
            (true, true) => ledgers.push(one),
            (true, false) => others.push(one),
        }
    }
    for (form, step) in &under_way {
        if files.get(&engine::design::path(form)).is_some() {
            continue;
        }
        if let Some(design) = year.design(form).await? {
            others.push(context! {
                id => form.as_str(),
                title => design.document["title"].as_str().unwrap_or(form),
                version => design.document["x-version"].as_u64(),
                items => design.document["properties"].as_object().map_or(0, |items| items.len()),
                href => format!("/{slug}/design/{form}"),
                step => context! { what => step.what.as_str(), by => step.by.as_str(), at => when::moment(step.at) },
                new => true,
                surveys => Vec::<Value>::new(),
            });
        }
    }
    pages::page(
        "desk/design/list.html",
        context! { asked, ledgers, others, ..frame(&app, &signed, "design") },
    )
}
