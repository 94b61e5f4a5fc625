//! Opening from a snapshot gives what folding the whole journal gives, and a snapshot that does not fit is ignored.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use engine::year::{Act, Door, Token, Year, astray, mend};
use futures_executor::block_on;
use store::{Commit, Key, Store};

use crate::{lent, story};

fn start() -> DateTime<Utc> {
    "2026-10-01T00:00:00Z".parse().unwrap()
}

/// Makes so many links: the quickest records.
async fn links(year: &Year, from: u8, count: u16) {
    for n in 0..count {
        let mut token = [from; 16];
        token[..2].copy_from_slice(&n.to_be_bytes());
        let act = Act::new(start(), "test");
        year.make_link(&act, Token::new(token), Door::Papers)
            .await
            .unwrap();
    }
}

async fn open(store: &Store) -> Year {
    let pack = Arc::new(lent::read(&lent::bare()));
    Year::open(store.clone(), pack, start()).await.unwrap()
}

async fn write(store: &Store, path: &str, value: Option<&[u8]>) {
    let key: Key = path.parse().unwrap();
    let commit = Commit {
        municipality: key.municipality().to_owned(),
        at: start(),
        by: "test".to_owned(),
        on_behalf_of: None,
        cause: None,
        guards: Vec::new(),
        events: Vec::new(),
        writes: vec![(key, value.map(<[u8]>::to_vec))],
    };
    store.commit(commit).await.unwrap();
}

#[test]
fn a_year_opens_from_its_newest_snapshot() {
    let data = tempfile::tempdir().unwrap();
    block_on(async {
        let store = Store::open(data.path()).unwrap();
        let year = open(&store).await;
        let act = Act::new(start(), "test");
        links(&year, 1, 200).await;
        year.snapshot(&act).await.unwrap();
        assert_eq!(
            open(&store).await.snapshot_at(),
            0,
            "too early for a snapshot"
        );
        links(&year, 2, 600).await;
        year.snapshot(&act).await.unwrap();
        let first = year.state(|state| state.head);
        links(&year, 3, 300).await;
        let again = open(&store).await;
        assert_eq!(again.snapshot_at(), first);
        assert_eq!(again.state(Clone::clone), year.state(Clone::clone));
        // The next one replaces it, with all its pieces.
        year.snapshot(&act).await.unwrap();
        let second = year.state(|state| state.head);
        let pieces = store
            .scan(&"kasou/snapshot".parse().unwrap())
            .await
            .unwrap();
        assert!(pieces.len() > 1, "{} pieces", pieces.len());
        for (key, _) in pieces {
            assert!(
                key.as_str()
                    .starts_with(&format!("kasou/snapshot/{second}/")),
                "{key}"
            );
        }
        assert_eq!(open(&store).await.snapshot_at(), second);
    });
}

#[test]
fn a_snapshot_that_does_not_fit_is_ignored() {
    let data = tempfile::tempdir().unwrap();
    block_on(async {
        let store = Store::open(data.path()).unwrap();
        let year = open(&store).await;
        let act = Act::new(start(), "test");
        links(&year, 1, 700).await;
        year.snapshot(&act).await.unwrap();
        let whole = year.state(Clone::clone);
        let newest = "kasou/newest-snapshot";
        let taken = store.get(&newest.parse().unwrap()).await.unwrap().unwrap();
        let taken = String::from_utf8(taken).unwrap();
        let pieces = store
            .scan(&"kasou/snapshot".parse().unwrap())
            .await
            .unwrap();
        let (piece, content) = &pieces[0];
        let cut = &content[..content.len() - 1];
        for (path, wrong) in [
            (
                newest,
                taken.replace("\"version\":", "\"version\":9").into_bytes(),
            ),
            (
                newest,
                taken.replace("\"hash\":\"", "\"hash\":\"0").into_bytes(),
            ),
            (newest, b"{}".to_vec()),
            (piece.as_str(), cut.to_vec()),
        ] {
            let before = store.get(&path.parse().unwrap()).await.unwrap().unwrap();
            write(&store, path, Some(&wrong)).await;
            let again = open(&store).await;
            assert_eq!(
                (again.snapshot_at(), again.state(Clone::clone)),
                (0, whole.clone()),
                "{path}"
            );
            write(&store, path, Some(&before)).await;
        }
        assert!(open(&store).await.snapshot_at() > 0);
    });
}

#[test]
fn what_stands_beside_the_journal_is_made_anew_from_it() {
    let data = tempfile::tempdir().unwrap();
    block_on(async {
        let pack = Arc::new(lent::read(&lent::bare()));
        let turn = pack.cycles[0].turn();
        let year = story::open(data.path(), pack, start()).await;
        let open_survey =
            |state: &engine::year::State| state.surveys.values().any(engine::year::Held::is_open);
        while !year.state(open_survey) {
            let next = story::next(&year).await.unwrap();
            story::carry_out(&year, next).await;
        }
        drop(year);
        let store = Store::open(data.path()).unwrap();
        let now = start() + TimeDelta::days(400);
        assert!(astray(&store, "kasou", now).await.unwrap().is_empty());
        let damage: [(String, Option<&[u8]>); 5] = [
            (format!("kasou/cycle/{turn}"), Some(b"1")),
            ("kasou/open/discharge-2026".to_owned(), None),
            ("kasou/open/another".to_owned(), Some(b"open")),
            (format!("kasou/due/cycle/{turn}"), None),
            ("kasou/spent/abc".to_owned(), Some(b"1")),
        ];
        for (path, value) in &damage {
            write(&store, path, *value).await;
        }
        let found = astray(&store, "kasou", now).await.unwrap();
        let mut keys: Vec<&str> = found.iter().map(|it| it.key.as_str()).collect();
        let mut expected: Vec<&str> = damage.iter().map(|(path, _)| path.as_str()).collect();
        keys.sort_unstable();
        expected.sort_unstable();
        assert_eq!(keys, expected);
        assert!(found[0].to_string().contains("meguri doctor --mend"));
        mend(&store, "kasou", now, found).await.unwrap();
        assert!(astray(&store, "kasou", now).await.unwrap().is_empty());
    });
}
