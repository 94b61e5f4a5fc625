//! Keyed entry: what came on paper, by fax or as a workbook is typed in by staff, twice where the survey asks for it.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::keyed::{Choice, compare, finds, merged, read};
use engine::year::{KeyedIn, Refusal, Return, Source, Year};
use forms::{Answers, Questionnaire};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Deserialize;

use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::{field, keyed, survey, when};

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/surveys/{survey}/keyed",
            Access::Coordinator,
            "紙・FAX・Excelの回答の入力",
            list,
        )
        .get(
            "/{slug}/surveys/{survey}/keyed/{respondent}",
            Access::Coordinator,
            "一つの事業所の回答の入力",
            show,
        )
        .post(
            "/{slug}/surveys/{survey}/keyed/{respondent}",
            Access::Coordinator,
            "紙の回答を受け付ける",
            enter,
        )
        .takes(&[
            ("_source", "paper・fax・xlsx"),
            ("_received_on", "受け取った日（2026-12-10）"),
            ("_note", "備考"),
            ("_blanks", "yes：必須の設問の空欄を無回答として受け付ける"),
            (
                "_act",
                "enter（受け付ける）・keep（途中まで保存）・add:・remove:（行）",
            ),
            ("設問のid", "選択肢は番号。ほかは書いてあるとおり"),
        ])
        .get(
            "/{slug}/surveys/{survey}/keyed/{respondent}/compare",
            Access::Coordinator,
            "二人の入力の食い違い",
            differences,
        )
        .post(
            "/{slug}/surveys/{survey}/keyed/{respondent}/compare",
            Access::Coordinator,
            "食い違いを決める",
            settle,
        )
        .takes(&[
            ("choice:設問のid", "1・2・typed"),
            ("typed:設問のid", "打ち直した答え"),
            ("_blanks", "yes：空欄を無回答として受け付ける"),
        ])
        .post(
            "/{slug}/surveys/{survey}/keyed/{respondent}/drop",
            Access::Coordinator,
            "紙の回答の入力をやり直す",
            begin_anew,
        )
}

type OfReturn = Path<(String, String, String)>;

/// Offices that a search shows.
const SHOWN: usize = 200;

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
    /// What was just done, for the line that says so.
    #[serde(default)]
    done: String,
    #[serde(default)]
    of: String,
}

async fn list(
    State(app): State<Arc<App>>,
    Path((_, survey)): Path<(String, String)>,
    Query(search): Query<Search>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let card = survey::card(year, &survey).await?;
    let roster = year.roster(&card.id).await.ok_or(PageError::NotFound)?;
    let sought = search.q.trim();
    let found: Vec<_> = roster
        .respondents
        .iter()
        .filter(|one| sought.is_empty() || finds(sought, &[&one.id, &one.name]))
        .collect();
    let rows: Vec<Value> = found
        .iter()
        .take(SHOWN)
        .map(|one| {
            let standing = keyed::standing(year, &card.id, &one.id, &signed.person);
            context! { id => one.id.as_str(), name => one.name.as_str(), ..Value::from(Serde(standing)) }
        })
        .collect();
    let of = roster.respondent(&search.of).map(|one| one.name.clone());
    pages::page(
        "desk/keyed.html",
        context! {
            twice => year.keyed_twice(&card.id, Source::Paper),
            survey => Serde(card),
            q => sought,
            rows,
            found => found.len(),
            asked => roster.respondents.len(),
            done => keyed::done(&search.done),
            of,
            ..frame(&app, &signed, "surveys")
        },
    )
}

/// The dense form of one return.
async fn show(
    State(app): State<Arc<App>>,
    Path((_, survey, respondent)): OfReturn,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let of = Of::find(&signed, &survey, &respondent).await?;
    if let Err(refusal @ (Refusal::Closed | Refusal::NotOpen)) = of.year.check_open(&of.survey) {
        return Err(refusal.into());
    }
    let begun = of
        .year
        .keying(&of.survey, &respondent, &signed.person)
        .await?;
    let entry = begun.unwrap_or_else(|| Return {
        answers: Answers::new(),
        source: Source::Paper,
        received_on: app.act("").today(),
        note: String::new(),
    });
    let typed = Typed {
        entry,
        misread: Vec::new(),
        issues: Vec::new(),
        blanks: false,
    };
    of.form(&app, &signed, &typed).await
}

