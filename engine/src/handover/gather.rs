//! Gathering what a handover paper says from the running year.

use std::collections::BTreeSet;

use chrono::{Months, NaiveDate};
use workflows::simulate::Entry;
use workflows::{
    Key, Kind, Plan, Record, State, Status, Step, Task, explain, open_collections, open_tasks,
};

use super::{Fielded, Handover, Held, NONE, Next, OpenTask};
use crate::figure::Printed;
use crate::forecast::{day, happened};
use crate::pack::Pack;
use crate::year::{Act, Refusal, Year};

/// How far the paper looks ahead, and back: people move on April 1, in the middle of many a cycle.
const MONTHS_AHEAD: Months = Months::new(3);
const MONTHS_BACK: Months = Months::new(12);

/// A cycle as it stands: what the paper reads of it.
pub(crate) struct Running<'a> {
    pub plan: &'a Plan,
    pub state: &'a State,
    pub records: &'a [Record],
    /// The dry run of the rest.
    pub ahead: Vec<Entry>,
}

impl Year {
    /// The 引継書 of a role, by its name or id, or of a person with all roles that they hold.
    ///
    /// # Errors
    /// There is neither such a role nor such a person, or the journal cannot be read.
    pub async fn handover(&self, act: &Act, of: &str) -> Result<Handover, Refusal> {
        let today = act.today();
        let unknown = || Refusal::Unknown(format!("役割か担当者「{of}」"));
        let mut handover = Handover::begin(&self.pack, of, today).ok_or_else(unknown)?;
        handover.surveys = self.fielded().await?;
        handover.changes = self.packs_changed(since(today)).await?;
        handover.delegations = self.delegated(today);
        let cycles: Vec<String> = self.state(|state| state.cycles.keys().cloned().collect());
        for cycle in cycles {
            let plan = self.plan(&cycle).await?;
            let Some(state) = self.state(|state| state.cycles.get(&cycle).cloned()) else {
                continue;
            };
            let records = self.records(&cycle).await?;
            let ahead = self.ahead(act, &cycle).await?;
            handover.add(
                &self.pack,
                of,
                today,
                Running {
                    plan: &plan,
                    state: &state,
                    records: &records,
                    ahead,
                },
            );
        }
        Ok(handover)
    }

    async fn fielded(&self) -> Result<Vec<Fielded>, Refusal> {
        let mut fielded = Vec::new();
        let held = self.state(|state| state.surveys.clone());
        for (turn, held) in held.into_iter().filter(|(_, held)| held.is_open()) {
            let answered = u64::try_from(held.responded.len()).unwrap_or(u64::MAX);
            let rate = Printed::half_up(answered, held.asked, 100, 1);
            fielded.push(Fielded {
                name: self
                    .pack
                    .survey(&turn)
                    .map_or_else(|| turn.clone(), |survey| survey.name.clone()),
                asked: held.asked,
                answered,
                rate: rate.map_or(NONE.to_owned(), |rate| format!("{rate}％")),
                closes: self.closes_on(&turn).await?.map_or(NONE.to_owned(), day),
            });
        }
        Ok(fielded)
    }

    async fn packs_changed(&self, since: NaiveDate) -> Result<Vec<String>, Refusal> {
        let adopted = self.packs_adopted().await?;
        // The first is the one with which everything began.
        let days = adopted
            .into_iter()
            .skip(1)
            .map(|at| Act::by_meguri(at).today());
        let line = |on| {
            format!(
                "{}　パック（調査票・名簿・予定などの定義）が変わった",
                day(on)
            )
        };
        Ok(days.filter(|on| since < *on).map(line).collect())
    }

    fn delegated(&self, today: NaiveDate) -> Vec<String> {
        let delegations = self.delegations(today).into_iter();
        let line = |one: crate::year::Delegation| {
            let (role, from, to) = (one.role, one.from, one.to);
            let reason = in_a_line(&one.reason);
            format!(
                "代決：{role} {from} に代わって {to}（{}まで。{reason}）",
                day(one.until)
            )
        };
        delegations.map(line).collect()
    }
}

impl Handover {
    /// What is known without any cycle; nothing where there is neither such a role nor such a person.
    pub(crate) fn begin(pack: &Pack, of: &str, today: NaiveDate) -> Option<Handover> {
        if leaving(pack, of, today).is_empty() {
            return None;
        }
        let role = pack.municipality.role(of);
        let of = role.map_or(of, |role| role.name.as_str());
        Some(Handover {
            title: format!("引継書（{of}）"),
            on: day(today),
            tasks: Vec::new(),
            waiting: Vec::new(),
            surveys: Vec::new(),
            ahead: Vec::new(),
            decisions: Vec::new(),
            changes: Vec::new(),
            roles: held(pack, today),
            delegations: Vec::new(),
            bodies: bodies(pack, today),
        })
    }

