//! The 引継書: `handovers/*.md` is what the paper says at two moments of the skeleton's year, written by hand.

use std::fs;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use engine::year::{Act, Delegation, Refusal, Source, Submission, Year};
use futures_executor::block_on;
use serde_json::json;
use workflows::{Actor, Command};

use crate::{lent, story};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Lets the cycle go on until a moment.
async fn until(year: &Year, moment: DateTime<Utc>) {
    while let Some(next) = story::next(year)
        .await
        .filter(|next| next.at.instant <= moment)
    {
        story::carry_out(year, next).await;
    }
}

fn expected(name: &str) -> String {
    fs::read_to_string(lent::case(&format!("../handovers/{name}.md"))).unwrap()
}

#[test]
fn who_takes_over_reads_what_is_open_decided_and_next() {
    let data = tempfile::tempdir().unwrap();
    let pack = Arc::new(lent::read(&lent::bare()));
    block_on(async {
        let year = story::open(data.path(), pack, at("2026-11-02T00:00:00Z")).await;
        let act = Act::new(at("2026-12-10T01:00:00Z"), "山田 花子（架空）");
        until(&year, act.at).await;
        let answers = json!({ "rule_used": "yes", "discharged": 3, "coordinated": 2 });
        let submission = Submission {
            answers: serde_json::from_value(answers).unwrap(),
            source: Source::Web,
            apart: None,
        };
        year.submit(&act, "discharge-2026", "K001", submission)
            .await
            .unwrap();
        let moved = Command::MoveDate {
            field: "close".to_owned(),
            to: "2026-12-28".parse().unwrap(),
            by: Actor::new("山田 花子（架空）", "事務局"),
            reason: "年末の\n忙しさのため".to_owned(),
        };
        year.command(&act, "annual-2026", moved).await.unwrap();
        let secretariat = year.handover(&act, "secretariat").await.unwrap();
        assert_eq!(secretariat.title, "引継書（事務局）");
        assert_eq!(secretariat.markdown().unwrap(), expected("secretariat"));
        secretariat.document(&year.pack).unwrap();

        let act = Act::new(at("2027-05-01T01:00:00Z"), "佐藤 次郎（架空）");
        until(&year, act.at).await;
        let delegation = Delegation {
            role: "課長".to_owned(),
            from: "佐藤 次郎（架空）".to_owned(),
            to: "鈴木 一郎（架空）".to_owned(),
            until: "2027-05-31".parse().unwrap(),
            reason: "育児休業".to_owned(),
        };
        year.delegate(&act, delegation).await.unwrap();
        let chief = year.handover(&act, "佐藤 次郎（架空）").await.unwrap();
        assert_eq!(chief.title, "引継書（佐藤 次郎（架空））");
        assert_eq!(chief.markdown().unwrap(), expected("section_chief"));

        let nobody = year.handover(&act, "町長").await.unwrap_err();
        assert!(
            matches!(&nobody, Refusal::Unknown(what) if what.contains("町長")),
            "{nobody}"
        );
    });
}

/// Two roles own a task together (共同担当): both papers name both.
#[test]
fn a_task_of_two_owners_stands_in_both_papers() {
    let mut files = lent::bare();
    let script = files.0.get_mut("cycles/annual.rhai").unwrap();
    *script = script.replace(r#".task("事務局")"#, r#".owners(["事務局", "課長"])"#);
    let data = tempfile::tempdir().unwrap();
    let pack = Arc::new(lent::read(&files));
    block_on(async {
        let year = story::open(data.path(), pack, at("2026-11-02T00:00:00Z")).await;
        let act = Act::new(at("2026-11-10T01:00:00Z"), "test");
        until(&year, act.at).await;
        for role in ["事務局", "課長", "佐藤 次郎（架空）"] {
            let tasks = year.handover(&act, role).await.unwrap().tasks;
            let named: Vec<&str> = tasks.iter().map(|task| task.role.as_str()).collect();
            assert_eq!(named, ["事務局・課長"], "{role}");
        }
    });
}
