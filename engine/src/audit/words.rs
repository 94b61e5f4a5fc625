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
        Event::TextsCoded {
            survey,
            item,
            groups,
            coded,
            ..
        } => {
            let survey = names.survey(survey);
            let what = format!(
                "調査{survey}の設問 {item} の自由記述を{groups}つに分けた（分けたもの {coded}件）"
            );
            (Kind::Figure, what)
        }
        Event::KeyedIn {
            survey,
            respondent,
            second,
            source,
            ..
        } => {
            let (survey, source) = (names.survey(survey), source.label());
            let nth = if *second { "2人目として" } else { "" };
            let what = format!("調査{survey}の {respondent} の回答を{nth}入力した（{source}）");
            (Kind::Answer, what)
        }
        Event::KeyingDropped { survey, respondent } => {
            let survey = names.survey(survey);
            let what = format!("調査{survey}の {respondent} の入力をやり直すことにした");
            (Kind::Answer, what)
        }
        Event::SetAside {
            survey,
            respondent,
            source,
            ..
        } => {
            let (survey, source) = (names.survey(survey), source.label());
            let what = format!(
                "調査{survey}の {respondent} の二重の回答（{source}）を、数えないことにした"
            );
            (Kind::Answer, what)
        }
        Event::TokenMade { token, .. } => {
            let what = format!(
                "プログラム「{}」に、{}までのトークンを出した（{}）",
                token.name,
                token.until,
                token.access.label()
            );
            (Kind::Settings, what)
        }
        Event::TokenRevoked { .. } => (Kind::Settings, "トークンを取り消した".to_owned()),
        Event::WebhookSet { id, webhook } => {
            let what = format!("知らせの送り先 {id}（{}）を決めた", webhook.address);
            (Kind::Settings, what)
        }
        Event::WebhookRemoved { id } => (Kind::Settings, format!("知らせの送り先 {id} をやめた")),
        Event::NoticeSent { notice, status } => {
            let what = format!("知らせを {} に送った（{status}）", notice.webhook);
            (Kind::Settings, what)
        }
        Event::NoticeFailed { notice, why, .. } => {
            let (to, nth) = (&notice.webhook, notice.attempt);
            let what = format!("知らせを {to} に送れなかった（{nth}回目、{why}）");
            (Kind::Settings, what)
        }
        Event::NoticeAbandoned { notice, why } => {
            let what = format!("知らせを {} に送るのをあきらめた（{why}）", notice.webhook);
            (Kind::Settings, what)
        }
        Event::AgendaEdited { meeting, .. } => {
            let what = format!("会議{}の次第を直した", names.meeting(meeting));
            (Kind::Meeting, what)
        }
        Event::PaperEdited { meeting, paper, .. } => {
            let what = format!("会議{}の資料 {paper} を直した", names.meeting(meeting));
            (Kind::Meeting, what)
        }
        Event::CorrectionDrafted { meeting, file } => {
            let act = match file {
                Some(_) => "案を作った",
                None => "案をやめた",
            };
            let what = format!("会議{}の訂正の{act}", names.meeting(meeting));
            (Kind::Meeting, what)
        }
        Event::PapersCorrected { meeting, .. } => {
            let what = format!(
                "会議{}の資料を訂正し、正誤表を出した",
                names.meeting(meeting)
            );
            (Kind::Meeting, what)
        }
        Event::DayRecorded { meeting, .. } => {
            let what = format!("会議{}の出欠と時刻を記録した", names.meeting(meeting));
            (Kind::Meeting, what)
        }
        Event::MinutesWritten { meeting, .. } => {
            let what = format!("会議{}の会議録を書いた", names.meeting(meeting));
            (Kind::Meeting, what)
        }
        Event::MinutesFinished { meeting } => {
            let what = format!("会議{}の会議録ができた", names.meeting(meeting));
            (Kind::Meeting, what)
        }
        Event::MinutesReopened { meeting } => {
            let what = format!("会議{}の会議録を直し始めた", names.meeting(meeting));
            (Kind::Meeting, what)
        }
        Event::MinutesApproved {
            meeting,
            in_meeting,
        } => {
            let (meeting, later) = (names.meeting(meeting), names.meeting(in_meeting));
            let what = format!("会議{meeting}の会議録を、会議{later}で承認した");
            (Kind::Meeting, what)
        }
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

fn short(digest: &str) -> &str {
    digest.get(..8).unwrap_or(digest)
}
