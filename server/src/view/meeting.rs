//! What the pages of a meeting show: the lines of its 次第 with their marks, its papers, the way to the dispatch.

use engine::meeting::{
    ByHand, Content, Doubt, Draft, Line, LineKind, Minutes, Outcome, Paper, Presence, Proofread,
    Rank, Suggestion,
};
use engine::year::{Made, OnTheWay, Standing, WayKind, Year};
use minijinja::context;
use minijinja::value::Value;

use super::when;

/// Which page of a meeting it is, for its tabs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Overview,
    Agenda,
    Corrections,
    Day,
    Minutes,
    After,
}

/// How far a meeting has come.
pub fn status(year: &Year, meeting: &str) -> (&'static str, &'static str) {
    year.state(|state| match state.meetings.get(meeting) {
        Some(one) if one.minutes_approved_in.is_some() => ("approved", "会議録承認済み"),
        Some(one) if one.minutes_finished_at.is_some() => ("minuted", "会議録確定"),
        Some(one) if one.closed_at.is_some() => ("held", "終了"),
        Some(one) if one.dispatched_at.is_some() => ("sent", "資料送付済み"),
        Some(one) if one.handout.is_some() => ("written", "資料案あり"),
        Some(one) if one.draft.is_some() => ("drafted", "次第案あり"),
        _ => ("ahead", "準備前"),
    })
}

/// The head of every page of a meeting: what it is, and the tabs of those who may edit.
pub async fn head(year: &Year, meeting: &str, here: Tab, edits: bool) -> Option<Value> {
    let known = year.pack.agenda.meeting(meeting)?;
    let draft = year.drafted(meeting).await.ok();
    let (status, said) = status(year, meeting);
    let on = match draft.as_ref().and_then(|draft| draft.on) {
        Some(on) => Some(on),
        None => planned(year, known).await,
    };
    let day = on.unwrap_or(chrono::NaiveDate::MAX);
    let title = engine::meeting::called(&year.pack, known, day);
    let under = format!("/{}/meetings/{meeting}", year.slug());
    let sent = year.state(|state| {
        let convened = state.meetings.get(meeting);
        convened.is_some_and(|convened| convened.dispatched_at.is_some())
    });
    let tabs = [
        (Tab::Overview, "概要と資料", ""),
        match sent {
            true => (Tab::Corrections, "資料の訂正", "/corrections"),
            false => (Tab::Agenda, "次第を作る", "/agenda"),
        },
        (Tab::Day, "当日", "/day"),
        (Tab::Minutes, "会議録", "/minutes"),
        (Tab::After, "その後", "/after"),
    ];
    let tabs = tabs.into_iter().filter(|_| edits);
    let tabs: Vec<Value> = tabs
        .map(|(tab, title, path)| context! { title, href => format!("{under}{path}"), here => tab == here })
        .collect();
    Some(context! {
        id => meeting,
        title => draft.as_ref().map_or(title, of),
        href => under,
        status,
        status_label => said,
        on => on.map(when::day),
        when => match &draft {
            Some(draft) => Some(draft.when.join("")),
            None => on.map(|on| format!("予定 {}", when::day(on))),
        },
        place => draft.as_ref().map(|draft| draft.place.clone()),
        drafted => draft.is_some(),
        sent,
        tabs,
    })
}

/// The day that the cycle of a meeting has for it.
pub async fn planned(year: &Year, meeting: &engine::agenda::Meeting) -> Option<chrono::NaiveDate> {
    let parameters = year.parameters(&year.turn_of(&meeting.id)).await.ok()?;
    parameters.date(&meeting.on)
}

/// 令和６年度　第１回…委員会
pub fn of(draft: &Draft) -> String {
    draft.title.trim_end_matches("次第").trim().to_owned()
}

/// The lines of a 次第 as they are printed, with what can be done to them.
pub fn lines(draft: &Draft) -> Vec<Value> {
    let numbering = &draft.layout.numbering;
    let mut counts = [0_usize; 4];
    let mut depth = 1;
    let mut shown = Vec::new();
    for (at, line) in draft.lines.iter().enumerate() {
        let mut mark = None;
        if let Some(level) = line.level {
            let level_at = usize::from(level.clamp(1, 4));
            counts[level_at..].fill(0);
            counts[level_at - 1] += 1;
            depth = level_at;
            mark = numbering
                .level(level)
                .and_then(|mark| mark.at(counts[level_at - 1]));
        }
        let deep = if line.level.is_some() {
            depth
        } else {
            depth + 1
        };
        shown.push(line_of(draft, line, at, mark, deep));
    }
    shown
}

