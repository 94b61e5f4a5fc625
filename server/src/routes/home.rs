//! Home: what is due and for whom, what went wrong, how the surveys stand, what lies ahead and what happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use engine::year::{Act, Assignment, Subject, Year};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Deserialize;
use workflows::{Told, open_collections, outcome};

use super::Path;
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::survey::SurveyCard;
use crate::view::{survey, when};

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}",
            Access::Viewer,
            "ホーム：いま行うこと、調査、予定",
            home,
        )
        .get(
            "/{slug}/rates",
            Access::Viewer,
            "調査ごとの回答の数（いま）",
            rates,
        )
        .get("/{slug}/past", Access::Viewer, "これまでの出来事", past)
}

/// Past facts on the home page; all of them have a page of their own.
const NEWEST: usize = 8;

/// Past facts on one page.
const ON_A_PAGE: usize = 100;

async fn home(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let year = &signed.year;
    let act = app.act(&signed.person);
    let assignments = year.assignments(&act).await?;
    let (mine, others): (Vec<_>, Vec<_>) = assignments.iter().partition(|one| one.mine);
    let secretariat = year.secretariat(act.today(), &signed.person).is_ok();
    let (mut signals, mut waiting, mut ahead) = (Vec::new(), Vec::new(), Vec::new());
    let (mut timelines, mut lists) = (Vec::new(), Vec::new());
    let cycles: Vec<String> = year.state(|state| state.cycles.keys().cloned().collect());
    for cycle in &cycles {
        let plan = year.plan(cycle).await?;
        let Some(state) = year.state(|state| state.cycles.get(cycle).cloned()) else {
            continue;
        };
        waiting.extend(
            open_collections(&state, &plan)
                .into_iter()
                .map(|collection| match collection.closes {
                    Some(closes) => format!("{}（{}まで）", collection.title, when::day(closes)),
                    None => collection.title,
                }),
        );
        signals.extend(year.waited_for(cycle).await?.into_iter().map(|waited| {
            context! {
                cycle => cycle.as_str(),
                title => waited.title,
                signal => waited.signal,
                key => waited.key,
                due => waited.due.map(when::day),
            }
        }));
        lists.extend(
            workflows::growing_lists(&state, &plan)
                .into_iter()
                .map(|list| {
                    context! {
                        cycle => cycle.as_str(),
                        list => list.list,
                        steps => list.steps.join("、"),
                        until => list.until,
                        items => list.items.len(),
                        newest => list.items.iter().rev().take(5).cloned().collect::<Vec<_>>(),
                    }
                }),
        );
        ahead.extend(year.ahead(&act, cycle).await?);
        let strip = year.strip(&act, cycle).await?;
        timelines.push(context! { cycle => cycle.as_str(), title => strip.title.as_str(), description => strip.description() });
    }
    ahead.sort_by_key(|entry| entry.on);
    let ahead: Vec<Value> = ahead
        .iter()
        .map(|entry| {
            context! {
                on => when::day(entry.on),
                title => format!("{}{}", entry.title, engine::forecast::happened(entry)),
                who => entry.role.as_deref(),
            }
        })
        .collect();
    let told = year.told().await?;
    let many = cycles.len() > 1;
    pages::page(
        "desk/home.html",
        context! {
            today => when::day(act.today()),
            mine => mine.iter().map(|one| task(year, one)).collect::<Vec<_>>(),
            roles => by_role(year, &others),
            late => assignments.iter().filter(|one| one.days_late > 0).count(),
            troubles => troubles(year).await?,
            take_backs => take_backs(year, &act).await?,
            signals, waiting, ahead, timelines, lists,
            surveys => Serde(cards(year).await?),
            cycles => super::cycles::list(year),
            many_cycles => many,
            secretariat,
            coordinator => signed.access >= Access::Coordinator,
            meetings => super::meetings::list(year).await,
            past => told.iter().take(NEWEST).map(|one| fact(one, many)).collect::<Vec<_>>(),
            past_count => told.len(),
            ..frame(&app, &signed, "home")
        },
    )
}

/// The surveys as they stand now, for a page that is left open.
async fn rates(signed: SignedIn) -> Result<Json<Vec<SurveyCard>>, PageError> {
    Ok(Json(cards(&signed.year).await?))
}

#[derive(Deserialize)]
struct Wanted {
    /// From 1.
    #[serde(default)]
    page: Option<usize>,
}

async fn past(
    State(app): State<Arc<App>>,
    Path(_): Path<String>,
    Query(wanted): Query<Wanted>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let told = signed.year.told().await?;
    let pages = told.len().div_ceil(ON_A_PAGE).max(1);
    let page = wanted.page.unwrap_or(1).clamp(1, pages);
    let many = signed.year.state(|state| state.cycles.len()) > 1;
    let shown = told.iter().skip((page - 1) * ON_A_PAGE).take(ON_A_PAGE);
    pages::page(
        "desk/past.html",
        context! {
            facts => shown.map(|one| fact(one, many)).collect::<Vec<_>>(),
            count => told.len(),
            page,
            pages,
            ..frame(&app, &signed, "home")
        },
    )
}

