//! Everything that is said to respondents, in one place, so that another language can stand beside it.

use crate::file::FileKind;
use crate::issue::Severity;

/// What is to be said about one answer.
#[derive(Debug)]
pub(crate) enum Complaint<'a> {
    UnknownItem,
    MoreUnknownItems {
        count: usize,
    },
    WrongType,
    NotNumber {
        typed: &'a str,
    },
    NotInteger {
        typed: &'a str,
    },
    NumberTooLarge,
    Step {
        step: String,
    },
    Below {
        limit: String,
        unit: &'a str,
    },
    Above {
        limit: String,
        unit: &'a str,
    },
    Implausible {
        value: String,
        low: String,
        high: String,
        unit: &'a str,
    },
    NotDate {
        typed: &'a str,
    },
    TooLong {
        count: usize,
        max: usize,
    },
    NotOption {
        typed: &'a str,
    },
    Duplicate {
        option: &'a str,
    },
    Exclusive {
        option: &'a str,
    },
    TooFewOptions {
        min: usize,
    },
    TooManyOptions {
        count: usize,
        max: usize,
    },
    TooFewRows {
        count: usize,
        min: usize,
        label: &'a str,
    },
    TooManyRows {
        count: usize,
        max: usize,
        label: &'a str,
    },
    Calculated {
        value: &'a str,
    },
    Required,
    RequiredChoice,
    Constraint {
        row: Option<String>,
        message: &'a str,
    },
    FileTooLarge {
        megabytes: u64,
    },
    FileKind {
        kinds: &'a [FileKind],
    },
}

