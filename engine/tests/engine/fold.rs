//! The journal is the truth: whatever is done, folding it again gives the state that is in memory.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use engine::Pack;
use engine::year::{Act, Delegation, Door, OUTBOX, Refusal, Source, Submission, Token, Year};
use forms::Answers;
use futures_executor::block_on;
use proptest::prelude::*;
use serde_json::json;
use store::Store;

use crate::{lent, story};

/// Something that somebody does.
#[derive(Clone, Debug)]
enum Deed {
    /// The next thing that happens in the cycle.
    Advance,
    Work {
        minutes: i64,
    },
    Submit {
        respondent: usize,
        answers: usize,
    },
    SaveDraft {
        respondent: usize,
        answers: usize,
    },
    MakeLink {
        token: u8,
        door: usize,
    },
    SpendLink {
        token: u8,
    },
    SignIn {
        token: u8,
    },
    CloseMeeting,
    Delegate {
        from: usize,
        to: usize,
        days: i64,
    },
    EndDelegation {
        from: usize,
    },
    /// A letter leaves the outbox, or does not.
    Deliver {
        outcome: usize,
    },
    /// An entry is handed in: as it is named, over what was seen, or as a new one.
    Enter {
        id: usize,
        entry: usize,
        how: u8,
    },
    CloseMonth {
        month: usize,
    },
}

const MONTHS: [&str; 3] = ["2026-10", "2026-11", "2026-13"];

/// The base's issues, whose months close only when every entry has a stage.
const ISSUES: &str = r#"{
  "name": "課題", "form": "issues", "when": ["on", "year"], "title": "title",
  "state": { "item": "stage", "stages": ["first", "second", "third"], "must_before_close": true }
}"#;

/// Right, further, ended, in another month, wrong, nonsense.
fn entry(which: usize) -> serde_json::Map<String, serde_json::Value> {
    let value = match which {
        0 => json!({ "title": "連絡がつかない", "on": "2026-10-05", "stage": "first" }),
        1 => json!({ "title": "連絡がつかない", "on": "2026-10-05", "stage": "second" }),
        2 => json!({ "stage": "done" }),
        3 => json!({ "title": "移動が難しい", "on": "2026-11-02" }),
        4 => json!({ "title": null, "on": "きのう" }),
        _ => json!({ "nobody_asked": [1, 2], "stage": 3 }),
    };
    value.as_object().cloned().unwrap()
}

const PEOPLE: [&str; 4] = [
    "佐藤 次郎（架空）",
    "山田 花子（架空）",
    "鈴木 一郎（架空）",
    "知らない人",
];

const RESPONDENTS: [&str; 4] = ["K001", "K002", "H01", "K999"];

/// Right, right but different, wrong, nonsense.
fn answers(which: usize) -> Answers {
    let value = match which {
        0 => json!({ "rule_used": "yes", "discharged": 3, "coordinated": 2 }),
        1 => {
            json!({ "rule_used": "no", "why_not": "使う機会がなかったため。", "discharged": "０", "coordinated": 0 })
        }
        2 => json!({ "rule_used": "yes", "discharged": 1, "coordinated": 2 }),
        _ => json!({ "nobody_asked": [1, 2], "discharged": "たくさん" }),
    };
    serde_json::from_value(value).unwrap()
}

fn door(which: usize) -> Door {
    match which {
        0 => Door::Survey {
            survey: "discharge-2026".into(),
            respondent: "K001".into(),
        },
        1 => Door::Trial {
            survey: "discharge-2026".into(),
        },
        2 => Door::Papers,
        _ => Door::SignIn {
            person: "山田 花子（架空）".into(),
        },
    }
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        8 => Just(Deed::Advance),
        1 => (0..3000i64).prop_map(|minutes| Deed::Work { minutes }),
        4 => (0..4usize, 0..4usize).prop_map(|(respondent, answers)| Deed::Submit { respondent, answers }),
        1 => (0..4usize, 0..4usize).prop_map(|(respondent, answers)| Deed::SaveDraft { respondent, answers }),
        1 => (0..3u8, 0..4usize).prop_map(|(token, door)| Deed::MakeLink { token, door }),
        1 => (0..3u8).prop_map(|token| Deed::SpendLink { token }),
        1 => (0..3u8).prop_map(|token| Deed::SignIn { token }),
        1 => Just(Deed::CloseMeeting),
        1 => (0..4usize, 0..4usize, -2..400i64).prop_map(|(from, to, days)| Deed::Delegate { from, to, days }),
        1 => (0..4usize).prop_map(|from| Deed::EndDelegation { from }),
        3 => (0..4usize).prop_map(|outcome| Deed::Deliver { outcome }),
        4 => (0..3usize, 0..6usize, 0..6u8).prop_map(|(id, entry, how)| Deed::Enter { id, entry, how }),
        1 => (0..3usize).prop_map(|month| Deed::CloseMonth { month }),
    ];
    prop::collection::vec(deed, 1..60)
}

