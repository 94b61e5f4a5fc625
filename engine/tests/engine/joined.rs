//! A discussion item that rides on another's survey (相乗り): one questionnaire, and its result at the
//! next meeting of the body.

use std::fmt::Write;
use std::fs;

use crate::lent;

#[test]
fn one_questionnaire_for_two_discussion_items() {
    let folder = lent::case("joined");
    let pack = lent::read(&lent::laid_over(&folder));
    let questionnaire = pack.questionnaire("readiness").unwrap();
    let mut found = String::new();
    writeln!(
        found,
        "{} 第{}版",
        questionnaire.title(),
        questionnaire.version()
    )
    .unwrap();
    for page in questionnaire.pages() {
        let items: Vec<&str> = page.items.iter().map(|id| id.as_str()).collect();
        writeln!(found, "ページ「{}」：{}", page.title, items.join("、")).unwrap();
    }
    // Only the discussion items' survey closed since the last meeting.
    let draft = lent::drafted(&pack, "committee-2", &["readiness".to_owned()]);
    writeln!(found, "\n{}", draft.title).unwrap();
    for line in &draft.lines {
        let level = line
            .level
            .map_or("・".to_owned(), |level| format!("{level} "));
        let paper = line
            .paper
            .as_deref()
            .and_then(|id| draft.paper(id))
            .and_then(|paper| paper.number.as_deref());
        let paper = paper.map_or(String::new(), |number| format!(" …{number}"));
        let reason = line
            .reason
            .as_ref()
            .map_or(String::new(), |reason| format!("（{reason}）"));
        writeln!(found, "{level}{}{paper}{reason}", line.title).unwrap();
    }
    assert_eq!(
        found,
        fs::read_to_string(folder.join("expected.txt")).unwrap()
    );
}

/// Nothing closed: nothing to report, and the heading stays for the secretariat to fill.
#[test]
fn a_meeting_without_reports_has_an_empty_heading() {
    let pack = lent::read(&lent::laid_over(&lent::case("joined")));
    let draft = lent::drafted(&pack, "committee-2", &[]);
    let lines: Vec<&str> = draft.lines.iter().map(|line| line.title.as_str()).collect();
    assert_eq!(lines, ["開会", "会議事項", "報告事項", "協議事項", "閉会"]);
    assert_eq!(draft.papers.len(), 1);
}
