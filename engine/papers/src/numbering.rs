//! The numbering of a style: the first mark of every level, or the name of a common one.

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::marks::Mark;

/// The marks of the levels, outermost first. In JSON a list of first marks,
/// `["１", "⑴", "ア", "(ｱ)"]`, or the name of one of [`PRESETS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbering {
    levels: Vec<Mark>,
}

/// Numberings in common use, by name.
pub const PRESETS: [(&str, &[&str]); 5] = [
    ("公用文", &["第１", "１", "(1)", "ア", "(ア)", "ａ", "(a)"]),
    ("項目", &["１", "⑴", "ア", "(ｱ)"]),
    ("片括弧", &["1", "1)", "①"]),
    ("報告書", &["1.", "①", "(1)", "事例①"]),
    ("横書き", &["１", "(1)", "ア", "(ア)"]),
];

impl Default for Numbering {
    fn default() -> Numbering {
        Numbering::preset("項目").expect("every preset is made of known marks")
    }
}

impl Numbering {
    /// One of [`PRESETS`].
    pub fn preset(name: &str) -> Option<Numbering> {
        let (_, marks) = PRESETS.iter().find(|(known, _)| *known == name)?;
        Numbering::of(marks).ok()
    }

    /// # Errors
    /// The mark that is not the first of a known sequence.
    pub fn of<'a>(first: &[&'a str]) -> Result<Numbering, &'a str> {
        let levels = first.iter().map(|mark| Mark::parse(mark).ok_or(*mark));
        Ok(Numbering {
            levels: levels.collect::<Result<_, _>>()?,
        })
    }

    /// The sequence of a level, from 1.
    pub fn level(&self, level: u8) -> Option<&Mark> {
        self.levels.get(usize::from(level).checked_sub(1)?)
    }

    pub fn levels(&self) -> &[Mark] {
        &self.levels
    }
}

impl Serialize for Numbering {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.levels.iter().map(ToString::to_string))
    }
}

impl<'de> Deserialize<'de> for Numbering {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Numbering, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Numbering;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
        write!(
            f,
            "番号の最初の印の一覧（例：[\"１\", \"⑴\", \"ア\"]）、または {} のいずれか",
            names.join("・")
        )
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Numbering, E> {
        Numbering::preset(name).ok_or_else(|| E::invalid_value(de::Unexpected::Str(name), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Numbering, A::Error> {
        let mut first: Vec<String> = Vec::new();
        while let Some(mark) = seq.next_element()? {
            first.push(mark);
        }
        let marks: Vec<&str> = first.iter().map(String::as_str).collect();
        Numbering::of(&marks).map_err(|mark| {
            de::Error::custom(format!(
                "「{mark}」は番号の最初の印として知られていません。「１」「⑴」「ア」「(ｱ)」「①」「第１」などから選んでください。"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Numbering, PRESETS};

    #[test]
    fn a_list_of_first_marks_or_the_name_of_a_preset() {
        let own: Numbering = serde_json::from_str(r#"["1.", "①", "事例①"]"#).expect("known marks");
        assert_eq!(
            own.level(3).and_then(|mark| mark.at(2)).as_deref(),
            Some("事例②")
        );
        assert_eq!(own.level(4), None);
        let official: Numbering = serde_json::from_str(r#""公用文""#).expect("a preset");
        assert_eq!(
            official.level(1).and_then(|mark| mark.at(3)).as_deref(),
            Some("第３")
        );
        assert_eq!(official.level(0), None);
    }

    #[test]
    fn every_preset_is_made_of_known_marks() {
        for (name, marks) in PRESETS {
            let numbering = Numbering::preset(name).expect(name);
            let written = serde_json::to_value(&numbering).expect("JSON");
            assert_eq!(written, serde_json::json!(marks));
        }
    }

    #[test]
    fn err_an_unknown_mark_or_name_says_what_would_do() {
        let refused = |json: &str| {
            serde_json::from_str::<Numbering>(json)
                .expect_err("a refusal")
                .to_string()
        };
        assert!(
            refused(r#"["１", "い"]"#)
                .starts_with("「い」は番号の最初の印として知られていません。")
        );
        assert!(refused(r#""公文書""#).contains("公用文"));
        assert!(refused("3").contains("番号の最初の印の一覧"));
    }
}
