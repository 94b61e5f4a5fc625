//! 代決 over HTTP: somebody decides for the holder of a role, until the end of a day.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use engine::year::{Act, Delegation, Refusal, Year};
use engine::{Files, Pack};
use workflows::{Event, Status};

use crate::form::{Browser, Form, Page};
use crate::site::Site;
use crate::timeline::signed_in;

const CHIEF: &str = "佐藤 次郎（架空）";
const YAMADA: &str = "山田 花子（架空）";
const SUZUKI: &str = "鈴木 一郎（架空）";

/// 架空市 while the papers wait for the 課長: 2027-05-01 is a Saturday.
async fn waiting() -> Site {
    Site::at("2027-05-01T10:00:00+09:00").await
}

async fn delegated(browser: &mut Browser<'_>, fields: [(&str, &str); 5]) -> Page {
    let mut form = browser.open("/kasou/people").await.form("/delegations");
    form.fields.retain(|(name, _)| name == "_csrf");
    let fields = fields.into_iter();
    form.fields
        .extend(fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
    browser.press(&form, None).await
}

fn chief_to<'a>(to: &'a str, until: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("role", "課長"),
        ("from", CHIEF),
        ("to", to),
        ("until", until),
        ("reason", "育児休業"),
    ]
}

/// The approval as its holder would send it: others have no such form on their page.
fn of_the_chief(home: &Page) -> Form {
    assert!(!home.html.contains("承認する"), "{}", home.html);
    let csrf = home.form("/sign-out").fields;
    let csrf = csrf.into_iter().filter(|(name, _)| name == "_csrf");
    let turn = [
        ("cycle", "annual-2026"),
        ("step", "approve_papers"),
        ("item", ""),
        ("round", "1"),
        ("role", "課長"),
    ];
    let turn = turn.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Form {
        action: "/kasou/tasks".to_owned(),
        fields: csrf.chain(turn).collect(),
    }
}

/// 架空市 with other people.
fn pack_with(before: &str, after: &str) -> Arc<Pack> {
    let folder = tempfile::tempdir().expect("a folder");
    crate::site::write_pack(folder.path(), "kasou", "2027-05-01T10:00:00+09:00");
    let mut files = Files::read(folder.path()).expect("a pack").0;
    let municipality = files
        .0
        .get_mut("municipality.json")
        .expect("a municipality");
    assert!(municipality.contains(before));
    *municipality = municipality.replace(before, after);
    Arc::new(Pack::read(&files).unwrap_or_else(|findings| panic!("{findings:?}")))
}

#[tokio::test]
async fn a_stand_in_approves_and_both_names_are_recorded() {
    let site = waiting().await;
    let mut browser = signed_in(&site, 9, SUZUKI).await;
    let task = of_the_chief(&browser.open("/kasou").await);
    let approve = Some(("outcome", "approved"));
    let refused = browser.press(&task, approve).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.expect(&["これは課長の仕事です"]);

    let people = delegated(&mut browser, chief_to(SUZUKI, "2027-05-31")).await;
    assert_eq!(people.status, StatusCode::OK);
    people.expect(&[
        "課長 佐藤 次郎（架空） の代決：鈴木 一郎（架空）（令和9年5月31日（月）まで）",
        "育児休業",
    ]);
    let home = browser.open("/kasou").await;
    home.expect(&["佐藤 次郎（架空）、代決 鈴木 一郎（架空）"]);
    let done = browser.press(&home.form("/tasks"), approve).await;
    assert_eq!(done.status, StatusCode::OK);

    let records = site.year.records("annual-2026").await.expect("records");
    let decided = records
        .iter()
        .rev()
        .find(|record| matches!(&record.event, Event::TaskDecided { role, .. } if role == "課長"));
    let by = decided
        .and_then(|record| record.by.clone())
        .expect("somebody");
    assert_eq!(
        (by.person.as_str(), by.on_behalf_of.as_deref()),
        (SUZUKI, Some(CHIEF))
    );
    // In the chain of the journal too.
    let journal = site.store.journal("kasou", 1).await.expect("a journal");
    let entry = journal
        .iter()
        .rev()
        .find(|record| record.on_behalf_of.is_some());
    let entry = entry.expect("an act on behalf of somebody");
    assert_eq!(
        (entry.by.as_str(), entry.on_behalf_of.as_deref()),
        (SUZUKI, Some(CHIEF))
    );
    // The state in memory is the fold of the journal.
    let again = Year::open(
        site.store.clone(),
        site.year.pack.clone(),
        site.app.clock.now(),
    )
    .await;
    assert_eq!(
        again.expect("opened").state(Clone::clone),
        site.year.state(Clone::clone)
    );
}

