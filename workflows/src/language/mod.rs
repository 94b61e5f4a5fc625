//! The plan language: the words a script can use. Each word only writes into a [`StepDraft`]; nothing is
//! decided here, so that the check can report everything that is wrong with a plan at once.
//!
//! | Word | Meaning |
//! |---|---|
//! | `step("id")`, `.title("…")` | a step, and what people call it |
//! | `.task("役割")` | a person of the role does something; outcome `done` |
//! | `.owners(["市", "医師会"])` | a task that these roles own together: either does it, both are listed |
//! | `.approval(["課長", "会長"])` | approved in this order; with `.need(n)` in any order, n suffice; outcome `approved` |
//! | `.sendback("id")` | 差戻し from a task or approval leads back to this step; at most `.max(n)` times, otherwise 20 rounds |
//! | `.effect("name", "arg"…)`, `.compute("name", "arg"…)` | the product does or computes something; up to three arguments |
//! | `.collect("name").closes(date)` | answers come in until the end of that day; outcome `closed` |
//! | `.gate("hook")` | `fn hook(s, c)` of the script returns the outcome; with `"wait"` it is not yet time: asked again when the cycle has moved, otherwise the next day |
//! | `.wait_for("signal", "key")` | something outside happens; without a key any signal of the name; outcome `received`, or with `.closes(date)` at the end of that day `closed` |
//! | `.wait_for(…).fresh()` | what happened before the step opened does not count |
//! | `.carry("name")` | what is open goes over to the next cycle |
//! | `.cycle("name")` | another cycle of the municipality runs below this one (部会); outcome `done` or `terminated` |
//! | `.end_cycle()` | the whole cycle ends at once; what is open is cancelled |
//! | `.reopen("id").max(n)` | begins an earlier step anew, with a new `.closes(date)` if it collects; outcome `spent` afterwards |
//! | `.after("id")`, `.after([…])`, `.after_any([…])`, `.after([…]).need(n)` | all, one, or n of them were done |
//! | `.after("id").share(80)` | 80 % of the items of that step, rounded up, were done |
//! | `.when("id", "outcome")`, `.or_when(…)` | only if that step had this outcome, or that one |
//! | `.per(c.list)`, `.per("list")` | once for each item; the list is a parameter, or becomes known on the way |
//! | `.per("list").open_until("id")` | items may be added to the list until that step is settled |
//! | `.alone("word")` | of everything that names the word only one is open at a time; with `per` one item after the other |
//! | `.withdraw(["id"])` | when this opens, what of those steps is not settled is cancelled; what follows them goes on |
//! | `.unskippable()` | cannot be cancelled, nor the cycle given up, while it is undecided |
//! | `.while_open("id")` | only as long as that step is open |
//! | `.opens(date)`, `.at(date)` | not before 09:00 of that day |
//! | `.due(date)` | to be done by the end of that day |
//! | `.escalate(bdays(3))` | that long after the due date (or the opening) the task is escalated |
//! | `c.field.bdays(-7)`, `.days(3)`, `c.fy.date(2, 10)`, `closing("id").bdays(-7)` | dates, kept as rules |
//!
//! Words for what is not supported, and why, stand in [`unsupported`].

mod conditions;
mod cycle;
mod dates;
mod draft;
mod kinds;
mod unsupported;

use rhai::{Engine, NativeCallContext};

pub(crate) use cycle::cycle;
pub(crate) use draft::StepDraft;

/// Words of the language, for 「もしかして」.
pub const WORDS: [&str; 37] = [
    "step",
    "title",
    "task",
    "owners",
    "approval",
    "sendback",
    "effect",
    "collect",
    "gate",
    "compute",
    "wait_for",
    "fresh",
    "carry",
    "cycle",
    "end_cycle",
    "reopen",
    "after",
    "after_any",
    "need",
    "share",
    "when",
    "or_when",
    "per",
    "open_until",
    "alone",
    "withdraw",
    "unskippable",
    "while_open",
    "at",
    "due",
    "opens",
    "closes",
    "max",
    "escalate",
    "bdays",
    "days",
    "closing",
];

pub(crate) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<StepDraft>("step");
    engine.register_fn("step", |context: NativeCallContext, id: &str| {
        StepDraft::new(id, line(&context))
    });
    engine.register_fn("title", |mut step: StepDraft, title: &str| {
        step.title = Some(title.to_owned());
        step
    });
    kinds::register(engine);
    conditions::register(engine);
    dates::register(engine);
    cycle::register(engine);
    unsupported::register(engine);
}

fn line(context: &NativeCallContext) -> Option<u32> {
    context
        .call_position()
        .line()
        .and_then(|line| u32::try_from(line).ok())
}

/// The strings of a rhai array; a value that is no string is reported on the step.
fn strings(step: &mut StepDraft, word: &str, values: rhai::Array) -> Vec<String> {
    let mut strings = Vec::new();
    for value in values {
        match value.into_string() {
            Ok(text) => strings.push(text),
            Err(got) => step.problem(
                "cycle.bad_argument",
                format!("{word} の一覧に、文字列でない値（{got}）があります"),
                "文字列の一覧にしてください。",
            ),
        }
    }
    strings
}
