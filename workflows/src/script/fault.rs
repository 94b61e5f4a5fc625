//! What goes wrong while a script is compiled or run, as a finding.

use authoring::sandbox::{complaint, line};
use authoring::{Finding, nearest};
use rhai::{EvalAltResult as Run, LexError, ParseErrorType as Parse};

use crate::language::WORDS;

/// `known`: the parameters, for 「もしかして」.
pub(super) fn finding(file: &str, error: &Run, known: &[String]) -> Finding {
    let inner = innermost(error);
    let (code, todo) = match inner {
        Run::ErrorParsing(parse, _) => syntax(parse),
        Run::ErrorTooManyOperations(_) | Run::ErrorTerminated(..) | Run::ErrorStackOverflow(_) => (
            "cycle.endless",
            "終わらない繰返しや、自分自身を呼ぶ関数がないか確かめてください。".to_owned(),
        ),
        Run::ErrorDataTooLarge(..) => (
            "cycle.too_large",
            "一覧は2,000件、文字列は64KiBまでにしてください。".to_owned(),
        ),
        Run::ErrorPropertyNotFound(name, _) => (
            "cycle.unknown_parameter",
            match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => format!(
                    "もしかして「{near}」ですか。なければ cycles/*.json の fields に足してください。"
                ),
                None => "名前を直すか、cycles/*.json の fields に足してください。".to_owned(),
            },
        ),
        Run::ErrorFunctionNotFound(signature, _) => {
            let name = signature.split([' ', '(']).next().unwrap_or_default();
            let todo = match nearest(name, WORDS) {
                Some(near) if near != name => format!("もしかして「{near}」ですか。"),
                _ => "計画の言葉と引数の型（文字列は引用符で囲む、日付は c.締切 や bdays(3)）を確かめてください。".to_owned(),
            };
            ("cycle.unknown_word", todo)
        }
        Run::ErrorVariableNotFound(..) => unknown_name(),
        Run::ErrorRuntime(..) if complaint(inner).contains("sleep") => forbidden(),
        _ => (
            "cycle.script_error",
            "書かれた計算を直してください。".to_owned(),
        ),
    };
    // Which of the two limits is hit first depends on the machine.
    let what = match inner {
        Run::ErrorTooManyOperations(_) | Run::ErrorTerminated(..) => {
            "計算が終わりません（上限を超えたので止めました）".to_owned()
        }
        other => complaint(other),
    };
    Finding::new(code, file, line(error), format!("{what}。"), todo)
}

fn innermost(error: &Run) -> &Run {
    match error {
        Run::ErrorInFunctionCall(_, _, inner, _) => innermost(inner),
        other => other,
    }
}

fn syntax(error: &Parse) -> (&'static str, String) {
    match error {
        Parse::Reserved(_) | Parse::ModuleUndefined(_) => forbidden(),
        Parse::BadInput(LexError::ImproperSymbol(..)) => forbidden(),
        Parse::VariableUndefined(_) => unknown_name(),
        _ => (
            "cycle.syntax",
            "この行と前の行の括弧・コンマ・引用符を確かめてください。".to_owned(),
        ),
    }
}

fn forbidden() -> (&'static str, String) {
    (
        "cycle.forbidden",
        "計画は日付と役割から組み立てるだけです。この呼出しを消してください。".to_owned(),
    )
}

fn unknown_name() -> (&'static str, String) {
    (
        "cycle.unknown_name",
        "let で定義するか、文字列なら引用符で囲んでください。パラメータは c.名前 です。".to_owned(),
    )
}
