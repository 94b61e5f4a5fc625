//! Expressions: the rules that a questionnaire or a measure carries, compiled once and evaluated often.
//!
//! An expression is one rhai expression over item ids, without statements. An absent item is `()`, an integer an
//! integer, a decimal an exact [`Decimal`](crate::Decimal), a date its text `2024-06-05` (which compares in the
//! order of time), a multiple item an array of codes, a matrix a map of rows, a repeat an array of rows.

mod functions;
mod value;
mod view;
mod words;

use rhai::{AST, Dynamic, EvalAltResult, Scope};

pub use functions::ALLOWED;
pub(crate) use functions::ENGINE;
pub(crate) use value::{dynamic, json};
pub(crate) use view::View;

/// A compiled expression.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    text: String,
    ast: AST,
    names: Vec<String>,
    properties: Vec<(String, String)>,
}

/// Why a text is no expression: the code of a finding, what and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) what: String,
    pub(crate) todo: String,
}

impl Rule {
    /// # Errors
    /// `form.broken_expression` when it does not compile, `form.forbidden_call` when it calls a function
    /// outside the vocabulary. Whether its names exist is not known here.
    pub(crate) fn compile(text: &str) -> Result<Rule, Fault> {
        let words = words::read(text);
        if let Some(call) = words.calls.iter().find(|call| !functions::is_allowed(call)) {
            return Err(Fault {
                code: "form.forbidden_call",
                what: format!("式「{text}」は使えない関数「{call}」を呼んでいます。"),
                todo: format!("使える関数は {} です。", functions::ALLOWED.join("、")),
            });
        }
        let broken = |what: String| Fault {
            code: "form.broken_expression",
            what: format!("式「{text}」: {what}。"),
            todo: "式を直してください。例: rule_used == \"yes\"、coordinated <= discharged"
                .to_owned(),
        };
        if words.template {
            return Err(broken("逆引用符「`」の文字列は使えません".to_owned()));
        }
        match ENGINE.compile_expression(text) {
            Ok(ast) => Ok(Rule {
                text: text.to_owned(),
                ast,
                names: words.names,
                properties: words.properties,
            }),
            Err(error) => Err(broken(authoring::sandbox::complaint(&error.into()))),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The variables it reads, each once.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Variable and property for each `variable.property`.
    pub(crate) fn properties(&self) -> &[(String, String)] {
        &self.properties
    }

    /// # Errors
    /// What rhai says, for instance when a blank is added to a number.
    pub(crate) fn evaluate(
        &self,
        value: impl Fn(&str) -> Dynamic,
    ) -> Result<Dynamic, Box<EvalAltResult>> {
        let mut scope = Scope::new();
        for name in &self.names {
            scope.push_dynamic(name.as_str(), value(name));
        }
        ENGINE.eval_ast_with_scope(&mut scope, &self.ast)
    }

    /// Whether the rule holds; a rule that cannot be evaluated (a blank in a sum) does not hold.
    pub(crate) fn holds(&self, value: impl Fn(&str) -> Dynamic) -> bool {
        self.evaluate(value)
            .is_ok_and(|result| result.as_bool().unwrap_or(false))
    }
}
