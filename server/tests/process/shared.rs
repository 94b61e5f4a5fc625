//! Several processes on one PostgreSQL, and a PostgreSQL that goes away.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use engine::year::{Act, Door, Event, Token, Year};
use private_postgres::{Server as Postgres, StartError};
use serde_json::json;
use store::Store;
use workflows::{Actor, Phase};

use crate::lent;
use crate::mail_server::MailServer;
use crate::running::{Server, send};

/// Twenty-five municipalities with forty cycles and forty offices each: 1,000 timers and 1,000 letters.
const MUNICIPALITIES: usize = 25;
const CYCLES: usize = 40;
const OFFICES: usize = 40;

/// How long the database is away.
const AWAY: Duration = Duration::from_secs(60);

/// A PostgreSQL of the test's own; nothing where it is not installed.
pub fn postgres() -> Option<Postgres> {
    match Postgres::start() {
        Ok(server) => Some(server),
        Err(why @ (StartError::NotInstalled | StartError::NoUser)) => {
            eprintln!("SKIPPED: {why}");
            None
        }
        Err(why) => panic!("PostgreSQL is installed and does not start: {why}"),
    }
}

async fn open(store: &Store, folder: &Path, at: DateTime<Utc>) -> Year {
    let pack = Arc::new(lent::read(folder));
    let year = Year::open(store.clone(), pack, at).await;
    year.expect("the year opens")
}

