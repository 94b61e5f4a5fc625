//! The 次第 and 資料 of a whole year, as Markdown. The snapshots are read by eye against the published
//! papers; what they hold is what a clerk would edit.

use std::sync::Arc;

use engine::meeting::{Content, Draft};
use engine::year::{Refusal, Year};
use futures_executor::block_on;

use crate::{lent, story};

#[test]
fn the_papers_of_a_year() {
    for (name, folder, pack) in lent::with_cases() {
        let data = tempfile::tempdir().unwrap();
        block_on(async {
            let year = story::open(
                data.path(),
                Arc::new(pack),
                "2020-01-01T00:00:00Z".parse().unwrap(),
            )
            .await;
            story::play(&year, &folder.join("cases")).await;
            for meeting in &year.pack.agenda.meetings {
                for (paper, markdown) in papers(&year, &meeting.id).await {
                    insta::assert_snapshot!(format!("{name}__{}__{paper}", meeting.id), markdown);
                }
            }
        });
    }
}

/// The papers of a meeting as they were stored; of a meeting that is still ahead, its 次第 as it would be
/// drafted now.
async fn papers(year: &Year, meeting: &str) -> Vec<(String, String)> {
    let turn = year.pack.cycles[0].turn();
    match year.drafted(meeting).await {
        Ok(draft) => {
            let mut stored = Vec::new();
            for paper in &draft.papers {
                stored.push(year.written(meeting, &paper.id).await.unwrap());
            }
            // The same facts give the same bytes.
            assert_eq!(
                year.written_now(&draft, |_| true).await.unwrap(),
                stored,
                "{meeting}"
            );
            assert_papers_are_linked(&draft);
            stored
                .into_iter()
                .map(|written| (written.paper.id, written.markdown))
                .collect()
        }
        Err(Refusal::Unknown(_)) => {
            let draft = year.agenda_ahead(&turn, meeting).await.unwrap();
            let written = year
                .written_now(&draft, |paper| paper.content == Content::Agenda)
                .await
                .unwrap();
            written
                .into_iter()
                .map(|written| (written.paper.id, written.markdown))
                .collect()
        }
        Err(other) => panic!("{other}"),
    }
}

/// Every line's paper is handed out, and every 資料 belongs to a line.
fn assert_papers_are_linked(draft: &Draft) {
    let named: Vec<&str> = draft
        .lines
        .iter()
        .filter_map(|line| line.paper.as_deref())
        .collect();
    for id in &named {
        assert!(
            draft.paper(id).is_some(),
            "{id} is named and not handed out"
        );
    }
    for paper in draft.papers.iter().filter(|paper| {
        paper
            .number
            .as_deref()
            .is_some_and(|n| n.starts_with("資料"))
    }) {
        assert!(
            named.contains(&paper.id.as_str()),
            "{} belongs to no line",
            paper.id
        );
    }
}
