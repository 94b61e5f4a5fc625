//! A pack that is edited while its cycle runs: nothing changes until the plan is adopted, and then what the
//! plan says does, the surveys with it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use engine::pack::Pack;
use engine::year::{Act, Refusal, Year};
use futures_executor::block_on;
use workflows::simulate::Deed;
use workflows::{Actor, Command, Phase, StepId};

use crate::{lent, story};

const CYCLE: &str = "annual-2026";

/// The skeleton with a rate of 60 ％ that has to be reached, and what is added to it. Three are asked and nobody
/// answers: with 0 added the gate says 「low」, with 1,000 it says 「ok」.
fn pack(added: u32, change: impl Fn(String) -> String) -> Arc<Pack> {
    let mut files = lent::bare();
    let script = files.0.get_mut("cycles/annual.rhai").unwrap();
    let gated = script.replace(
        "    step(\"tally\").title(\"集計する\").after(\"answers\")",
        "    step(\"rate\").title(\"回答率\").after(\"answers\").gate(\"rate_gate\"),\n    \
         step(\"extend\").title(\"延長\").when(\"rate\", \"low\").reopen(\"answers\").closes(c.close.bdays(10)).max(1),\n    \
         step(\"tally\").title(\"集計する\").when(\"rate\", \"ok\").or_when(\"extend\", \"spent\")",
    );
    assert_ne!(gated, *script);
    *script = change(format!(
        "{gated}fn rate_gate(s, c) {{ if s.answered * 100 + c.added >= s.asked * 60 {{ \"ok\" }} else {{ \"low\" }} }}\n"
    ));
    let fields = files.0.get_mut("cycles/annual.json").unwrap();
    *fields = fields.replace(
        "    { \"id\": \"meeting_time\"",
        &format!("    {{ \"id\": \"added\", \"title\": \"上乗せ\", \"type\": \"integer\", \"value\": {added}, \"unit\": \"点\" }},\n    {{ \"id\": \"meeting_time\""),
    );
    Arc::new(lent::read(&files))
}

fn same(script: String) -> String {
    script
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn act(at: &str) -> Act {
    Act::new(instant(at), "山田 花子（架空）")
}

fn secretariat() -> Actor {
    Actor::new("山田 花子（架空）", "事務局")
}

/// Lives the cycle until a step has this round, open or settled.
async fn until(year: &Year, step: &str, round: u32) {
    let reached = || {
        year.state(|state| {
            let turn = state
                .cycles
                .get(CYCLE)?
                .turn(&StepId::new(step), "")
                .cloned()?;
            Some(turn.round >= round && turn.status != workflows::Status::Waiting)
        })
    };
    while reached() != Some(true) {
        let next = story::next(year).await.expect("it goes on");
        story::carry_out(year, next).await;
    }
}

fn cycle(year: &Year) -> workflows::State {
    year.state(|state| state.cycles[CYCLE].clone())
}

fn survey_is_open(year: &Year) -> bool {
    year.state(|state| {
        state
            .surveys
            .values()
            .next()
            .is_some_and(|held| held.is_open())
    })
}

async fn edited(year: &Year, pack: Arc<Pack>) -> Year {
    let edited = year
        .with_pack(pack, instant("2026-12-02T00:00:00Z"))
        .await
        .unwrap();
    assert_eq!(cycle(&edited), cycle(year));
    edited
}

async fn adopt(year: &Year, choose: bool) -> Result<(), Refusal> {
    let act = act("2026-12-02T01:00:00Z");
    let preview = year.preview(&act, CYCLE, &year.pack).await?;
    let keys = preview.choices.into_iter().map(|choice| choice.key);
    let cancel = keys.filter(|_| choose).collect();
    let reason = "見直したため".to_owned();
    year.adopt(&act, CYCLE, &preview.to, cancel, secretariat(), reason)
        .await
}

fn outcome(year: &Year, step: &str) -> String {
    match &cycle(year).turn(&StepId::new(step), "").unwrap().status {
        workflows::Status::Settled(settled) => settled.outcome.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_gate_is_asked_by_the_script_and_parameters_that_were_adopted() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let at = instant("2026-11-01T00:00:00Z");
        let year = story::open(folder.path(), pack(0, same), at).await;
        until(&year, "answers", 1).await;
        // Either of the two would let the edited pack say 「ok」 at the deadline.
        let generous =
            |script: String| script.replace("s.answered * 100", "s.answered * 100 + 1000");
        let year = edited(&year, pack(1_000, generous)).await;
        until(&year, "answers", 2).await;
        assert_eq!(cycle(&year).dates["close"].to_string(), "2026-12-25");

        // From here on it counts.
        let act = act("2027-01-04T00:00:00Z");
        let preview = year.preview(&act, CYCLE, &year.pack).await.unwrap();
        assert_eq!(preview.values[0].title, "上乗せ");
        assert_eq!(preview.values[0].to.as_deref(), Some("1000点"));
        let reason = "見直したため".to_owned();
        year.adopt(&act, CYCLE, &preview.to, Vec::new(), secretariat(), reason)
            .await
            .unwrap();
        // And what the pack says later does not: with 0 added it would be 「low」.
        let year = edited(&year, pack(0, same)).await;
        until(&year, "rate", 2).await;
        year.work(&Act::by_meguri(instant("2027-02-01T00:00:00Z")))
            .await
            .unwrap();
        assert_eq!(outcome(&year, "rate"), "ok");
        let again = year.with_pack(pack(0, same), at).await.unwrap();
        assert_eq!(cycle(&again), cycle(&year));
    });
}

