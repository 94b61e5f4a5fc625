//! The plan language: the words a script can use. Each word only writes into a [`StepDraft`]; nothing is
//! decided here, so that the check can report everything that is wrong with a plan at once.

mod conditions;
mod cycle;
mod dates;
mod draft;
mod kinds;

use rhai::{Engine, NativeCallContext};

pub(crate) use cycle::cycle;
pub(crate) use draft::StepDraft;

/// Words of the language, for 「もしかして」.
pub(crate) const WORDS: [&str; 27] = [
    "step",
    "title",
    "task",
    "approval",
    "sendback",
    "effect",
    "collect",
    "gate",
    "compute",
    "wait_for",
    "carry",
    "reopen",
    "after",
    "after_any",
    "need",
    "when",
    "or_when",
    "per",
    "while_open",
    "at",
    "due",
    "opens",
    "closes",
    "max",
    "escalate",
    "bdays",
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
