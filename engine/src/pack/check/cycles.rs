//! cycles/*.rhai: the surveys and meetings that a plan names are there.

use authoring::Finding;
use workflows::{Kind, Step};

use super::super::read::Parts;
use super::unknown;

/// What the first argument of a piece of work names.
enum Named {
    Survey,
    Meeting,
}

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let surveys = parts.surveys.as_ref().map(|read| {
        let surveys = read.value.surveys.iter();
        surveys.map(|survey| survey.id.as_str()).collect::<Vec<_>>()
    });
    let meetings = parts.agenda.as_ref().map(|read| {
        let meetings = read.value.meetings.iter();
        meetings
            .map(|meeting| meeting.id.as_str())
            .collect::<Vec<_>>()
    });
    let mut findings = within_themselves(parts);
    for cycle in &parts.cycles {
        // A plan that cannot be made has been reported.
        let Ok(plan) = cycle.script.plan(&cycle.parameters) else {
            continue;
        };
        let file = format!("cycles/{}", cycle.parameters.script());
        for step in &plan.steps {
            let Some((named, name)) = named(step) else {
                continue;
            };
            let (what, known) = match named {
                Named::Survey => ("調査", &surveys),
                Named::Meeting => ("会議", &meetings),
            };
            // Without a readable file there is nothing to compare with.
            let Some(known) = known else { continue };
            if !known.contains(&name) {
                let (said, todo) = unknown(what, name, known.iter().copied());
                let said = format!("ステップ「{}」: {said}", step.title);
                findings.push(Finding::new(
                    "pack.unknown_reference",
                    &file,
                    step.line,
                    said,
                    todo,
                ));
            }
        }
    }
    findings
}

/// A cycle that starts itself, directly or through others, would start cycles without end.
fn within_themselves(parts: &Parts) -> Vec<Finding> {
    let children = |id: &str| {
        let cycle = parts.cycles.iter().find(|cycle| cycle.id == id);
        cycle.map(crate::pack::Cycle::children).unwrap_or_default()
    };
    let mut findings = Vec::new();
    for cycle in &parts.cycles {
        let mut below = children(&cycle.id);
        let mut at = 0;
        while let Some(next) = below.get(at).cloned() {
            for child in children(&next) {
                if !below.contains(&child) {
                    below.push(child);
                }
            }
            at += 1;
        }
        if below.contains(&cycle.id) {
            findings.push(Finding::new(
                "pack.cycle_within_itself",
                format!("cycles/{}", cycle.parameters.script()),
                None,
                format!("サイクル「{}」が、自分自身を始めます。", cycle.id),
                "cycle(\"…\") に書くサイクルを別のものにしてください。",
            ));
        }
    }
    findings
}

fn named(step: &Step) -> Option<(Named, &str)> {
    match &step.kind {
        Kind::Collect { name } => Some((Named::Survey, name)),
        Kind::Effect { name, args } | Kind::Compute { name, args } => {
            let named = match name.as_str() {
                "survey.publish" | "survey.open" | "mail.invitation" | "mail.unanswered"
                | "tally" => Named::Survey,
                "papers.dispatch" | "agenda" | "papers" => Named::Meeting,
                _ => return None,
            };
            Some((named, args.first().map_or("", String::as_str)))
        }
        Kind::WaitFor { signal, key, .. } if signal == "meeting.closed" && !key.is_empty() => {
            Some((Named::Meeting, key))
        }
        _ => None,
    }
}
