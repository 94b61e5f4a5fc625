//! Dates of a step: `.at`, `.opens`, `.due`, `.closes`, `.escalate`, and the rules they take.

use rhai::{Engine, EvalAltResult};

use super::draft::StepDraft;
use crate::key::StepId;
use crate::rule::{Base, DateRule, MAX_OFFSET, Offset};

type Fallible<T> = Result<T, Box<EvalAltResult>>;

pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<DateRule>("date");
    engine.register_type_with_name::<Offset>("offset");
    engine.register_fn("bdays", |count: i64| {
        Ok::<_, Box<EvalAltResult>>(Offset::BusinessDays(checked(count)?))
    });
    engine.register_fn("days", |count: i64| {
        Ok::<_, Box<EvalAltResult>>(Offset::Days(checked(count)?))
    });
    engine.register_fn(
        "bdays",
        |rule: DateRule, count: i64| -> Fallible<DateRule> {
            Ok(rule.plus(Offset::BusinessDays(checked(count)?)))
        },
    );
    engine.register_fn("days", |rule: DateRule, count: i64| -> Fallible<DateRule> {
        Ok(rule.plus(Offset::Days(checked(count)?)))
    });
    engine.register_fn("closing", |step: &str| {
        DateRule::new(Base::Closing(StepId::new(step)))
    });

    // 「その日に」 and 「その日から」 are the same to a step that opens: not before 09:00 of that day.
    engine.register_fn("at", opens);
    engine.register_fn("opens", opens);
    engine.register_fn("due", |mut step: StepDraft, rule: DateRule| {
        step.due = Some(rule);
        step
    });
    engine.register_fn("closes", |mut step: StepDraft, rule: DateRule| {
        step.closes = Some(rule);
        step
    });
    engine.register_fn("escalate", |mut step: StepDraft, offset: Offset| {
        step.escalate = Some(offset);
        step
    });
}

fn opens(mut step: StepDraft, rule: DateRule) -> StepDraft {
    if step.opens.is_some() {
        step.problem(
            "cycle.two_dates",
            "始まる日（at・opens）が2回書かれています",
            "どちらか1つにしてください。",
        );
    }
    step.opens = Some(rule);
    step
}

fn checked(count: i64) -> Fallible<i32> {
    let within = (-MAX_OFFSET..=MAX_OFFSET).contains(&count);
    let count = i32::try_from(count).ok().filter(|_| within);
    count.ok_or_else(|| format!("日数は -{MAX_OFFSET} から {MAX_OFFSET} までです").into())
}
