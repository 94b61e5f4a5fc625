//! The text of a cell as the roster has it, or what is wrong with it.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::LONGEST_CELL;
use super::columns::plain;
use super::table::{Cell, Mark};
use crate::municipality::{Column, RosterFormat};
use crate::roster::{is_address, is_id};

/// Why a cell cannot be taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub code: &'static str,
    pub what: String,
    pub todo: String,
}

/// What the cell says for a column of the roster; codes instead of their meanings.
pub(super) fn value(format: &RosterFormat, column: &Column, cell: &Cell) -> Result<String, Fault> {
    let title = &column.title;
    match &cell.mark {
        Some(Mark::Merged(area)) => {
            return Err(Fault {
                code: "roster.merged",
                what: format!("「{title}」のセルが結合されています（{area}）。"),
                todo: "Excelで結合を解き、一つひとつの行に書いてください。".to_owned(),
            });
        }
        Some(Mark::Error(error)) => {
            return Err(Fault {
                code: "roster.formula_error",
                what: format!("「{title}」の数式がエラー（{error}）になっています。"),
                todo: "数式を直すか、値を直接書いてください。".to_owned(),
            });
        }
        Some(Mark::Formula) | None => {}
    }
    if cell.text.chars().count() > LONGEST_CELL {
        return Err(Fault {
            code: "roster.long_cell",
            what: format!("「{title}」が{LONGEST_CELL}字を超えています。"),
            todo: "短くしてください。".to_owned(),
        });
    }
    if let Some(bad) = cell.text.chars().find(|c| c.is_control()) {
        return Err(Fault {
            code: "roster.control_character",
            what: format!(
                "「{title}」に見えない制御文字（U+{:04X}）があります。",
                u32::from(bad)
            ),
            todo: "セルを打ち直してください。".to_owned(),
        });
    }
    let text = unguarded(&cell.text);
    if column.id == format.key {
        return id(title, text);
    }
    if !column.values.is_empty() {
        return code(title, &column.values, text);
    }
    if format.mail.as_ref() == Some(&column.id) {
        return mail(title, text);
    }
    let text = widened(text);
    match text.is_empty() && column.id == format.name_column {
        true => Err(Fault {
            code: "roster.no_name",
            what: format!("「{title}」が空です。"),
            todo: "名称を書いてください。".to_owned(),
        }),
        false => Ok(text),
    }
}

/// What our own files put before a text that a spreadsheet would take for a formula.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(crate::roster::export::FORMULA) => rest,
        _ => text,
    }
}

fn id(title: &str, text: &str) -> Result<String, Fault> {
    let id: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    // 1.0 is what some programs make of a number.
    let id = match id.strip_suffix(".0") {
        Some(whole) if whole.bytes().all(|b| b.is_ascii_digit()) => whole.to_owned(),
        _ => id.replace(['‐', '−', '–', '—'], "-"),
    };
    if is_id(&id) {
        return Ok(id);
    }
    Err(Fault {
        code: "roster.bad_id",
        what: match id.is_empty() {
            true => format!("「{title}」が空です。"),
            false => format!("「{title}」の「{text}」は使えません。"),
        },
        todo: "英数字とハイフンで書いてください。".to_owned(),
    })
}

fn code(title: &str, values: &BTreeMap<String, String>, text: &str) -> Result<String, Fault> {
    let wanted = plain(text);
    let known = values
        .iter()
        .find(|(code, meaning)| plain(meaning) == wanted || plain(code) == wanted);
    let allowed = || {
        let meanings: Vec<&str> = values.values().map(String::as_str).collect();
        meanings.join("、")
    };
    known.map(|(code, _)| code.clone()).ok_or_else(|| Fault {
        code: "roster.unknown_value",
        what: match text.is_empty() {
            true => format!("「{title}」が空です。"),
            false => format!("「{title}」の「{text}」は決められた値ではありません。"),
        },
        todo: format!("{} のどれかにしてください。", allowed()),
    })
}

fn mail(title: &str, text: &str) -> Result<String, Fault> {
    let address: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    if address.is_empty() || is_address(&address) {
        return Ok(address);
    }
    Err(Fault {
        code: "roster.bad_mail",
        what: format!("「{title}」の「{text}」には、メールを送れません。"),
        todo: "半角の 名前@ドメイン を一つだけ書くか、空にしてください。".to_owned(),
    })
}

/// Half-width kana made full-width. Nothing else is touched: NFKC would also replace characters of
/// names (神 for 神) and the letters of a logo (ＡＢＣ).
fn widened(text: &str) -> String {
    let half = |c: char| ('\u{ff61}'..='\u{ff9f}').contains(&c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(half) {
        let run = &rest[start..];
        let end = run.find(|c| !half(c)).unwrap_or(run.len());
        out.push_str(&rest[..start]);
        out.extend(run[..end].nfkc());
        rest = &run[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_half_width_kana_are_widened() {
        for (typed, expected) in [
            ("ｹｱﾌﾟﾗﾝ髙﨑", "ケアプラン髙﨑"),
            (
                "ＡＢＣ福祉\u{fa19}戸ｶﾞｰﾃﾞﾝ🌸",
                "ＡＢＣ福祉\u{fa19}戸ガーデン🌸",
            ),
            ("(株)あおぞら", "(株)あおぞら"),
            ("", ""),
        ] {
            assert_eq!(widened(typed), expected);
        }
    }
}
