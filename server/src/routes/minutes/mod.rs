//! The day of a meeting, its minutes, and what comes of them.

mod after;
mod day;

use std::sync::Arc;

use after::{change_after, show_after};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use day::{record_day, show_day};
use engine::meeting::{Decided, FollowUp, MinuteLine, Minutes, Outcome};
use engine::year::Refusal;
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::go_on::go_on;
use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::meeting::{self, Tab};
use crate::view::when;

/// Empty rows at the end of a list that people fill in.
const MORE_ROWS: usize = 3;
/// Members of one meeting; lines of one list.
const MOST: usize = 300;
/// Characters of a name; of a longer text.
const LONGEST_NAME: usize = 200;
const LONGEST_TEXT: usize = 20_000;

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/meetings/{meeting}/day",
            Access::Secretariat,
            "当日の出欠の画面",
            show_day,
        )
        .post(
            "/{slug}/meetings/{meeting}/day",
            Access::Secretariat,
            "当日の出欠を記録する",
            record_day,
        )
        .takes(&[
            ("seen", "画面に出ていた記録（seen）"),
            ("org", "委員の所属（順に繰り返す）"),
            ("role", "委員の役職"),
            ("name", "委員の氏名"),
            ("presence", "present・online・proxy・absent"),
            ("proxy", "代理の氏名"),
            ("observers", "傍聴者数"),
            ("began", "開会の時刻"),
            ("ended", "閉会の時刻"),
            ("open", "公開なら yes"),
            ("closed_because", "非公開の理由"),
            ("staff", "事務局職氏名（1行に一人）"),
        ])
        .get(
            "/{slug}/meetings/{meeting}/minutes",
            Access::Secretariat,
            "会議録の画面",
            show_minutes,
        )
        .post(
            "/{slug}/meetings/{meeting}/minutes",
            Access::Secretariat,
            "会議録を書く、確定する、確定を取り消す、承認を記録する",
            change_minutes,
        )
        .takes(&[
            ("seen", "画面に出ていた会議録（seen）"),
            ("act", "save・finish・reopen・approve"),
            ("line", "次第の行の id（順に繰り返す）"),
            ("summary", "発言の要旨"),
            ("outcome", "agreed・reported・postponed・withdrawn"),
            ("decisions", "決定（1行に一つ）"),
            ("what", "対応（<行の番号>:what のように、行ごとに繰り返す）"),
            ("other", "その他"),
            ("in", "承認した会議の id"),
        ])
        .get(
            "/{slug}/meetings/{meeting}/after",
            Access::Secretariat,
            "決定・対応・持ち越しの画面",
            show_after,
        )
        .post(
            "/{slug}/meetings/{meeting}/after",
            Access::Secretariat,
            "対応の状況を変える",
            change_after,
        )
        .takes(&[
            ("entry", "対応の記録の id"),
            ("state", "open・done・dropped"),
        ])
}

/// The values of a field that is sent once for every row.
fn all<'a>(fields: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let fields = fields.iter().filter(|(field, _)| field == name);
    fields.map(|(_, value)| value.trim()).collect()
}

fn short(text: &str) -> Result<String, PageError> {
    match text.chars().count() > LONGEST_NAME {
        true => Err(PageError::BadRequest(
            "一つの欄に書けるのは200文字までです。前の画面に戻って短くしてください。",
        )),
        false => Ok(text.trim().to_owned()),
    }
}

fn long(text: &str) -> Result<String, PageError> {
    match text.chars().count() > LONGEST_TEXT {
        true => Err(PageError::BadRequest(
            "一つの欄に書けるのは2万文字までです。前の画面に戻って短くしてください。",
        )),
        false => Ok(text.replace("\r\n", "\n").trim_end().to_owned()),
    }
}

/// What the page of the minutes says beside them.
#[derive(Default)]
struct Beside {
    saved: bool,
    refused: Option<String>,
    /// The minutes of the other person, who was quicker.
    theirs: Option<Minutes>,
}

