//! 次第を作る: the lines of a 次第, suggestions with their reasons, and the papers of its lines.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::meeting::{Content, Edit, LineKind, NewLine, NewPaper, Rank, Suggestion, Way};
use engine::year::{Refusal, Year};
use minijinja::context;
use minijinja::value::Value;

use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::meeting::{self, Tab};

pub fn routes() -> Routes {
    Routes::new()
        .get("/{slug}/meetings/{meeting}/agenda", Access::Secretariat, "次第を作る画面（行、候補、資料）", show)
        .post("/{slug}/meetings/{meeting}/agenda", Access::Secretariat, "次第の行を直す", edit)
        .takes(&[
            ("seen", "画面に出ていた次第（agenda の seen）"),
            ("act", "add・change・remove・restore・up・down・in・out・place・take・refuse・attach・retitle・detach"),
            ("line", "行の id"),
            ("title", "件名、資料の題名"),
            ("notes", "注記（1行に一つ）"),
            ("kind", "report・discussion・information・other"),
            ("numbered", "番号を付けるなら yes"),
            ("why", "外す理由"),
            ("under", "この行の下に足す"),
            ("before", "この行の前に置く"),
            ("paper", "資料の id、付ける資料の種類（text か資料の id）"),
            ("rank", "main・annex・reference・table"),
        ])
        .post("/{slug}/meetings/{meeting}/draft", Access::Secretariat, "次第の案を、いまの状況から作る（直した所は残る）", draft)
}

/// What a person typed when somebody else was quicker, or when it did not fit.
#[derive(Default)]
struct Again {
    refused: Option<String>,
    overtaken: bool,
    typed: Vec<(String, String)>,
}

