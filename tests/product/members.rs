//! Committee members: a reading link shows what has been sent out, and nothing else.

use axum::http::StatusCode;
use engine::year::Door;

use crate::form::Browser;
use crate::site::{Site, has, packs_with_a_story};

#[tokio::test]
async fn members_read_what_was_sent_out() {
    for folder in packs_with_a_story() {
        let site = Site::told(&[folder]).await;
        let slug = site.slug().to_owned();
        let link = site.link(7, Door::Papers).await;
        let under = format!("/{slug}/p/{link}");
        let mut browser = Browser::new(&site);
        let list = browser.open(&under).await;
        assert_eq!(list.status, StatusCode::OK);

        let sent: Vec<String> = site.year.state(|state| {
            let meetings = state.meetings.iter();
            meetings
                .filter(|(_, meeting)| meeting.dispatched_at.is_some())
                .map(|(id, _)| id.clone())
                .collect()
        });
        assert!(!sent.is_empty(), "the story sends nothing out");
        let mut figures = Vec::new();
        for meeting in &sent {
            let draft = site.year.drafted(meeting).await.expect("drafted");
            for paper in &draft.papers {
                let path = format!("{under}/{meeting}/papers/{}", paper.id);
                assert!(
                    list.links("/papers/").contains(&path),
                    "{path} is not listed"
                );
                let page = browser.open(&path).await;
                page.expect(&[&paper.title.replace('&', "&amp;")]);
                assert!(
                    !page.html.contains(&format!("/{slug}/meetings/")),
                    "{path} leads into the secretariat's pages"
                );
                figures.extend(page.links("/figures/"));
                let formats = [("docx", &b"PK"[..]), ("pdf", b"%PDF-")];
                let formats = formats.into_iter();
                for (ending, begins) in formats.filter(|(ending, _)| has(ending)) {
                    let file = site.get(&format!("{path}.{ending}")).await;
                    assert_eq!(file.status, StatusCode::OK, "{path}.{ending}");
                    assert!(file.body.starts_with(begins), "{path}.{ending}");
                }
                assert_eq!(
                    site.get(&format!("{path}.exe")).await.status,
                    StatusCode::NOT_FOUND
                );
            }
        }
        assert!(
            figures.len() >= 10,
            "only {} numbers can be followed",
            figures.len()
        );
        // Every number opens, with its counts and without the single offices.
        for path in &figures {
            let page = browser.open(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(
                !page.html.contains("回答者ごと"),
                "{path} shows single offices"
            );
        }

        // What has not been sent is not there: meetings ahead, and what no paper has printed.
        for meeting in site
            .year
            .pack
            .agenda
            .meetings
            .iter()
            .filter(|meeting| !sent.contains(&meeting.id))
        {
            assert!(
                list.links("/papers/")
                    .iter()
                    .all(|path| !path.contains(&format!("/{}/", meeting.id)))
            );
            for file in ["agenda", "agenda.docx", "agenda.pdf"] {
                let answer = site
                    .get(&format!("{under}/{}/papers/{file}", meeting.id))
                    .await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", meeting.id);
            }
        }
        let counted = site.year.counted().await.expect("counted");
        let printed = |key: &str| {
            figures
                .iter()
                .any(|path| path.ends_with(&format!("/{key}")))
        };
        let unsent: Vec<String> = counted
            .book
            .figures()
            .iter()
            .map(|figure| figure.key.to_string())
            .filter(|key| !printed(key))
            .collect();
        for key in &unsent {
            let answer = site.get(&format!("{under}/figures/{key}")).await;
            assert_eq!(
                answer.status,
                StatusCode::NOT_FOUND,
                "{key} stands in no paper that was sent"
            );
        }
    }
}

#[tokio::test]
async fn before_the_dispatch_there_is_nothing() {
    let site = Site::open().await;
    let link = site.link(7, Door::Papers).await;
    let page = Browser::new(&site).open(&format!("/kasou/p/{link}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.links("/papers/").is_empty());
    // Other links are no reading links, and a reading link is no other.
    let respondent = site.respondent(1, "K001").await;
    assert_eq!(
        site.get(&format!("/kasou/p/{respondent}")).await.status,
        StatusCode::NOT_FOUND
    );
    for path in [
        format!("/kasou/r/{link}"),
        format!("/kasou/sign-in/{link}"),
        format!("/kasou/p/{}", "0".repeat(32)),
        "/kasou/p/x".to_owned(),
    ] {
        assert_eq!(
            site.get(&path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}
