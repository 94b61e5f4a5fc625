//! Nothing that anybody answers, and no link, appears in the log, however much is logged.

use crate::lent;
use crate::running::{Server, links, send};

const SECRET: &str = "HIMITSU-7f3a";

#[test]
fn answers_and_links_are_not_logged() {
    let (pack, data) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    lent::open_survey(pack.path(), 3);
    let server = Server::start(pack.path(), data.path(), "trace");
    let offices: Vec<String> = (0..3).map(lent::office).collect();
    let links = links(&server, &offices);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let post = |path: &str, body: &str| {
        let reply = send(&server.address, "POST", path, &form, body.as_bytes()).expect("an answer");
        reply.status
    };
    let page = format!("/kasou/r/{}", links[0]);
    assert_eq!(
        post(
            &format!("{page}/1/save"),
            &format!("rule_used=no&why_not={SECRET}")
        ),
        200
    );
    assert_eq!(
        post(
            &format!("{page}/1"),
            &format!("rule_used=no&why_not={SECRET}&discharged={SECRET}&_act=next")
        ),
        303
    );
    assert_eq!(post(&format!("{page}/submit"), ""), 303);
    let get = |path: &str| send(&server.address, "GET", path, &[], b"").expect("an answer");
    assert!(get(&format!("{page}/review")).text.contains(SECRET));
    let answered =
        |which: usize, body: String| post(&format!("/kasou/api/r/{}", links[which]), &body);
    assert_eq!(
        answered(
            1,
            format!(
                r#"{{"answers":{{"rule_used":"{SECRET}","{SECRET}":1,"discharged":"{SECRET}"}}}}"#
            )
        ),
        422
    );
    assert_eq!(
        answered(1, format!(r#"{{"answers":{{"why_not":"{SECRET}""#)),
        400
    );
    assert_eq!(answered(1, format!(r#"{{"answers":["{SECRET}"]}}"#)), 400);
    assert_eq!(
        answered(
            1,
            format!(
                r#"{{"answers":{{"rule_used":"no","why_not":"{SECRET}","discharged":1,"coordinated":1}}}}"#
            )
        ),
        200
    );
    assert_eq!(
        answered(
            1,
            format!(
                r#"{{"answers":{{"rule_used":"no","why_not":"{SECRET} 2","discharged":1,"coordinated":1}}}}"#
            )
        ),
        409
    );
    assert!(
        get(&format!("/kasou/r/{}/receipt", links[1]))
            .text
            .contains(SECRET)
    );
    assert_eq!(get(&format!("/kasou/r/{}/{SECRET}", links[1])).status, 404);
    // More than is stored for one respondent, and more than is read at all.
    assert_eq!(
        answered(
            2,
            format!(
                r#"{{"answers":{{"rule_used":"no","why_not":"{}"}}}}"#,
                SECRET.repeat(50_000)
            )
        ),
        422
    );
    assert_eq!(
        post(
            &format!("/kasou/r/{}/1/save", links[2]),
            &format!("rule_used=no&why_not={}", SECRET.repeat(50_000))
        ),
        413
    );

    let (status, log) = server.stop();
    assert!(status.success());
    assert!(
        log.contains("TRACE") || log.contains("DEBUG") || log.lines().count() >= 2,
        "{log}"
    );
    assert!(!log.contains(SECRET), "an answer is in the log:\n{log}");
    for link in &links {
        assert!(!log.contains(link.as_str()), "a link is in the log:\n{log}");
    }
}
