//! The shape of a JSON file: what its JSON Schema refuses, said in Japanese at the right line.

use jsonschema::JsonType;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::source::escape;
use crate::{Finding, Source, nearest};

impl Source {
    /// All findings of the shape at once: one for each violation of `schema` (`pack.shape`) and one for each
    /// name written twice (`pack.duplicate_key`), sorted by line.
    pub fn shape(&self, schema: &Validator) -> Vec<Finding> {
        let mut findings = self.duplicate_keys().to_vec();
        let errors: Vec<_> = schema.iter_errors(self.value()).collect();
        for error in &errors {
            // What a failed alternative did not evaluate is no mistake of its own.
            let unevaluated = matches!(error.kind(), Kind::UnevaluatedProperties { .. });
            if unevaluated
                && errors
                    .iter()
                    .any(|other| is_choice(other) && other.instance_path() == error.instance_path())
            {
                continue;
            }
            violation(self, error, &mut findings);
        }
        findings.sort();
        findings.dedup();
        findings
    }
}

fn is_choice(error: &ValidationError<'_>) -> bool {
    matches!(
        error.kind(),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. }
    )
}

fn violation(source: &Source, error: &ValidationError<'_>, findings: &mut Vec<Finding>) {
    let at = error.instance_path().as_str();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                findings.push(source.finding(
                    "pack.shape",
                    &format!("{at}/{}", escape(name)),
                    format!("{}に「{name}」という項目は書けません。", place(at)),
                    "綴りを確かめるか、この項目を削除してください。",
                ));
            }
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context }
            if !choices(context).is_empty() =>
        {
            findings.push(said(
                source,
                at,
                not_a_choice(error.instance(), &choices(context)),
            ));
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => match closest(context) {
            Some(branch) => {
                for error in branch {
                    violation(source, error, findings);
                }
            }
            None => findings.push(said(
                source,
                at,
                "どの書き方にも当てはまりません".to_owned(),
            )),
        },
        Kind::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default();
            findings.push(source.finding(
                "pack.shape",
                &format!("{at}/{}", escape(name)),
                format!("{}の中の名前「{name}」は使えません。", place(at)),
                match error.kind() {
                    Kind::Pattern { pattern } => format!("次の形にしてください: {pattern}"),
                    _ => "別の名前にしてください。".to_owned(),
                },
            ));
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            findings.push(source.finding(
                "pack.shape",
                at,
                format!("{}に必須の項目「{name}」がありません。", place(at)),
                format!("「{name}」を書き足してください。"),
            ));
        }
        kind => findings.push(said(source, at, complaint(kind, error.instance()))),
    }
}

fn said(source: &Source, at: &str, complaint: String) -> Finding {
    let todo = "この値を直してください。書ける項目と値は $schema の JSON Schema にあります。";
    source.finding(
        "pack.shape",
        at,
        format!("{}: {complaint}。", place(at)),
        todo,
    )
}

/// The values to choose from, where each branch is one value.
fn choices<'a>(context: &'a [Vec<ValidationError<'_>>]) -> Vec<&'a Value> {
    let one = |branch: &'a Vec<ValidationError<'_>>| -> Option<Vec<&'a Value>> {
        match branch.as_slice() {
            [error] => match error.kind() {
                Kind::Constant { expected_value } => Some(vec![expected_value.as_ref()]),
                Kind::Enum { options } => Some(options.as_array()?.iter().collect()),
                _ => None,
            },
            _ => None,
        }
    };
    let values: Option<Vec<Vec<&Value>>> = context.iter().map(one).collect();
    values.unwrap_or_default().concat()
}

fn not_a_choice(found: &Value, choices: &[&Value]) -> String {
    let names = choices.iter().filter_map(|choice| choice.as_str());
    let near = found.as_str().and_then(|found| nearest(found, names));
    let near = near.map_or(String::new(), |near| {
        format!("「{near}」ではありませんか。")
    });
    let choices: Vec<String> = choices.iter().map(|choice| short(choice)).collect();
    format!(
        "{} は使えません。{near}使えるのは {} です",
        short(found),
        choices.join("、")
    )
}

