//! The story of a year: invented people keep their habits, and the answers of the pack's cases are
//! handed in through the same routes that serve respondents.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use axum::body::Body;
use axum::http::{Request, header};
use chrono::{DateTime, Utc};
use engine::Pack;
use engine::year::{Act, Door, Source, Token, Year};
use forms::Answers;
use serde::Deserialize;
use tower::util::ServiceExt;
use workflows::simulate::{Deed, Habits, next_act};
use workflows::{Command, Plan, State};

use crate::app::{App, router};
use crate::random;
use crate::signed_in::COOKIE_NAME;

/// How many answer at the same time.
const AT_ONCE: usize = 16;

/// cases/year.json with its answers.
pub struct Story {
    cycle: String,
    /// The moment at which the story stops and the pages take over.
    until: DateTime<Utc>,
    answers: Vec<Told>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    cycle: String,
    until: DateTime<Utc>,
    /// Survey and the file with its answers.
    responses: Vec<Responses>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Responses {
    survey: String,
    file: String,
}

/// A response that somebody gives in the story.
#[derive(Clone)]
struct Told {
    survey: String,
    line: Line,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    respondent: String,
    at: DateTime<Utc>,
    source: Source,
    answers: Answers,
}

impl Story {
    /// Reads the story of a pack.
    ///
    /// # Errors
    /// A file is missing or is not what it should be; the message names it and its line.
    pub fn read(folder: &Path, pack: &Pack) -> anyhow::Result<Story> {
        let read = |name: &str| {
            let path = folder.join("cases").join(name);
            std::fs::read_to_string(&path)
                .with_context(|| format!("{} を読めません", path.display()))
        };
        let script: Script =
            serde_json::from_str(&read("year.json")?).context("cases/year.json")?;
        let mut answers = Vec::new();
        for responses in &script.responses {
            let survey = pack.survey(&responses.survey);
            let survey = survey.ok_or_else(|| {
                anyhow!(
                    "cases/year.json：調査「{}」がありません。",
                    responses.survey
                )
            })?;
            for (number, line) in read(&responses.file)?
                .lines()
                .enumerate()
                .filter(|(_, line)| !line.trim().is_empty())
            {
                let line = serde_json::from_str(line)
                    .with_context(|| format!("cases/{} の{}行目", responses.file, number + 1))?;
                answers.push(Told {
                    survey: survey.turn(),
                    line,
                });
            }
        }
        answers.sort_by_key(|told| told.line.at);
        Ok(Story {
            cycle: script.cycle,
            until: script.until,
            answers,
        })
    }

    /// The morning on which the cycle begins.
    pub fn starts(&self, pack: &Pack) -> DateTime<Utc> {
        let plan = pack
            .cycle(&self.cycle)
            .and_then(|cycle| cycle.script.plan(&cycle.parameters).ok());
        plan.and_then(|plan| plan.starts_on())
            .map_or(self.until, workflows::calendar::opening)
    }

