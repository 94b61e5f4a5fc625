//! What a step does: `.task`, `.owners`, `.approval`, `.effect`, `.collect`, `.gate`, `.compute`, `.wait_for`,
//! `.carry`, `.reopen`, `.cycle`, `.end_cycle`.

use rhai::{Array, Dynamic, Engine};

use super::draft::StepDraft;
use super::strings;
use crate::key::StepId;
use crate::plan::Kind;

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("task", |step: StepDraft, role: &str| {
        owners(step, vec![role.into()])
    });
    engine.register_fn("owners", owners);
    engine.register_fn("approval", |step: StepDraft, role: &str| {
        approval(step, vec![role.into()])
    });
    engine.register_fn("approval", approval);
    engine.register_fn("collect", |step: StepDraft, name: &str| {
        with(
            step,
            Kind::Collect {
                name: name.to_owned(),
            },
        )
    });
    engine.register_fn("gate", |step: StepDraft, hook: &str| {
        with(
            step,
            Kind::Gate {
                hook: hook.to_owned(),
            },
        )
    });
    engine.register_fn("wait_for", |step: StepDraft, signal: &str| {
        wait_for(step, signal, "")
    });
    engine.register_fn("wait_for", wait_for);
    engine.register_fn("fresh", |mut step: StepDraft| {
        step.fresh = true;
        step
    });
    engine.register_fn("cycle", |step: StepDraft, name: &str| {
        with(
            step,
            Kind::Cycle {
                name: name.to_owned(),
            },
        )
    });
    engine.register_fn("end_cycle", |step: StepDraft| with(step, Kind::End));
    engine.register_fn("carry", |step: StepDraft, name: &str| {
        with(
            step,
            Kind::Carry {
                name: name.to_owned(),
            },
        )
    });
    engine.register_fn("reopen", |step: StepDraft, target: &str| {
        with(
            step,
            Kind::Reopen {
                target: StepId::new(target),
            },
        )
    });
    engine.register_fn("sendback", |mut step: StepDraft, target: &str| {
        step.sendback = Some(StepId::new(target));
        step
    });

    // rhai has no variadic functions: up to three arguments after the name.
    engine.register_fn("effect", |step: StepDraft, name: &str| {
        effect(step, name, vec![])
    });
    engine.register_fn("effect", |step: StepDraft, name: &str, a: Dynamic| {
        effect(step, name, vec![a])
    });
    engine.register_fn(
        "effect",
        |step: StepDraft, name: &str, a: Dynamic, b: Dynamic| effect(step, name, vec![a, b]),
    );
    engine.register_fn(
        "effect",
        |step: StepDraft, name: &str, a: Dynamic, b: Dynamic, c: Dynamic| {
            effect(step, name, vec![a, b, c])
        },
    );
    engine.register_fn("compute", |step: StepDraft, name: &str| {
        compute(step, name, vec![])
    });
    engine.register_fn("compute", |step: StepDraft, name: &str, a: Dynamic| {
        compute(step, name, vec![a])
    });
    engine.register_fn(
        "compute",
        |step: StepDraft, name: &str, a: Dynamic, b: Dynamic| compute(step, name, vec![a, b]),
    );
    engine.register_fn(
        "compute",
        |step: StepDraft, name: &str, a: Dynamic, b: Dynamic, c: Dynamic| {
            compute(step, name, vec![a, b, c])
        },
    );
}

fn with(mut step: StepDraft, kind: Kind) -> StepDraft {
    step.kinds.push(kind);
    step
}

fn owners(mut step: StepDraft, roles: Array) -> StepDraft {
    let roles = strings(&mut step, "owners", roles);
    with(step, Kind::Task { roles })
}

fn approval(mut step: StepDraft, roles: Array) -> StepDraft {
    let roles = strings(&mut step, "approval", roles);
    with(step, Kind::Approval { roles, need: None })
}

fn wait_for(step: StepDraft, signal: &str, key: &str) -> StepDraft {
    let (signal, key) = (signal.to_owned(), key.to_owned());
    with(
        step,
        Kind::WaitFor {
            signal,
            key,
            fresh: false,
        },
    )
}

fn effect(mut step: StepDraft, name: &str, args: Vec<Dynamic>) -> StepDraft {
    let args = strings(&mut step, "effect", args);
    with(
        step,
        Kind::Effect {
            name: name.to_owned(),
            args,
        },
    )
}

fn compute(mut step: StepDraft, name: &str, args: Vec<Dynamic>) -> StepDraft {
    let args = strings(&mut step, "compute", args);
    with(
        step,
        Kind::Compute {
            name: name.to_owned(),
            args,
        },
    )
}
