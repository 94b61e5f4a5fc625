//! Events in words.

use super::{Kind, Names, cycle};
use crate::year::{AccountChange, Door, Entrance, Event, Mail};

pub(super) fn of(names: &Names<'_>, event: &Event) -> (Kind, String) {
    match event {
        Event::PackAdopted { digest } => {
            let what = format!("パックの内容を取り込んだ（{}）", short(digest));
            (Kind::Settings, what)
        }
        Event::PackRevised { path, file } => {
            let act = match file {
                Some(_) => "直した",
                None => "消した",
            };
            (Kind::Settings, format!("設定ファイル {path} を{act}"))
        }
        Event::CycleAdvanced { cycle, record } => {
            (Kind::Cycle, cycle::of(names, cycle, &record.event))
        }
        Event::QuestionnairePublished {
            survey, version, ..
        } => {
            let survey = names.survey(survey);
            let what = format!("調査{survey}の調査票 第{version}版を公開した");
            (Kind::Survey, what)
        }
        Event::SurveyOpened { survey, asked, .. } => {
            let survey = names.survey(survey);
            let what = format!("調査{survey}の受付を始めた（対象 {asked}件）");
            (Kind::Survey, what)
        }
        Event::SurveyClosed { survey } => {
            let what = format!("調査{}の受付を終えた", names.survey(survey));
            (Kind::Survey, what)
        }
        Event::LinkMade { door, .. } => link_made(names, door),
        Event::LinkSpent { .. } => (Kind::People, "一度だけのリンクを使った".to_owned()),
        Event::Responded {
            survey,
            respondent,
            source,
            ..
        } => {
            let survey = names.survey(survey);
            let source = source.label();
            let what = format!("調査{survey}に {respondent} が回答した（{source}）");
            (Kind::Answer, what)
        }
        Event::LettersDue {
            letter,
            survey,
            respondents,
            by_mail,
            ..
        } => {
            let (survey, letter) = (names.survey(survey), letter.label());
            let what = format!(
                "調査{survey}の{letter}を出す時になった（{respondents}件、うちメール {by_mail}件）"
            );
            (Kind::Letter, what)
        }
        Event::MailSent { mail } => letter(names, mail, "を送った"),
        Event::MailFailed {
            mail, attempt, why, ..
        } => letter(
            names,
            mail,
            &format!("を送れなかった（{attempt}回目、{why}）"),
        ),
        Event::MailAbandoned { mail, why, .. } => {
            letter(names, mail, &format!("を送るのをあきらめた（{why}）"))
        }
        Event::MailDropped { mail, why } => {
            letter(names, mail, &format!("は要らなくなった（{}）", why.label()))
        }
        Event::FiguresCounted {
            survey, responses, ..
        } => {
            let survey = names.survey(survey);
            let what = format!("調査{survey}を集計した（回答 {responses}件）");
            (Kind::Figure, what)
        }
        Event::FiguresReceived { member, .. } => {
            let what = format!("{member}から数値を受け取った");
            (Kind::Figure, what)
        }
        Event::Entered {
            ledger,
            entry,
            round,
            ..
        } => {
            let act = if *round == 1 {
                "加えた"
            } else {
                "直した"
            };
            let what = format!("台帳{}の記録 {entry} を{act}", names.ledger(ledger));
            (Kind::Ledger, what)
        }
        Event::MonthClosed { ledger, month } => {
            let what = format!("台帳{}の {month} を締めた", names.ledger(ledger));
            (Kind::Ledger, what)
        }
        Event::MapDrawn { version, .. } => {
            let what = format!("施策・指標マップ（第{version}版）を描いた");
            (Kind::Figure, what)
        }
        Event::AgendaDrafted { meeting, .. } => {
            let what = format!("会議{}の次第の案を作った", names.meeting(meeting));
            (Kind::Meeting, what)
        }
        Event::PapersWritten { meeting, .. } => {
            let what = format!("会議{}の資料を書き出した", names.meeting(meeting));
            (Kind::Meeting, what)
        }
        Event::PapersDispatched { meeting } => {
            let what = format!("会議{}の次第と資料を送付した", names.meeting(meeting));
            (Kind::Meeting, what)
        }
        Event::MeetingClosed { meeting } => {
            let what = format!("会議{}を終えた", names.meeting(meeting));
            (Kind::Meeting, what)
        }
        Event::DelegationMade(one) => {
            let what = format!(
                "{}の{}の代決を{}に任せた（{}まで、{}）",
                one.from, one.role, one.to, one.until, one.reason
            );
            (Kind::People, what)
        }
        Event::DelegationEnded { role, from } => {
            (Kind::People, format!("{from}の{role}の代決を終えた"))
        }
        Event::SignedIn { person, way } => {
            let way = match way {
                Entrance::Link => "リンク",
                Entrance::Password => "パスワード",
                Entrance::Code => "パスワードと確認コード",
                Entrance::RecoveryCode => "パスワードと回復コード",
            };
            (Kind::People, format!("{person}がサインインした（{way}）"))
        }
        Event::SignInHalted { person } => {
            let what = format!(
                "{person}のサインインを止めた（パスワードの誤りが続いたため。しばらくすると戻る）"
            );
            (Kind::People, what)
        }
        Event::AccountChanged { person, what } => {
            (Kind::People, format!("{person}の{}", account(*what)))
        }
        Event::Exported {} => (
            Kind::Settings,
            "この自治体のすべてのデータの控えを受け取った".to_owned(),
        ),
        Event::AnswersDeleted {
            survey,
            responses,
            why,
            ..
        } => {
            let survey = names.survey(survey);
            let what = format!("調査{survey}の回答 {responses}件を削除した（{why}）");
            (Kind::Answer, what)
        }
        Event::RespondentAdded {
            survey, respondent, ..
        } => {
            let survey = names.survey(survey);
            (
                Kind::Survey,
                format!("調査{survey}の対象に {respondent} を加えた"),
            )
        }
        Event::RespondentWithdrawn {
            survey,
            respondent,
            reason,
            ..
        } => {
            let survey = names.survey(survey);
            let what = format!("調査{survey}の対象から {respondent} を外した（{reason}）");
            (Kind::Survey, what)
        }
        Event::MailQueued { mail } => letter(names, mail, "をもう一度送ることにした"),
        Event::LinksEnded { survey, respondent } => {
            let survey = names.survey(survey);
            let what = format!("調査{survey}の {respondent} のこれまでのリンクを使えなくした");
            (Kind::Survey, what)
        }
        Event::CallNoted {
            survey,
            respondent,
            outcome,
            ..
        } => {
            let (survey, outcome) = (names.survey(survey), outcome.label());
            let what = format!("調査{survey}の {respondent} に電話した（{outcome}）");
            (Kind::Letter, what)
        }
        Event::Corrected {
            survey,
            respondent,
            nth,
            ..
        } => {
            let survey = names.survey(survey);
            let what = format!("調査{survey}の回答を {respondent} が直した（{nth}回目）");
            (Kind::Answer, what)
        }
        Event::ResultsReleased { survey } => {
            let survey = names.survey(survey);
            (Kind::Survey, format!("調査{survey}の結果を回答者に見せた"))
        }
        #[allow(
            unreachable_patterns,
            reason = "events of a later release are told all the same"
        )]
        other => (Kind::Other, plainly(other)),
    }
}