#[tokio::test]
async fn it_ends_when_somebody_ends_it() {
    let site = waiting().await;
    let mut browser = signed_in(&site, 9, SUZUKI).await;
    let people = delegated(&mut browser, chief_to(SUZUKI, "2027-05-31")).await;
    let end = people.form("/delegations/end");
    let people = browser.press(&end, None).await;
    assert!(!people.html.contains("の代決："), "{}", people.html);
    let twice = browser.press(&end, None).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    twice.expect(&["すでに終わっています"]);
    let task = of_the_chief(&browser.open("/kasou").await);
    let refused = browser.press(&task, Some(("outcome", "approved"))).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_is_impossible_is_refused_with_the_reason() {
    let site = waiting().await;
    let mut browser = signed_in(&site, 9, YAMADA).await;
    let long = "あ".repeat(501);
    let with = |name: &'static str, value: &'static str| {
        let fields = chief_to(SUZUKI, "2027-05-31");
        fields.map(|(field, old)| (field, if field == name { value } else { old }))
    };
    let mut reason = chief_to(SUZUKI, "2027-05-31");
    reason[4] = ("reason", &long);
    for (fields, why) in [
        (with("role", "町長"), "役割「町長」はありません"),
        (
            with("from", YAMADA),
            "山田 花子（架空）さんは課長ではありません",
        ),
        (
            with("to", "知らない人"),
            "知らない人さんは担当者の中にいません",
        ),
        (with("to", CHIEF), "本人を代決者にはできません"),
        (with("until", "2027-04-30"), "終わりの日が過ぎています"),
        (with("until", "2028-05-02"), "代決は1年までです"),
        (with("reason", "　"), "理由を書いてください"),
        (reason, "500字まで"),
    ] {
        let page = delegated(&mut browser, fields).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{why}");
        page.expect(&[why]);
    }
    let page = delegated(&mut browser, with("until", "来月")).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert_eq!(site.year.state(|state| state.delegations.len()), 0);
    // The last possible day, and the first.
    for until in ["2028-05-01", "2027-05-01"] {
        let page = delegated(&mut browser, chief_to(SUZUKI, until)).await;
        assert_eq!(page.status, StatusCode::OK, "{until}");
    }
    assert_eq!(site.year.state(|state| state.delegations.len()), 1);
    // The stand-in does not pass it on, and somebody with a stand-in is none.
    let mut passed_on = chief_to(YAMADA, "2027-05-31");
    passed_on[1] = ("from", SUZUKI);
    let page = delegated(&mut browser, passed_on).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.expect(&["代決をさらに別の人に任せることはできません"]);
    // Another's form is none of ours.
    let mut form = browser.open("/kasou/people").await.form("/delegations");
    form.fields = vec![("_csrf".to_owned(), "0".repeat(64))];
    assert_eq!(
        browser.press(&form, None).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn who_did_the_work_approves_it_neither_for_himself_nor_through_a_stand_in() {
    for (drafted_by, stand_in, refused) in [
        (SUZUKI, YAMADA, false),
        (YAMADA, YAMADA, true),
        // The 課長, who belongs to the secretariat too, for himself through another.
        (CHIEF, YAMADA, true),
    ] {
        let site = Site::at("2026-11-10T10:00:00+09:00").await;
        let both = format!("\"{SUZUKI}\", \"{CHIEF}\"");
        let pack = pack_with(&format!("\"{SUZUKI}\""), &both);
        let year = Year::open(site.store.clone(), pack, site.app.clock.now()).await;
        let year = year.expect("opened");
        let act = |by: &str| Act::new(site.app.clock.now(), by);
        let delegation = Delegation {
            role: "課長".to_owned(),
            from: CHIEF.to_owned(),
            to: stand_in.to_owned(),
            until: "2026-12-31".parse().expect("a day"),
            reason: "出張".to_owned(),
        };
        year.delegate(&act(YAMADA), delegation)
            .await
            .expect("delegated");
        let done = |step: &str, role: &str, outcome: &str| engine::year::Done {
            key: workflows::Key::new(step, "", 1),
            role: role.to_owned(),
            outcome: outcome.to_owned(),
            comment: None,
        };
        let turn = "annual-2026";
        year.complete(&act(drafted_by), turn, done("design", "事務局", "done"))
            .await
            .expect("the secretariat's own task");
        let approved = year
            .complete(&act(stand_in), turn, done("approve", "課長", "approved"))
            .await;
        match refused {
            true => {
                let refusal = approved.expect_err("its own proposal");
                assert!(
                    refusal.to_string().contains("起案した本人は決裁できません"),
                    "{refusal}"
                );
            }
            false => approved.expect("somebody else's proposal"),
        }
    }
}

/// On April 1 people move: what the former holder delegated is over, and the new one decides.
#[tokio::test]
async fn roles_are_resolved_when_they_are_read() {
    let site = waiting().await;
    let year = &site.year;
    let now: DateTime<Utc> = site.app.clock.now();
    let delegation = Delegation {
        role: "課長".to_owned(),
        from: CHIEF.to_owned(),
        to: SUZUKI.to_owned(),
        until: "2027-05-31".parse().expect("a day"),
        reason: "異動の前の休暇".to_owned(),
    };
    year.delegate(&Act::new(now, YAMADA), delegation)
        .await
        .expect("delegated");
    let today = Act::new(now, "").today();
    assert_eq!(year.delegations(today).len(), 1);

    let pack = pack_with(CHIEF, "新任 三郎（架空）");
    let april = Year::open(site.store.clone(), pack, now)
        .await
        .expect("opened");
    assert_eq!(april.delegations(today), []);
    let done = || engine::year::Done {
        key: workflows::Key::new("approve_papers", "", 1),
        role: "課長".to_owned(),
        outcome: "approved".to_owned(),
        comment: None,
    };
    for former in [CHIEF, SUZUKI] {
        let refused = april
            .complete(&Act::new(now, former), "annual-2026", done())
            .await;
        assert!(matches!(refused, Err(Refusal::Cycle(_))), "{former}");
    }
    let new = Act::new(now, "新任 三郎（架空）");
    april
        .complete(&new, "annual-2026", done())
        .await
        .expect("the new holder's");
    let settled = april.state(|state| {
        let turn = state.cycles["annual-2026"].turn(&workflows::StepId::new("approve_papers"), "");
        matches!(turn.map(|turn| &turn.status), Some(Status::Settled(_)))
    });
    assert!(settled);
}

/// The day of its end is the last one.
#[tokio::test]
async fn it_is_over_after_the_end_of_its_day() {
    let site = waiting().await;
    let year = &site.year;
    let delegation = Delegation {
        role: "課長".to_owned(),
        from: CHIEF.to_owned(),
        to: SUZUKI.to_owned(),
        until: "2027-05-06".parse().expect("a day"),
        reason: "出張".to_owned(),
    };
    let act = |at: &str, by: &str| Act::new(at.parse().expect("an instant"), by);
    year.delegate(&act("2027-05-01T01:00:00Z", YAMADA), delegation)
        .await
        .expect("delegated");
    let done = || engine::year::Done {
        key: workflows::Key::new("approve_papers", "", 1),
        role: "課長".to_owned(),
        outcome: "approved".to_owned(),
        comment: None,
    };
    // 15:00 UTC is midnight in Japan.
    let late = act("2027-05-06T15:00:00Z", SUZUKI);
    let refused = year.complete(&late, "annual-2026", done()).await;
    assert!(matches!(refused, Err(Refusal::Cycle(_))), "{refused:?}");
    let in_time = act("2027-05-06T14:59:59Z", SUZUKI);
    year.complete(&in_time, "annual-2026", done())
        .await
        .expect("still on the day");
}
