//! What was sent: corrections, and those who may only read.

use axum::http::StatusCode;

use super::{CHIEF, MEMBER, UNDER, approve, signed_in, site, with};
use crate::form::Browser;

/// A wrong number is corrected: what is wrong and right stands in the 正誤表, and what was sent stays.
pub(super) async fn correction(first: &mut Browser<'_>, member: &mut Browser<'_>) {
    let here = format!("{UNDER}/corrections");
    let page = first.open(&format!("{UNDER}/papers/hand-2/edit")).await;
    page.expect(&["この資料は送付済みです"]);
    let text = "# 流れ\n\n搬送時に情報が渡った割合は13.2％である。";
    let page = first
        .press(
            &with(&page, "/edit", &[("text", text)]),
            Some(("act", "save")),
        )
        .await;
    assert_eq!(page.path, here);
    page.expect(&[
        "訂正あり",
        "「１ 流れ」の1段落目",
        "１２．３％である。",
        "１３．２％である。",
    ]);
    let unchanged = member.open(&format!("{UNDER}/papers/hand-2")).await;
    unchanged.expect(&["１２．３％"]);
    let page = first
        .press(
            &with(
                &page,
                "/corrections",
                &[
                    ("title", "連絡先一覧"),
                    ("beside", "hand-2"),
                    ("act", "add"),
                ],
            ),
            None,
        )
        .await;
    page.expect(&["連絡先一覧", "資料1-2"]);
    let sent = first
        .press(&with(&page, "/corrections", &[("act", "send")]), None)
        .await;
    sent.expect(&["正誤表", "第2版", "資料1-2", "に送付した版"]);
    let read = member.open(&format!("{UNDER}/papers/hand-2")).await;
    read.expect(&["１３．２％"]);
    let before = member
        .open(&format!("{UNDER}/versions/1/papers/hand-2"))
        .await;
    before.expect(&["１２．３％", "に送付した版です"]);
    let errata = member.open(&format!("{UNDER}/papers/errata-1")).await;
    errata.expect(&["資料1", "12.3%", "13.2%", "資料1-2　連絡先一覧"]);
    let file = first.file(&format!("{UNDER}/papers/errata-1.docx")).await;
    assert!(file.body.starts_with(b"PK"));
}

#[tokio::test]
async fn who_may_not_edit_reads_what_was_sent() {
    let site = site().await;
    let mut member = signed_in(&site, 11, MEMBER).await;
    let page = member.open(UNDER).await;
    page.expect(&["資料はまだ送られていません"]);
    for path in [
        "papers/agenda",
        "papers/agenda.docx",
        "figures/discharge-rate@city@2026",
        "records/minutes",
        "records/attendance",
    ] {
        let answer = member.open(&format!("{UNDER}/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [
        "agenda",
        "day",
        "minutes",
        "after",
        "corrections",
        "papers/agenda/edit",
        "figures",
    ] {
        let answer = member.open(&format!("{UNDER}/{path}")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    // Who is asked to approve reads what there is to approve.
    let mut chief = signed_in(&site, 12, CHIEF).await;
    let paper = chief.open(&format!("{UNDER}/papers/agenda")).await;
    assert_eq!(paper.status, StatusCode::OK);
    approve(&site, CHIEF).await;
    let page = member.open(UNDER).await;
    page.expect(&["報告事項", "資料送付済み"]);
    // The reasons are the secretariat's.
    assert!(
        !page.html.contains("まだ報告していないため"),
        "{}",
        page.html
    );
}