    /// The id of the turn of the cycle that the story tells.
    pub fn turn(&self, year: &Year) -> String {
        year.pack
            .cycle(&self.cycle)
            .map_or_else(|| self.cycle.clone(), |cycle| cycle.turn())
    }
}

/// Plays the story from wherever the journal stands to its end.
///
/// # Errors
/// The cycle stops before its time, or an answer is refused.
pub async fn play(
    app: &Arc<App>,
    year: &Arc<Year>,
    story: &Story,
    now_doing: &(dyn Fn(String) + Sync),
    done: &(dyn Fn(String) + Sync),
) -> anyhow::Result<()> {
    let definition = year
        .pack
        .cycle(&story.cycle)
        .ok_or_else(|| anyhow!("サイクル「{}」がパックにありません。", story.cycle))?;
    let habits = year.pack.habits(definition);
    let turn = definition.turn();
    loop {
        let (state, plan) = present(year, &turn).await?;
        let act = next_act(&state, &plan, &habits, &year.calendar());
        let next = act
            .as_ref()
            .map_or(story.until, |act| act.at.instant.min(story.until));
        if hand_in(app, year, story, next, now_doing, done).await? > 0 {
            continue;
        }
        let Some(act) = act.filter(|act| act.at.instant <= story.until) else {
            break;
        };
        app.clock.advance(act.at.instant);
        let moment = Act::new(app.clock.now().max(act.at.instant), "demo");
        if let Some(text) = headline(&act.deed, &plan) {
            done(text);
        }
        carry_out(year, &turn, &habits, &moment, act.deed).await?;
        stuck(year, &turn, &plan)?;
    }
    app.clock.advance(story.until);
    Ok(())
}

async fn present(year: &Year, turn: &str) -> anyhow::Result<(State, Arc<Plan>)> {
    match year.state(|state| state.cycles.get(turn).cloned()) {
        Some(state) => Ok((state, year.plan(turn).await?)),
        None => {
            let definition = year
                .definition(turn)
                .ok_or_else(|| anyhow!("サイクル「{turn}」がありません。"))?;
            let plan = definition.script.plan(&definition.parameters);
            let plan = plan.map_err(|findings| {
                anyhow!(
                    "{}",
                    findings
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join("\n")
                )
            })?;
            Ok((State::default(), Arc::new(plan)))
        }
    }
}

async fn carry_out(
    year: &Year,
    turn: &str,
    habits: &Habits,
    act: &Act,
    deed: Deed,
) -> anyhow::Result<()> {
    match deed {
        Deed::Work(_) => year.work(act).await?,
        Deed::Command(Command::Start { by, .. }) => {
            let cycle = year
                .definition(turn)
                .map(|definition| definition.id.clone())
                .unwrap_or_default();
            year.start_cycle(act, &cycle, by).await?;
        }
        Deed::Command(Command::Signal { name, key, .. }) => {
            year.signal(act, turn, &name, &key).await?;
        }
        Deed::Command(command) => {
            let by = match &command {
                Command::Complete { by, .. } => by.person.clone(),
                _ => habits.cycle.clone(),
            };
            year.command(&Act::new(act.at, by), turn, command).await?;
        }
    }
    Ok(())
}

/// What a person or a date brings about, for the progress display.
fn headline(deed: &Deed, plan: &Plan) -> Option<String> {
    match deed {
        Deed::Work(work) => Some(work.title.clone()),
        Deed::Command(Command::Start { .. }) => {
            Some(format!("サイクル「{}」を始めました", plan.title))
        }
        Deed::Command(Command::Complete { key, by, .. }) => {
            Some(format!("{}：{}", plan.title_of(&key.step), by.role))
        }
        Deed::Command(Command::Signal { name, key, .. }) if name == "meeting.closed" => {
            Some(format!("会議を開きました（{key}）"))
        }
        _ => None,
    }
}

/// In the story nothing may fail: an incident is an error of the pack or of ours.
fn stuck(year: &Year, turn: &str, plan: &Plan) -> anyhow::Result<()> {
    let failed = year.state(|state| {
        let turns = state
            .cycles
            .get(turn)
            .into_iter()
            .flat_map(|cycle| &cycle.steps);
        turns
            .flat_map(|(step, items)| items.values().map(move |turn| (step, turn)))
            .find_map(|(step, turn)| match &turn.status {
                workflows::Status::Open(open) if open.attempts > 0 => {
                    Some((step.clone(), open.incident.clone()))
                }
                _ => None,
            })
    });
    match failed {
        Some((step, incident)) => bail!(
            "「{}」がうまくいきません。{}",
            plan.title_of(&step),
            incident.unwrap_or_default()
        ),
        None => Ok(()),
    }
}

/// Hands in the answers that are due before `until`. Those already there are not given again, so the
/// story goes on where it was interrupted.
async fn hand_in(
    app: &Arc<App>,
    year: &Arc<Year>,
    story: &Story,
    until: DateTime<Utc>,
    now_doing: &(dyn Fn(String) + Sync),
    done: &(dyn Fn(String) + Sync),
) -> anyhow::Result<usize> {
    let due: Vec<Told> = year.state(|state| {
        let open = |told: &&Told| {
            state.surveys.get(&told.survey).is_some_and(|held| {
                held.is_open() && !held.responded.contains_key(&told.line.respondent)
            })
        };
        story
            .answers
            .iter()
            .filter(|told| told.line.at <= until)
            .filter(open)
            .cloned()
            .collect()
    });
    let Some(survey) = due.first().map(|told| told.survey.clone()) else {
        return Ok(0);
    };
    let due: Vec<Told> = due
        .into_iter()
        .filter(|told| told.survey == survey)
        .collect();
    let routes = router(app.clone());
    let session = keyed_in(app, year).await?;
    let name = year
        .pack
        .survey(&survey)
        .map_or(survey.as_str(), |survey| &survey.name)
        .to_owned();
    let mut handed_in = 0;
    for together in due.chunks(AT_ONCE) {
        let last = together.last().map_or(until, |told| told.line.at);
        app.clock.advance(last);
        let mut requests = tokio::task::JoinSet::new();
        for told in together.iter().cloned() {
            let (routes, year, act) = (routes.clone(), year.clone(), app.act("demo"));
            requests.spawn(async move { answer(routes, &year, &act, &session, told).await });
        }
        while let Some(outcome) = requests.join_next().await {
            outcome??;
            handed_in += 1;
            now_doing(format!("{name}：回答 {handed_in}／{}", due.len()));
        }
    }
    done(format!("{name}：{handed_in}件の回答を受け付けました"));
    Ok(handed_in)
}

/// A session of the secretariat, which keys in the returns on paper.
async fn keyed_in(app: &App, year: &Year) -> anyhow::Result<Token> {
    let (link, session) = (random::token(), random::token());
    let act = app.act("demo");
    year.make_link(
        &act,
        link,
        Door::SignIn {
            person: "事務局".into(),
        },
    )
    .await?;
    year.sign_in(&act, &link, session).await?;
    Ok(session)
}

/// One respondent: gets a link, and posts the answers to it.
async fn answer(
    routes: axum::Router,
    year: &Year,
    act: &Act,
    session: &Token,
    told: Told,
) -> anyhow::Result<()> {
    let token = random::token();
    let door = Door::Survey {
        survey: told.survey.clone(),
        respondent: told.line.respondent.clone(),
    };
    year.make_link(act, token, door).await?;
    let body = serde_json::json!({ "answers": told.line.answers, "source": told.line.source });
    let mut request = Request::post(format!("/{}/api/r/{token}", year.slug()))
        .header(header::CONTENT_TYPE, "application/json");
    // What came by fax or as a file is keyed in by the secretariat.
    if told.line.source != Source::Web {
        request = request.header(header::COOKIE, format!("{COOKIE_NAME}={session}"));
    }
    let request = request.body(Body::from(body.to_string()))?;
    let response = routes.oneshot(request).await?;
    if !response.status().is_success() {
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await?;
        bail!(
            "{}（{}）の回答が受け付けられません：{status} {}",
            told.line.respondent,
            told.survey,
            String::from_utf8_lossy(&body)
        );
    }
    Ok(())
}