/// Does it. What a person may not do is refused; anything else is a defect.
async fn carry_out(store: &Store, year: &Year, now: &mut DateTime<Utc>, deed: Deed) {
    let act = Act::new(*now, "test");
    let refusal = match deed {
        Deed::Advance => {
            if let Some(next) = story::next(year).await {
                *now = (*now).max(next.at.instant);
                story::carry_out(year, next).await;
            }
            return;
        }
        Deed::Work { minutes } => {
            *now += TimeDelta::minutes(minutes);
            return year.work(&Act::new(*now, "test")).await.unwrap();
        }
        Deed::Submit {
            respondent,
            answers: which,
        } => {
            let submission = Submission {
                answers: answers(which),
                source: Source::Web,
                apart: None,
            };
            year.submit(&act, "discharge-2026", RESPONDENTS[respondent], submission)
                .await
                .err()
        }
        Deed::SaveDraft {
            respondent,
            answers: which,
        } => year
            .save_draft(
                &act,
                "discharge-2026",
                RESPONDENTS[respondent],
                answers(which),
            )
            .await
            .err(),
        Deed::MakeLink { token, door: which } => year
            .make_link(&act, Token::new([token; 16]), door(which))
            .await
            .err(),
        Deed::SpendLink { token } => year.spend_link(&act, &Token::new([token; 16])).await.err(),
        Deed::SignIn { token } => year
            .sign_in(&act, &Token::new([token; 16]), Token::new([200; 16]))
            .await
            .err(),
        Deed::Deliver { outcome } => deliver(store, year, &act, outcome).await.err(),
        Deed::CloseMeeting => {
            let turn = year.pack.cycles[0].turn();
            year.signal(&act, &turn, "meeting.closed", "committee-1")
                .await
                .err()
        }
        Deed::Delegate { from, to, days } => {
            let delegation = Delegation {
                role: "課長".into(),
                from: PEOPLE[from].into(),
                to: PEOPLE[to].into(),
                until: (*now + TimeDelta::days(days)).date_naive(),
                reason: "出張".into(),
            };
            year.delegate(&act, delegation).await.err()
        }
        Deed::Enter {
            id,
            entry: which,
            how,
        } => enter(year, &act, id, which, how).await.err(),
        Deed::CloseMonth { month } => year.close_month(&act, "issues", MONTHS[month]).await.err(),
        Deed::EndDelegation { from } => year.end_delegation(&act, "課長", PEOPLE[from]).await.err(),
    };
    // What is in force can be used by the person it names.
    for one in year.delegations(act.today()) {
        assert!(one.until >= act.today() && one.from != one.to, "{one:?}");
    }
    assert_no_defect(refusal);
}

/// Hands an entry in, in one of the three ways. A closed month has no entry without a stage.
async fn enter(year: &Year, act: &Act, id: usize, which: usize, how: u8) -> Result<(), Refusal> {
    let mut fields = entry(which);
    let entered = match how {
        0 | 1 => {
            let once = Token::new([how; 16]);
            year.enter_new(act, "issues", &once, fields).await
        }
        seen => {
            fields.insert("id".into(), format!("i{id}").into());
            let fields = fields.into();
            match seen {
                2..4 => {
                    year.enter_over(act, "issues", fields, u32::from(seen) - 2)
                        .await
                }
                _ => year.enter(act, "issues", fields).await,
            }
        }
    };
    let book = year.ledgers().await?;
    let ledger = &year.pack.ledgers["issues"];
    for month in MONTHS.iter().filter(|month| year.closed("issues", month)) {
        assert_eq!(book.without_state(ledger, month).len(), 0, "{month}");
    }
    entered.map(drop)
}

/// Sends a letter that is due: it arrives, is refused for now or for good, or the sender dies before
/// it can tell.
async fn deliver(store: &Store, year: &Year, act: &Act, outcome: usize) -> Result<(), Refusal> {
    let lease = TimeDelta::minutes(5);
    let claims = store
        .claim(OUTBOX, &[year.slug()], act.at, lease, 1)
        .await?;
    let Some(claim) = claims.first() else {
        return Ok(());
    };
    let token = Token::new([100 + u8::try_from(outcome).unwrap(); 16]);
    let letter = year
        .prepare(act, claim, token, "http://meguri.test")
        .await?;
    match (letter, outcome) {
        (None, _) | (Some(_), 3) => Ok(()),
        (Some(_), 0) => year.sent(act, claim).await,
        (Some(_), _) => year.not_sent(act, claim, "550", outcome == 2).await,
    }
}

fn assert_no_defect(refusal: Option<Refusal>) {
    let a_defect = matches!(
        refusal,
        Some(
            Refusal::Store(_)
                | Refusal::Commit(_)
                | Refusal::Unreadable(_)
                | Refusal::Findings(_)
                | Refusal::TooLarge
        )
    );
    assert!(!a_defect, "{refusal:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn folding_the_journal_again_gives_the_live_state(deeds in deeds()) {
        let mut files = lent::laid_over(&lent::case("by_mail"));
        files.0.insert("ledgers/issues.json".into(), ISSUES.into());
        let pack: Arc<Pack> = Arc::new(lent::read(&files));
        let data = tempfile::tempdir().unwrap();
        block_on(async {
            let store = Store::open(data.path()).unwrap();
            let mut now: DateTime<Utc> = "2026-10-01T00:00:00Z".parse().unwrap();
            let year = Year::open(store.clone(), pack.clone(), now).await.unwrap();
            for deed in deeds {
                carry_out(&store, &year, &mut now, deed).await;
            }
            let again = Year::open(store.clone(), pack.clone(), now).await.unwrap();
            assert_eq!(again.state(Clone::clone), year.state(Clone::clone));
            assert_eq!(again.state(|state| state.head), store.journal(year.slug(), 1).await.unwrap().len() as u64);
            for survey in year.state(|state| state.surveys.keys().cloned().collect::<Vec<_>>()) {
                if year.state(|state| state.surveys[&survey].version) > 0 {
                    assert_eq!(again.answers(&survey).await.unwrap(), year.answers(&survey).await.unwrap());
                }
            }
            let (kept, live) = (again.ledgers().await.unwrap(), year.ledgers().await.unwrap());
            assert_eq!(kept.entries("issues"), live.entries("issues"));
            assert_eq!(store.verify(None).await.unwrap(), []);
        });
    }
}
