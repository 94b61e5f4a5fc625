//! Bodies in a template.
//!
//! | Call | Gives |
//! |---|---|
//! | `bodies()` | the bodies of a fiscal year as of its last day; `year=` where it differs |
//! | `bodies(ended=true)` | those that had ended by the end of the year, with reason and heirs |
//! | `load()` | year, fewest, most: how often all bodies meet in a fiscal year |

use chrono::NaiveDate;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{Environment, Error};
use papers::digits::Width;
use papers::wareki;
use serde::Serialize;

use super::Look;
use crate::body::{Body, fiscal_year};
use crate::municipality::Municipality;
use crate::pack::Pack;

/// A body as a template sees it, on the last day of a fiscal year or on its own last day before that.
#[derive(Serialize)]
struct Seen<'a> {
    id: &'a str,
    name: &'a str,
    kind: Option<&'a str>,
    /// The name of the body that it is part of.
    within: Option<&'a str>,
    from: Option<String>,
    to: Option<String>,
    /// 活動中, 休止中, 終了.
    state: &'static str,
    members: Option<u32>,
    needed: Option<u32>,
    part: Option<&'a str>,
    host: Option<&'a str>,
    places: Option<u32>,
    /// 年2～3回, of all places.
    meets: Option<String>,
    scenes: Vec<&'a str>,
    ended: Option<Ended<'a>>,
    /// The reason of a suspension that lasts on that day.
    suspended: Option<&'a str>,
    names: Vec<Former<'a>>,
    /// Names of the bodies that it took over from.
    succeeds: Vec<&'a str>,
    /// Ids of itself and of all that it took over from: whose history is its own.
    lineage: Vec<&'a str>,
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct Ended<'a> {
    reason: &'a str,
    left: Vec<Left<'a>>,
}

#[derive(Serialize)]
struct Left<'a> {
    what: &'a str,
    to: &'a str,
}

#[derive(Serialize)]
struct Former<'a> {
    name: &'a str,
    until: String,
}

#[derive(Serialize)]
struct Load {
    year: i32,
    /// 令和7年度
    title: String,
    lowest: u64,
    highest: u64,
    /// 年2～5回; 不明 where no body says.
    text: String,
    /// Bodies that say how often they meet, and those that do not.
    known: usize,
    unknown: usize,
}

pub(super) fn register(environment: &mut Environment<'_>, look: &Look) {
    let l = look.clone();
    environment.add_function("bodies", move |args: Kwargs| -> Result<Value, Error> {
        let year = args.get::<Option<i32>>("year")?.unwrap_or(l.year);
        let ended = args.get::<Option<bool>>("ended")?.unwrap_or(false);
        args.assert_all_used()?;
        let (first, last) = fiscal_year(year);
        let bodies = l.pack.municipality.bodies.iter();
        let wanted = bodies.filter(|body| match ended {
            true => body.to.is_some_and(|to| to <= last),
            false => body.in_year(year),
        });
        let seen = wanted.map(|body| {
            let day = body.to.map_or(last, |to| to.min(last));
            // Its meetings of the last year that it was there.
            let year = if day < first {
                workflows::calendar::fiscal_year(day)
            } else {
                year
            };
            seen(&l.pack, body, day, year)
        });
        Ok(Value::from(Serde(seen.collect::<Vec<_>>())))
    });
    let l = look.clone();
    environment.add_function("load", move |args: Kwargs| -> Result<Value, Error> {
        let year = args.get::<Option<i32>>("year")?.unwrap_or(l.year);
        args.assert_all_used()?;
        let [lowest, highest] = l.pack.municipality.load(year);
        let (known, unknown) = l.pack.municipality.load_known(year);
        Ok(Value::from(Serde(Load {
            year,
            title: wareki::fiscal_year(year, Width::Half).unwrap_or_default(),
            lowest,
            highest,
            text: match (known, unknown) {
                (0, 1..) => "不明".to_owned(),
                _ => times([lowest, highest]),
            },
            known,
            unknown,
        })))
    });
}

fn seen<'a>(pack: &'a Pack, body: &'a Body, day: NaiveDate, year: i32) -> Seen<'a> {
    let municipality = &pack.municipality;
    let name = |id: &String| name_on(municipality, id, day);
    let after = day.succ_opt().unwrap_or(day);
    let scene = |id: &String| {
        let scene = pack.map.scenes.iter().find(|scene| scene.id == *id);
        scene.map_or("", |scene| &scene.name)
    };
    let ended = body.ended.as_ref().filter(|_| body.to == Some(day));
    let suspended = body.suspended.as_ref().filter(|_| body.suspended_on(day));
    let left = |left: &'a crate::body::Left| Left {
        what: &left.what,
        to: left
            .to
            .as_ref()
            .map_or("", |id| name_on(municipality, id, after)),
    };
    let members = body.members_on(day);
    Seen {
        id: &body.id,
        name: body.name_on(day),
        kind: body.kind.as_deref(),
        within: body.within.as_ref().map(name),
        from: body.from.map(in_words),
        to: body.to.map(in_words),
        state: match (ended, suspended) {
            (Some(_), _) => "終了",
            (_, Some(_)) => "休止中",
            _ => "活動中",
        },
        members: (members > 0).then_some(members),
        needed: body.needed_on(day),
        part: body.part_on(day),
        host: body.host.as_deref(),
        places: body.places,
        meets: body.meetings_in(year).map(times),
        scenes: body.scenes.iter().map(scene).collect(),
        ended: ended.map(|ended| Ended {
            reason: ended.reason.as_deref().unwrap_or_default(),
            left: ended.left.iter().flatten().map(left).collect(),
        }),
        suspended: suspended.and_then(|pause| pause.reason.as_deref()),
        names: body
            .names
            .iter()
            .filter(|former| former.until < day)
            .map(|former| Former {
                name: &former.name,
                until: in_words(former.until),
            })
            .collect(),
        succeeds: body.succeeds.iter().map(name).collect(),
        lineage: municipality
            .lineage(&body.id)
            .iter()
            .map(|body| body.id.as_str())
            .collect(),
        note: body.note.as_deref(),
    }
}

fn name_on<'a>(municipality: &'a Municipality, id: &str, day: NaiveDate) -> &'a str {
    municipality.body(id).map_or("", |body| body.name_on(day))
}

/// 年2～3回, or 年2回.
fn times([lowest, highest]: [u64; 2]) -> String {
    match lowest == highest {
        true => format!("年{highest}回"),
        false => format!("年{lowest}～{highest}回"),
    }
}

fn in_words(day: NaiveDate) -> String {
    wareki::date_only(day, Width::Half).unwrap_or_else(|_| day.to_string())
}