async fn enter(
    State(app): State<Arc<App>>,
    Path((slug, survey, respondent)): OfReturn,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let of = Of::find(&signed, &survey, &respondent).await?;
    let act = app.act(&signed.person);
    let begun = of
        .year
        .keying(&of.survey, &respondent, &signed.person)
        .await?;
    let onto = begun.map(|entry| entry.answers).unwrap_or_default();
    let mut read = read(&of.questionnaire, &fields, &onto);
    let entry = Return {
        source: source(own(&fields, "_source"))?,
        received_on: received_on(own(&fields, "_received_on"))?,
        note: own(&fields, "_note").trim().to_owned(),
        answers: Answers::new(),
    };
    let pressed = own(&fields, "_act");
    let here = format!("/{slug}/surveys/{survey}/keyed/{respondent}");
    let list = |done: &str| format!("/{slug}/surveys/{survey}/keyed?done={done}&of={respondent}");
    if let Some(place) = field::change_rows(&of.questionnaire, &mut read.answers, pressed) {
        let entry = Return {
            answers: read.answers,
            ..entry
        };
        of.year
            .keep_keying(&act, &of.survey, &respondent, &entry)
            .await?;
        return Ok(Redirect::to(&format!("{here}#{place}")).into_response());
    }
    let entry = Return {
        answers: read.answers,
        ..entry
    };
    let mut typed = Typed {
        entry,
        misread: read.misread,
        issues: Vec::new(),
        blanks: own(&fields, "_blanks") == "yes",
    };
    // What was typed stays, whatever becomes of it.
    of.year
        .keep_keying(&act, &of.survey, &respondent, &typed.entry)
        .await?;
    if pressed == "keep" {
        return Ok(Redirect::to(&list("kept")).into_response());
    }
    if !typed.misread.is_empty() {
        let page = of.form(&app, &signed, &typed).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let outcome = of
        .year
        .key_in(
            &act,
            &of.survey,
            &respondent,
            typed.entry.clone(),
            typed.blanks,
        )
        .await;
    match outcome {
        Ok(KeyedIn::Differs(_)) => Ok(Redirect::to(&format!("{here}/compare")).into_response()),
        Ok(done) => Ok(Redirect::to(&list(keyed::word(&done))).into_response()),
        Err(Refusal::Issues(issues)) => {
            typed.issues = issues;
            let page = of.form(&app, &signed, &typed).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

async fn differences(
    State(app): State<Arc<App>>,
    Path((_, survey, respondent)): OfReturn,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let of = Of::find(&signed, &survey, &respondent).await?;
    of.comparison(&app, &signed, &[], &[]).await
}

async fn settle(
    State(app): State<Arc<App>>,
    Path((slug, survey, respondent)): OfReturn,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let of = Of::find(&signed, &survey, &respondent).await?;
    let (first, second) = of.entries().await?;
    let chosen = |path: &str| {
        let typed = own(&fields, &format!("typed:{path}"));
        match own(&fields, &format!("choice:{path}")) {
            "1" => Some(Choice::First),
            "2" => Some(Choice::Second),
            "typed" => Some(Choice::Typed(typed.to_owned())),
            _ => None,
        }
    };
    let differences = compare(&of.questionnaire, &first.answers, &second.answers);
    let choices: Vec<(String, Choice)> = differences
        .iter()
        .filter_map(|one| Some((one.path.clone(), chosen(&one.path)?)))
        .collect();
    if choices.len() < differences.len() {
        let open = differences.len() - choices.len();
        let wrong = vec![format!("まだ決めていないものが{open}件あります。")];
        let page = of.comparison(&app, &signed, &fields, &wrong).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let read = merged(&of.questionnaire, &first.answers, &second.answers, &choices);
    if !read.misread.is_empty() {
        let wrong: Vec<String> = read.misread.into_iter().map(|one| one.message).collect();
        let page = of.comparison(&app, &signed, &fields, &wrong).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let act = app.act(&signed.person);
    let blanks = own(&fields, "_blanks") == "yes";
    let outcome = of
        .year
        .decide_keyed(&act, &of.survey, &respondent, read.answers, blanks)
        .await;
    match outcome {
        Ok(done) => {
            let done = keyed::word(&done);
            let to = format!("/{slug}/surveys/{survey}/keyed?done={done}&of={respondent}");
            Ok(Redirect::to(&to).into_response())
        }
        Err(Refusal::Issues(issues)) => {
            let wrong: Vec<String> = issues.into_iter().map(|one| one.message).collect();
            let page = of.comparison(&app, &signed, &fields, &wrong).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

async fn begin_anew(
    State(app): State<Arc<App>>,
    Path((slug, survey, respondent)): OfReturn,
    signed: SignedIn,
    _: Form,
) -> Result<Redirect, PageError> {
    let of = Of::find(&signed, &survey, &respondent).await?;
    let act = app.act(&signed.person);
    of.year.drop_keyed(&act, &of.survey, &respondent).await?;
    Ok(Redirect::to(&format!(
        "/{slug}/surveys/{survey}/keyed?done=dropped&of={respondent}"
    )))
}

/// The office whose return is keyed in, and the questionnaire as it was published.
struct Of {
    year: Arc<Year>,
    /// The turn.
    survey: String,
    id: String,
    name: String,
    respondent: String,
    questionnaire: Arc<Questionnaire>,
}

/// What stands in the form.
struct Typed {
    entry: Return,
    misread: Vec<engine::keyed::Misread>,
    issues: Vec<forms::Issue>,
    blanks: bool,
}

impl Of {
    async fn find(signed: &SignedIn, survey: &str, respondent: &str) -> Result<Of, PageError> {
        let year = signed.year.clone();
        let definition = year.pack.survey(survey).ok_or(PageError::NotFound)?;
        let turn = definition.turn();
        let roster = year.roster(&turn).await.ok_or(PageError::NotFound)?;
        let one = roster.respondent(respondent).ok_or(PageError::NotFound)?;
        let questionnaire = year.published(&turn).await?;
        Ok(Of {
            survey: turn,
            id: survey.to_owned(),
            name: one.name.clone(),
            respondent: one.id.clone(),
            questionnaire,
            year,
        })
    }

    async fn entries(&self) -> Result<(Return, Return), PageError> {
        let first = self.year.keyed_entry(&self.survey, &self.respondent, false);
        let second = self.year.keyed_entry(&self.survey, &self.respondent, true);
        Ok((first.await?, second.await?))
    }

    async fn form(&self, app: &App, signed: &SignedIn, typed: &Typed) -> Result<Page, PageError> {
        let examined = self.questionnaire.examine(&typed.entry.answers);
        let wrong = keyed::wrong(&self.questionnaire, &typed.misread, &typed.issues);
        let blanks_only = typed.misread.is_empty()
            && !typed.issues.is_empty()
            && typed
                .issues
                .iter()
                .all(|issue| issue.code == "answer.required");
        let standing = keyed::standing(&self.year, &self.survey, &self.respondent, &signed.person);
        let sources = [Source::Paper, Source::Fax, Source::Xlsx].map(|source| {
            context! { word => Serde(source), label => source.label(), chosen => source == typed.entry.source }
        });
        let card = survey::card(&self.year, &self.survey).await?;
        pages::page(
            "desk/keyed_entry.html",
            context! {
                survey => Serde(card),
                id => self.id.as_str(),
                respondent => self.respondent.as_str(),
                name => self.name.as_str(),
                pages => Serde(keyed::pages(&self.questionnaire, &typed.entry.answers, &examined, &typed.misread)),
                sources,
                received_on => typed.entry.received_on.to_string(),
                today => app.act("").today().to_string(),
                note => typed.entry.note.as_str(),
                wrong => Serde(wrong),
                blanks_only,
                blanks => typed.blanks,
                standing => Serde(standing),
                ..frame(app, signed, "surveys")
            },
        )
    }

    async fn comparison(
        &self,
        app: &App,
        signed: &SignedIn,
        fields: &[(String, String)],
        wrong: &[String],
    ) -> Result<Page, PageError> {
        let (first, second) = self.entries().await?;
        let keyed = self.year.keyed(&self.survey, &self.respondent);
        let by = |one: Option<engine::year::Keying>| {
            one.map(|one| context! { by => one.by, at => when::moment(one.at) })
        };
        let differences = compare(&self.questionnaire, &first.answers, &second.answers);
        let differences: Vec<Value> = differences
            .into_iter()
            .map(|one| {
                let options = self.questionnaire.item_at(&one.path);
                let options = options.map(|item| keyed::numbered(item.options()));
                context! {
                    chosen => own(fields, &format!("choice:{}", one.path)),
                    typed => own(fields, &format!("typed:{}", one.path)),
                    id => field::id(&one.path),
                    path => one.path,
                    title => one.title,
                    first => one.first,
                    second => one.second,
                    options => Serde(options),
                }
            })
            .collect();
        let card = survey::card(&self.year, &self.survey).await?;
        pages::page(
            "desk/keyed_compare.html",
            context! {
                survey => Serde(card),
                id => self.id.as_str(),
                respondent => self.respondent.as_str(),
                name => self.name.as_str(),
                first => by(keyed.first),
                second => by(keyed.second),
                notes => [first.note, second.note],
                differences,
                wrong => Serde(wrong),
                ..frame(app, signed, "surveys")
            },
        )
    }
}

fn source(word: &str) -> Result<Source, PageError> {
    match word {
        "paper" | "" => Ok(Source::Paper),
        "fax" => Ok(Source::Fax),
        "xlsx" => Ok(Source::Xlsx),
        _ => Err(PageError::BadRequest("届いた方法を選び直してください。")),
    }
}

fn received_on(text: &str) -> Result<chrono::NaiveDate, PageError> {
    text.parse().map_err(|_| {
        PageError::BadRequest(
            "受け取った日を、カレンダーから選ぶか 2026-12-10 の形で書いてください。",
        )
    })
}
