//! Letters that do not go through at once, or not at all.

use engine::letter::Letter;
use engine::year::Fate;

use super::scene::{free_port, opened, post};
use super::server::{MailServer, Received};

const ROSTER: [(&str, &str, &str); 2] = [
    ("K001", "架空事業所一", "k001@office.example"),
    ("K002", "架空事業所二", "k002@office.example"),
];

fn why(fate: Option<Fate>) -> String {
    match fate {
        Some(Fate::Failed { why, .. } | Fate::Abandoned { why }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_comes_back_gets_every_letter_once() {
    let port = free_port();
    let site = opened(&ROSTER, &format!("smtp://127.0.0.1:{port}")).await;
    site.send_letters().await;
    for respondent in ["K001", "K002"] {
        let fate = site.fate(respondent, Letter::Invitation);
        assert!(
            matches!(fate, Some(Fate::Failed { attempt: 1, .. })),
            "{fate:?}"
        );
        assert!(why(fate).starts_with("メールサーバーにつながりません"));
    }
    let Some(server) = MailServer::start(port) else {
        return;
    };
    // Not before its time.
    site.send_letters().await;
    assert_eq!(site.waiting().await, 2);
    site.after(1).await;
    site.send_letters().await;
    site.after(600).await;
    site.send_letters().await;
    let letters = server.stop();
    let to: Vec<&str> = letters.iter().map(Received::to).collect();
    assert_eq!(to, ["k001@office.example", "k002@office.example"]);
    assert_eq!(site.fate("K001", Letter::Invitation), Some(Fate::Sent));
    assert_eq!(site.waiting().await, 0);
}

#[tokio::test]
async fn after_five_attempts_a_letter_is_abandoned() {
    let site = opened(&ROSTER, &format!("smtp://127.0.0.1:{}", free_port())).await;
    for (attempt, pause) in [(1, 1), (2, 2), (3, 4), (4, 8)] {
        site.send_letters().await;
        let now = site.app.clock.now();
        let Some(Fate::Failed {
            attempt: found,
            retry_at,
            ..
        }) = site.fate("K001", Letter::Invitation)
        else {
            panic!("attempt {attempt}");
        };
        assert_eq!(found, attempt);
        // The clock of a story goes on: some seconds may have passed since.
        let minutes = (retry_at - now).num_seconds();
        assert!(
            (pause * 60 - 30..=pause * 60).contains(&minutes),
            "{attempt}: {minutes} s"
        );
        site.after(pause).await;
    }
    site.send_letters().await;
    let fate = site.fate("K001", Letter::Invitation);
    assert!(matches!(fate, Some(Fate::Abandoned { .. })), "{fate:?}");
    assert_eq!(site.waiting().await, 0);
}

#[tokio::test]
async fn who_does_not_exist_is_not_tried_again_and_the_others_get_their_letters() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let roster = [
        ("K001", "架空事業所一", "refused@office.example"),
        ("K002", "架空事業所二", "later@office.example"),
        ("K003", "架空事業所三", "k003@office.example"),
    ];
    let site = opened(&roster, &server.url()).await;
    site.send_letters().await;
    assert_eq!(server.next().to(), "k003@office.example");
    let refused = why(site.fate("K001", Letter::Invitation));
    assert_eq!(
        refused,
        "メールサーバーが受け取りませんでした（550 5.1.1 no such user）"
    );
    assert!(matches!(
        site.fate("K001", Letter::Invitation),
        Some(Fate::Abandoned { .. })
    ));
    let later = site.fate("K002", Letter::Invitation);
    assert!(
        matches!(later, Some(Fate::Failed { attempt: 1, .. })),
        "{later:?}"
    );
    assert!(why(later).contains("451 4.7.1 greylisted"));
    site.after(1).await;
    site.send_letters().await;
    let rest = server.stop();
    assert_eq!(
        rest.iter().map(Received::to).collect::<Vec<_>>(),
        ["later@office.example"]
    );
    assert_eq!(site.fate("K002", Letter::Invitation), Some(Fate::Sent));
}

/// Between the sending and its record the world may end. The letter goes again and is the same one.
#[tokio::test]
async fn a_letter_whose_receipt_was_lost_is_the_same_letter_again() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let roster = [("K001", "架空事業所一", "lost@office.example")];
    let site = opened(&roster, &server.url()).await;
    site.send_letters().await;
    assert!(matches!(
        site.fate("K001", Letter::Invitation),
        Some(Fate::Failed { .. })
    ));
    site.after(1).await;
    site.send_letters().await;
    assert_eq!(site.fate("K001", Letter::Invitation), Some(Fate::Sent));
    let letters = server.stop();
    assert_eq!(letters.len(), 2);
    assert_eq!(
        letters[0].header("message-id"),
        letters[1].header("message-id")
    );
    assert_ne!(letters[0].token(), letters[1].token());
}

#[tokio::test]
async fn a_link_that_the_server_quotes_is_not_kept() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let roster = [("K001", "架空事業所一", "quoting@office.example")];
    let site = opened(&roster, &server.url()).await;
    site.send_letters().await;
    let said = why(site.fate("K001", Letter::Invitation));
    assert!(said.contains("http://meguri.test/kasou/r/…"), "{said}");
    assert_eq!(server.stop().len(), 0);
}

/// A server that is silent: its late answer must not be taken for the answer to the next letter.
#[tokio::test]
async fn a_silent_server_does_not_stop_the_others() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let roster = [
        ("K001", "架空事業所一", "silent@office.example"),
        ("K002", "架空事業所二", "k002@office.example"),
    ];
    let site = opened(&roster[..1], &server.url()).await;
    // With nothing else to do, this clock jumps to the end of the patience.
    tokio::time::pause();
    site.send_letters().await;
    tokio::time::resume();
    let silent = site.fate("K001", Letter::Invitation);
    assert!(
        matches!(silent, Some(Fate::Failed { attempt: 1, .. })),
        "{silent:?}"
    );
    assert_eq!(why(silent), "メールサーバーが30秒たっても答えませんでした");
    let other = opened(&roster[1..], &server.url()).await;
    let other = other.posting(site.app.post.clone().expect("a mail server"));
    other.send_letters().await;
    assert_eq!(other.fate("K002", Letter::Invitation), Some(Fate::Sent));
    assert_eq!(server.next().to(), "k002@office.example");
}

#[tokio::test]
async fn without_the_right_password_a_letter_waits() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let site = opened(&ROSTER[..1], &server.url()).await;
    let site = site.posting(post(&format!(
        "smtp://user:himitsu@127.0.0.1:{}",
        server.port
    )));
    site.send_letters().await;
    let fate = site.fate("K001", Letter::Invitation);
    assert!(matches!(fate, Some(Fate::Failed { .. })), "{fate:?}");
    let stored = String::from_utf8(site.stored().await).expect("UTF-8");
    assert!(!stored.contains("himitsu"));
}
