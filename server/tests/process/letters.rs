//! Letters of the running program: they go out by themselves, once, also when it is killed in between.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use engine::year::{Fate, Year};
use store::Store;

use crate::lent;
use crate::mail_server::{MailServer, Received};
use crate::running::{Server, meguri, send};

const SECRET: &str = "HIMITSU-7f3a";

/// A server that sends its letters to this mail server.
fn posting(pack: &Path, data: &Path, log: &str, smtp: &str) -> Server {
    let from = "架空市 事務局 <jimukyoku@city.example.jp>";
    let mail = ["--smtp", smtp, "--mail-from", from];
    Server::start_with(pack, data, log, &mail)
}

#[test]
fn letters_go_out_and_their_links_are_not_logged() {
    let Some(mail) = MailServer::start(0) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (pack, data) = (folder.path().join("pack"), folder.path().join("data"));
    lent::open_survey_by_mail(&pack, 3);
    let server = posting(&pack, &data, "trace", &mail.url());
    let letters: Vec<Received> = (0..3).map(|_| mail.next()).collect();
    for letter in &letters {
        let page = send(
            &server.address,
            "GET",
            &format!("/kasou/r/{}/1", letter.token()),
            &[],
            b"",
        );
        let page = page.expect("an answer");
        assert_eq!(page.status, 200);
        assert!(page.text.contains("入退院連携に関する調査"));
        assert!(letter.raw.is_ascii());
        assert_eq!(letter.connection, letters[0].connection);
    }
    let (status, log) = server.stop();
    assert!(status.success());
    assert!(log.contains("で待っています"), "{log}");
    for letter in &letters {
        assert!(
            !log.contains(letter.token()),
            "a link is in the log:\n{log}"
        );
        assert!(
            !log.contains(letter.to()),
            "an address is in the log:\n{log}"
        );
    }
    // Started again, it has nothing left to send.
    let server = posting(&pack, &data, "warn", &mail.url());
    let page = format!("/kasou/r/{}/1", letters[0].token());
    let page = send(&server.address, "GET", &page, &[], b"");
    assert_eq!(page.expect("an answer").status, 200);
    let (status, _) = server.stop();
    assert!(status.success());
    assert_eq!(mail.stop().len(), 0);
    assert_eq!(left(&pack, &data), vec![Fate::Sent; 3]);
}

#[test]
fn a_killed_program_sends_the_rest_and_at_most_one_letter_again() {
    const OFFICES: usize = 76;
    let Some(mail) = MailServer::start(0) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (pack, data) = (folder.path().join("pack"), folder.path().join("data"));
    lent::open_survey_by_mail(&pack, OFFICES);
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let note = |seen: &mut BTreeMap<String, Vec<String>>, letter: &Received| {
        let id = letter.header("message-id").to_owned();
        seen.entry(letter.to().to_owned()).or_default().push(id);
    };
    let kills = [9, 31, 58];
    for until in kills {
        let server = posting(&pack, &data, "warn", &mail.url());
        while seen.len() < until {
            note(&mut seen, &mail.next());
        }
        server.kill();
    }
    let server = posting(&pack, &data, "warn", &mail.url());
    while seen.len() < OFFICES {
        note(&mut seen, &mail.next());
    }
    assert!(server.stop().0.success());
    for letter in mail.stop() {
        note(&mut seen, &letter);
    }
    let total: usize = seen.values().map(Vec::len).sum();
    assert!(total <= OFFICES + kills.len(), "{total} letters");
    for (to, ids) in &seen {
        assert!(ids.iter().all(|id| *id == ids[0]), "{to}: {ids:?}");
    }
    let state = left(&pack, &data);
    assert_eq!(state, vec![Fate::Sent; OFFICES]);
}

