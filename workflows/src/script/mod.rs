//! A cycle script: compiled in the sandbox, run once for its plan, later asked only for small pure hooks.

mod fault;
mod place;
mod trial;

use std::sync::LazyLock;

use authoring::Finding;
use authoring::sandbox::{self, Budget};
use rhai::{AST, CallFnOptions, Dynamic, Engine, Map, OptimizationLevel, Scope};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::check;
use crate::key::hex;
use crate::language::{self, StepDraft};
use crate::parameters::Parameters;
use crate::plan::{Kind, Plan};
use crate::vocabulary::Vocabulary;
use place::Places;

// A plan is made a few times a year and checked at leisure; a hook runs inside the year.
const PLAN_BUDGET: Budget = Budget {
    operations: 5_000_000,
    millis: 2_000,
};
const HOOK_BUDGET: Budget = Budget {
    operations: 1_000_000,
    millis: 250,
};

static PLANNER: LazyLock<Engine> = LazyLock::new(|| {
    let mut engine = sandbox::engine(PLAN_BUDGET);
    language::register(&mut engine);
    // The optimiser would drop a statement outside the functions before it can be refused.
    engine.set_optimization_level(OptimizationLevel::None);
    engine
});
static HOOKS: LazyLock<Engine> = LazyLock::new(|| {
    let mut engine = sandbox::engine(HOOK_BUDGET);
    language::register(&mut engine);
    engine
});

#[derive(Debug, Clone)]
pub struct Script {
    file: String,
    text: String,
    hash: String,
    ast: AST,
    /// Lines to name when the interpreter names none.
    places: Places,
    vocabulary: Vocabulary,
}

/// A hook that gave no usable outcome. The cycle keeps waiting and a person resolves it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: 関数 {hook}: {reason}", line.map_or(String::new(), |line| format!(":{line}")))]
pub struct HookError {
    pub file: String,
    pub line: Option<u32>,
    pub hook: String,
    /// A Japanese sentence.
    pub reason: String,
}

