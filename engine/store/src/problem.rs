//! Problem: what a verification of the store found.

use std::fmt;

use crate::file::FileHash;
use crate::key::Key;

/// One thing that is wrong with what is stored. `Display` says it in Japanese with the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The checksum of an entry does not match; `place` names it.
    Checksum { place: String },
    /// The record cannot be read, or the chain of hashes breaks at it.
    Chain { municipality: String, seq: u64 },
    /// The record has a form that this release does not know.
    Version {
        municipality: String,
        seq: u64,
        version: u64,
    },
    /// The journal does not end where its head says.
    Head {
        municipality: String,
        head: u64,
        last: u64,
    },
    /// A key names a file that is not in the folder.
    FileMissing { key: Key, hash: FileHash },
    /// A file's content is not what its name says.
    FileDamaged { key: Key, hash: FileHash },
    /// What stands at a job's key is no job, or is not in the order of what is due.
    Job { key: Key },
    /// Something stands in the database that the store never writes.
    Stray { place: String },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Checksum { place } => write!(f, "{place}: 検査値が合いません。")?,
            Problem::Chain { municipality, seq } => {
                write!(
                    f,
                    "{municipality} の記録 {seq}: 連鎖（ハッシュ）が合いません。書き換えられたか壊れています。"
                )?;
            }
            Problem::Version {
                municipality,
                seq,
                version,
            } => {
                return write!(
                    f,
                    "{municipality} の記録 {seq}: 未知の版 {version} です。新しい meguri で調べてください。"
                );
            }
            Problem::Head {
                municipality,
                head,
                last,
            } => {
                let mend = if head > last {
                    "バックアップから復元してください。残っている記録で続けるときは"
                } else {
                    "記録は残っています。"
                };
                return write!(
                    f,
                    "{municipality}: 記録は {head} までのはずですが、{last} で終わっています。{mend} meguri doctor --mend で直せます。"
                );
            }
            Problem::FileMissing { key, hash } => {
                write!(f, "{key}: ファイル {hash} がありません。")?
            }
            Problem::FileDamaged { key, hash } => {
                write!(f, "{key}: ファイル {hash} の内容が変わっています。")?
            }
            Problem::Job { key } => write!(
                f,
                "{key}: 期日のある仕事として読めないか、期日の順に並んでいません。"
            )?,
            Problem::Stray { place } => {
                write!(f, "{place}: このプログラムが書かないものがあります。")?
            }
        }
        f.write_str("バックアップから復元してください。")
    }
}
