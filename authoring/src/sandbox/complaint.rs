//! What rhai complains about, in Japanese and without its jargon where a clerk may meet it.

use rhai::{EvalAltResult as Run, ParseErrorType as Parse};

/// The 1-based line inside the script, when known.
pub fn line(error: &Run) -> Option<u32> {
    match error {
        // The place in the function that failed, not the place of the call.
        Run::ErrorInFunctionCall(_, _, inner, at) => line(inner).or(position(*at)),
        other => position(other.position()),
    }
}

fn position(at: rhai::Position) -> Option<u32> {
    at.line().and_then(|line| u32::try_from(line).ok())
}

/// One Japanese sentence without a full stop. A `rhai::ParseError` goes in by `&error.into()`.
pub fn complaint(error: &Run) -> String {
    match error {
        Run::ErrorParsing(error, _) => syntax(error),
        Run::ErrorVariableNotFound(name, _) => format!("「{name}」という名前はありません"),
        Run::ErrorPropertyNotFound(name, _) => format!("「{name}」という項目はありません"),
        Run::ErrorFunctionNotFound(signature, _) => {
            format!(
                "「{}」という関数、または型の組合せは使えません",
                types(signature)
            )
        }
        Run::ErrorModuleNotFound(name, _) => format!("モジュール「{name}」は使えません"),
        Run::ErrorMismatchDataType(wanted, got, _)
        | Run::ErrorMismatchOutputType(wanted, got, _) => {
            format!("{}であるべき値が{}です", types(wanted), types(got))
        }
        Run::ErrorInFunctionCall(name, _, inner, _) => {
            format!("関数 {name} の中: {}", complaint(inner))
        }
        Run::ErrorTooManyOperations(_) => {
            "計算の上限を超えました（終わらない繰返しの可能性があります）".to_owned()
        }
        Run::ErrorStackOverflow(_) => "関数の呼出しが深すぎます".to_owned(),
        Run::ErrorDataTooLarge(what, _) => format!("値が大きすぎます（{what}）"),
        Run::ErrorTerminated(reason, _) => format!("時間切れで止めました（{reason}）"),
        Run::ErrorArithmetic(what, _) => format!("計算できません（{what}）"),
        Run::ErrorRuntime(what, _) => what.to_string(),
        other => format!("実行できません（{other}）"),
    }
}

/// The names of rhai's types inside a signature, in Japanese.
fn types(signature: &str) -> String {
    let names = [
        ("&str | ImmutableString | String", "文字列"),
        ("i64", "整数"),
        ("f64", "小数"),
        ("bool", "真偽"),
        ("array", "配列"),
        ("map", "マップ"),
        ("()", "空欄"),
    ];
    names
        .iter()
        .fold(signature.to_owned(), |text, (rust, name)| {
            text.replace(rust, name)
        })
}

fn syntax(error: &Parse) -> String {
    match error {
        Parse::UnexpectedEOF => "式が途中で終わっています".to_owned(),
        Parse::MissingToken(token, _) => format!("「{token}」が足りません"),
        Parse::MissingSymbol(_) => "記号が足りません".to_owned(),
        Parse::UnknownOperator(operator) => format!("「{operator}」という演算子はありません"),
        Parse::VariableUndefined(name) => format!("「{name}」という名前はありません"),
        Parse::Reserved(word) => format!("「{word}」は使えない言葉です"),
        Parse::ExprTooDeep => "式の入れ子が深すぎます".to_owned(),
        Parse::TooManyFunctions => "関数が多すぎます".to_owned(),
        Parse::LiteralTooLarge(..) => "書かれた値が大きすぎます".to_owned(),
        Parse::ModuleUndefined(name) => format!("モジュール「{name}」は使えません"),
        other => format!("書き方が正しくありません（{other}）"),
    }
}