/// Compiles a script.
///
/// # Errors
/// `cycle.syntax`, `cycle.forbidden`, `cycle.unknown_name`, `cycle.top_level`, `cycle.no_plan`.
pub fn read(file: &str, text: &str, vocabulary: &Vocabulary) -> Result<Script, Vec<Finding>> {
    let ast = PLANNER
        .compile(text)
        .map_err(|error| vec![fault::finding(file, &error.into(), &[])])?;
    let mut findings: Vec<Finding> = ast
        .statements()
        .iter()
        .map(|statement| {
            Finding::new(
                "cycle.top_level",
                file,
                statement
                    .position()
                    .line()
                    .and_then(|line| u32::try_from(line).ok()),
                "関数の外に文があります。",
                "fn plan(c) などの関数の中に移してください。",
            )
        })
        .collect();
    if !has_function(&ast, "plan", 1) {
        findings.push(Finding::new(
            "cycle.no_plan",
            file,
            None,
            "計画を返す関数 plan(c) がありません。",
            "fn plan(c) {[ step(\"…\").task(\"…\"), … ]} を書いてください。",
        ));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(Script {
        file: file.to_owned(),
        text: text.to_owned(),
        hash: hex(&Sha256::digest(text.as_bytes())),
        places: Places::of(&ast, text),
        ast,
        vocabulary: vocabulary.clone(),
    })
}

impl Script {
    pub fn file(&self) -> &str {
        &self.file
    }

    /// As it was read; read again it gives the same script.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Runs `plan(c)` and checks what it returns.
    ///
    /// # Errors
    /// Everything that is wrong with the plan, sorted by line; an error inside the script itself hides what
    /// comes after it.
    pub fn plan(&self, parameters: &Parameters) -> Result<Plan, Vec<Finding>> {
        let steps = self.drafts(parameters)?;
        let outcomes = trial::outcomes(self, parameters, &steps);
        let mut findings = outcomes.findings;
        let steps = check::check(
            &self.file,
            steps,
            &self.vocabulary,
            &outcomes.by_hook,
            |hook| has_function(&self.ast, hook, 2),
        );
        match steps {
            Ok(steps) if findings.is_empty() => Ok(Plan {
                title: parameters.title().to_owned(),
                fiscal_year: parameters.fiscal_year(),
                dates: parameters.dates(),
                date_titles: parameters
                    .fields()
                    .iter()
                    .map(|field| (field.id.clone(), field.title.clone()))
                    .collect(),
                script: self.hash.clone(),
                parameters: Some(parameters.clone()),
                steps,
                hash: String::new(),
            }
            .seal()),
            Ok(_) => Err(findings),
            Err(more) => {
                findings.extend(more);
                findings.sort();
                Err(findings)
            }
        }
    }

    fn drafts(&self, parameters: &Parameters) -> Result<Vec<StepDraft>, Vec<Finding>> {
        let cycle = language::cycle(parameters);
        let known: Vec<String> = cycle.keys().map(|name| name.to_string()).collect();
        let one = |code, what: String, todo: &str| {
            let line = self.places.function("plan");
            vec![Finding::new(code, &self.file, line, what, todo)]
        };
        let result = call(&PLANNER, &self.ast, "plan", (cycle,)).map_err(|error| {
            let finding = fault::finding(&self.file, &error, &known);
            let line = finding.line.or_else(|| self.places.line("plan", &error));
            vec![Finding { line, ..finding }]
        })?;
        let list = result.into_array().map_err(|got| {
            let todo = "plan(c) の最後に [ step(…), … ] の一覧を置いてください。";
            one(
                "cycle.not_a_step",
                format!("plan(c) が返した値（{got}）はステップの一覧ではありません。"),
                todo,
            )
        })?;
        if list.is_empty() {
            let todo = "少なくとも1つの step を書いてください。";
            return Err(one(
                "cycle.no_steps",
                "plan(c) が返した一覧にステップがありません。".to_owned(),
                todo,
            ));
        }
        let mut steps = Vec::new();
        let mut findings = Vec::new();
        for (index, value) in list.into_iter().enumerate() {
            let got = value.type_name().to_owned();
            match value.try_cast::<StepDraft>() {
                Some(step) => steps.push(step),
                None => findings.extend(one(
                    "cycle.not_a_step",
                    format!(
                        "一覧の{}番目の値（{got}）はステップではありません。",
                        index + 1
                    ),
                    "step(\"…\") で始まる形にしてください。",
                )),
            }
        }
        if findings.is_empty() {
            Ok(steps)
        } else {
            Err(findings)
        }
    }

    /// Asks a gate for the way on. `facts` become `s` (see [`gate_facts`](crate::gate_facts)), the parameters `c`.
    ///
    /// # Errors
    /// When the hook does not exist, fails, takes too long or returns something that is not a text.
    pub fn gate(
        &self,
        hook: &str,
        facts: &serde_json::Map<String, Value>,
        parameters: &Parameters,
    ) -> Result<String, HookError> {
        let failed = |line, reason: String| HookError {
            file: self.file.clone(),
            line,
            hook: hook.to_owned(),
            reason,
        };
        let facts: Map = rhai::serde::to_dynamic(facts)
            .ok()
            .and_then(Dynamic::try_cast)
            .ok_or_else(|| failed(None, "判定の材料を渡せません".to_owned()))?;
        let outcome = call(
            &HOOKS,
            &self.ast,
            hook,
            (facts, language::cycle(parameters)),
        )
        .map_err(|error| {
            let line = sandbox::line(&error).or_else(|| self.places.line(hook, &error));
            failed(line, sandbox::complaint(&error))
        })?;
        outcome
            .into_string()
            .map_err(|got| failed(None, format!("結果が文字列でなく {got} です")))
    }
}

pub(crate) fn hooks(steps: &[StepDraft]) -> impl Iterator<Item = (&StepDraft, &str)> {
    steps.iter().flat_map(|step| {
        step.kinds.iter().filter_map(move |kind| match kind {
            Kind::Gate { hook } => Some((step, hook.as_str())),
            _ => None,
        })
    })
}

fn call(
    engine: &Engine,
    ast: &AST,
    name: &str,
    args: impl rhai::FuncArgs,
) -> Result<Dynamic, Box<rhai::EvalAltResult>> {
    let options = CallFnOptions::new().eval_ast(false);
    engine.call_fn_with_options(options, &mut Scope::new(), ast, name, args)
}

fn has_function(ast: &AST, name: &str, parameters: usize) -> bool {
    ast.iter_functions()
        .any(|function| function.name == name && function.params.len() == parameters)
}
