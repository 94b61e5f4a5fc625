//! The text of a paper as Markdown, with a preview, doubts about its numbers, and a picker for figures. Before the
//! papers are sent it changes the paper; after that it prepares a correction.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::figure::FigureKey;
use engine::meeting::{Content, Written};
use engine::year::{Amend, LARGEST_TEXT, Refusal, Text, Year};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::papers::sent;
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
        .get(
            "/{slug}/meetings/{meeting}/papers/{paper}/edit",
            Access::Secretariat,
            "資料の文を直す画面",
            show,
        )
        .post(
            "/{slug}/meetings/{meeting}/papers/{paper}/edit",
            Access::Secretariat,
            "資料の文を直す（送付後は訂正として取っておく）",
            change,
        )
        .takes(&[
            ("seen", "画面に出ていた文（seen）"),
            ("text", "資料の文（Markdown）"),
            ("find", "探す数値の言葉"),
            (
                "act",
                "save・check・find・template（ひな型の文に戻す）・refresh（数値をいまの値にする）",
            ),
        ])
        .post(
            "/{slug}/meetings/{meeting}/papers/{paper}/preview",
            Access::Secretariat,
            "資料の文の見え方と、数値の確認",
            preview,
        )
        .takes(&[("text", "資料の文（Markdown）")])
        .get(
            "/{slug}/meetings/{meeting}/figures",
            Access::Secretariat,
            "資料に入れる数値を探す（?find=）",
            find,
        )
}

const TOO_LONG: &str = "文が長すぎて保存できません（256 KB まで）。";

/// A paper that is being edited.
struct Editing<'a> {
    app: &'a App,
    signed: &'a SignedIn,
    meeting: &'a str,
    paper: &'a str,
}

/// What the page shows beside the text.
#[derive(Default)]
struct Beside {
    saved: bool,
    overtaken: bool,
    /// The text of the other person, when they were quicker.
    theirs: Option<String>,
    find: Option<String>,
}

impl Editing<'_> {
    fn year(&self) -> &Year {
        &self.signed.year
    }

    /// What names the text that is edited: of the paper, or of the correction.
    async fn seen(&self) -> Result<String, PageError> {
        match sent(self.year(), self.meeting) {
            true => Ok(self
                .year()
                .correction_seen(self.meeting)
                .unwrap_or_default()),
            false => Ok(self.year().paper_seen(self.meeting, self.paper).await?),
        }
    }

    /// The paper as it stands.
    async fn kept(&self) -> Result<Written, PageError> {
        Ok(self.year().paper_text(self.meeting, self.paper).await?)
    }

    /// The page with a text that somebody has sent.
    async fn page(&self, text: String, seen: String, beside: Beside) -> Result<Page, PageError> {
        self.page_of(&self.kept().await?, &text, seen, beside).await
    }

    async fn page_of(
        &self,
        kept: &Written,
        text: &str,
        seen: String,
        beside: Beside,
    ) -> Result<Page, PageError> {
        let year = self.year();
        let sent = sent(year, self.meeting);
        let tab = if sent {
            Tab::Corrections
        } else {
            Tab::Overview
        };
        let head = meeting::head(year, self.meeting, tab, true).await;
        let head = head.ok_or(PageError::NotFound)?;
        if matches!(
            kept.paper.content,
            Content::Agenda | Content::File { .. } | Content::Errata
        ) {
            return Err(PageError::NotFound);
        }
        // A list of thousands of texts: no field of a browser takes it, and nobody reads it in one.
        let long = text == kept.markdown && text.len() > LARGEST_TEXT;
        let (text, seen_as) = match long {
            true => ("", None),
            false => (text, Some(seen_as(year, self.meeting, kept, text).await?)),
        };
        let picks = match &beside.find {
            Some(words) => Some(picks(year, words).await?),
            None => None,
        };
        pages::page(
            "desk/paper_edit.html",
            context! {
                meeting => head,
                paper => context! {
                    id => self.paper,
                    number => kept.paper.number.as_deref(),
                    title => kept.paper.title.as_str(),
                    edited => kept.edited,
                    by_template => !matches!(kept.paper.content, Content::Text),
                },
                sent,
                long,
                seen,
                text,
                preview => seen_as,
                find => beside.find,
                picks,
                saved => beside.saved,
                overtaken => beside.overtaken,
                theirs => beside.theirs,
                ..frame(self.app, self.signed, "meetings")
            },
        )
    }
}