fn line_of(draft: &Draft, line: &Line, at: usize, mark: Option<String>, depth: usize) -> Value {
    let main = line.paper.as_deref();
    let papers = draft.papers.iter().filter(|paper| {
        main == Some(paper.id.as_str())
            || matches!(&paper.rank, Rank::Annex { of } if main == Some(of))
    });
    let papers: Vec<Value> = papers
        .map(|paper| context! { id => paper.id.as_str(), number => paper.number.as_deref(), title => paper.title.as_str() })
        .collect();
    let by_hand: Vec<&str> = line.by_hand.iter().map(touched).collect();
    context! {
        id => line.id.as_str(),
        place => at + 1,
        mark,
        depth,
        level => line.level,
        title => line.title.as_str(),
        notes => line.notes.clone(),
        kind => line.kind.map(LineKind::code),
        kind_label => line.kind.map(LineKind::label),
        papers,
        reason => line.reason.as_deref(),
        carried_from => line.carried_from.as_deref(),
        by_hand => (!by_hand.is_empty()).then(|| by_hand.join("・")),
    }
}

fn touched(part: &ByHand) -> &'static str {
    match part {
        ByHand::Added => "追加",
        ByHand::Title => "件名",
        ByHand::Notes => "注記",
        ByHand::Kind => "種類",
        ByHand::Place => "場所",
        ByHand::Paper => "資料",
    }
}

/// What was set aside, with the way back.
pub fn set_aside(draft: &Draft) -> Vec<Value> {
    let aside = draft.set_aside.iter();
    aside
        .map(|aside| {
            context! {
                id => aside.line.id.as_str(),
                title => aside.line.title.as_str(),
                why => aside.why.as_str(),
                reason => aside.line.reason.as_deref(),
            }
        })
        .collect()
}

pub fn suggestions(all: &[Suggestion]) -> Vec<Value> {
    all.iter()
        .map(|one| {
            context! {
                id => one.line.id.as_str(),
                title => one.line.title.as_str(),
                source => one.source.label(),
                reason => one.line.reason.as_deref(),
                kind_label => one.line.kind.map(LineKind::label),
                carried_from => one.line.carried_from.as_deref(),
                papers => one.papers.iter().map(|paper| paper.title.clone()).collect::<Vec<String>>(),
            }
        })
        .collect()
}

/// The kinds of lines, for a choice.
pub fn kinds() -> Vec<Value> {
    let all = LineKind::ALL.into_iter();
    all.map(|kind| context! { code => kind.code(), label => kind.label() })
        .collect()
}

pub fn outcomes() -> Vec<Value> {
    let all = Outcome::ALL.into_iter();
    all.map(|one| context! { code => one.code(), label => one.label() })
        .collect()
}

pub fn presences() -> Vec<Value> {
    let all = Presence::ALL.into_iter();
    all.map(|one| context! { code => one.code(), label => one.label() })
        .collect()
}

/// A paper of a meeting, for a list.
pub fn paper(paper: &Paper, under: &str, edited: bool, outdated: usize) -> Value {
    let file = match &paper.content {
        Content::File { name, .. } => Some(name.as_str()),
        _ => None,
    };
    context! {
        id => paper.id.as_str(),
        href => format!("{under}/papers/{}", paper.id),
        number => paper.number.as_deref(),
        title => paper.title.as_str(),
        edit => !matches!(paper.content, Content::Agenda | Content::File { .. } | Content::Errata),
        agenda => paper.content == Content::Agenda,
        file,
        by_hand => paper.by_hand,
        edited,
        outdated,
    }
}

