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
