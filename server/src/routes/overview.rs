//! The secretariat's overview: home, the map, and where a number comes from.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Redirect;
use chrono::NaiveDate;
use engine::figure::FigureKey;
use engine::year::{Act, Done, Refusal, Year};
use minijinja::context;
use minijinja::value::{Serde, Value};
use workflows::{Key, open_collections, open_incidents, open_tasks};

use super::{Path, fields, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::{figure, survey, when};

pub fn routes() -> Routes {
    Routes::new()
        .get("/{slug}", Access::Viewer, "ホーム", home)
        .post("/{slug}/tasks", Access::Member, "仕事を終える", task)
        .takes(&[
            ("cycle", "サイクルの回"),
            ("step", "段階"),
            ("item", "段階の中の項目"),
            ("round", "何巡目か"),
            ("role", "どの役割として"),
            ("outcome", "結果"),
            ("comment", "意見"),
        ])
        .post(
            "/{slug}/signals",
            Access::Secretariat,
            "外で起きたことを知らせる",
            signal,
        )
        .takes(&[
            ("cycle", "サイクルの回"),
            ("signal", "合図"),
            ("key", "何についてか"),
        ])
        .get("/{slug}/map", Access::Viewer, "施策・指標マップ", map)
        .get(
            "/{slug}/figures/{key}",
            Access::Viewer,
            "数字の由来",
            show_figure,
        )
}

async fn home(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let year = &signed.year;
    let now = app.act("").today();
    let mut tasks = Vec::new();
    let mut signals: Vec<Value> = Vec::new();
    let (mut waiting, mut incidents, mut ahead) = (Vec::new(), Vec::new(), Vec::new());
    let mut timelines: Vec<Value> = Vec::new();
    for cycle in cycles(year) {
        let plan = year.plan(&cycle).await?;
        let Some(state) = year.state(|state| state.cycles.get(&cycle).cloned()) else {
            continue;
        };
        tasks.extend(
            open_tasks(&state, &plan)
                .iter()
                .map(|task| task_view(year, now, &cycle, task)),
        );
        waiting.extend(
            open_collections(&state, &plan)
                .into_iter()
                .map(|collection| match collection.closes {
                    Some(closes) => format!("{}（{}まで）", collection.title, when::day(closes)),
                    None => collection.title,
                }),
        );
        incidents.extend(
            open_incidents(&state, &plan)
                .into_iter()
                .map(|(key, what)| format!("{}：{what}", plan.title_of(&key.step))),
        );
        signals.extend(year.waited_for(&cycle).await?.into_iter().map(|waited| {
            context! {
                cycle => cycle.as_str(),
                title => waited.title,
                signal => waited.signal,
                key => waited.key,
                due => waited.due.map(when::day),
            }
        }));
        ahead.extend(year.ahead(&app.act(""), &cycle).await?);
        let strip = year.strip(&app.act(""), &cycle).await?;
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
    let mut surveys = Vec::new();
    for survey in &year.pack.surveys {
        surveys.push(survey::card(year, &survey.id).await?);
    }
    pages::page(
        "desk/home.html",
        context! {
            today => when::day(now),
            tasks, signals, waiting, incidents, ahead, timelines,
            surveys => Serde(surveys),
            cycles => super::cycles::list(year),
            secretariat => signed.access >= Access::Secretariat,
            meetings => super::meetings::list(year).await,
            ..frame(&app, &signed, "home")
        },
    )
}

fn cycles(year: &Year) -> Vec<String> {
    year.state(|state| state.cycles.keys().cloned().collect())
}

fn task_view(year: &Year, today: NaiveDate, cycle: &str, task: &workflows::Task) -> Value {
    let role = year.pack.municipality.role(&task.role);
    let mut holders: Vec<String> = role.map_or_else(Vec::new, |role| {
        role.holders_on(today).map(str::to_owned).collect()
    });
    let delegations = year.delegations(today).into_iter();
    let stand_in = delegations.filter(|one| one.role == task.role);
    holders.extend(stand_in.map(|one| format!("代決 {}", one.to)));
    let holders = (!holders.is_empty()).then(|| holders.join("、"));
    context! {
        cycle,
        step => task.key.step.as_str(),
        item => task.key.item.as_str(),
        round => task.key.round,
        title => task.title.as_str(),
        role => task.role.as_str(),
        holders,
        due => task.due.map(when::day),
        outcome => task.outcomes.first().copied(),
        act => if task.approval { "承認する" } else { "済みにする" },
    }
}

/// Ends a task. Whether it may be ended is for the cycle to say.
async fn task(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    body: Result<Bytes, BytesRejection>,
) -> Result<Redirect, PageError> {
    let fields = fields(body)?;
    signed.check(&fields)?;
    let of = |name: &str| own(&fields, name).to_owned();
    let round = of("round")
        .parse()
        .map_err(|_| PageError::BadRequest("画面を開き直してください。"))?;
    let comment = Some(of("comment")).filter(|comment| !comment.trim().is_empty());
    let key = Key::new(of("step"), of("item"), round);
    let done = Done {
        key,
        role: of("role"),
        outcome: of("outcome"),
        comment,
    };
    let act = app.act(&signed.person);
    signed.year.complete(&act, &of("cycle"), done).await?;
    go_on(&app, &signed.year, &act).await;
    Ok(Redirect::to(&format!("/{}", signed.year.slug())))
}

/// Something outside happened: values arrived, a meeting was held.
async fn signal(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    body: Result<Bytes, BytesRejection>,
) -> Result<Redirect, PageError> {
    let fields = fields(body)?;
    signed.check(&fields)?;
    let of = |name: &str| own(&fields, name);
    let act = app.act(&signed.person);
    let waited = signed.year.waited_for(of("cycle")).await?;
    if !waited
        .iter()
        .any(|waited| waited.signal == of("signal") && waited.key == of("key"))
    {
        return Err(PageError::BadRequest("画面を開き直してください。"));
    }
    signed
        .year
        .signal(&act, of("cycle"), of("signal"), of("key"))
        .await?;
    go_on(&app, &signed.year, &act).await;
    Ok(Redirect::to(&format!("/{}", signed.year.slug())))
}

/// Does what the plans ask for after somebody has acted. What the person did is stored already, so a
/// failure here is for the log and for the next turn, not for the person.
pub async fn go_on(app: &App, year: &Year, act: &Act) {
    if let Err(refusal) = year.work(act).await {
        tracing::error!(municipality = year.slug(), "{refusal}");
    }
    app.wake_post();
}

async fn map(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let counted = signed.year.counted().await?;
    let pack = &counted.pack;
    let slug = signed.year.slug();
    let href = |key: &FigureKey| format!("/{slug}/figures/{key}");
    let svg = engine::picture::map(pack, &counted.book, Some(&href));
    let areas: Vec<&str> = pack
        .municipality
        .areas
        .iter()
        .map(|area| area.name.as_str())
        .collect();
    let indicators = figure::rows(pack, &counted.book, pack.map.indicators.iter(), &href);
    let guessed = pack.map.nodes.iter().any(|node| node.note.is_some());
    pages::page(
        "desk/map.html",
        context! {
            plan => pack.map.title(),
            version => pack.map.version,
            note => guessed.then_some("（矢印は推定）"),
            svg,
            areas => Serde(areas),
            indicators => Serde(indicators),
            ..frame(&app, &signed, "map")
        },
    )
}

async fn show_figure(
    State(app): State<Arc<App>>,
    Path((_, key)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let key: FigureKey = key.parse().map_err(|()| PageError::NotFound)?;
    let counted = signed.year.counted().await?;
    let page = figure::page(&counted.pack, &counted.book, &key, None, true);
    let page = page.ok_or_else(|| Refusal::Unknown("この数字".into()))?;
    pages::page(
        "desk/figure.html",
        context! { ..page, ..frame(&app, &signed, "") },
    )
}