/// Starts every cycle of a municipality long before its timers are due.
async fn begun(store: &Store, folder: &Path) -> Year {
    let at: DateTime<Utc> = "2020-01-06T00:00:00Z".parse().expect("an instant");
    let year = open(store, folder, at).await;
    let act = Act::new(at, "test");
    for cycle in year.pack.own_cycles() {
        let by = Actor::new("meguri", "システム");
        let started = year.start_cycle(&act, &cycle.id, by).await;
        started.expect("the cycle starts");
    }
    year.work(&act).await.expect("what is due is done");
    year
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_do_each_timer_and_each_letter_once() {
    let (Some(postgres), Some(mail)) = (postgres(), MailServer::start(0)) else {
        return;
    };
    let url = postgres.create("meguri").expect("a database");
    let folder = tempfile::tempdir().expect("a folder");
    let packs: Vec<PathBuf> = (0..MUNICIPALITIES)
        .map(|number| {
            let pack = folder.path().join(format!("m{number:02}"));
            lent::due_on_one_day(&pack, &format!("m{number:02}"), OFFICES, CYCLES - 1);
            pack
        })
        .collect();
    let store = Store::connect(&url).await.expect("the database");
    for pack in &packs {
        let year = begun(&store, pack).await;
        let waits = year.state(|state| state.cycles.values().all(|c| c.phase == Phase::Running));
        assert!(waits, "a cycle did not wait for its timer");
    }

    let smtp = mail.url();
    let mut more: Vec<&str> = vec![
        "--store",
        &url,
        "--smtp",
        &smtp,
        "--mail-from",
        "a@b.example",
    ];
    more.extend(packs[1..].iter().map(|pack| pack.to_str().expect("UTF-8")));
    let serve = || Server::start_with(&packs[0], folder.path(), "warn", &more);
    let began = Instant::now();
    let (first, second) = (serve(), serve());
    let wanted = MUNICIPALITIES * OFFICES;
    let mut sent: Vec<String> = (0..wanted / 3)
        .map(|_| mail.next().header("message-id").to_owned())
        .collect();
    first.kill();
    let mut distinct: BTreeSet<String> = sent.iter().cloned().collect();
    while distinct.len() < wanted {
        let id = mail.next().header("message-id").to_owned();
        distinct.insert(id.clone());
        sent.push(id);
    }
    // The last letter is recorded after the mail server has taken it.
    let recorded = |journals: &[Counted]| journals.iter().map(|c| c.letters.len()).sum::<usize>();
    let journals = loop {
        let mut journals = Vec::new();
        for pack in &packs {
            journals.push(counted(&store, pack).await);
        }
        if recorded(&journals) == wanted || began.elapsed() > Duration::from_secs(400) {
            break journals;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    println!("1,000 timers and 1,000 letters: {:?}", began.elapsed());
    second.stop();
    sent.extend(
        mail.stop()
            .iter()
            .map(|late| late.header("message-id").to_owned()),
    );

    for counted in &journals {
        assert_eq!(counted.timers.len(), CYCLES, "timers that fired");
        assert!(
            counted.timers.values().all(|times| *times == 1),
            "{:?}",
            counted.timers
        );
        assert_eq!(counted.carried, CYCLES - 1, "steps that were carried over");
        assert_eq!(counted.letters.len(), OFFICES);
        assert!(
            counted.letters.values().all(|times| *times == 1),
            "{:?}",
            counted.letters
        );
    }
    let distinct: BTreeSet<&String> = sent.iter().collect();
    assert_eq!(distinct.len(), wanted);
    // Between the mail server's answer and the record a killed process can leave one letter, which goes out again
    // as the same message.
    assert!(
        sent.len() - wanted <= 1,
        "{} letters were sent twice",
        sent.len() - wanted
    );
    assert_eq!(store.verify(None).await.expect("read"), []);
}

/// What the journal of a municipality says happened, and how often.
#[derive(Default)]
struct Counted {
    timers: BTreeMap<String, u32>,
    letters: BTreeMap<String, u32>,
    carried: usize,
}

async fn counted(store: &Store, pack: &Path) -> Counted {
    let mut counted = Counted::default();
    let slug = pack.file_name().expect("a name").to_string_lossy();
    for record in store.journal(&slug, 1).await.expect("the journal") {
        match serde_json::from_value(record.event).expect("an event") {
            Event::MailSent { mail } => *counted.letters.entry(mail.respondent).or_default() += 1,
            Event::CycleAdvanced { cycle, record } => match record.event {
                workflows::Event::TimerFired { key, kind, .. } => {
                    let timer = format!("{cycle} {key} {kind:?}");
                    *counted.timers.entry(timer).or_default() += 1;
                }
                workflows::Event::CarriedOver { .. } => counted.carried += 1,
                _ => {}
            },
            _ => {}
        }
    }
    counted
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_for_a_minute_loses_nothing_acknowledged() {
    const RESPONDENTS: usize = 120;
    let Some(postgres) = postgres() else { return };
    let url = postgres.create("meguri").expect("a database");
    let folder = tempfile::tempdir().expect("a folder");
    let pack = folder.path().join("kasou");
    lent::open_survey(&pack, RESPONDENTS);
    let store = Store::connect(&url).await.expect("the database");
    let year = begun(&store, &pack).await;
    let token = |number: usize| Token::new((number as u128 + 1).to_be_bytes());
    let at: DateTime<Utc> = "2020-01-07T00:00:00Z".parse().expect("an instant");
    let survey = year.state(|state| state.surveys.keys().next().cloned());
    let survey = survey.expect("an open survey");
    for number in 0..RESPONDENTS {
        let door = Door::Survey {
            survey: survey.clone(),
            respondent: lent::office(number),
        };
        let made = year
            .make_link(&Act::new(at, "test"), token(number), door)
            .await;
        made.expect("a link");
    }
    let server = Server::start_with(&pack, folder.path(), "off", &["--store", &url]);

    let clients: Vec<_> = (0..4)
        .map(|client| {
            let address = server.address.clone();
            thread::spawn(move || {
                let mut refused = 0;
                for number in (client..RESPONDENTS).step_by(4) {
                    refused += submitted(&address, &token(number).to_string(), number);
                    thread::sleep(Duration::from_millis(40));
                }
                refused
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(500));
    postgres.kill().expect("it runs");
    thread::sleep(AWAY);
    postgres.restart().expect("it starts again");
    let refused: usize = clients
        .into_iter()
        .map(|client| client.join().expect("every answer was honest"))
        .sum();
    assert!(refused >= 4, "nobody noticed that the database was away");

    let year = open(&store, &pack, at).await;
    let held = year.state(|state| state.surveys[&survey].clone());
    assert_eq!(held.responded.len(), RESPONDENTS);
    let records = store.journal("kasou", 1).await.expect("the journal");
    let responded = records
        .iter()
        .filter(|record| record.event["event"] == "responded")
        .count();
    assert_eq!(responded, RESPONDENTS, "a response was recorded twice");
    assert_eq!(store.verify(None).await.expect("read"), []);
    let (status, _) = server.stop();
    assert!(status.success());
}

/// Hands in a response until it is acknowledged; how often it was told to wait.
fn submitted(address: &str, token: &str, number: usize) -> usize {
    let answers = json!({ "rule_used": "yes", "discharged": number, "coordinated": number });
    let body = json!({ "answers": answers }).to_string();
    let path = format!("/kasou/api/r/{token}");
    for refused in 0.. {
        let reply = send(address, "POST", &path, &[], body.as_bytes()).expect("an answer");
        match reply.status {
            200 => return refused,
            503 => assert!(reply.text.contains("もう一度"), "{}", reply.text),
            other => panic!("{other}: {}", reply.text),
        }
        thread::sleep(Duration::from_millis(500));
    }
    0
}