/// Whether a branch only says that nothing at all may stand here, too.
fn only_null(branch: &[ValidationError<'_>]) -> bool {
    let null = |error: &ValidationError<'_>| {
        matches!(
            error.kind(),
            Kind::Type {
                kind: TypeKind::Single(JsonType::Null)
            }
        )
    };
    branch.iter().all(null)
}

/// The branch that failed deepest inside the value is the one the author meant.
fn closest<'a, 'b>(
    context: &'b [Vec<ValidationError<'a>>],
) -> Option<&'b Vec<ValidationError<'a>>> {
    let depth = |error: &ValidationError<'_>| error.instance_path().as_str().matches('/').count();
    context
        .iter()
        .filter(|branch| !only_null(branch))
        .max_by_key(|branch| {
            let deepest = branch.iter().map(depth).max().unwrap_or(0);
            (deepest, std::cmp::Reverse(branch.len()))
        })
}

fn place(pointer: &str) -> String {
    if pointer.is_empty() {
        "ファイルの最上位".to_owned()
    } else {
        format!("「{}」", pointer.trim_start_matches('/').replace('/', "."))
    }
}

fn complaint(kind: &Kind, instance: &Value) -> String {
    match kind {
        Kind::Type { kind } => format!(
            "{}でなければなりません（今は {}）",
            types(kind),
            short(instance)
        ),
        Kind::Enum { options } => {
            let options: Vec<&Value> = options.as_array().into_iter().flatten().collect();
            not_a_choice(instance, &options)
        }
        Kind::Constant { expected_value } => {
            format!("{} でなければなりません", short(expected_value))
        }
        Kind::Pattern { pattern } => {
            format!(
                "{} は決められた形（{pattern}）に合いません",
                short(instance)
            )
        }
        Kind::Format { format } => format!("{} は {format} の形ではありません", short(instance)),
        Kind::Minimum { limit } => format!("{} 以上でなければなりません", short(limit)),
        Kind::Maximum { limit } => format!("{} 以下でなければなりません", short(limit)),
        Kind::ExclusiveMinimum { limit } => {
            format!("{} より大きくなければなりません", short(limit))
        }
        Kind::ExclusiveMaximum { limit } => {
            format!("{} より小さくなければなりません", short(limit))
        }
        Kind::MinLength { limit: 1 } => "空にはできません".to_owned(),
        Kind::MinLength { limit } => format!("{limit}文字以上でなければなりません"),
        Kind::MaxLength { limit } => format!("{limit}文字以下でなければなりません"),
        Kind::MinItems { limit } => format!("{limit}件以上必要です"),
        Kind::MaxItems { limit } => format!("{limit}件までです"),
        Kind::MinProperties { limit } => format!("{limit}個以上の項目が必要です"),
        Kind::MaxProperties { limit } => format!("項目は{limit}個までです"),
        Kind::UniqueItems => "同じ値が2回書かれています".to_owned(),
        Kind::FalseSchema => "ここには書けません".to_owned(),
        Kind::Not { .. } => format!("{} は使えません", short(instance)),
        Kind::OneOfMultipleValid { .. } => {
            "2通り以上の書き方に当てはまり、どれか決められません".to_owned()
        }
        other => format!("JSON Schema の {} に反しています", other.keyword()),
    }
}

fn types(kind: &TypeKind) -> String {
    let names: Vec<&str> = match kind {
        TypeKind::Single(one) => vec![type_name(&one.to_string())],
        TypeKind::Multiple(set) => set.iter().map(|one| type_name(&one.to_string())).collect(),
    };
    names.join("か")
}

fn type_name(name: &str) -> &'static str {
    match name {
        "string" => "文字列",
        "integer" => "整数",
        "number" => "数値",
        "boolean" => "true か false",
        "array" => "配列 [ ]",
        "object" => "オブジェクト { }",
        _ => "null",
    }
}

/// A value as JSON, cut at 40 characters.
fn short(value: &Value) -> String {
    let json = value.to_string();
    if json.chars().count() <= 40 {
        return json;
    }
    json.chars().take(39).chain(['…']).collect()
}