impl Complaint<'_> {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Complaint::UnknownItem | Complaint::MoreUnknownItems { .. } => "answer.unknown_item",
            Complaint::WrongType => "answer.wrong_type",
            Complaint::NotNumber { .. } => "answer.not_number",
            Complaint::NotInteger { .. } => "answer.not_integer",
            Complaint::NumberTooLarge => "answer.number_too_large",
            Complaint::Step { .. } => "answer.step",
            Complaint::Below { .. } => "answer.below_minimum",
            Complaint::Above { .. } => "answer.above_maximum",
            Complaint::Implausible { .. } => "answer.implausible",
            Complaint::NotDate { .. } => "answer.not_date",
            Complaint::TooLong { .. } => "answer.too_long",
            Complaint::NotOption { .. } => "answer.not_option",
            Complaint::Duplicate { .. } => "answer.duplicate",
            Complaint::Exclusive { .. } => "answer.exclusive",
            Complaint::TooFewOptions { .. } => "answer.too_few_options",
            Complaint::TooManyOptions { .. } => "answer.too_many_options",
            Complaint::TooFewRows { .. } => "answer.too_few_rows",
            Complaint::TooManyRows { .. } => "answer.too_many_rows",
            Complaint::Calculated { .. } => "answer.calculated",
            Complaint::Required | Complaint::RequiredChoice => "answer.required",
            Complaint::Constraint { .. } => "answer.constraint",
            Complaint::FileTooLarge { .. } => "answer.file_too_large",
            Complaint::FileKind { .. } => "answer.file_kind",
        }
    }

    pub(crate) fn severity(&self) -> Severity {
        match self {
            Complaint::Implausible { .. } => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// `name` is the title of the item, with its row: 病院2 の退院数.
    pub(crate) fn japanese(&self, name: &str) -> String {
        match self {
            Complaint::UnknownItem => {
                format!(
                    "「{}」という設問はこの調査票にありません。この回答を外してください。",
                    short(name)
                )
            }
            Complaint::MoreUnknownItems { count } => {
                format!("この調査票にない設問への回答が、ほかに{count}件あります。")
            }
            Complaint::WrongType => {
                format!("「{name}」の回答の形が正しくありません。もう一度入力してください。")
            }
            Complaint::NotNumber { typed } => {
                format!(
                    "「{name}」は数字で入力してください（今の入力：{}）。",
                    short(typed)
                )
            }
            Complaint::NotInteger { typed } => {
                format!(
                    "「{name}」は小数のない数字で入力してください（今の入力：{}）。",
                    short(typed)
                )
            }
            Complaint::NumberTooLarge => {
                format!("「{name}」の数字のけたが多すぎます。入力を確かめてください。")
            }
            Complaint::Step { step } => format!("「{name}」は{step}きざみで入力してください。"),
            Complaint::Below { limit, unit } => {
                format!("「{name}」は{limit}{unit}以上で入力してください。")
            }
            Complaint::Above { limit, unit } => {
                format!("「{name}」は{limit}{unit}以下で入力してください。")
            }
            Complaint::Implausible {
                value,
                low,
                high,
                unit,
            } => format!(
                "「{name}」の{value}{unit}は、ふだんの範囲（{low}～{high}{unit}）の外です。このままでよければお進みください。"
            ),
            Complaint::NotDate { typed } => format!(
                "「{name}」は 2024-06-05 や 令和6年6月5日 のように、実際にある日付で入力してください（今の入力：{}）。",
                short(typed)
            ),
            Complaint::TooLong { count, max } => format!(
                "「{name}」は{}文字までです（今は{}文字）。短くしてください。",
                thousands(*max),
                thousands(*count)
            ),
            Complaint::NotOption { typed } => {
                format!(
                    "「{name}」は選択肢の中から選んでください（今の回答：{}）。",
                    short(typed)
                )
            }
            Complaint::Duplicate { option } => {
                format!("「{name}」で「{option}」が2回選ばれています。1つにしてください。")
            }
            Complaint::Exclusive { option } => {
                format!(
                    "「{name}」の「{option}」は、ほかの選択肢と同時には選べません。どちらかにしてください。"
                )
            }
            Complaint::TooFewOptions { min } => format!("「{name}」は{min}つ以上選んでください。"),
            Complaint::TooManyOptions { count, max } => {
                format!("「{name}」は{max}つまで選べます（今は{count}つ）。")
            }
            Complaint::TooFewRows { count, min, label } => {
                format!("「{name}」は{label}を{min}件以上入力してください（今は{count}件）。")
            }
            Complaint::TooManyRows { count, max, label } => {
                format!("「{name}」に入力できる{label}は{max}件までです（今は{count}件）。")
            }
            Complaint::Calculated { value } => format!(
                "「{name}」の計算の結果（{}）が正しい範囲にありません。もとになった回答を確かめてください。",
                short(value)
            ),
            Complaint::Required => format!("「{name}」を入力してください。"),
            Complaint::RequiredChoice => format!("「{name}」を選んでください。"),
            Complaint::Constraint {
                row: Some(row),
                message,
            } => format!("{row}：{message}"),
            Complaint::Constraint { row: None, message } => (*message).to_owned(),
            Complaint::FileTooLarge { megabytes } => format!(
                "「{name}」のファイルは{megabytes}MBまでです。小さくするか、分けて事務局にお送りください。"
            ),
            Complaint::FileKind { kinds } => {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.label()).collect();
                format!(
                    "「{name}」に付けられるファイルは、{} です。別の形のファイルは、その形に直してから付けてください。",
                    kinds.join("、")
                )
            }
        }
    }
}

/// 病院2: the second row of a repeat, counted from 1 as people do.
pub(crate) fn row_name(label: &str, row: usize) -> String {
    format!("{label}{}", row + 1)
}

/// 病院2 の退院数
pub(crate) fn name_in_row(row: &str, title: &str) -> String {
    format!("{row} の{title}")
}

/// A matrix names its row: 備えの段階（停電のとき）
pub(crate) fn name_in_matrix(title: &str, row: &str) -> String {
    format!("{title}（{row}）")
}

/// What was typed, cut at 20 characters and without line breaks.
fn short(typed: &str) -> String {
    let mut kept: String = typed
        .chars()
        .take(21)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if kept.chars().count() > 20 {
        kept.pop();
        kept.push('…');
    }
    kept
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