fn link_made(names: &Names<'_>, door: &Door) -> (Kind, String) {
    match door {
        Door::Survey { survey, respondent } => {
            let survey = names.survey(survey);
            let what = format!("調査{survey}の {respondent} の回答用リンクを出した");
            (Kind::Survey, what)
        }
        Door::Trial { survey } => {
            let what = format!("調査{}の見本のリンクを出した", names.survey(survey));
            (Kind::Survey, what)
        }
        Door::Open { survey } => {
            let what = format!("調査{}の開かれたリンクを出した", names.survey(survey));
            (Kind::Survey, what)
        }
        Door::Papers => (Kind::Meeting, "委員が資料を読むリンクを出した".to_owned()),
        Door::SignIn { person } => {
            let what = format!("{person}のサインイン用リンクを出した");
            (Kind::People, what)
        }
        #[allow(
            unreachable_patterns,
            reason = "doors of a later release are told all the same"
        )]
        _ => (Kind::Other, "リンクを出した".to_owned()),
    }
}

fn letter(names: &Names<'_>, mail: &Mail, what: &str) -> (Kind, String) {
    let (survey, letter) = (names.survey(&mail.survey), mail.letter.label());
    let respondent = &mail.respondent;
    (
        Kind::Letter,
        format!("調査{survey}の {respondent} への{letter}{what}"),
    )
}

fn account(what: AccountChange) -> &'static str {
    match what {
        AccountChange::PasswordSet => "パスワードを決めた",
        AccountChange::CodesOn => "サインインに確認コードを求めるようにした",
        AccountChange::CodesOff => "サインインに確認コードを求めないようにした",
        AccountChange::RecoveryCodeUsed => "回復コードを使った",
        AccountChange::SessionsEnded => "ほかの画面をすべてサインアウトした",
        AccountChange::Closed => "サインインを止めた（パスワードを消した）",
    }
}

/// The name of an event and its parts, where nobody has written a sentence for it yet.
fn plainly(event: &Event) -> String {
    let value = serde_json::to_value(event).unwrap_or_default();
    let parts = value.as_object().into_iter().flatten();
    let parts: Vec<String> = parts
        .map(|(name, part)| match part.as_str() {
            Some(text) => format!("{name}={text}"),
            None => format!("{name}={part}"),
        })
        .collect();
    parts.join("、")
}

fn short(digest: &str) -> &str {
    digest.get(..8).unwrap_or(digest)
}
