//! An entry of a ledger: the form that respondents know, for the staff. It works without JavaScript.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::ledger::{Entry, Ledger};
use engine::year::{Refusal, Round, Token};
use forms::{Answers, Examined, Issue, Severity};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::ledgers::opened;
use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::random;
use crate::signed_in::SignedIn;
use crate::view::entry::{Merged, by_name, closed_month, merged};
use crate::view::field::{self, Field, Said, Typed};
use crate::view::frame::frame;
use crate::view::ledger::{href, whole};
use crate::view::{answers, when};

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/ledgers/{ledger}/new",
            Access::Coordinator,
            "台帳の新しい記録の画面",
            blank,
        )
        .post(
            "/{slug}/ledgers/{ledger}/new",
            Access::Coordinator,
            "台帳に記録を加える",
            add,
        )
        .get(
            "/{slug}/ledgers/{ledger}/{entry}",
            Access::Viewer,
            "台帳の記録",
            show,
        )
        .post(
            "/{slug}/ledgers/{ledger}/{entry}",
            Access::Coordinator,
            "台帳の記録を直す",
            change,
        )
}

/// A form that is filled in.
struct Filling<'a> {
    signed: &'a SignedIn,
    ledger: &'a Ledger,
    /// What is there already: nothing for a new entry.
    round: Option<(&'a str, Round)>,
    /// A new entry is handed in once under this, however often the button is pressed.
    once: Option<Token>,
}

/// Why the form is shown again.
#[derive(Default)]
struct Again {
    /// What the form does not find wrong by itself.
    issues: Vec<Issue>,
    /// Sentences that belong to no item.
    sentences: Vec<String>,
    /// Somebody else was faster.
    merged: Option<Merged>,
    /// Also name what is missing.
    checked: bool,
    grown: bool,
    saved: bool,
}

