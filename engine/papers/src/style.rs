//! The style of a municipality's papers, as data.

use serde::{Deserialize, Serialize};

use crate::digits::Width;
use crate::numbering::Numbering;

/// How a municipality sets its papers. Read from the pack; every field has a default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Style {
    pub numbering: Numbering,
    pub indent: Indent,
    pub digits: Digits,
    /// The digits of dates and times.
    pub dates: Dates,
}

/// The width of digits in sentences and in tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Digits {
    pub body: Width,
    pub tables: Width,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dates {
    pub digits: Width,
}

impl Default for Dates {
    fn default() -> Dates {
        Dates {
            digits: Width::Full,
        }
    }
}

/// Indentation in whole characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Indent {
    /// Where the mark of each level stands, from the left margin.
    pub marks: [u8; 4],
    /// How much further in than the mark the paragraphs under it stand.
    pub paragraph: u8,
    /// How much further in again the first line of such a paragraph begins.
    pub first_line: u8,
    /// How much further in than the mark the 「・」 of lines under it stands.
    pub bullets: u8,
}

impl Default for Indent {
    /// 公用文: one character a level, the text one character further in than the title.
    fn default() -> Indent {
        Indent {
            marks: [0, 1, 2, 3],
            paragraph: 1,
            first_line: 1,
            bullets: 0,
        }
    }
}

impl Indent {
    /// Where the mark of a level stands; the left margin for level 0.
    pub fn mark(&self, level: u8) -> u8 {
        match level {
            0 => 0,
            level => self.marks[usize::from(level.min(4)) - 1],
        }
    }

    /// The left edge of a paragraph under a heading of this level.
    pub fn paragraph(&self, level: u8) -> u8 {
        if level == 0 {
            0
        } else {
            self.mark(level) + self.paragraph
        }
    }

    /// The left edge of the 「・」 under a heading of this level.
    pub fn bullet(&self, level: u8) -> u8 {
        if level == 0 {
            0
        } else {
            self.mark(level) + self.bullets
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_is_data() {
        let style: Style = serde_json::from_str(
            r#"{
                "numbering": ["１", "⑴", "ア", "(ｱ)"],
                "indent": { "marks": [0, 1, 2, 3], "paragraph": 2 },
                "digits": { "body": "full", "tables": "half" },
                "dates": { "digits": "single_full" }
            }"#,
        )
        .expect("a style");
        assert_eq!(
            style.digits,
            Digits {
                body: Width::Full,
                tables: Width::Half
            }
        );
        assert_eq!((style.indent.paragraph(2), style.indent.bullet(2)), (3, 1));
        assert_eq!((style.indent.paragraph(0), style.indent.mark(4)), (0, 3));
        assert_eq!(style.dates.digits, Width::SingleFull);
    }

    #[test]
    fn err_a_style_with_an_unknown_field_or_word() {
        assert!(serde_json::from_str::<Style>(r#"{ "digit": {} }"#).is_err());
        assert!(serde_json::from_str::<Style>(r#"{ "digits": { "body": "wide" } }"#).is_err());
        assert!(serde_json::from_str::<Style>(r#"{ "indent": { "marks": [0, 1] } }"#).is_err());
    }
}
