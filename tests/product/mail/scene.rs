//! 架空市 with addresses in its roster, at the moment when its survey has opened.

use std::fs;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use engine::letter::Letter;
use engine::year::{Act, Fate, Posted};
use server::post::{MailServer, Post, send_due};
use tokio::sync::watch;

use crate::site::{Site, write_pack};

pub const SURVEY: &str = "discharge-2026";

/// Nine in the morning of the seventh working day before 2026-12-25, when the reminder is due.
pub const REMINDER: &str = "2026-12-18T09:00:00+09:00";

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    mail: MailServer,
}

/// The way to a mail server at this address, as the command line makes it.
pub fn post(smtp: &str) -> Arc<Post> {
    let from = "架空市 事務局 <jimukyoku@city.example.jp>";
    let line = Line::parse_from(["meguri", "--smtp", smtp, "--mail-from", from]);
    Arc::new(line.mail.post().expect("settings").expect("a way"))
}

/// A port on which nobody listens.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound").port()
}

/// The survey has opened at 09:00 and the invitations are in the outbox; it is 10:00.
pub async fn opened(roster: &[(&str, &str, &str)], smtp: &str) -> Site {
    site(roster).await.posting(post(smtp))
}

/// The same without a mail server.
pub async fn site(roster: &[(&str, &str, &str)]) -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    write_pack(folder.path(), "kasou", "2026-12-01T10:00:00+09:00");
    let change = |path: &str, change: &dyn Fn(String) -> String| {
        let path = folder.path().join(path);
        let text = fs::read_to_string(&path).expect("a file");
        fs::write(&path, change(text)).expect("written");
    };
    change("municipality.json", &|text| {
        text.replace(
            r#""name_column": "name","#,
            r#""name_column": "name", "mail": "mail","#,
        )
        .replace(
            r#"{ "id": "kind""#,
            r#"{ "id": "mail", "title": "メール" }, { "id": "kind""#,
        )
    });
    change("cycles/annual.rhai", &|text| {
        let invite =
            r#"step("invite").after("distribute").effect("mail.invitation", "discharge"),"#;
        text.replace(
            r#"    step("answers")"#,
            &format!("    {invite}\n    step(\"answers\")"),
        )
    });
    let rows = roster
        .iter()
        .map(|(id, name, mail)| format!("{id},\"{name}\",居宅介護支援事業所,{mail}\n"));
    let csv = format!(
        "管理番号,事業所名,種別,メール\n{}",
        rows.collect::<String>()
    );
    fs::write(folder.path().join("rosters/offices.csv"), csv).expect("written");
    Site::kept(folder).await
}

impl Site {
    /// Sends what is due now.
    pub async fn send_letters(&self) {
        let post = self.app.post.as_ref().expect("a mail server");
        let (_tell, stop) = watch::channel(false);
        send_due(&self.app, post, &self.store, &stop)
            .await
            .expect("the store answers");
    }

    /// Lets time pass and does what is due then.
    pub async fn at_time(&self, at: &str) {
        let at: DateTime<Utc> = at.parse().expect("an instant");
        self.app.clock.advance(at);
        self.year
            .work(&Act::by_meguri(self.app.clock.now()))
            .await
            .expect("the cycle goes on");
    }

    pub async fn after(&self, minutes: i64) {
        let at = self.app.clock.now() + TimeDelta::minutes(minutes);
        self.at_time(&at.to_rfc3339()).await;
    }

    /// What became of the letters of this kind to a respondent.
    pub fn fate(&self, respondent: &str, letter: Letter) -> Option<Fate> {
        self.year.state(|state| {
            let of = state.surveys.get(SURVEY)?.mail.get(respondent)?;
            let mut found = of.values().filter(|posted| posted.letter == letter);
            let fate = found.next().map(|Posted { fate, .. }| fate.clone());
            assert!(found.next().is_none(), "two of a kind to {respondent}");
            fate
        })
    }

    /// Letters that still wait in the outbox.
    pub async fn waiting(&self) -> usize {
        let outbox = "kasou/due/mail".parse().expect("a key");
        self.store
            .scan(&outbox)
            .await
            .expect("the store answers")
            .len()
    }
}
