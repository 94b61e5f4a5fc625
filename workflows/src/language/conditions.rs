//! When a step may open, and for what: `.after`, `.after_any`, `.need`, `.share`, `.when`, `.or_when`, `.per`,
//! `.open_until`, `.alone`, `.while_open`, `.max`; and what its opening ends: `.withdraw`, `.unskippable`.

use rhai::{Array, Engine};

use super::draft::StepDraft;
use super::strings;
use crate::key::StepId;
use crate::plan::{Per, When};

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("after", |step: StepDraft, id: &str| {
        after(step, vec![id.into()])
    });
    engine.register_fn("after", after);
    engine.register_fn("after_any", |step: StepDraft, ids: Array| {
        let mut step = after(step, ids);
        step.any = true;
        step
    });
    engine.register_fn("need", |mut step: StepDraft, count: i64| {
        step.need = Some(count);
        step
    });
    engine.register_fn("share", |mut step: StepDraft, percent: i64| {
        step.share = Some(percent);
        step
    });
    engine.register_fn("when", |mut step: StepDraft, id: &str, outcome: &str| {
        if !step.when.is_empty() {
            step.problem(
                "cycle.two_conditions",
                "when が2回書かれています",
                "「または」の条件は or_when で書いてください。「かつ」が必要なときは、判定のステップを分けてください。",
            );
        }
        when(step, id, outcome)
    });
    engine.register_fn("or_when", when);
    engine.register_fn("per", |mut step: StepDraft, items: Array| {
        let items = strings(&mut step, "per", items);
        step.per = Some(Per::Items(items));
        step
    });
    engine.register_fn("per", |mut step: StepDraft, list: &str| {
        step.per = Some(Per::List(list.to_owned()));
        step
    });
    engine.register_fn("open_until", |mut step: StepDraft, id: &str| {
        step.open_until = Some(StepId::new(id));
        step
    });
    engine.register_fn("alone", |mut step: StepDraft, word: &str| {
        step.alone = Some(word.to_owned());
        step
    });
    engine.register_fn("withdraw", |step: StepDraft, id: &str| {
        withdraw(step, vec![id.into()])
    });
    engine.register_fn("withdraw", withdraw);
    engine.register_fn("unskippable", |mut step: StepDraft| {
        step.unskippable = true;
        step
    });
    engine.register_fn("while_open", |mut step: StepDraft, id: &str| {
        step.while_open = Some(StepId::new(id));
        step
    });
    engine.register_fn("max", |mut step: StepDraft, count: i64| {
        step.max = Some(count);
        step
    });
}

fn after(mut step: StepDraft, ids: Array) -> StepDraft {
    let ids = strings(&mut step, "after", ids);
    step.after.extend(ids.into_iter().map(StepId::new));
    step
}

fn withdraw(mut step: StepDraft, ids: Array) -> StepDraft {
    let ids = strings(&mut step, "withdraw", ids);
    step.withdraw.extend(ids.into_iter().map(StepId::new));
    step
}

fn when(mut step: StepDraft, id: &str, outcome: &str) -> StepDraft {
    let outcome = outcome.to_owned();
    step.when.push(When {
        step: StepId::new(id),
        outcome,
    });
    step
}
