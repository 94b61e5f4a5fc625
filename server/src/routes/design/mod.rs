//! Designing questionnaires: for the secretariat. A design is kept beside the pack until it is saved into it.

mod compare;
mod document;
mod edits;
mod form;
mod item;
mod list;
mod new;
mod preview;
mod publish;

pub use preview::may_be_framed;

use std::sync::Arc;

use authoring::{Finding, Source};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::Files;
use engine::design::{self, Design};
use engine::year::{Refusal, Year};
use forms::Questionnaire;
use minijinja::context;
use minijinja::value::Value as Context;
use serde_json::Value;

use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::Page;
use crate::signed_in::SignedIn;
use crate::view::design::{Wrong, wrongs};
use crate::view::when;

pub fn routes() -> Routes {
    let by = Access::Secretariat;
    Routes::new()
        .get("/{slug}/design", by, "調査票の一覧", list::show)
        .get("/{slug}/design/new", by, "新しい調査票", new::show)
        .post("/{slug}/design/new", by, "調査票を作る、写す", new::make)
        .takes(new::FIELDS)
        .get("/{slug}/design/{form}", by, "調査票の設計", form::show)
        .post("/{slug}/design/{form}", by, "調査票を直す", form::edit)
        .takes(edits::FIELDS)
        .post(
            "/{slug}/design/{form}/undo",
            by,
            "最後の操作を取り消す",
            form::undo,
        )
        .post(
            "/{slug}/design/{form}/discard",
            by,
            "編集をやめて、パックの調査票に戻す",
            form::discard,
        )
        .get(
            "/{slug}/design/{form}/items/{item}",
            by,
            "設問の設計",
            item::show,
        )
        .get(
            "/{slug}/design/{form}/json",
            by,
            "調査票の JSON",
            document::show,
        )
        .post(
            "/{slug}/design/{form}/json",
            by,
            "調査票の JSON を取り込む",
            document::take,
        )
        .takes(&[("text", "JSON の全文"), ("_seen", "読んだときの編集の番号")])
        .get(
            "/{slug}/design/{form}/preview",
            // Who approves a questionnaire has to see it.
            Access::Member,
            "回答画面の見本",
            preview::show,
        )
        .get(
            "/{slug}/design/{form}/compare",
            by,
            "版の比較",
            compare::show,
        )
        .takes(&[("with", "比べる版（pack、または 調査の回@版）")])
        .post(
            "/{slug}/design/{form}/save",
            by,
            "編集をパックに保存する",
            publish::save,
        )
        .post(
            "/{slug}/design/{form}/publish",
            by,
            "新しい版を公開する",
            publish::publish,
        )
        .takes(&[("survey", "調査の id")])
        .post(
            "/{slug}/design/{form}/next-year",
            by,
            "調査を次の年度に移す",
            new::next_year,
        )
        .takes(new::NEXT_FIELDS)
        .merge(preview::samples())
}

/// A questionnaire as it is now: the design where one is under way, else what stands in the pack.
struct Opened {
    form: String,
    files: Files,
    /// What stands in the pack; nothing for a new one.
    saved: Option<Value>,
    design: Option<Design>,
    source: Source,
    sketch: Questionnaire,
    findings: Vec<Finding>,
}

impl Opened {
    async fn load(app: &App, year: &Year, form: &str) -> Result<Opened, PageError> {
        let files = app.years.files(year).await?;
        let path = design::path(form);
        let saved = match files.get(&path) {
            Some(text) => {
                let source = Source::json(path.as_str(), text);
                let source = source.map_err(|finding| Refusal::Findings(vec![finding]))?;
                Some(source.value().clone())
            }
            None => None,
        };
        let design = year.design(form).await?;
        let document = design.as_ref().map(|design| &design.document);
        let document = document.or(saved.as_ref()).ok_or(PageError::NotFound)?;
        let text = forms::design::print(document);
        let source =
            Source::json(path, &text).map_err(|finding| Refusal::Findings(vec![finding]))?;
        let (sketch, findings) = forms::sketch(&source);
        Ok(Opened {
            form: form.to_owned(),
            files,
            saved,
            design,
            source,
            sketch,
            findings,
        })
    }

    fn document(&self) -> &Value {
        self.source.value()
    }

    fn wrongs(&self) -> Vec<Wrong> {
        wrongs(&self.source, &self.findings)
    }

    /// The questionnaire, where nothing is wrong with it any more.
    fn whole(&self) -> Option<&Questionnaire> {
        self.findings.is_empty().then_some(&self.sketch)
    }

    fn round(&self) -> u64 {
        self.design.as_ref().map_or(0, |design| design.round)
    }

    fn here(&self, year: &Year) -> String {
        format!("/{}/design/{}", year.slug(), self.form)
    }

    /// What every page of a questionnaire says at its head.
    fn head(&self, year: &Year) -> Context {
        let steps = self.design.as_ref().map(|design| design.steps.as_slice());
        let steps = steps.unwrap_or_default();
        let last = steps.last().filter(|_| steps.len() > 1);
        let surveys = year.pack.surveys.iter();
        let surveys: Vec<Context> = surveys
            .filter(|survey| year.forms_asked(&survey.id).contains(&self.form))
            .map(|survey| {
                context! {
                    id => survey.turn(),
                    name => survey.name.as_str(),
                    year => survey.survey_year,
                    href => format!("/{}/surveys/{}", year.slug(), survey.turn()),
                }
            })
            .collect();
        context! {
            id => self.form.as_str(),
            title => self.sketch.title(),
            description => self.sketch.description(),
            version => self.sketch.version(),
            here => self.here(year),
            editing => self.design.is_some(),
            new => self.saved.is_none(),
            round => self.round(),
            last => last.map(|step| context! {
                what => step.what.as_str(),
                by => step.by.as_str(),
                at => when::moment(step.at),
            }),
            wrongs => self.findings.len(),
            surveys,
        }
    }
}

/// A page that says why something was not done.
fn refused(page: Page) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

fn to(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// Takes a step and says where to look then.
async fn step(
    app: &App,
    signed: &SignedIn,
    opened: &Opened,
    document: &Value,
    what: &str,
    seen: Option<u64>,
) -> Result<(), PageError> {
    // The order of the members counts too: it is the order of the questions.
    let (now, before) = (document.to_string(), opened.document().to_string());
    if now == before {
        return Ok(());
    }
    let act = app.act(&signed.person);
    let saved = opened.saved.as_ref().unwrap_or(document);
    let year: &Arc<Year> = &signed.year;
    year.take_step(&act, &opened.form, saved, document, what, seen)
        .await?;
    Ok(())
}