/// The steps on the way to the dispatch.
pub fn way(steps: &[OnTheWay], meets: impl Fn(&str) -> Vec<String>) -> Vec<Value> {
    let steps = steps.iter();
    steps
        .map(|step| {
            let standing = match (step.standing, step.kind) {
                (Standing::Waiting, _) => "まだ",
                (Standing::Open, WayKind::Approval) => "決裁待ち",
                (Standing::Open, WayKind::Task) => "作業中",
                (Standing::Open, WayKind::Program) => "進行中",
                (Standing::Settled, WayKind::Approval) => "決裁済み",
                (Standing::Settled, _) => "済み",
            };
            let asked: Vec<String> = step
                .asked
                .iter()
                .map(|role| {
                    let holders = meets(role);
                    match holders.is_empty() {
                        true => role.clone(),
                        false => format!("{role}（{}）", holders.join("、")),
                    }
                })
                .collect();
            context! {
                cycle => step.cycle.as_str(),
                step => step.step.as_str(),
                title => step.title.as_str(),
                approval => step.kind == WayKind::Approval,
                open => step.standing == Standing::Open,
                settled => step.standing == Standing::Settled,
                standing,
                round => step.round,
                due => step.due.map(when::day),
                asked,
                roles => step.roles.clone(),
                sends_back_to => step.sends_back_to.as_deref(),
                decisions => step.decisions.iter().map(decision).collect::<Vec<_>>(),
                stale => step.decisions.iter().any(|made| made.stale),
            }
        })
        .collect()
}

fn decision(made: &Made) -> Value {
    let outcome = match made.outcome.as_str() {
        "approved" => "承認",
        "sendback" => "差戻し",
        "done" => "済み",
        other => other,
    };
    context! {
        role => made.role.as_str(),
        person => made.person.as_deref(),
        on_behalf_of => made.on_behalf_of.as_deref(),
        outcome,
        sent_back => made.outcome == "sendback",
        comment => made.comment.as_deref(),
        at => when::moment(made.at),
        round => made.round,
        stale => made.stale,
    }
}

/// What is doubtful about the numbers of a text.
pub fn doubts(found: &[Proofread]) -> Vec<Value> {
    let found = found.iter();
    found
        .map(|one| {
            let (kind, said) = match &one.doubt {
                Doubt::Broken { .. } => (
                    "broken",
                    "リンクの先の数値がありません。数値を選び直してください。".to_owned(),
                ),
                Doubt::Changed { now, .. } => ("changed", format!("いまの値は {now} です。")),
                Doubt::Unlinked { .. } => (
                    "unlinked",
                    "集計した数値と同じ値です。数値を選んで入れると、出どころをたどれます。"
                        .to_owned(),
                ),
                Doubt::Unknown => (
                    "unknown",
                    "この値の数値は、指標にありません。出典を確かめてください。".to_owned(),
                ),
            };
            context! { line => one.line, text => one.text.as_str(), kind, said }
        })
        .collect()
}

/// Whether something is dealt with at a line: it stands below another one, and nothing below it.
fn is_leaf(minutes: &Minutes, n: usize) -> bool {
    let level = |n: usize| minutes.lines.get(n).map(|line| line.level);
    match (level(n), level(n + 1)) {
        (Some(None), _) => true,
        (Some(Some(level)), Some(Some(next))) => level > 1 && next <= level,
        (Some(Some(_)), Some(None)) => false,
        (own, None) => own.flatten().is_some_and(|level| level > 1),
        (None, _) => false,
    }
}

/// The lines of minutes, for the form.
pub fn minutes(minutes: &Minutes) -> Vec<Value> {
    let lines = minutes.lines.iter().enumerate();
    lines
        .map(|(n, line)| {
            let follow_ups = line.follow_ups.iter().map(|one| {
                context! {
                    what => one.what.as_str(),
                    owner => one.owner.as_str(),
                    due => one.due.map(|due| due.to_string()),
                    due_label => one.due.map(when::day),
                    entry => one.entry.as_deref(),
                }
            });
            let decisions: Vec<String> =
                line.decisions.iter().map(|one| one.what.clone()).collect();
            context! {
                n,
                line => line.line.as_str(),
                title => line.title.as_str(),
                level => line.level,
                leaf => is_leaf(minutes, n),
                says => line.says_something(),
                summary => line.summary.as_str(),
                outcome => line.outcome.map(Outcome::code),
                outcome_label => line.outcome.map(Outcome::label),
                decisions,
                follow_ups => follow_ups.collect::<Vec<_>>(),
            }
        })
        .collect()
}
