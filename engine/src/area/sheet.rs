//! A sheet of figures on its way from one municipality to another: signed as text, so that whoever
//! opens it reads exactly what was signed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{NotAKey, PublicKey, SecretKey, Shared};

/// What a sheet of this release says that it is.
const FORMAT: &str = "meguri-figures-1";

/// The figures that a municipality gives away, as of an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    format: String,
    /// The municipality, as the receiving pack names it.
    pub name: String,
    pub made_at: DateTime<Utc>,
    pub figures: Vec<Shared>,
}

/// The file: the text, and its signature.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    /// A [`Sheet`] as canonical JSON: names sorted, no white space.
    text: String,
    /// The public key of whoever signed it.
    key: String,
    signature: String,
}

/// Why a sheet is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    #[error(
        "数値のファイルではありません。`meguri figures` が書いたファイルをそのまま渡してください。"
    )]
    NotASheet,
    #[error(
        "これは新しい版の Meguri が書いたファイルです（{0}）。この Meguri を新しくしてください。"
    )]
    Newer(String),
    #[error(
        "「{0}」は、どの区域の構成市町村でもありません。municipality.json の areas の formed_of に名前と公開鍵を書いてください。"
    )]
    Unknown(String),
    #[error(
        "「{name}」の鍵ではない鍵で署名されています（{key}）。鍵を作り直したのであれば、電話などで相手に確かめてから、municipality.json の key を書き換えてください。"
    )]
    WrongKey { name: String, key: String },
    #[error("municipality.json にある「{name}」の key が正しくありません。{why}")]
    BadKey { name: String, why: NotAKey },
    #[error(
        "「{0}」の署名と中身が合いません。途中で書き換わっています。もう一度送ってもらってください。"
    )]
    Changed(String),
    #[error(
        "「{name}」からは、これより新しいファイル（{newest}）をすでに受け取っています。受け取ったのは {made_at} のものです。"
    )]
    Older {
        name: String,
        newest: String,
        made_at: String,
    },
}

impl Sheet {
    pub fn new(name: &str, made_at: DateTime<Utc>, figures: Vec<Shared>) -> Sheet {
        Sheet {
            format: FORMAT.to_owned(),
            name: name.to_owned(),
            made_at,
            figures,
        }
    }

    /// The sheet as a file.
    pub fn signed(&self, key: &SecretKey) -> String {
        let mut value = serde_json::to_value(self).expect("figures are JSON");
        value.sort_all_objects();
        let text = value.to_string();
        let signed = Signed {
            signature: key.sign(&text),
            key: key.public().to_string(),
            text,
        };
        serde_json::to_string_pretty(&signed).expect("texts are JSON") + "\n"
    }

    /// Opens a file. `key_of` is the key that the receiver has of a municipality.
    ///
    /// # Errors
    /// It is not a sheet, not from whom it says, or not as it was signed.
    pub fn open<'k>(
        file: &str,
        key_of: impl Fn(&str) -> Option<&'k str>,
    ) -> Result<Sheet, Rejected> {
        let signed: Signed = serde_json::from_str(file).map_err(|_| Rejected::NotASheet)?;
        #[derive(Deserialize)]
        struct Head {
            format: String,
            name: String,
        }
        let Head { format, name } =
            serde_json::from_str(&signed.text).map_err(|_| Rejected::NotASheet)?;
        let Some(known) = key_of(&name) else {
            return Err(Rejected::Unknown(name));
        };
        if signed.key != known {
            let key = signed.key;
            return Err(Rejected::WrongKey { name, key });
        }
        let key = match PublicKey::read(known) {
            Ok(key) => key,
            Err(why) => return Err(Rejected::BadKey { name, why }),
        };
        if !key.has_signed(&signed.text, &signed.signature) {
            return Err(Rejected::Changed(name));
        }
        if format != FORMAT {
            return Err(Rejected::Newer(format));
        }
        serde_json::from_str(&signed.text).map_err(|_| Rejected::NotASheet)
    }
}