impl Filling<'_> {
    fn action(&self) -> String {
        let slug = self.signed.year.slug();
        match &self.round {
            Some((id, _)) => href(slug, &self.ledger.id, Some(id)),
            None => format!("{}/new", href(slug, &self.ledger.id, None)),
        }
    }

    /// The questions page by page.
    fn questions(&self, typed: &Typed<'_>) -> Vec<(String, Vec<Field>)> {
        let form = &self.ledger.form;
        let pages = form.pages().iter().map(|page| {
            let items = page.items.iter().filter_map(|id| form.item(id.as_str()));
            let mut fields: Vec<Field> = items.filter_map(|item| typed.field(item)).collect();
            for field in &mut fields {
                by_name(&self.signed.year.pack, self.ledger, field);
            }
            (page.title.clone(), fields)
        });
        pages.collect()
    }

    fn page(&self, app: &App, answers: &Answers, again: Again) -> Result<Page, PageError> {
        let form = &self.ledger.form;
        let mut examined = form.examine(answers);
        examined.issues.extend(again.issues);
        let typed = Typed {
            answers,
            examined: &examined,
            strict: again.checked,
        };
        let parts = self.questions(&typed);
        let roots: HashSet<&str> = examined
            .issues
            .iter()
            .map(|issue| field::root(&issue.item))
            .collect();
        let sentences = again.sentences.into_iter().map(|message| Said {
            severity: "error",
            message,
            field: String::new(),
        });
        let wrong: Vec<Said> = sentences.chain(typed.wrong(&roots)).collect();
        let shown: Vec<&str> = parts
            .iter()
            .flat_map(|(_, fields)| field::inputs(fields))
            .collect();
        let entry = self.round.as_ref().map(|(id, round)| self.facts(id, round));
        pages::page(
            "desk/entry.html",
            context! {
                ledger => self.of_ledger(),
                entry,
                action => self.action(),
                seen => self.round.as_ref().map(|(_, round)| round.round),
                once => self.once.map(|once| once.to_string()),
                shown => shown.join(" "),
                parts => parts.iter().map(|(title, fields)| context! { title, fields => Serde(fields) }).collect::<Vec<_>>(),
                wrong => Serde(wrong),
                merged => Serde(again.merged),
                grown => again.grown,
                saved => again.saved,
                ..frame(app, self.signed, "ledgers")
            },
        )
    }

    fn of_ledger(&self) -> Value {
        context! {
            name => self.ledger.name(),
            href => href(self.signed.year.slug(), &self.ledger.id, None),
        }
    }

    fn facts(&self, id: &str, round: &Round) -> Value {
        let entry = Entry {
            id: id.to_owned(),
            answers: round.answers.clone(),
            line: None,
        };
        let by = round.handed_in.as_ref();
        context! {
            id,
            title => self.ledger.title(&entry),
            month => self.ledger.when(&entry).and_then(|when| when.month()),
            by => by.map(|(by, _)| by.as_str()),
            at => by.map(|(_, at)| when::moment(*at)),
            round => round.round,
        }
    }

    /// What the pressed button wants before anything is stored: another row, or the questions that the answers
    /// have brought up.
    fn before_storing(
        &self,
        app: &App,
        typed: &mut Answers,
        examined: &Examined,
        fields: &[(String, String)],
    ) -> Result<Option<Response>, PageError> {
        if field::change_rows(&self.ledger.form, typed, own(fields, "_act")).is_some() {
            return Ok(Some(
                self.page(app, typed, Again::default())?.into_response(),
            ));
        }
        let fresh = Typed {
            answers: typed,
            examined,
            strict: false,
        };
        let parts = self.questions(&fresh);
        let now: Vec<&str> = parts
            .iter()
            .flat_map(|(_, fields)| field::inputs(fields))
            .collect();
        // A program that sends answers does not say what it showed; it knows the questions.
        let shown = fields.iter().find(|(name, _)| name == "_shown");
        let grown = shown.is_some_and(|(_, before)| {
            let before: HashSet<&str> = before.split(' ').collect();
            now.iter().any(|name| !before.contains(name))
        });
        if grown || examined.has_errors() {
            let again = Again {
                grown,
                checked: !grown,
                ..Again::default()
            };
            let status = match grown {
                true => StatusCode::OK,
                false => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let page = self.page(app, typed, again)?;
            return Ok(Some((status, page).into_response()));
        }
        Ok(None)
    }

    /// A refusal at its items, with everything typed still there.
    fn refused(&self, app: &App, typed: &Answers, refusal: Refusal) -> Result<Response, PageError> {
        let mut again = Again {
            checked: true,
            ..Again::default()
        };
        let status = match refusal {
            Refusal::NotEntered(findings) => {
                let entry = Entry {
                    id: self.round.as_ref().map_or("", |(id, _)| *id).to_owned(),
                    answers: typed.clone(),
                    line: None,
                };
                for finding in findings {
                    let (item, message) = self.ledger.fault(&entry, &finding);
                    match item {
                        Some(item) => again.issues.push(Issue {
                            item: item.to_owned(),
                            code: finding.code,
                            severity: Severity::Error,
                            message,
                        }),
                        None => again.sentences.push(message),
                    }
                }
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Refusal::Cycle(why) => {
                again.sentences.push(why);
                StatusCode::CONFLICT
            }
            other => return Err(other.into()),
        };
        Ok((status, self.page(app, typed, again)?).into_response())
    }
}

async fn blank(
    State(app): State<Arc<App>>,
    Path((_, id)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let filling = Filling {
        ledger: opened(&signed, &id)?,
        signed: &signed,
        round: None,
        once: Some(random::token()),
    };
    filling.page(&app, &Answers::new(), Again::default())
}

async fn add(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let ledger = opened(&signed, &id)?;
    let once: Token = own(&fields, "_once")
        .parse()
        .map_err(|_| PageError::BadRequest("画面を開き直して、もう一度記録してください。"))?;
    let filling = Filling {
        ledger,
        signed: &signed,
        round: None,
        once: Some(once),
    };
    let mut typed = ledger.form.decode(None, &fields, &Answers::new());
    let examined = ledger.form.examine(&typed);
    if let Some(page) = filling.before_storing(&app, &mut typed, &examined, &fields)? {
        return Ok(page);
    }
    let act = app.act(&signed.person);
    let whole = whole(ledger, &examined.answers);
    match signed.year.enter_new(&act, &ledger.id, &once, whole).await {
        Ok(entry) => {
            let entry = href(&slug, &ledger.id, Some(&entry.id));
            Ok(Redirect::to(&format!("{entry}?saved")).into_response())
        }
        Err(refusal) => filling.refused(&app, &typed, refusal),
    }
}

async fn show(
    State(app): State<Arc<App>>,
    Path((_, id, entry)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let ledger = opened(&signed, &id)?;
    let year = &signed.year;
    let round = year.round(&ledger.id, &entry);
    let round = year.entry_at(&ledger.id, &entry, round).await?;
    let round = round.ok_or(PageError::NotFound)?;
    let answers = round.answers.clone();
    let filling = Filling {
        ledger,
        signed: &signed,
        round: Some((&entry, round)),
        once: None,
    };
    let saved = query.as_deref() == Some("saved");
    let Some(month) = closed_month(year, ledger, &answers) else {
        let again = Again {
            saved,
            ..Again::default()
        };
        return filling.page(&app, &answers, again);
    };
    let examined = ledger.form.examine(&answers);
    let said = answers::pages(&ledger.form, &answers, |item| examined.is_shown(item));
    pages::page(
        "desk/entry_closed.html",
        context! {
            ledger => filling.of_ledger(),
            entry => filling.round.as_ref().map(|(id, round)| filling.facts(id, round)),
            month => month.japanese(),
            pages => Serde(said),
            saved,
            ..frame(&app, &signed, "ledgers")
        },
    )
}

async fn change(
    State(app): State<Arc<App>>,
    Path((slug, id, entry)): Path<(String, String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let ledger = opened(&signed, &id)?;
    let year = &signed.year;
    let seen = own(&fields, "_seen")
        .parse()
        .map_err(|_| PageError::BadRequest("画面を開き直して、もう一度記録してください。"))?;
    let base = year.entry_at(&ledger.id, &entry, seen).await?;
    let base = base.ok_or(PageError::NotFound)?;
    let before = base.answers.clone();
    let mut typed = ledger.form.decode(None, &fields, &before);
    let examined = ledger.form.examine(&typed);
    let filling = Filling {
        ledger,
        signed: &signed,
        round: Some((&entry, base)),
        once: None,
    };
    if let Some(page) = filling.before_storing(&app, &mut typed, &examined, &fields)? {
        return Ok(page);
    }
    let mut whole = whole(ledger, &examined.answers);
    whole.insert("id".to_owned(), entry.as_str().into());
    let act = app.act(&signed.person);
    let here = href(&slug, &ledger.id, Some(&entry));
    match year.enter_over(&act, &ledger.id, whole.into(), seen).await {
        Ok(_) => Ok(Redirect::to(&format!("{here}?saved")).into_response()),
        Err(Refusal::Overtaken) => {
            let newest = year.round(&ledger.id, &entry);
            let now = year.entry_at(&ledger.id, &entry, newest).await?;
            let now = now.ok_or(PageError::NotFound)?;
            let (answers, merged) = merged(ledger, &before, &now, &typed, &examined);
            let filling = Filling {
                round: Some((&entry, now)),
                ..filling
            };
            let again = Again {
                merged: Some(merged),
                ..Again::default()
            };
            let page = filling.page(&app, &answers, again)?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(refusal) => filling.refused(&app, &typed, refusal),
    }
}