async fn show_minutes(
    State(app): State<Arc<App>>,
    Path((_, id)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let minutes = match year.drafted(&id).await {
        Ok(_) => year.minutes(&id).await?,
        Err(_) => Minutes::default(),
    };
    minutes_page(
        &app,
        &signed,
        &id,
        &minutes,
        year.minutes_seen(&id),
        Beside::default(),
    )
    .await
}

async fn minutes_page(
    app: &App,
    signed: &SignedIn,
    id: &str,
    minutes: &Minutes,
    seen: Option<String>,
    beside: Beside,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let head = meeting::head(year, id, Tab::Minutes, true).await;
    let head = head.ok_or(PageError::NotFound)?;
    let convened = year
        .state(|state| state.meetings.get(id).cloned())
        .unwrap_or_default();
    let day = year.meeting_day(id).await?;
    let mut later = Vec::new();
    let mut next = year.meeting_after(id);
    while let Some(after) = next {
        let meeting = year.pack.agenda.meeting(&after);
        let label =
            meeting.map(|meeting| engine::meeting::called(&year.pack, meeting, NaiveDate::MAX));
        later.push(context! { code => after.as_str(), label });
        next = year.meeting_after(&after);
    }
    let approved_in = convened.minutes_approved_in.as_deref();
    let approved_in = approved_in.and_then(|id| year.pack.agenda.meeting(id));
    let theirs = beside
        .theirs
        .as_ref()
        .map(|theirs| changed_lines(theirs, minutes));
    pages::page(
        "desk/minutes.html",
        context! {
            meeting => head,
            seen => seen.unwrap_or_default(),
            lines => meeting::minutes(minutes),
            other => minutes.other.as_str(),
            outcomes => meeting::outcomes(),
            more => (0..2).collect::<Vec<_>>(),
            finished => convened.minutes_finished_at.map(when::moment),
            written => convened.minutes.is_some(),
            approved_in => approved_in.map(|meeting| engine::meeting::called(&year.pack, meeting, NaiveDate::MAX)),
            later,
            turnout => Serde(year.turnout(id, &day)),
            saved => beside.saved,
            refused => beside.refused,
            theirs,
            pdf => cfg!(feature = "pdf"),
            ..frame(app, signed, "meetings")
        },
    )
}

/// The lines in which the minutes of another person are not those that were typed here.
fn changed_lines(theirs: &Minutes, typed: &Minutes) -> Vec<Value> {
    let changed = theirs.lines.iter().filter(|line| {
        let mut same = typed.lines.iter().filter(|mine| mine.line == line.line);
        line.says_something() && same.next() != Some(line)
    });
    changed
        .map(|line| {
            let decisions: Vec<String> = line.decisions.iter().map(|one| one.what.clone()).collect();
            context! { title => line.title.as_str(), summary => line.summary.as_str(), decisions, outcome => line.outcome.map(Outcome::label) }
        })
        .collect()
}

async fn change_minutes(
    State(app): State<Arc<App>>,
    Path((slug, id)): Path<(String, String)>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let year = &signed.year;
    let act = app.act(&signed.person);
    let seen = Some(own(&fields, "seen")).filter(|seen| !seen.is_empty());
    let here = format!("/{slug}/meetings/{id}/minutes");
    let to = |path: &str| Ok(Redirect::to(path).into_response());
    match own(&fields, "act") {
        "reopen" => {
            year.reopen_minutes(&act, &id).await?;
            return to(&here);
        }
        "approve" => {
            year.approve_minutes(&act, &id, own(&fields, "in")).await?;
            return to(&here);
        }
        _ => {}
    }
    let typed = minutes_of(&fields, &year.minutes(&id).await?)?;
    let mut outcome = year.write_minutes(&act, &id, seen, typed.clone()).await;
    let finish = own(&fields, "act") == "finish";
    if outcome.is_ok() && finish {
        let written = year.minutes_seen(&id).unwrap_or_default();
        outcome = year.finish_minutes(&act, &id, &written).await;
        go_on(&app, year, &act).await;
    }
    let (status, beside) = match outcome {
        Ok(()) if finish => return to(&format!("/{slug}/meetings/{id}/after")),
        Ok(()) => (
            StatusCode::OK,
            Beside {
                saved: true,
                ..Beside::default()
            },
        ),
        Err(Refusal::Overtaken) => {
            let theirs = Some(year.minutes(&id).await?);
            (
                StatusCode::CONFLICT,
                Beside {
                    theirs,
                    ..Beside::default()
                },
            )
        }
        Err(refusal @ (Refusal::Cycle(_) | Refusal::NotEntered(_))) => {
            let refused = Some(refusal.to_string());
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                Beside {
                    refused,
                    ..Beside::default()
                },
            )
        }
        Err(other) => return Err(other.into()),
    };
    let page = minutes_page(&app, &signed, &id, &typed, year.minutes_seen(&id), beside).await?;
    Ok((status, page).into_response())
}

/// What was typed, line by line. What is known of entries in the ledgers is kept where the words are the same.
fn minutes_of(fields: &[(String, String)], known: &Minutes) -> Result<Minutes, PageError> {
    let (summaries, outcomes) = (all(fields, "summary"), all(fields, "outcome"));
    let decisions = all(fields, "decisions");
    let mut lines = Vec::new();
    for (n, id) in all(fields, "line").into_iter().take(MOST).enumerate() {
        let before = known
            .lines
            .iter()
            .find(|line| line.line == id)
            .cloned()
            .unwrap_or_default();
        let decided = decisions.get(n).copied().unwrap_or_default();
        let mut decided_on = Vec::new();
        for what in decided
            .lines()
            .map(str::trim)
            .filter(|what| !what.is_empty())
        {
            let what = long(what)?;
            let entry = before.decisions.iter().find(|one| one.what == what);
            let entry = entry.and_then(|one| one.entry.clone());
            decided_on.push(Decided { what, entry });
        }
        let field = |name: &str| all(fields, &format!("{n}:{name}"));
        let (owners, dues) = (field("owner"), field("due"));
        let mut follow_ups = Vec::new();
        for (k, what) in field("what").into_iter().enumerate() {
            let what = short(what)?;
            if what.is_empty() {
                continue;
            }
            let due = match dues.get(k).copied().unwrap_or_default() {
                "" => None,
                day => Some(day.parse::<NaiveDate>().map_err(|_| {
                    PageError::BadRequest(
                        "期限は日付で書いてください（2026-06-05）。前の画面に戻って直せます。",
                    )
                })?),
            };
            let entry = before.follow_ups.iter().find(|one| one.what == what);
            follow_ups.push(FollowUp {
                owner: short(owners.get(k).copied().unwrap_or_default())?,
                due,
                entry: entry.and_then(|one| one.entry.clone()),
                what,
            });
        }
        lines.push(MinuteLine {
            line: id.to_owned(),
            summary: long(summaries.get(n).copied().unwrap_or_default())?,
            outcome: outcomes.get(n).and_then(|code| Outcome::of(code)),
            decisions: decided_on,
            follow_ups,
            title: before.title,
            level: before.level,
            entry: before.entry,
        });
    }
    Ok(Minutes {
        lines,
        other: long(own(fields, "other"))?,
        gone: known.gone.clone(),
    })
}