/// What became of each letter, as the journal tells it.
fn left(pack: &Path, data: &Path) -> Vec<Fate> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(data).expect("the folder opens again");
        assert_eq!(store.verify(None).await.expect("read"), []);
        let at: DateTime<Utc> = "2099-01-01T00:00:00Z".parse().expect("an instant");
        let year = Year::open(store, Arc::new(lent::read(pack)), at)
            .await
            .expect("the journal folds");
        year.state(|state| {
            let mail = state.surveys.values().flat_map(|held| held.mail.values());
            mail.flat_map(|letters| letters.values())
                .map(|posted| posted.fate.clone())
                .collect()
        })
    })
}

#[test]
fn the_password_is_neither_shown_nor_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pack, data) = (folder.path().join("pack"), folder.path().join("data"));
    lent::open_survey_by_mail(&pack, 1);
    let help = meguri()
        .args(["serve", "--help"])
        .env(
            "MEGURI_SMTP",
            format!("smtps://meguri:{SECRET}@mail.example"),
        )
        .output();
    let help = String::from_utf8(help.expect("meguri runs").stdout).expect("UTF-8");
    assert!(
        help.contains("MEGURI_SMTP") && !help.contains(SECRET),
        "{help}"
    );
    // Nobody listens on port 1.
    let smtp = format!("smtp://meguri:{SECRET}@127.0.0.1:1");
    let server = posting(&pack, &data, "trace", &smtp);
    let cookie = crate::running::sign_in(&server);
    // The letter is tried in the background; asking again is the only way to see that it was.
    loop {
        let path = "/kasou/surveys/discharge";
        let page = send(&server.address, "GET", path, &[("cookie", &cookie)], b"");
        let page = page.expect("an answer");
        if page.text.contains("メールサーバーにつながりません") {
            assert!(!page.text.contains(SECRET));
            break;
        }
    }
    let (status, log) = server.stop();
    assert!(status.success());
    assert!(log.contains("a letter was not sent"), "{log}");
    assert!(!log.contains(SECRET), "{log}");
}

#[test]
fn wrong_settings_are_refused_without_their_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pack, data) = (folder.path().join("pack"), folder.path().join("data"));
    lent::open_survey_by_mail(&pack, 1);
    let from = "架空市 事務局 <jimukyoku@city.example.jp>";
    let cases = [
        (Some("smtp://mail.example".to_owned()), None, "差出人"),
        (None, Some(from), "メールサーバー"),
        (
            Some(format!("smtp://u:{SECRET}@mail.example:587")),
            Some(from),
            "暗号化されずに",
        ),
        (
            Some(format!("smtp://u:{SECRET}@mail.example?tls=opportunistic")),
            Some(from),
            "暗号化されずに",
        ),
        (
            Some(format!("http://u:{SECRET}@mail.example?tls=required")),
            Some(from),
            "smtps://",
        ),
        (
            Some(format!("u:{SECRET}@mail.example")),
            Some(from),
            "smtps://",
        ),
        (
            Some(format!("smtps://u:{SECRET}@mail example")),
            Some(from),
            "smtps://",
        ),
        (
            Some("smtp://mail.example".to_owned()),
            Some("jimukyoku"),
            "--mail-from",
        ),
        (
            Some("smtp://mail.example".to_owned()),
            Some("事務局＠city.example.jp"),
            "--mail-from",
        ),
    ];
    for (smtp, from, expected) in cases {
        let mut command = meguri();
        command.arg("serve").arg(&pack).arg("--data").arg(&data);
        command.args(["--listen", "127.0.0.1:0"]);
        command.args(smtp.iter().flat_map(|smtp| ["--smtp", smtp]));
        command.args(from.iter().flat_map(|from| ["--mail-from", from]));
        let output = command.output().expect("meguri runs");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{smtp:?}: {said}");
        assert!(said.contains(expected), "{smtp:?}: {said}");
        assert!(!said.contains(SECRET), "{said}");
    }
    assert!(!fs::exists(&data).expect("a look"), "nothing was begun");
}
