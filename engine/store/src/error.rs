//! Errors of the store. Messages are for the person who operates the server.

use std::io;
use std::path::PathBuf;

use crate::guard::Refusal;
use crate::key::{Key, KeyError};
use crate::limits::FILE_BYTES;

/// The store cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "データフォルダー {path} は別の meguri{}が使用中です。動いているサーバーの管理画面から操作するか、サーバーを止めてからもう一度実行してください。",
        .process.as_ref().map(|id| format!("（プロセス {id}）")).unwrap_or_else(|| " ".to_owned())
    )]
    InUse {
        path: PathBuf,
        process: Option<String>,
    },
    #[error("{path} を{doing}できません（{source}）。空き容量と権限を確かめてください。")]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error(
        "データベースの{doing}に失敗しました（{cause}）。ディスクの状態を確かめ、直らなければバックアップから復元してください。"
    )]
    Database { doing: &'static str, cause: String },
    #[error("{place}が壊れています（検査値が合いません）。バックアップから復元してください。")]
    Damaged { place: String },
    #[error(
        "{municipality} の記録 {seq} は版 {version} で、このプログラムは版 1 だけを読めます。新しい meguri で開いてください。"
    )]
    UnknownVersion {
        municipality: String,
        seq: u64,
        version: u64,
    },
    #[error(
        "データフォルダー {path} の形式 {found} は、このプログラムでは読めません。新しい meguri で開いてください。"
    )]
    UnknownFormat { path: PathBuf, found: String },
    #[error(
        "データフォルダー {path} から、保存済みの書き込み {} 回分が失われています（保存済み {acknowledged}、残り {found}）。バックアップから復元してください。失われたことを承知で使い続けるときは、ファイル acknowledged を削除してください。",
        acknowledged - found
    )]
    Truncated {
        path: PathBuf,
        acknowledged: u64,
        found: u64,
    },
    /// The database server does not answer. It may do so again at any moment.
    #[error(
        "データベースにつながりません（{cause}）。しばらく待ってからもう一度行ってください。続くときはデータベースサーバーを確かめてください。"
    )]
    Unavailable { cause: String },
    /// The database server is there, but must not be used as it is.
    #[error("PostgreSQL を使えません。{what}")]
    Unusable { what: String },
    #[error(
        "データベースの表の版 {found} は、このプログラムより新しいものです。新しい meguri でつないでください。"
    )]
    UnknownSchema { found: i32 },
    #[error("ファイルが大きすぎます（{bytes} バイト、上限 {FILE_BYTES} バイト）。分けてください。")]
    FileTooLarge { bytes: usize },
    #[error("「{0}」は SHA-256（16 進 64 桁）ではありません。")]
    NotAHash(String),
    #[error(
        "書き込みを停止しています（{reason}）。ディスクを確かめ、サーバーを再起動してください。"
    )]
    Stopped { reason: String },
}

/// A commit was not stored. Nothing of it was written, except after `Stopped`, where it is unknown until the store is
/// opened again, and after `Unavailable`, where it is unknown. With guards that its own writes break (`Absent`, `Is`,
/// `Head`, `Claimed`) it can be sent again: what is stored already is refused and not stored twice.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    #[error("書き込みの前提が変わっていました。読み直してからもう一度行ってください。")]
    Refused(Box<Refusal>),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(
        "{municipality} の書き込みに、よその鍵「{key}」があります。自分の自治体の鍵だけを使ってください。"
    )]
    Foreign { municipality: String, key: Key },
    #[error(
        "{what}が大きすぎます（{bytes} バイト、上限 {limit} バイト）。大きなものはファイルとして保存してください。"
    )]
    TooLarge {
        what: String,
        bytes: usize,
        limit: usize,
    },
    #[error(
        "「{key}」は期日のある仕事（<自治体>/due/<種類>/<番号>）として読めません。Job::write で書いてください。"
    )]
    NotAJob { key: Key },
    #[error("{what}の入れ子が深すぎます（上限 {limit} 段）。")]
    TooDeep { what: String, limit: usize },
    #[error("{what}に文字 U+0000 があります。取り除いてください。")]
    Nul { what: String },
    #[error("{municipality} は読み込み（import）の途中です。終わってからもう一度行ってください。")]
    Importing { municipality: String },
    /// An earlier write failed, so nothing more is written: what follows a hole must not be acknowledged.
    #[error(
        "書き込みを停止しています（{reason}）。ディスクを確かめ、サーバーを再起動してください。"
    )]
    Stopped { reason: String },
    /// The database server went away before it answered, so nobody knows whether the commit is stored.
    #[error(
        "データベースから返事がなく、保存できたかどうか分かりません（{cause}）。しばらく待って、もう一度同じ内容を送ってください。二重に保存されることはありません。"
    )]
    Unavailable { cause: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An import was refused. Nothing of it remains in the store.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(
        "{municipality} は既にあります。別のデータフォルダーに読み込むか、既にあるものを先に書き出してください。"
    )]
    Exists { municipality: String },
    #[error("{line} 行目: {what}書き出し（export）をやり直してください。")]
    Line { line: u64, what: String },
    #[error("入力を読めません（{0}）。")]
    Input(io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}
