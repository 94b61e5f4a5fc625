//! A measure in a Japanese sentence, for the page that says where a number comes from.

use super::{Measure, Of};
use crate::item::Item;

impl Measure {
    /// What is counted, where one set of answers is a `record` (回答, 記録), for instance 「病院ごとの件数」の行のうち「介護・予防の別」が「予防」であるものの「連携件数」の合計.
    pub fn describe(&self, record: &str) -> String {
        let mut said = match &self.of {
            Of::Responses => record.to_owned(),
            Of::Roster => "調査対象の名簿".to_owned(),
            Of::Rows(id) => format!("「{}」の行", self.title(id)),
        };
        if let Some(rule) = &self.condition {
            said = format!("{said}のうち{}もの", self.condition(rule.text()));
        }
        if let Some(by) = &self.by {
            said = format!("{said}を「{}」ごとにまとめ", self.title(by));
            if let Some(rule) = &self.having {
                said = format!("{said}、{}もの", self.condition(rule.text()));
            } else {
                said += "たもの";
            }
        }
        if self.sum.is_empty() {
            return format!("{said}の数");
        }
        let titles = |ids: &[String]| {
            let titles: Vec<String> = ids
                .iter()
                .map(|id| format!("「{}」", self.title(id)))
                .collect();
            titles.join("と")
        };
        if self.minus.is_empty() {
            format!("{said}の{}の合計", titles(&self.sum))
        } else {
            format!(
                "{said}の{}の合計から{}の合計を引いた数",
                titles(&self.sum),
                titles(&self.minus)
            )
        }
    }

    /// Parts joined by `&&` read as a sentence; anything more involved is quoted as it is written.
    fn condition(&self, text: &str) -> String {
        if text.contains("||") || text.contains('(') {
            return format!("（{text}）の条件に合う");
        }
        let parts: Option<Vec<String>> = text
            .split("&&")
            .map(|part| self.comparison(part.trim()))
            .collect();
        match parts {
            Some(parts) => format!("{}である", parts.join("、")),
            None => format!("（{text}）の条件に合う"),
        }
    }

    /// `care == "yobo"` → 「介護・予防の別」が「予防」
    fn comparison(&self, text: &str) -> Option<String> {
        let signs = [
            ("==", ""),
            ("!=", "以外"),
            ("<=", "以下"),
            (">=", "以上"),
            ("<", "未満"),
            (">", "を超えるもの"),
        ];
        let (sign, after) = signs.iter().find(|(sign, _)| text.contains(sign))?;
        let (left, right) = text.split_once(sign)?;
        let (left, right) = (left.trim(), right.trim());
        let value = match right
            .strip_prefix('"')
            .and_then(|right| right.strip_suffix('"'))
        {
            Some(code) => {
                let option = self.item(left).and_then(|item| item.option(code));
                format!(
                    "「{}」",
                    option.map_or(code, |option| option.title.as_str())
                )
            }
            None if right.bytes().all(|byte| byte.is_ascii_digit()) => right.to_owned(),
            None => format!("「{}」", self.item(right)?.title),
        };
        Some(format!("「{}」が{value}{after}", self.name(left)?))
    }

    fn name(&self, name: &str) -> Option<String> {
        if let Some(column) = name.strip_prefix("respondent.") {
            return Some(format!("名簿の{column}"));
        }
        if let Some(item) = self.item(name) {
            return Some(item.title.clone());
        }
        let own = self.own_items()?;
        let (at, attribute) = own.attribute(name).or_else(|| self.items.attribute(name))?;
        let items = if own.attribute(name).is_some() {
            own
        } else {
            &self.items
        };
        Some(format!("{}の{attribute}", items[at].title))
    }

    fn item(&self, id: &str) -> Option<&Item> {
        self.own_items()
            .and_then(|own| own.get(id))
            .or_else(|| self.items.get(id))
    }

    fn title<'a>(&'a self, id: &'a str) -> &'a str {
        self.item(id).map_or(id, |item| item.title.as_str())
    }
}
