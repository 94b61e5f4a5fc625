//! Cycles below a cycle: two 部会 run the same cycle as children of the year.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use engine::Pack;
use engine::year::{Act, Year};
use futures_executor::block_on;
use store::Store;
use workflows::{Actor, Command, How, Key, Phase, Status, StepId};

use crate::lent;

const YEAR: &str = r#"fn plan(c) {[
    step("reviews").title("部会で検討する").per(["第一部会", "第二部会"]).cycle("review"),
    step("map").after("reviews").compute("map"),
]}"#;

const REVIEW: &str = r#"fn plan(c) {[
    step("draft").title("意見をまとめる").task("事務局").due(c.close.bdays(-3)),
    step("approve").title("意見の決裁").after("draft").approval(["課長"]),
]}"#;

/// The skeleton with these two cycles in place of its own.
fn pack(year: &str, review: &str) -> Result<Pack, Vec<engine::Finding>> {
    let mut files = lent::bare();
    let parameters = files.0["cycles/annual.json"].clone();
    for (name, script) in [("annual", year), ("review", review)] {
        files
            .0
            .insert(format!("cycles/{name}.rhai"), script.to_owned());
        let named = parameters.replace("annual.rhai", &format!("{name}.rhai"));
        files.0.insert(format!("cycles/{name}.json"), named);
    }
    Pack::read(&files)
}

struct Scene {
    store: Store,
    pack: Arc<Pack>,
    year: Year,
    act: Act,
    turn: String,
    _data: tempfile::TempDir,
}

impl Scene {
    async fn begun() -> Scene {
        Scene::with(YEAR, REVIEW).await
    }

    async fn with(year: &str, review: &str) -> Scene {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let pack = Arc::new(pack(year, review).unwrap());
        let start: DateTime<Utc> = "2026-11-02T00:00:00Z".parse().unwrap();
        let act = Act::new(start, "test");
        let year = Year::open(store.clone(), pack.clone(), start)
            .await
            .unwrap();
        let by = Actor::new("meguri", "システム");
        let turn = year.start_cycle(&act, "annual", by).await.unwrap();
        Scene {
            store,
            pack,
            year,
            act,
            turn,
            _data: data,
        }
    }

    /// As after a crash: only what is on the disk.
    async fn reopen(&mut self) {
        let opened = Year::open(self.store.clone(), self.pack.clone(), self.act.at).await;
        self.year = opened.unwrap();
    }

    /// Id and phase of the children.
    fn children(&self) -> Vec<(String, Phase)> {
        self.year.state(|state| {
            let below = state
                .cycles
                .iter()
                .filter(|(_, cycle)| cycle.parent.is_some());
            below.map(|(id, cycle)| (id.clone(), cycle.phase)).collect()
        })
    }

    /// What a 部会's step came to in the year.
    fn outcome(&self, item: &str) -> Option<(How, String)> {
        self.year.state(|state| {
            let turn = state.cycles[&self.turn].turn(&StepId::new("reviews"), item)?;
            match &turn.status {
                Status::Settled(settled) => Some((settled.how, settled.outcome.clone())),
                _ => None,
            }
        })
    }

    fn id_of(&self, item: &str) -> String {
        Key::new("reviews", item, 1).child_id(&self.turn)
    }

    async fn decide(&self, cycle: &str, step: &str, role: &str, outcome: &str) {
        let complete = Command::Complete {
            key: Key::new(step, "", 1),
            by: Actor::new(format!("{role}の人"), role),
            outcome: outcome.to_owned(),
            comment: None,
        };
        self.year.command(&self.act, cycle, complete).await.unwrap();
    }
}

