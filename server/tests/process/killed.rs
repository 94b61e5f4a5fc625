//! SIGKILL at any moment: what was acknowledged is there, and the work goes on from there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::mpsc::channel;

use chrono::{DateTime, Utc};
use engine::year::Year;
use serde_json::{Value, json};
use store::Store;

use crate::lent;
use crate::running::{Server, links, meguri, send};

const OFFICES: usize = 76;
const CLIENTS: usize = 4;

/// Opens what a killed process left. Opening folds the journal.
async fn left_behind(data: &Path, pack: &Path) -> (Store, Year) {
    let store = Store::open(data).expect("the folder opens again");
    assert_eq!(store.verify(None).await.expect("read"), []);
    let at: DateTime<Utc> = "2099-01-01T00:00:00Z".parse().expect("an instant");
    let year = Year::open(store.clone(), Arc::new(lent::read(pack)), at)
        .await
        .expect("the journal folds");
    (store, year)
}

/// Who has responded to a survey, with the digest of the answers; each has a readable response.
async fn responded(year: &Year) -> BTreeMap<String, String> {
    let surveys: Vec<String> = year.state(|state| state.surveys.keys().cloned().collect());
    let mut all = BTreeMap::new();
    for survey in surveys {
        let held = year.state(|state| state.surveys[&survey].clone());
        for (respondent, responded) in held.responded {
            let response = year.response(&survey, &respondent).await.expect("read");
            assert!(
                response.is_some(),
                "{survey}: the response of {respondent} is gone"
            );
            all.insert(format!("{survey}/{respondent}"), responded.digest);
        }
    }
    all
}

/// 76 offices hand in over sockets, four at a time; the server is killed after n acknowledgements.
#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_response_is_never_lost() {
    let pack = tempfile::tempdir().expect("a folder");
    lent::open_survey(pack.path(), OFFICES);
    let offices: Vec<String> = (0..OFFICES).map(lent::office).collect();
    for acknowledged_before in [1, 2, 5, 9, 14, 22, 31, 43, 58, 71] {
        let data = tempfile::tempdir().expect("a folder");
        let server = Server::start(pack.path(), data.path(), "warn");
        let links = links(&server, &offices);
        let (sender, receipts) = channel::<(String, Value)>();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (sender, address, links, offices) = (sender.clone(), server.address.clone(), links.clone(), offices.clone());
                std::thread::spawn(move || {
                    for number in (client..OFFICES).step_by(CLIENTS) {
                        let path = format!("/kasou/api/r/{}", links[number]);
                        let answers = json!({ "rule_used": "yes", "discharged": number, "coordinated": number });
                        let body = json!({ "answers": answers }).to_string();
                        // The connection breaks when the server is killed; then nothing was promised.
                        let Some(reply) = send(&address, "POST", &path, &[], body.as_bytes()) else { return };
                        assert_eq!(reply.status, 200, "{}", reply.text);
                        let (_, body) = reply.text.split_once("\r\n\r\n").expect("a body");
                        // Killed in the middle of an answer: it was not received.
                        let Ok(receipt) = serde_json::from_str(body) else { return };
                        sender.send((offices[number].clone(), receipt)).expect("the test listens");
                    }
                })
            })
            .collect();
        drop(sender);
        let mut acknowledged: Vec<(String, Value)> =
            receipts.iter().take(acknowledged_before).collect();
        server.kill();
        acknowledged.extend(receipts.iter());
        for client in clients {
            client.join().expect("a client");
        }
        assert!(acknowledged.len() >= acknowledged_before);

        {
            let (_store, year) = left_behind(data.path(), pack.path()).await;
            let there = responded(&year).await;
            for (office, receipt) in &acknowledged {
                let survey = receipt["survey"].as_str().expect("a survey");
                let digest = there.get(&format!("{survey}/{office}"));
                assert_eq!(
                    digest.map(String::as_str),
                    receipt["digest"].as_str(),
                    "{office} after {acknowledged_before}"
                );
            }
        }

        // The server goes on; who is not sure whether it arrived sends it again.
        let server = Server::start(pack.path(), data.path(), "warn");
        for (number, link) in links.iter().enumerate() {
            let answers =
                json!({ "rule_used": "yes", "discharged": number, "coordinated": number });
            let body = json!({ "answers": answers }).to_string();
            let reply = send(
                &server.address,
                "POST",
                &format!("/kasou/api/r/{link}"),
                &[],
                body.as_bytes(),
            )
            .expect("an answer");
            assert_eq!(reply.status, 200, "{}", reply.text);
            if acknowledged
                .iter()
                .any(|(office, _)| *office == offices[number])
            {
                assert!(
                    reply.text.contains("\"again\":true"),
                    "{} counted twice",
                    offices[number]
                );
            }
        }
        let (status, _) = server.stop();
        assert!(status.success());
        let (_store, year) = left_behind(data.path(), pack.path()).await;
        assert_eq!(responded(&year).await.len(), OFFICES);
    }
}

/// The demo is killed again and again on its way through the year, and its end is the same as if it
/// never had been.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_demo_goes_on() {
    let pack = lent::told();
    let (data, out) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let whole = demo(&pack, data.path(), out.path())
        .wait()
        .expect("it ends");
    assert!(whole.success());
    let batches = acknowledged(data.path());
    let (expected, figures) = {
        let (_store, year) = left_behind(data.path(), &pack).await;
        (
            responded(&year).await,
            year.counted()
                .await
                .expect("counted")
                .book
                .figures()
                .into_iter()
                .cloned()
                .collect::<Vec<_>>(),
        )
    };
    assert!(expected.len() >= 76, "{} responses", expected.len());

    let again = tempfile::tempdir().expect("a folder");
    let mut before = BTreeMap::new();
    let mut in_the_middle = 0;
    for round in 1..=12 {
        let mut child = demo(&pack, again.path(), out.path());
        let until = batches * round / 13;
        // Busy, on purpose: the moment is what matters.
        while acknowledged(again.path()) < until && child.try_wait().expect("a state").is_none() {
            std::thread::yield_now();
        }
        child.kill().expect("killed or gone");
        child.wait().expect("it ends");
        let (_store, year) = left_behind(again.path(), &pack).await;
        let now = responded(&year).await;
        for (respondent, digest) in &before {
            assert_eq!(
                now.get(respondent),
                Some(digest),
                "{respondent} after round {round}"
            );
        }
        in_the_middle += usize::from(!now.is_empty() && now.len() < expected.len());
        before = now;
    }
    assert!(
        in_the_middle >= 3,
        "only {in_the_middle} rounds ended in the middle of the responses"
    );

    let done = demo(&pack, again.path(), out.path())
        .wait()
        .expect("it ends");
    assert!(done.success());
    let (_store, year) = left_behind(again.path(), &pack).await;
    assert_eq!(responded(&year).await, expected);
    let book = year.counted().await.expect("counted").book;
    assert_eq!(
        book.figures().into_iter().cloned().collect::<Vec<_>>(),
        figures
    );
}

fn demo(pack: &Path, data: &Path, out: &Path) -> std::process::Child {
    let mut command = meguri();
    command
        .args(["demo", "--no-serve", "--pack"])
        .arg(pack)
        .arg("--data")
        .arg(data)
        .arg("--out")
        .arg(out);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("meguri starts")
}

/// The number of the last acknowledged batch, from the file that the store keeps for itself.
fn acknowledged(data: &Path) -> u64 {
    let bytes = fs::read(data.join("acknowledged")).unwrap_or_default();
    bytes
        .first_chunk::<8>()
        .map_or(0, |number| u64::from_be_bytes(*number))
}