    /// Adds what a cycle leaves to whoever takes over.
    pub(crate) fn add(&mut self, pack: &Pack, of: &str, today: NaiveDate, running: Running<'_>) {
        let roles = leaving(pack, of, today);
        let Running {
            plan,
            state,
            records,
            mut ahead,
        } = running;
        let mut tasks = open_tasks(state, plan);
        tasks.retain(|task| roles.contains(task.role.as_str()));
        // Who holds two of the roles that own a task together reads of it once.
        tasks.dedup_by(|a, b| a.key == b.key && a.owners == b.owners);
        let mine = tasks.iter().map(|task| open_task(state, plan, task));
        self.tasks.extend(mine);
        let collected = open_collections(state, plan).into_iter();
        let open = collected
            .map(|collection| collection.key)
            .chain(waits(state, plan));
        let sentence = |key: Key| {
            let title = plan.title_of(&key.step);
            format!("「{title}」：{}", why(state, plan, &key))
        };
        self.waiting.extend(open.map(sentence));
        self.tell(plan, records, since(today));
        let end = today.checked_add_months(MONTHS_AHEAD);
        ahead.retain(|entry| entry.on <= end.unwrap_or(NaiveDate::MAX));
        self.ahead.extend(ahead.into_iter().map(|entry| Next {
            day: entry.on,
            on: day(entry.on),
            title: format!("{}{}", entry.title, happened(&entry)),
            role: entry.role.unwrap_or_else(|| NONE.to_owned()),
        }));
        self.ahead.sort_by_key(|next| next.day);
    }
}

/// The day since which decisions are told.
fn since(today: NaiveDate) -> NaiveDate {
    today
        .checked_sub_months(MONTHS_BACK)
        .unwrap_or(NaiveDate::MIN)
}

/// The names of the roles that are handed over.
fn leaving<'a>(pack: &'a Pack, of: &str, today: NaiveDate) -> BTreeSet<&'a str> {
    let municipality = &pack.municipality;
    match municipality.role(of) {
        Some(role) => [role.name.as_str()].into(),
        None => {
            let roles = municipality.roles.iter();
            let held = roles.filter(|role| {
                let mut holders = role.holders.iter();
                holders.any(|holder| holder.name == of && !holder.is_past(today))
            });
            held.map(|role| role.name.as_str()).collect()
        }
    }
}

fn held(pack: &Pack, today: NaiveDate) -> Vec<Held> {
    let roles = pack.municipality.roles.iter();
    let held = roles.map(|role| Held {
        name: role.name.clone(),
        holders: match role.holders_on(today).collect::<Vec<_>>() {
            none if none.is_empty() => "（受け持つ人がいません）".to_owned(),
            holders => holders.join("、"),
        },
    });
    held.collect()
}

fn bodies(pack: &Pack, today: NaiveDate) -> String {
    let bodies = pack.municipality.bodies.iter();
    let present = bodies.filter(|body| body.to.is_none_or(|to| today <= to));
    let names: Vec<String> = present
        .map(|body| match body.suspended_on(today) {
            true => format!("{}（休止中）", body.name_on(today)),
            false => body.name_on(today).to_owned(),
        })
        .collect();
    names.join("、")
}

/// Steps that wait for something outside.
fn waits(state: &State, plan: &Plan) -> Vec<Key> {
    let open = |step: &&Step| {
        let turn = state.turn(&step.id, "");
        turn.is_some_and(|turn| matches!(turn.status, Status::Open(_)))
    };
    let waits = plan.steps.iter().filter(open);
    let waits = waits.filter(|step| matches!(step.kind, Kind::WaitFor { .. }));
    waits.map(|step| state.key(&step.id, "")).collect()
}

fn open_task(state: &State, plan: &Plan, task: &Task) -> OpenTask {
    OpenTask {
        title: task.title.clone(),
        role: task.owners.join("・"),
        due: task.due.map_or(NONE.to_owned(), day),
        why: why(state, plan, &task.key),
    }
}

/// The sentence about one item of a step.
fn why(state: &State, plan: &Plan, key: &Key) -> String {
    let all = explain(state, plan, &key.step);
    let item = format!("{}: ", key.item);
    let own = all.lines().find_map(|line| line.strip_prefix(&item));
    in_a_line(own.unwrap_or(&all))
}

/// Text of people in one line of a table.
pub(super) fn in_a_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
