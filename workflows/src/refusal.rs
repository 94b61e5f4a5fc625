//! Refusals: why a command was not accepted, in a sentence for the person who gave it.

use chrono::NaiveDate;
use serde::Serialize;

use crate::calendar::written;
use crate::outcome::in_words;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    #[error("このサイクルはまだ始まっていません。")]
    NotStarted,
    #[error("このサイクルはすでに始まっています。")]
    AlreadyStarted,
    #[error("このサイクルはすでに終わっています。")]
    Ended,
    #[error(
        "サイクルの計画と記録が一致しません。新しい計画は「計画の変更」の手続きを経て使ってください。"
    )]
    OtherPlan,
    #[error("「{step}」というステップ（または項目）は、この計画にありません。")]
    UnknownStep { step: String },
    #[error(
        "「{title}」は{current}回目に進んでいます。{round}回目への操作は受け付けられません。画面を開き直してください。"
    )]
    OldRound {
        title: String,
        round: u32,
        current: u32,
    },
    #[error("「{title}」はいま行う段階ではありません。{why}")]
    NotOpen { title: String, why: String },
    #[error("「{title}」はすでに「{}」で終わっています。", in_words(.outcome))]
    AlreadySettled { title: String, outcome: String },
    #[error("「{title}」は{role}の仕事です。")]
    WrongRole { title: String, role: String },
    #[error("「{title}」は{person}が引き受けています。先に{person}に返してもらってください。")]
    ClaimedByAnother { title: String, person: String },
    #[error(
        "「{title}」を起案した本人は決裁できません。別の{role}、または代決者が決裁してください。"
    )]
    OwnProposal { title: String, role: String },
    #[error("「{title}」の結果に「{}」は選べません。選べるのは {allowed} です。", in_words(.outcome))]
    UnknownOutcome {
        title: String,
        outcome: String,
        allowed: String,
    },
    #[error("「{title}」は取りやめられません。決めてから先に進んでください。")]
    Unskippable { title: String },
    #[error(
        "「{title}」が決まっていないので、サイクルを中止できません。先に「{title}」を決めてください。"
    )]
    Undecided { title: String },
    #[error("「{title}」には、引き戻せるものがありません。引き戻せるのは、終えた作業だけです。")]
    NothingToPullBack { title: String },
    #[error("「{title}」を引き戻せるのは、それを行った本人だけです。")]
    NotTheProposer { title: String },
    #[error(
        "「{by}」がすでに始まっているので、「{title}」は引き戻せません。差戻しを頼んでください。"
    )]
    TakenUp { title: String, by: String },
    #[error("{what}が長すぎます。{letters}文字までにしてください。")]
    TooLong { what: &'static str, letters: usize },
    #[error("{act}には理由を書いてください。")]
    ReasonRequired { act: &'static str },
    #[error(
        "このサイクルは{}から休止しています（理由: {reason}）。再開してから行ってください。", written(*.since)
    )]
    Suspended { since: NaiveDate, reason: String },
    #[error("このサイクルは休止していません。")]
    NotSuspended,
    #[error(
        "新しい計画では、いま進んでいる「{title}」{}がなくなります。取りやめてよければ、それぞれ「取りやめる」を選んでください。",
        match .others { 0 => String::new(), others => format!("ほか{others}件") }
    )]
    ChoiceRequired { title: String, others: usize },
    #[error(
        "「{title}」の差戻しは上限の{max}回に達しています。取りやめるか、このまま進めるかを決めてください。"
    )]
    TooManyRounds { title: String, max: u32 },
    #[error("「{title}」は人の仕事なので、この操作では終えられません。")]
    NotForShell { title: String },
    #[error("「{title}」は人の仕事ではないので、この操作では終えられません。")]
    NotForPeople { title: String },
    #[error("「{title}」には、解決を待つ障害がありません。")]
    NoIncident { title: String },
    #[error("「{field}」という日付は、この計画にありません。")]
    UnknownDate { field: String },
    #[error("{date} は使えません。2000年から2100年までの日付にしてください。")]
    ImpossibleDate { date: NaiveDate },
    #[error("一覧「{list}」は使えません（{why}）。")]
    BadList { list: String, why: String },
}