#[test]
fn a_collection_that_leaves_the_plan_closes_its_survey_and_one_that_comes_back_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let at = instant("2026-11-01T00:00:00Z");
        let year = story::open(folder.path(), pack(0, same), at).await;
        until(&year, "answers", 1).await;
        assert!(survey_is_open(&year));
        let without = |script: String| {
            let left = |line: &&str| {
                !["answers\")", "remind\")", "rate\")", "extend\")"]
                    .iter()
                    .any(|step| line.trim().starts_with(&format!("step(\"{step}")))
            };
            let lines: Vec<&str> = script.lines().filter(left).collect();
            lines.join("\n").replace(
                ".when(\"rate\", \"ok\").or_when(\"extend\", \"spent\")",
                ".after(\"distribute\")",
            )
        };
        let year = edited(&year, pack(0, without)).await;
        let refused = adopt(&year, false).await.unwrap_err().to_string();
        assert!(
            refused.contains("「回答を受け付ける」がなくなります"),
            "{refused}"
        );
        assert!(survey_is_open(&year));
        adopt(&year, true).await.unwrap();
        assert!(!survey_is_open(&year));
        let year = edited(&year, pack(0, same)).await;
        adopt(&year, true).await.unwrap();
        assert!(survey_is_open(&year));
    });
}

#[test]
fn a_suspended_cycle_does_nothing_and_one_that_is_given_up_closes_its_survey() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let at = instant("2026-11-01T00:00:00Z");
        let year = story::open(folder.path(), pack(0, same), at).await;
        until(&year, "answers", 1).await;
        let (by, reason) = (secretariat(), "大雨のため".to_owned());
        let suspend = Command::Suspend { by, reason };
        year.command(&act("2026-12-02T00:00:00Z"), CYCLE, suspend)
            .await
            .unwrap();
        let before = cycle(&year);
        year.work(&Act::by_meguri(instant("2027-01-10T00:00:00Z")))
            .await
            .unwrap();
        assert_eq!(cycle(&year), before);
        assert!(survey_is_open(&year));
        assert!(story::next(&year).await.is_none());
        let (by, reason) = (secretariat(), "片付いた".to_owned());
        let resume = Command::Resume { by, reason };
        year.command(&act("2027-01-12T00:00:00Z"), CYCLE, resume)
            .await
            .unwrap();
        assert!(!survey_is_open(&year));
        // Nobody answered: the deadline is extended, and the survey is open again.
        year.work(&act("2027-01-12T00:00:00Z")).await.unwrap();
        assert!(survey_is_open(&year));
        let (by, reason) = (secretariat(), "今年は行わない".to_owned());
        let terminate = Command::Terminate { by, reason };
        year.command(&act("2027-01-12T00:00:01Z"), CYCLE, terminate)
            .await
            .unwrap();
        assert_eq!(cycle(&year).phase, Phase::Terminated);
        assert!(!survey_is_open(&year));
    });
}

#[test]
fn only_the_previewed_plan_of_this_turn_is_adopted_and_only_by_the_secretariat() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let at = instant("2026-11-01T00:00:00Z");
        let year = story::open(folder.path(), pack(0, same), at).await;
        let Some(Deed::Command(_)) = story::next(&year).await.map(|next| next.deed) else {
            panic!("it starts");
        };
        let unknown = year
            .preview(&act("2026-11-02T00:00:00Z"), CYCLE, &year.pack)
            .await;
        assert!(matches!(unknown, Err(Refusal::Unknown(_))));
        until(&year, "design", 1).await;
        let act = act("2026-11-03T00:00:00Z");
        let adopted = year
            .adopt(
                &act,
                CYCLE,
                "another",
                Vec::new(),
                secretariat(),
                "理由".to_owned(),
            )
            .await;
        assert!(
            adopted
                .unwrap_err()
                .to_string()
                .contains("変更案を開き直してください")
        );
        let mut files = lent::bare();
        let fields = files.0.get_mut("cycles/annual.json").unwrap();
        *fields = fields.replace("\"value\": 2026,", "\"value\": 2027,");
        let next_year = lent::read(&files);
        let refused = year.preview(&act, CYCLE, &next_year).await.unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("「annual-2026」のサイクルがありません")
        );

        let roles = &year.pack.municipality.roles;
        let first = year
            .secretariat(act.today(), &roles[0].holders[0].name)
            .unwrap();
        assert_eq!(first.role, roles[0].name);
        for person in [roles[1].holders[0].name.as_str(), "", "meguri"] {
            let refused = year
                .secretariat(act.today(), person)
                .unwrap_err()
                .to_string();
            assert!(refused.starts_with("これは事務局の仕事です。"), "{refused}");
        }
    });
}