async fn cards(year: &Year) -> Result<Vec<SurveyCard>, PageError> {
    let mut cards = Vec::new();
    for survey in &year.pack.surveys {
        cards.push(survey::card(year, &survey.id).await?);
    }
    Ok(cards)
}

/// A task with what this person may do with it.
fn task(year: &Year, one: &Assignment) -> Value {
    let task = &one.task;
    let mut holders = one.holders.clone();
    holders.extend(one.stand_ins.iter().map(|person| format!("代決 {person}")));
    let title = year.state(|state| {
        state
            .cycles
            .get(&one.cycle)
            .map(|cycle| cycle.title.clone())
    });
    context! {
        cycle => one.cycle.as_str(),
        cycle_title => title,
        step => task.key.step.as_str(),
        item => task.key.item.as_str(),
        round => task.key.round,
        title => titled(task),
        role => task.role.as_str(),
        holders => (!holders.is_empty()).then(|| holders.join("、")),
        due => one.due.map(when::day),
        days_late => one.days_late,
        escalated => task.escalated,
        approval => task.approval,
        outcome => task.outcomes.first().copied(),
        send_back => task.outcomes.contains(&outcome::SENDBACK),
        anew => Serde(&one.anew),
        claimed_by => task.claimed_by.as_deref(),
        objection => one.objection.as_deref(),
        subject => one.subject.as_ref().and_then(|subject| subject_link(year, subject)),
    }
}

/// Where one sees what is to be approved.
fn subject_link(year: &Year, subject: &Subject) -> Option<Value> {
    let slug = year.slug();
    Some(match subject {
        Subject::Meeting(id) => {
            context! { what => "papers", href => format!("/{slug}/meetings/{id}") }
        }
        Subject::Survey(id) => {
            let form = year.pack.survey(id)?.forms.first()?;
            context! { what => "survey", href => format!("/{slug}/design/{form}/preview") }
        }
    })
}

/// 「訪問［北部］（2回目）」.
fn titled(task: &workflows::Task) -> String {
    let mut title = task.title.clone();
    if !task.key.item.is_empty() {
        title.push_str(&format!("［{}］", task.key.item));
    }
    if task.key.round > 1 {
        title.push_str(&format!("（{}回目）", task.key.round));
    }
    title
}

/// What others have to do, the role that is most behind first.
fn by_role(year: &Year, others: &[&Assignment]) -> Vec<Value> {
    let mut groups: BTreeMap<&str, Vec<&Assignment>> = BTreeMap::new();
    for one in others {
        groups.entry(&one.task.role).or_default().push(one);
    }
    let late = |tasks: &Vec<&Assignment>| tasks.iter().map(|one| one.days_late).max();
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, tasks)| std::cmp::Reverse(late(tasks)));
    let group = |(role, tasks): (&str, Vec<&Assignment>)| {
        let tasks: Vec<Value> = tasks.into_iter().map(|one| task(year, one)).collect();
        context! { role, tasks }
    };
    groups.into_iter().map(group).collect()
}

async fn troubles(year: &Year) -> Result<Vec<Value>, PageError> {
    let troubles = year.troubles().await?.into_iter().map(|one| {
        context! {
            cycle => one.cycle,
            step => one.key.step.as_str(),
            item => one.key.item.as_str(),
            round => one.key.round,
            title => one.title,
            message => one.message,
            attempts => one.attempts,
            retry_at => one.retry_at.map(when::moment),
            skippable => one.skippable,
            choices => Serde(one.choices),
        }
    });
    Ok(troubles.collect())
}

async fn take_backs(year: &Year, act: &Act) -> Result<Vec<Value>, PageError> {
    let done = year.take_backs(act).await?.into_iter().map(|one| {
        context! {
            cycle => one.cycle,
            step => one.done.key.step.as_str(),
            item => one.done.key.item.as_str(),
            round => one.done.key.round,
            title => one.done.title,
            role => one.done.role,
        }
    });
    Ok(done.collect())
}

fn fact((cycle, told): &(String, Told), many: bool) -> Value {
    context! {
        at => when::moment(told.at),
        day => when::day(told.at.with_timezone(&engine::year::japan()).date_naive()),
        time => when::short(told.at),
        what => told.what.as_str(),
        who => told.who.as_deref(),
        words => told.words.as_deref(),
        wrong => told.wrong,
        cycle => many.then_some(cycle.as_str()),
    }
}