#[test]
fn children_run_and_their_ends_settle_the_steps_above() {
    block_on(async {
        let mut scene = Scene::begun().await;
        assert!(scene.children().is_empty());
        // The year wants children; the process died before it could start them.
        scene.reopen().await;
        scene.year.work(&scene.act).await.unwrap();
        scene.year.work(&scene.act).await.unwrap();
        let (first, second) = (scene.id_of("第一部会"), scene.id_of("第二部会"));
        let running = scene.children();
        assert_eq!(running.len(), 2);
        assert!(running.iter().all(|(_, phase)| *phase == Phase::Running));
        assert!(running.iter().any(|(id, _)| *id == first));

        scene.decide(&first, "draft", "事務局", "done").await;
        scene.decide(&first, "approve", "課長", "approved").await;
        scene.reopen().await;
        scene.year.work(&scene.act).await.unwrap();
        assert_eq!(scene.outcome("第一部会"), Some((How::Done, "done".into())));
        assert_eq!(scene.outcome("第二部会"), None);

        let give_up = Command::Terminate {
            by: Actor::new("課長の人", "課長"),
            reason: "部会を廃止したため".to_owned(),
        };
        scene
            .year
            .command(&scene.act, &second, give_up)
            .await
            .unwrap();
        scene.year.work(&scene.act).await.unwrap();
        assert_eq!(
            scene.outcome("第二部会"),
            Some((How::Done, "terminated".into()))
        );
        let phase = scene.year.state(|state| state.cycles[&scene.turn].phase);
        assert_eq!(phase, Phase::Completed);
        assert_eq!(scene.store.verify(None).await.unwrap(), []);
    });
}

#[test]
fn a_step_that_is_cancelled_gives_its_child_up() {
    block_on(async {
        let mut scene = Scene::begun().await;
        scene.year.work(&scene.act).await.unwrap();
        let cancel = Command::Cancel {
            key: Key::new("reviews", "第二部会", 1),
            by: Actor::new("事務局の人", "事務局"),
            reason: "今年度は開かない".to_owned(),
        };
        scene
            .year
            .command(&scene.act, &scene.turn, cancel)
            .await
            .unwrap();
        scene.reopen().await;
        scene.year.work(&scene.act).await.unwrap();
        let phases = scene.children();
        let phase_of = |item: &str| {
            let id = scene.id_of(item);
            phases
                .iter()
                .find(|(child, _)| *child == id)
                .map(|(_, phase)| *phase)
        };
        assert_eq!(phase_of("第一部会"), Some(Phase::Running));
        assert_eq!(phase_of("第二部会"), Some(Phase::Terminated));
    });
}

#[test]
fn a_child_in_which_something_must_not_be_skipped_goes_on_until_it_is_decided() {
    block_on(async {
        let review = REVIEW.replace(".task(", ".unskippable().task(");
        let scene = Scene::with(YEAR, &review).await;
        scene.year.work(&scene.act).await.unwrap();
        let cancel = Command::Cancel {
            key: Key::new("reviews", "", 1),
            by: Actor::new("事務局の人", "事務局"),
            reason: "今年度は開かない".to_owned(),
        };
        scene
            .year
            .command(&scene.act, &scene.turn, cancel)
            .await
            .unwrap();
        scene.year.work(&scene.act).await.unwrap();
        assert!(
            scene
                .children()
                .iter()
                .all(|(_, phase)| *phase == Phase::Running)
        );
        let first = scene.id_of("第一部会");
        scene.decide(&first, "draft", "事務局", "done").await;
        scene.year.work(&scene.act).await.unwrap();
        let phases: BTreeMap<String, Phase> = scene.children().into_iter().collect();
        assert_eq!(phases[&first], Phase::Terminated);
        assert_eq!(phases[&scene.id_of("第二部会")], Phase::Running);
    });
}

#[test]
fn err_a_cycle_below_itself_is_refused() {
    let ring = r#"fn plan(c) {[ step("again").cycle("annual") ]}"#;
    let findings = pack(YEAR, ring).unwrap_err();
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["pack.cycle_within_itself"; 2]);
    let unknown = r#"fn plan(c) {[ step("again").cycle("anual") ]}"#;
    let findings = pack(unknown, REVIEW).unwrap_err();
    assert!(findings[0].to_string().contains("annual"), "{findings:?}");
}
