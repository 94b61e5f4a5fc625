//! Published figures that cannot be as they were printed.

use authoring::Finding;

use super::super::read::Parts;
use crate::history::{Value, misprinted};

pub(super) fn remarks(parts: &Parts) -> Vec<Finding> {
    let mut remarks = Vec::new();
    for (_, history) in &parts.history {
        for (index, figure) in history.value.figures.iter().enumerate() {
            let at = |field: &str| format!("/figures/{index}/{field}");
            let what = format!("{}・{}年度", figure.indicator, figure.survey_year);
            let printed = figure.value.printed();
            let right = printed.and_then(|printed| misprinted(printed, figure.value.amount()));
            if let Some((printed, right)) = printed.zip(right) {
                let counts = match figure.value {
                    Value::Ratio { num, den, .. } => format!("{num}/{den} は {right}％"),
                    _ => format!("正しくは {right}"),
                };
                remarks.push(history.source.finding(
                    "pack.printed_differs",
                    &at("printed"),
                    format!("{what}は、{printed} と印刷されていますが、{counts} です。"),
                    "資料には正しい方を出します。注記には misprints() を使えます。",
                ));
            }
            if let Some((rate, n)) = figure.value.impossible() {
                remarks.push(history.source.finding(
                    "pack.impossible_rate",
                    &at("rate"),
                    format!("{what}の {rate}％になる件数は、n={n} にはありません。"),
                    "率の分母が n と違わないか、出典を確かめてください。",
                ));
            }
        }
    }
    remarks
}
