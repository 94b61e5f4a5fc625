//! What papers and letters have in common: their templates are read alike, and complained about alike.

use authoring::Finding;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior};

/// An environment in which a name that does not exist is an error.
pub(crate) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    environment.set_syntax(syntax.expect("the usual delimiters"));
    environment
}

/// Reads a template of a pack without writing anything: syntax, and names that do not exist.
pub(crate) fn check(
    environment: &Environment<'_>,
    path: &str,
    text: &str,
    variables: &[&str],
    functions: &[&str],
) -> Vec<Finding> {
    let template = match environment.template_from_named_str(path, text) {
        Ok(template) => template,
        Err(error) => return vec![refused(path, &error)],
    };
    let mut unknown: Vec<String> = template
        .undeclared_variables(false)
        .into_iter()
        .filter(|name| !variables.contains(&name.as_str()) && !functions.contains(&name.as_str()))
        .collect();
    unknown.sort();
    unknown
        .into_iter()
        .map(|name| unknown_variable(path, text, &name, variables, functions))
        .collect()
}

fn unknown_variable(
    path: &str,
    text: &str,
    name: &str,
    variables: &[&str],
    functions: &[&str],
) -> Finding {
    let line = text
        .lines()
        .position(|line| calls(line, name))
        .and_then(|at| u32::try_from(at + 1).ok());
    let known = variables.iter().chain(functions).copied();
    let near = authoring::nearest(name, known).map_or(String::new(), |near| {
        format!("「{near}」ではありませんか。")
    });
    Finding::new(
        "paper.unknown_variable",
        path,
        line,
        format!("変数「{name}」はありません。"),
        format!("{near}使えるのは {} です。", variables.join("、")),
    )
}

/// Whether a line has this name as a whole word inside a tag.
fn calls(line: &str, name: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let tags = line
        .split_inclusive(['{', '}'])
        .filter(|part| part.ends_with('}'));
    tags.flat_map(|tag| tag.split(|c| !inside(c)))
        .any(|word| word.split('.').next() == Some(name))
}

/// What is wrong with a template that cannot be written.
pub(crate) fn refused(name: &str, error: &minijinja::Error) -> Finding {
    use minijinja::ErrorKind;
    let detail = error
        .detail()
        .map_or(error.kind().to_string(), str::to_owned);
    let what = match error.kind() {
        // Said by a function of ours, in Japanese.
        ErrorKind::InvalidOperation if !detail.is_ascii() => detail,
        ErrorKind::SyntaxError => {
            format!("テンプレートの書き方が正しくないか、閉じる行がありません（{detail}）。")
        }
        ErrorKind::UndefinedError => format!("ない項目の値を使っています（{detail}）。"),
        ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => {
            format!("ない関数を呼んでいます（{detail}）。")
        }
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest => {
            format!("ない変換や条件を使っています（{detail}）。")
        }
        _ => format!("テンプレートを書き出せません（{detail}）。"),
    };
    Finding::new(
        "paper.template",
        name,
        error.line().and_then(|line| u32::try_from(line).ok()),
        what,
        "この行の名前と書き方を直してください。ひな型（`meguri new`）と比べてください。",
    )
}
