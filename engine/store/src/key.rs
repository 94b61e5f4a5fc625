//! Key: the readable path of a value, `<municipality>/response/<survey>/<respondent>`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::limits::{KEY_BYTES, SEGMENT_BYTES};

/// A path of checked segments. The first segment is the municipality.
///
/// A segment has 1 to 200 bytes, no `/` and no control character, so a name that comes from outside
/// can never reach into another municipality or another area. Keys are ordered by their bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

/// Why a path is not a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("キー「{key}」に空の部分があります。各部分に 1 文字以上を入れてください。")]
    Empty { key: String },
    #[error(
        "キーの部分「{segment}」に使えない文字（{character:?}）があります。「/」と制御文字を除いてください。"
    )]
    Character { segment: String, character: char },
    #[error("キーまたはその部分が長すぎます（{bytes} バイト）。{limit} バイト以下にしてください。")]
    TooLong { bytes: usize, limit: usize },
}

impl Key {
    /// Joins segments to a key: `Key::new(["架空市", "response", survey, respondent])`.
    ///
    /// # Errors
    /// A segment is empty, too long, or contains `/` or a control character; or there is none at all.
    pub fn new<S: AsRef<str>>(segments: impl IntoIterator<Item = S>) -> Result<Key, KeyError> {
        let mut path = String::new();
        for (nth, segment) in segments.into_iter().enumerate() {
            let segment = segment.as_ref();
            check_segment(segment)?;
            if nth > 0 {
                path.push('/');
            }
            path.push_str(segment);
        }
        if path.is_empty() {
            return Err(KeyError::Empty { key: path });
        }
        if path.len() > KEY_BYTES {
            return Err(KeyError::TooLong {
                bytes: path.len(),
                limit: KEY_BYTES,
            });
        }
        Ok(Key(path))
    }

    /// This key with one more segment.
    ///
    /// # Errors
    /// As [`Key::new`].
    pub fn join(&self, segment: &str) -> Result<Key, KeyError> {
        Key::new(self.segments().chain([segment]))
    }

    pub fn municipality(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The rule for a segment, which is also the rule for a municipality's name.
pub(crate) fn check_segment(segment: &str) -> Result<(), KeyError> {
    if segment.is_empty() {
        return Err(KeyError::Empty { key: String::new() });
    }
    if segment.len() > SEGMENT_BYTES {
        return Err(KeyError::TooLong {
            bytes: segment.len(),
            limit: SEGMENT_BYTES,
        });
    }
    match segment.chars().find(|c| *c == '/' || c.is_control()) {
        Some(character) => Err(KeyError::Character {
            segment: segment.to_owned(),
            character,
        }),
        None => Ok(()),
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(path: &str) -> Result<Key, KeyError> {
        if path.split('/').any(str::is_empty) {
            return Err(KeyError::Empty {
                key: path.to_owned(),
            });
        }
        Key::new(path.split('/'))
    }
}

impl TryFrom<String> for Key {
    type Error = KeyError;

    fn try_from(path: String) -> Result<Key, KeyError> {
        path.parse()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> String {
        key.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_in_a_name_cannot_reach_another_municipality() {
        let refused = Key::new(["架空市", "response/../../隣町", "1"]);
        assert!(matches!(
            refused,
            Err(KeyError::Character { character: '/', .. })
        ));
    }

    #[test]
    fn segments_are_checked() {
        assert!(Key::new(Vec::<String>::new()).is_err());
        assert!(Key::new(["架空市", ""]).is_err());
        assert!(Key::new(["架空市", "a\0b"]).is_err());
        assert!(Key::new(["架空市", "a\nb"]).is_err());
        assert!(Key::new(["x".repeat(201)]).is_err());
        assert!(Key::new(vec!["x".repeat(200); 6]).is_err());
        assert!("/架空市".parse::<Key>().is_err());
        assert!("架空市/".parse::<Key>().is_err());
        assert!("架空市//x".parse::<Key>().is_err());
    }

    #[test]
    fn a_path_reads_back() {
        let key = Key::new(["架空市", "response", "退院", "第 1 事業所"]).unwrap();
        assert_eq!(key.as_str(), "架空市/response/退院/第 1 事業所");
        assert_eq!(key.municipality(), "架空市");
        assert_eq!(key.as_str().parse(), Ok(key));
    }
}