async fn show(
    State(app): State<Arc<App>>,
    Path((_, meeting, paper)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let editing = Editing {
        app: &app,
        signed: &signed,
        meeting: &meeting,
        paper: &paper,
    };
    let kept = editing.kept().await?;
    let seen = editing.seen().await?;
    let beside = Beside {
        saved: query.as_deref() == Some("saved"),
        ..Beside::default()
    };
    editing.page_of(&kept, &kept.markdown, seen, beside).await
}

async fn change(
    State(app): State<Arc<App>>,
    Path((slug, meeting, paper)): Path<(String, String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let editing = Editing {
        app: &app,
        signed: &signed,
        meeting: &meeting,
        paper: &paper,
    };
    let (text, seen) = (
        own(&fields, "text").to_owned(),
        own(&fields, "seen").to_owned(),
    );
    let year = &signed.year;
    let act = app.act(&signed.person);
    let sent = sent(year, &meeting);
    let outcome = match own(&fields, "act") {
        "check" => {
            return Ok(editing
                .page(text, seen, Beside::default())
                .await?
                .into_response());
        }
        "find" => {
            let find = Some(own(&fields, "find").to_owned());
            let beside = Beside {
                find,
                ..Beside::default()
            };
            return Ok(editing.page(text, seen, beside).await?.into_response());
        }
        _ if sent => {
            let seen = Some(seen.as_str()).filter(|seen| !seen.is_empty());
            let amend = Amend::Text {
                paper: paper.clone(),
                markdown: text.clone(),
            };
            year.amend(&act, &meeting, seen, amend).await
        }
        "template" => {
            year.change_text(&act, &meeting, &paper, &seen, Text::FromTemplate)
                .await
        }
        "refresh" => {
            year.change_text(&act, &meeting, &paper, &seen, Text::Refreshed)
                .await
        }
        _ => {
            year.change_text(&act, &meeting, &paper, &seen, Text::Typed(text.clone()))
                .await
        }
    };
    match outcome {
        Ok(()) if sent => {
            Ok(Redirect::to(&format!("/{slug}/meetings/{meeting}/corrections")).into_response())
        }
        Ok(()) => {
            let here = format!("/{slug}/meetings/{meeting}/papers/{paper}/edit?saved");
            Ok(Redirect::to(&here).into_response())
        }
        Err(Refusal::Overtaken) => {
            let theirs = editing.kept().await?.markdown;
            let beside = Beside {
                overtaken: true,
                theirs: Some(theirs)
                    .filter(|theirs| theirs.trim() != text.replace("\r\n", "\n").trim()),
                ..Beside::default()
            };
            let page = editing.page(text, editing.seen().await?, beside).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        // The preview says what is wrong, line by line.
        Err(Refusal::Findings(_) | Refusal::TooLarge) => {
            let page = editing.page(text, seen, Beside::default()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// How a text looks, or what is wrong with it, and what is doubtful about its numbers.
async fn seen_as(
    year: &Year,
    meeting: &str,
    kept: &Written,
    text: &str,
) -> Result<Value, PageError> {
    let (body, findings) = match year.try_text(meeting, kept, text).await {
        Ok((document, _)) => {
            let figures = |id: &str| {
                let key: FigureKey = id.parse().ok()?;
                Some(format!("/{}/figures/{key}", year.slug()))
            };
            // The page has its own first heading.
            let body = ::papers::html::html(&document, figures);
            let body = body.replacen("<h1 ", "<p ", 1).replacen("</h1>", "</p>", 1);
            (Some(body), Vec::new())
        }
        Err(Refusal::Findings(findings)) => {
            let said = findings.into_iter().map(|finding| {
                context! { line => finding.line, what => finding.what, todo => finding.todo }
            });
            (None, said.collect::<Vec<_>>())
        }
        Err(Refusal::TooLarge) => {
            let too_long = context! { what => TOO_LONG, todo => "資料を分けてください。" };
            return Ok(context! { findings => [too_long] });
        }
        Err(other) => return Err(other.into()),
    };
    let doubts = year.proofread(meeting, kept, text).await?;
    let changed = doubts
        .iter()
        .any(|one| matches!(one.doubt, engine::meeting::Doubt::Changed { .. }));
    Ok(context! { body, findings, doubts => meeting::doubts(&doubts), changed })
}

async fn preview(
    Path((_, meeting, paper)): Path<(String, String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Page, PageError> {
    let kept = signed.year.paper_text(&meeting, &paper).await?;
    let preview = seen_as(&signed.year, &meeting, &kept, own(&fields, "text")).await?;
    pages::page("desk/paper_preview.html", context! { preview })
}

async fn picks(year: &Year, words: &str) -> Result<Value, PageError> {
    let counted = year.counted().await?;
    let (found, more) = engine::meeting::pick(&counted.pack, &counted.book, words);
    Ok(context! { found => Serde(found), more })
}

async fn find(
    State(app): State<Arc<App>>,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let query = query.unwrap_or_default();
    let asked: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let words = own(&asked, "find");
    let head = meeting::head(&signed.year, &id, Tab::Overview, true).await;
    let head = head.ok_or(PageError::NotFound)?;
    let picks = picks(&signed.year, words).await?;
    pages::page(
        "desk/paper_figures.html",
        context! { meeting => head, find => words, picks, ..frame(&app, &signed, "meetings") },
    )
}
