//! Two programs hand entries in at the same time, on sled and on PostgreSQL: every entry has an id of its own, no
//! change is lost, and nothing comes into a month that is closed.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use engine::year::{Act, Refusal, Token, Year};
use serde_json::{Map, Value, json};
use store::Store;

use crate::lent;
use crate::shared::postgres;

const EACH: u8 = 12;

fn at() -> DateTime<Utc> {
    "2026-06-12T01:00:00Z".parse().expect("an instant")
}

async fn open(store: &Store, folder: &Path) -> Arc<Year> {
    let pack = Arc::new(lent::read(folder));
    let year = Year::open(store.clone(), pack, at()).await;
    Arc::new(year.expect("the year opens"))
}

fn event(title: &str, on: &str) -> Map<String, Value> {
    let event = json!({ "title": title, "kind": "training", "on": on });
    event.as_object().cloned().expect("an object")
}

/// Hands in so many events of June, one after the other.
async fn hand_in(year: Arc<Year>, by: &'static str, token: u8) {
    for number in 0..EACH {
        let once = Token::new([token + number; 16]);
        let event = event(&format!("{by} {number}"), "2026-06-10");
        let act = Act::new(at(), by);
        let entered = year.enter_new(&act, "events", &once, event);
        entered.await.expect("handed in");
    }
}

async fn two_programs(first: Store, second: Store, folder: &Path) {
    let (one, two) = (open(&first, folder).await, open(&second, folder).await);
    let tasks = [
        tokio::spawn(hand_in(one.clone(), "一人目", 0)),
        tokio::spawn(hand_in(two.clone(), "二人目", 100)),
    ];
    for task in tasks {
        task.await.expect("no panic");
    }
    let again = open(&first, folder).await;
    let book = again.ledgers().await.expect("a book");
    let ids: BTreeSet<&str> = book
        .entries("events")
        .iter()
        .map(|e| e.id.as_str())
        .collect();
    let wanted: Vec<String> = (1..=2 * EACH).map(|n| format!("2026-06-{n:03}")).collect();
    assert_eq!(ids, wanted.iter().map(String::as_str).collect());
    let titles: BTreeSet<&str> = book
        .entries("events")
        .iter()
        .filter_map(|e| e.answers.text("title"))
        .collect();
    assert_eq!(titles.len(), ids.len(), "an entry was lost");

    // Both have seen the entry before its first change; the second to change it is told.
    let change = |place: &str| json!({ "id": "2026-06-001", "place": place });
    let act = Act::new(at(), "一人目");
    one.enter_over(&act, "events", change("市役所"), 1)
        .await
        .expect("changed");
    let late = two.enter_over(&act, "events", change("公民館"), 1).await;
    assert!(matches!(late, Err(Refusal::Overtaken)), "{late:?}");

    // The one closes the month; the other does not know yet, and still nothing comes in.
    one.close_month(&act, "events", "2026-06")
        .await
        .expect("closed");
    let once = Token::new([250; 16]);
    let late = two
        .enter_new(&act, "events", &once, event("遅れた研修", "2026-06-30"))
        .await;
    assert!(
        matches!(&late, Err(Refusal::Cycle(why)) if why.contains("閉じられています")),
        "{late:?}"
    );
    let late = two.enter(&act, "events", change("公民館")).await;
    assert!(
        matches!(&late, Err(Refusal::Cycle(why)) if why.contains("閉じられています")),
        "{late:?}"
    );
    let next = two
        .enter_new(&act, "events", &once, event("七月の研修", "2026-07-01"))
        .await;
    assert_eq!(next.expect("handed in").id, "2026-07-001");

    let again = open(&second, folder).await;
    let book = again.ledgers().await.expect("a book");
    assert!(again.closed("events", "2026-06"));
    let kept = book.entry("events", "2026-06-001").expect("the entry");
    assert_eq!(kept.answers.text("place"), Some("市役所"));
    assert_eq!(book.entries("events").len(), usize::from(2 * EACH) + 1);
    assert_eq!(first.verify(None).await.expect("verified"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_on_sled() {
    let folder = tempfile::tempdir().expect("a folder");
    lent::open_survey(folder.path(), 1);
    let data = tempfile::tempdir().expect("a folder");
    let store = Store::open(data.path()).expect("a store");
    two_programs(store.clone(), store, folder.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_on_postgresql() {
    let Some(postgres) = postgres() else {
        return;
    };
    let url = postgres.create("ledgers").expect("a database");
    let folder = tempfile::tempdir().expect("a folder");
    lent::open_survey(folder.path(), 1);
    let connect = || async { Store::connect(&url).await.expect("the database") };
    two_programs(connect().await, connect().await, folder.path()).await;
}
