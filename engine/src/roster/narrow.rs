//! Which of those asked are looked at.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::Respondent;

/// What a person has chosen; empty keeps everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrow {
    pub answered: Option<bool>,
    /// How the response came: the word of its source.
    pub source: Option<String>,
    /// Column id → value, as they stand in the roster.
    pub columns: BTreeMap<String, String>,
    /// Part of the name or the number; width and case do not count.
    pub words: String,
}

impl Narrow {
    pub fn is_empty(&self) -> bool {
        *self == Narrow::default()
    }

    /// Whether somebody is looked at; `source`: how the response came, if it has.
    pub fn keeps(&self, respondent: &Respondent, source: Option<&str>) -> bool {
        let value = |column: &String| respondent.columns.get(column).map_or("", String::as_str);
        let words = plain(&self.words);
        self.answered
            .is_none_or(|wanted| wanted == source.is_some())
            && self
                .source
                .as_deref()
                .is_none_or(|wanted| source == Some(wanted))
            && self
                .columns
                .iter()
                .all(|(column, wanted)| value(column) == wanted)
            && (words.is_empty()
                || plain(&respondent.name).contains(&words)
                || plain(&respondent.id).contains(&words))
    }
}

fn plain(text: &str) -> String {
    let wide = text.nfkc().filter(|c| !c.is_whitespace());
    wide.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_chosen_has_to_fit() {
        let respondent = Respondent {
            id: "K001".into(),
            name: "ケアプラン髙﨑（架空）".into(),
            columns: [("kind".to_owned(), "a".to_owned())].into(),
        };
        let narrow = |answered, source: Option<&str>, kind: Option<&str>, words: &str| Narrow {
            answered,
            source: source.map(str::to_owned),
            columns: kind
                .map(|kind| ("kind".to_owned(), kind.to_owned()))
                .into_iter()
                .collect(),
            words: words.to_owned(),
        };
        for (narrow, kept) in [
            (narrow(None, None, None, ""), true),
            (narrow(Some(true), None, None, ""), true),
            (narrow(Some(false), None, None, ""), false),
            (narrow(None, Some("paper"), None, ""), false),
            (narrow(None, Some("web"), Some("a"), "ｹｱﾌﾟﾗﾝ 髙"), true),
            (narrow(None, None, Some("b"), ""), false),
            (narrow(None, None, None, "ｋ００１"), true),
            (narrow(None, None, None, "K002"), false),
        ] {
            assert_eq!(narrow.keeps(&respondent, Some("web")), kept, "{narrow:?}");
        }
    }
}