async fn show(
    State(app): State<Arc<App>>,
    Path((_, id)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    page(&app, &signed, &id, Again::default()).await
}

async fn page(app: &App, signed: &SignedIn, id: &str, again: Again) -> Result<Page, PageError> {
    let year = &signed.year;
    let head = meeting::head(year, id, Tab::Agenda, true).await;
    let head = head.ok_or(PageError::NotFound)?;
    let draft = year.drafted(id).await.ok();
    let suggested = match &draft {
        Some(_) => year.suggestions(id).await?,
        None => Vec::new(),
    };
    let typed = |name: &str| own(&again.typed, name).to_owned();
    let under = format!("/{}/meetings/{id}", year.slug());
    let papers = draft.iter().flat_map(|draft| &draft.papers);
    let papers: Vec<Value> = papers
        .map(|paper| meeting::paper(paper, &under, false, 0))
        .collect();
    let handout = year.handout(id).await?;
    let own_papers = year.pack.papers.iter();
    let own_papers: Vec<Value> = own_papers
        .filter(|paper| {
            draft
                .as_ref()
                .is_none_or(|draft| draft.paper(&paper.id).is_none())
        })
        .map(|paper| context! { id => paper.id.as_str(), title => paper.title.as_str() })
        .collect();
    pages::page(
        "desk/agenda.html",
        context! {
            meeting => head,
            seen => year.draft_seen(id).unwrap_or_default(),
            lines => draft.as_ref().map(meeting::lines).unwrap_or_default(),
            set_aside => draft.as_ref().map(meeting::set_aside).unwrap_or_default(),
            suggestions => meeting::suggestions(&suggested),
            papers,
            written => !handout.papers.is_empty(),
            own_papers,
            kinds => meeting::kinds(),
            refused => again.refused,
            overtaken => again.overtaken,
            typed => context! { title => typed("title"), notes => typed("notes"), why => typed("why") },
            ..frame(app, signed, "meetings")
        },
    )
}

async fn edit(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let year = &signed.year;
    let suggested = match year.drafted(&id).await {
        Ok(_) => year.suggestions(&id).await?,
        Err(_) => return Err(PageError::NotFound),
    };
    let (wanted, line) = wanted(year, &fields, &suggested)?;
    let act = app.act(&signed.person);
    match year
        .edit_agenda(&act, &id, own(&fields, "seen"), wanted)
        .await
    {
        Ok(()) => {
            let place = year.drafted(&id).await?;
            let place = line.and_then(|line| place.lines.iter().position(|known| known.id == line));
            let place = place.map_or(String::new(), |at| format!("#line-{}", at + 1));
            Ok(Redirect::to(&format!("/{slug}/meetings/{id}/agenda{place}")).into_response())
        }
        Err(Refusal::Overtaken) => {
            let again = Again {
                overtaken: true,
                typed: fields,
                ..Again::default()
            };
            Ok((StatusCode::CONFLICT, page(&app, &signed, &id, again).await?).into_response())
        }
        Err(Refusal::Cycle(why)) => {
            let again = Again {
                refused: Some(why),
                typed: fields,
                ..Again::default()
            };
            let page = page(&app, &signed, &id, again).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// What the form wants, and the line to which the page goes back. A button says both in one word: `up hand-1`.
fn wanted(
    year: &Year,
    fields: &[(String, String)],
    suggested: &[Suggestion],
) -> Result<(Edit, Option<String>), PageError> {
    let bad = || PageError::BadRequest("画面を開き直して、もう一度行ってください。");
    let of = |name: &str| own(fields, name).to_owned();
    let some = |name: &str| Some(of(name)).filter(|value| !value.is_empty());
    let act = of("act");
    let (act, line) = match act.split_once(' ') {
        Some((act, line)) => (act.to_owned(), line.to_owned()),
        None => (act, of("line")),
    };
    let new = || NewLine {
        title: of("title"),
        notes: of("notes").lines().map(str::to_owned).collect(),
        kind: LineKind::of(&of("kind")),
    };
    let suggestion = || {
        suggested
            .iter()
            .find(|one| one.line.id == line)
            .cloned()
            .ok_or_else(bad)
    };
    let moved = |to| {
        Ok(Edit::Move {
            line: line.clone(),
            to,
        })
    };
    let edit = match act.as_str() {
        "up" => moved(Way::Up),
        "down" => moved(Way::Down),
        "in" => moved(Way::In),
        "out" => moved(Way::Out),
        "place" => Ok(Edit::Place {
            line: line.clone(),
            before: some("before"),
        }),
        "add" => Ok(Edit::Add {
            line: new(),
            under: some("under"),
        }),
        "change" => Ok(Edit::Change {
            line: line.clone(),
            to: new(),
            numbered: of("numbered") == "yes",
        }),
        "remove" => Ok(Edit::SetAside {
            line: line.clone(),
            why: of("why"),
        }),
        "restore" => Ok(Edit::Restore { line: line.clone() }),
        "take" => Ok(Edit::Take {
            suggestion: suggestion()?,
        }),
        "refuse" => Ok(Edit::Refuse {
            suggestion: suggestion()?,
            why: of("why"),
        }),
        "retitle" => Ok(Edit::Retitle {
            paper: of("paper"),
            title: of("title"),
        }),
        "detach" => Ok(Edit::Detach {
            paper: line.clone(),
        }),
        "attach" => Ok(Edit::Attach {
            paper: attached(year, fields).ok_or_else(bad)?,
            line: some("line"),
        }),
        _ => Err(bad()),
    };
    Ok((edit?, Some(line).filter(|line| !line.is_empty())))
}

/// The paper that a form attaches: written from nothing, or one of the pack's and the base's own.
fn attached(year: &Year, fields: &[(String, String)]) -> Option<NewPaper> {
    let (wanted, typed) = (own(fields, "paper"), own(fields, "title").trim());
    let (title, content) = match wanted {
        "text" => (String::new(), Content::Text),
        "plan" => (year.pack.map.title().to_owned(), Content::Plan),
        id => {
            let paper = year.pack.paper(id)?;
            let content = Content::Own {
                paper: id.to_owned(),
                year: None,
            };
            (paper.title.clone(), content)
        }
    };
    let title = if typed.is_empty() {
        title
    } else {
        typed.to_owned()
    };
    Some(NewPaper {
        title,
        content,
        rank: rank(own(fields, "rank"))?,
    })
}

/// How a paper is numbered, as forms say it.
pub fn rank(code: &str) -> Option<Rank> {
    match code {
        "main" => Some(Rank::Main),
        "annex" => Some(Rank::Annex { of: String::new() }),
        "reference" => Some(Rank::Reference),
        "table" => Some(Rank::Table),
        _ => None,
    }
}

/// Drafts the meeting now, or again.
async fn draft(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    _: Form,
) -> Result<Response, PageError> {
    let act = app.act(&signed.person);
    match signed.year.draft_now(&act, &id).await {
        Ok(()) => Ok(Redirect::to(&format!("/{slug}/meetings/{id}/agenda")).into_response()),
        Err(Refusal::Overtaken) => {
            let again = Again {
                overtaken: true,
                ..Again::default()
            };
            Ok((StatusCode::CONFLICT, page(&app, &signed, &id, again).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
