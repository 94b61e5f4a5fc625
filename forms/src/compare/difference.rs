//! One difference between two versions, as data and as a sentence.

use serde::Serialize;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// `q1` or `hospitals.q2`; nothing for the questionnaire as a whole.
    pub item: Option<String>,
    /// The title in the new version; of what was removed, in the old one.
    pub title: String,
    pub what: What,
    pub series: Series,
}

/// What is different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    Added,
    Removed,
    Retitled {
        from: String,
        to: String,
    },
    Help,
    Pages {
        from: Vec<String>,
        to: Vec<String>,
    },
    Moved,
    Kind {
        from: &'static str,
        to: &'static str,
    },
    OptionAdded {
        option: String,
    },
    OptionRemoved {
        code: String,
        option: String,
    },
    OptionRenamed {
        from: String,
        to: String,
    },
    OptionsReordered,
    RowAdded {
        row: String,
    },
    RowRemoved {
        row: String,
    },
    RowRenamed {
        from: String,
        to: String,
    },
    Required {
        now: bool,
    },
    Unit {
        from: String,
        to: String,
    },
    Limits {
        from: String,
        to: String,
    },
    Relevance {
        from: String,
        to: String,
    },
    Calculation {
        from: String,
        to: String,
    },
    Checks {
        from: Vec<String>,
        to: Vec<String>,
    },
    Concept {
        from: String,
        to: String,
    },
    Break {
        reason: String,
    },
}

/// What a change does to the series of the item over the years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// It has nothing to do with it.
    Untouched,
    GoesOn,
    Begins,
    Ends,
    /// A break is drawn, as the author has marked it.
    Broken,
    /// The series goes on, although different things would be compared: a break or another concept is missing.
    Mixed,
}

impl Series {
    pub fn label(self) -> &'static str {
        match self {
            Series::Untouched => "関わりません",
            Series::GoesOn => "続きます",
            Series::Begins => "ここから始まります",
            Series::Ends => "ここで終わります",
            Series::Broken => "ここで切れ目を引きます",
            Series::Mixed => "違うものを続けて比べることになります",
        }
    }
}

impl What {
    pub fn in_words(&self) -> String {
        let none = |text: &str| match text {
            "" => "なし".to_owned(),
            text => format!("「{text}」"),
        };
        match self {
            What::Added => "新しい設問です".to_owned(),
            What::Removed => "なくなりました".to_owned(),
            What::Retitled { from, to } => format!("文が変わりました：「{from}」→「{to}」"),
            What::Help => "補足の文が変わりました".to_owned(),
            What::Pages { from, to } => format!(
                "ページの分け方が変わりました：{} → {}",
                from.join("・"),
                to.join("・")
            ),
            What::Moved => "順番が変わりました".to_owned(),
            What::Kind { from, to } => format!("種類が変わりました：{from} → {to}"),
            What::OptionAdded { option } => format!("選択肢「{option}」が加わりました"),
            What::OptionRemoved { option, .. } => format!("選択肢「{option}」がなくなりました"),
            What::OptionRenamed { from, to } => {
                format!("選択肢の文が変わりました：「{from}」→「{to}」")
            }
            What::OptionsReordered => "選択肢の順番が変わりました".to_owned(),
            What::RowAdded { row } => format!("行「{row}」が加わりました"),
            What::RowRemoved { row } => format!("行「{row}」がなくなりました"),
            What::RowRenamed { from, to } => format!("行の文が変わりました：「{from}」→「{to}」"),
            What::Required { now: true } => "必須になりました".to_owned(),
            What::Required { now: false } => "必須ではなくなりました".to_owned(),
            What::Unit { from, to } => {
                format!("単位が変わりました：{} → {}", none(from), none(to))
            }
            What::Limits { from, to } => format!("範囲が変わりました：{from} → {to}"),
            What::Relevance { from, to } => {
                format!("出す条件が変わりました：{} → {}", none(from), none(to))
            }
            What::Calculation { from, to } => {
                format!("計算が変わりました：{} → {}", none(from), none(to))
            }
            What::Checks { from, to } => format!(
                "検算が変わりました：{} → {}",
                none(&from.join("、")),
                none(&to.join("、"))
            ),
            What::Concept { from, to } => {
                format!("系列の名が変わりました：{} → {}", none(from), none(to))
            }
            What::Break { reason } => format!("切れ目の印が付きました：{reason}"),
        }
    }
}
