//! The questionnaire as a workbook for one office: it is filled in there and sent back.

use forms::{Answers, Item, Kind, Questionnaire};
use papers::{FormLine, FormSheet};

use super::numbers;
use crate::roster::Respondent;
use crate::survey::Survey;

/// Rows that a repeated group gets on paper, where the questionnaire allows so many.
const ROWS: usize = 10;

/// What stands before the parts of the mark; the version is that of the layout.
pub(super) const MARK: &str = "meguri-1";

/// The workbook of a survey for one of those asked; `known` is put in where something was saved already.
pub fn workbook(
    form: &Questionnaire,
    survey: &Survey,
    respondent: &Respondent,
    closes: Option<&str>,
    known: &Answers,
) -> FormSheet {
    let mut lines = Vec::new();
    for page in form.pages() {
        if form.pages().len() > 1 {
            lines.push(FormLine {
                question: page.title.clone(),
                ..FormLine::default()
            });
        }
        for item in page.items.iter().filter_map(|id| form.item(id.as_str())) {
            add(&mut lines, item, item.id.as_str().to_owned(), "", known);
        }
    }
    let mut notes = vec![
        "黄色い欄に答えを書いてください。選択肢は、番号でも言葉でも書けます。番号を一つだけ書く設問と、あてはまる番号をすべて書く設問（1,3 のように）があります。".to_owned(),
        "あてはまらない設問は、空欄のままにしてください。".to_owned(),
    ];
    notes.extend(closes.map(|day| format!("{day}までにお送りください。")));
    FormSheet {
        name: "回答".to_owned(),
        title: survey.name.clone(),
        mark: format!(
            "{MARK}/{}/{}/{}",
            survey.turn(),
            form.version(),
            respondent.id
        ),
        notes,
        facts: vec![
            ("管理番号".to_owned(), respondent.id.clone()),
            ("名称".to_owned(), respondent.name.clone()),
        ],
        lines,
    }
}

fn add(lines: &mut Vec<FormLine>, item: &Item, path: String, before: &str, known: &Answers) {
    if !super::is_typed(item) {
        return;
    }
    let question = format!("{before}{}", item.title);
    let value = |path: &str| numbers::shown(item, known, path);
    match &item.kind {
        Kind::Matrix { rows, .. } => lines.extend(rows.iter().map(|row| {
            let path = format!("{path}.{}", row.id);
            FormLine {
                question: format!("{question}：{}", row.title),
                how: options(item),
                choices: choices(item),
                value: value(&path),
                mark: path,
                ..FormLine::default()
            }
        })),
        Kind::Repeat {
            label, items, max, ..
        } => {
            let rows = known.rows(&path).max(ROWS).min(*max);
            for row in 0..rows {
                for inner in items.iter() {
                    let path = format!("{path}.{row}.{}", inner.id.as_str());
                    add(lines, inner, path, &format!("{label}{} ", row + 1), known);
                }
            }
        }
        kind => lines.push(FormLine {
            how: how(item, kind),
            unit: item.unit().unwrap_or_default().to_owned(),
            choices: match kind {
                Kind::Single { .. } => choices(item),
                _ => Vec::new(),
            },
            number: matches!(kind, Kind::Integer { .. } | Kind::Decimal { .. }),
            value: value(&path),
            question,
            mark: path,
        }),
    }
}

fn how(item: &Item, kind: &Kind) -> String {
    match kind {
        Kind::Single { .. } => options(item),
        Kind::Multiple { .. } => format!("あてはまるものすべて：{}", options(item)),
        Kind::Integer { .. } | Kind::Decimal { .. } => "数字".to_owned(),
        Kind::Date => "日付（令和6年9月30日、2024/9/30 のように）".to_owned(),
        Kind::Text { max, .. } => format!("{max}字まで"),
        _ => String::new(),
    }
}

/// 1 使っている　2 使っていない
fn options(item: &Item) -> String {
    let options = item.options().iter().enumerate();
    let numbered = options.map(|(place, option)| format!("{} {}", place + 1, option.title));
    numbered.collect::<Vec<_>>().join("　")
}

fn choices(item: &Item) -> Vec<String> {
    let options = item.options().iter();
    options.map(|option| option.title.clone()).collect()
}
