//! Meetings: the 次第 edited by hand, papers with doubtful numbers, a correction after the dispatch, the day, the
//! minutes, and what comes back to the next meeting by itself.

mod day;
mod sent;

use axum::http::StatusCode;
use day::day_and_minutes;
use engine::year::{Act, Door};
use sent::correction;

use crate::form::{Browser, Form, Page};
use crate::site::Site;

const FIRST: &str = "山田 花子（架空）";
const SECOND: &str = "鈴木 一郎（架空）";
const CHIEF: &str = "佐藤 次郎（架空）";
const MEMBER: &str = "甲野 一（架空）";
const AGENDA: &str = "/kasou/meetings/committee-1/agenda";
const UNDER: &str = "/kasou/meetings/committee-1";

/// The papers are drafted, and nobody has approved them.
async fn site() -> Site {
    Site::with("meetings", "2027-04-30T12:00:00+09:00").await
}

async fn signed_in<'a>(site: &'a Site, byte: u8, person: &str) -> Browser<'a> {
    let door = Door::SignIn {
        person: person.to_owned(),
    };
    let link = site.link(byte, door).await;
    let mut browser = Browser::new(site);
    let form = Form {
        action: format!("/kasou/sign-in/{link}"),
        fields: Vec::new(),
    };
    assert_eq!(browser.press(&form, None).await.status, StatusCode::OK);
    browser
}

/// The form that the buttons beside the lines belong to.
fn edit(page: &Page, act: &str, fields: &[(&str, &str)]) -> Form {
    let mut form = page.form("/agenda");
    form.fields
        .retain(|(name, _)| matches!(name.as_str(), "_csrf" | "seen"));
    let fields = [("act", act)].into_iter().chain(fields.iter().copied());
    form.fields
        .extend(fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
    form
}

fn with(page: &Page, ending: &str, fields: &[(&str, &str)]) -> Form {
    let mut form = page.form(ending);
    for (name, value) in fields {
        form.fields.retain(|(known, _)| known != name);
        form.fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    form
}

/// Where these stand in a page, in this order.
fn in_order(page: &Page, texts: &[&str]) {
    let list = page.html.split("data-lines").nth(1).unwrap_or(&page.html);
    let mut from = 0;
    for text in texts {
        let at = list[from..].find(text);
        from += at.unwrap_or_else(|| panic!("no {text} after the ones before:\n{}", page.html));
    }
}

async fn approve(site: &Site, person: &str) {
    let year = &site.year;
    let act = Act::new(site.app.clock.now(), person);
    for (cycle, step, round) in open_approvals(site) {
        let done = engine::year::Done {
            key: workflows::Key::new(step, "", round),
            role: "課長".into(),
            outcome: "approved".into(),
            comment: None,
        };
        year.complete(&act, &cycle, done).await.expect("approved");
    }
    year.work(&act).await.expect("worked");
}

fn open_approvals(site: &Site) -> Vec<(String, String, u32)> {
    site.year.state(|state| {
        let mut open = Vec::new();
        for (id, cycle) in &state.cycles {
            for key in cycle.open_keys() {
                if key.step.as_str().contains("approve") {
                    open.push((id.clone(), key.step.to_string(), key.round));
                }
            }
        }
        open
    })
}

#[tokio::test]
async fn a_meeting_from_the_agenda_to_what_is_carried_over() {
    let site = site().await;
    let mut first = signed_in(&site, 9, FIRST).await;

    let list = first.open("/kasou/meetings").await;
    list.expect(&[
        "令和９年度　第１回架空市在宅医療・介護連携推進会議",
        "資料案あり",
        "準備前",
    ]);
    let page = first.open(UNDER).await;
    page.expect(&[
        "次第を直す",
        "決裁待ち",
        "課長",
        "締め切った調査で、まだ報告していないため",
    ]);

    // The 次第: a line more, in another place, one less, and the papers follow.
    let page = first.open(AGENDA).await;
    let page = first
        .press(
            &edit(
                &page,
                "add",
                &[
                    ("title", "救急時の情報共有"),
                    ("kind", "discussion"),
                    ("notes", "机上配布"),
                ],
            ),
            None,
        )
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    in_order(
        &page,
        &[
            "報告事項",
            "協議事項",
            "救急時の情報共有",
            "机上配布",
            "その他",
            "閉会",
        ],
    );
    page.expect(&["手で直した所：追加"]);
    let page = first
        .press(&edit(&page, "up 会議事項/協議事項", &[]), None)
        .await;
    in_order(
        &page,
        &["協議事項", "救急時の情報共有", "報告事項", "その他"],
    );
    let page = first
        .press(
            &edit(
                &page,
                "remove",
                &[("line", "その他"), ("why", "今回は議題がないため")],
            ),
            None,
        )
        .await;
    page.expect(&["外したもの", "今回は議題がないため", "元に戻す"]);
    let refused = first.press(&edit(&page, "up 開会", &[]), None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.expect(&["これより上には動かせません。"]);
    let refused = first
        .press(&edit(&page, "add", &[("title", " ")]), None)
        .await;
    refused.expect(&["件名を書いてください。"]);
    let paper = first.open(&format!("{UNDER}/papers/agenda")).await;
    paper.expect(&["救急時の情報共有", "机上配布"]);
    assert!(!paper.html.contains("その他"), "{}", paper.html);

    // A paper of a person's own at the new line, and the 差戻し to the drafting keeps everything.
    let page = first.open(AGENDA).await;
    let page = first
        .press(
            &edit(
                &page,
                "attach",
                &[
                    ("paper", "text"),
                    ("title", "救急時の連絡の流れ"),
                    ("line", "hand-1"),
                    ("rank", "main"),
                ],
            ),
            None,
        )
        .await;
    page.expect(&["救急時の連絡の流れ"]);
    let cycle = site.year.turn_of("committee-1");
    let chief = Act::new(site.app.clock.now(), CHIEF);
    let (_, step, round) = open_approvals(&site)[0].clone();
    let sent_back = engine::year::Done {
        key: workflows::Key::new(step, "", round),
        role: "課長".into(),
        outcome: "sendback".into(),
        comment: Some("流れを書いてください".into()),
    };
    site.year
        .complete(&chief, &cycle, sent_back)
        .await
        .expect("sent back");
    site.year.work(&chief).await.expect("worked");
    let page = first.open(UNDER).await;
    page.expect(&[
        "差戻し",
        "流れを書いてください",
        "救急時の情報共有",
        "救急時の連絡の流れ",
    ]);
    in_order(&page, &["協議事項", "救急時の情報共有", "報告事項"]);

    // Its text: a rate that no figure has, and one that is.
    let editor = format!("{UNDER}/papers/hand-2/edit");
    let page = first.open(&editor).await;
    let text = "# 流れ\n\n搬送時に情報が渡った割合は12.3％である。";
    let checked = first
        .press(
            &with(&page, "/edit", &[("text", text)]),
            Some(("act", "check")),
        )
        .await;
    checked.expect(&[
        "この値の数値は、指標にありません",
        "搬送時に情報が渡った割合",
    ]);
    let wrong = first
        .press(
            &with(&page, "/edit", &[("text", "1. 手で書いた番号")]),
            Some(("act", "save")),
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.expect(&["このままでは資料にできません", "1. 手で書いた番号"]);
    let broken = first
        .press(
            &with(&page, "/edit", &[("text", "[1％](figure:none@city@2025)")]),
            Some(("act", "check")),
        )
        .await;
    broken.expect(&["リンクの先の数値がありません"]);
    let found = first
        .press(
            &with(&page, "/edit", &[("text", text), ("find", "退院")]),
            Some(("act", "find")),
        )
        .await;
    found.expect(&["](figure:", "搬送時に情報が渡った割合"]);
    let saved = first
        .press(
            &with(&page, "/edit", &[("text", text)]),
            Some(("act", "save")),
        )
        .await;
    saved.expect(&["保存しました"]);

    // Approved and sent: number and text are frozen.
    approve(&site, CHIEF).await;
    let page = first.open(UNDER).await;
    page.expect(&["資料送付済み", "資料の訂正"]);
    assert!(!page.html.contains("次第を直す"));
    let stale = edit(&found_agenda(&mut first).await, "up 閉会", &[]);
    let late = first.press(&stale, None).await;
    assert!(!late.status.is_success(), "{}", late.status);
    let mut member = signed_in(&site, 11, MEMBER).await;
    let read = member.open(&format!("{UNDER}/papers/hand-2")).await;
    read.expect(&["搬送時に情報が渡った割合は"]);

    correction(&mut first, &mut member).await;
    day_and_minutes(&site, &mut first).await;
}

/// A page of the agenda after the dispatch has no form; one that was open before still has.
async fn found_agenda(browser: &mut Browser<'_>) -> Page {
    let page = browser.open(AGENDA).await;
    page.expect(&["資料は送付済みです"]);
    let csrf = page.form("/sign-out").fields[0].1.clone();
    Page {
        status: StatusCode::OK,
        path: AGENDA.into(),
        html: format!(
            "<form action=\"{AGENDA}\"><input name=\"_csrf\" value=\"{csrf}\"><input name=\"seen\" value=\"x\"></form>"
        ),
    }
}

#[tokio::test]
async fn of_two_who_edit_at_once_the_later_one_is_told() {
    let site = site().await;
    let mut first = signed_in(&site, 9, FIRST).await;
    let mut second = signed_in(&site, 10, SECOND).await;
    let (mine, theirs) = (first.open(AGENDA).await, second.open(AGENDA).await);
    let added = first
        .press(
            &edit(
                &mine,
                "add",
                &[("title", "先に足した行"), ("kind", "report")],
            ),
            None,
        )
        .await;
    assert_eq!(added.status, StatusCode::OK);
    let late = second
        .press(
            &edit(
                &theirs,
                "add",
                &[("title", "<i>後から</i>足した行"), ("kind", "report")],
            ),
            None,
        )
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.expect(&[
        "ほかの人が先に直しました",
        "先に足した行",
        "&lt;i&gt;後から",
    ]);
    assert!(!late.html.contains("<i>後から"));
    let again = second
        .press(
            &edit(
                &late,
                "add",
                &[("title", "後から足した行"), ("kind", "report")],
            ),
            None,
        )
        .await;
    again.expect(&["先に足した行", "後から足した行"]);

    // Two texts of one paper: the second still has its words. Two papers at once are no conflict.
    let attach = |page: &Page, title: &str| {
        edit(
            page,
            "attach",
            &[("paper", "text"), ("title", title), ("rank", "reference")],
        )
    };
    again.expect(&["後から足した行"]);
    let page = first.open(AGENDA).await;
    let page = first.press(&attach(&page, "一つ目"), None).await;
    first.press(&attach(&page, "二つ目"), None).await;
    let ids: Vec<String> = {
        let draft = site.year.drafted("committee-1").await.expect("drafted");
        let by_hand = draft.papers.iter().filter(|paper| paper.by_hand);
        by_hand.map(|paper| paper.id.clone()).collect()
    };
    let address = |n: usize| format!("{UNDER}/papers/{}/edit", ids[n]);
    let (one, same, other) = (
        first.open(&address(0)).await,
        second.open(&address(0)).await,
        second.open(&address(1)).await,
    );
    let save = Some(("act", "save"));
    first
        .press(&with(&one, "/edit", &[("text", "先に書いた文。")]), save)
        .await
        .expect(&["保存しました"]);
    second
        .press(&with(&other, "/edit", &[("text", "別の資料の文。")]), save)
        .await
        .expect(&["保存しました"]);
    let late = second
        .press(&with(&same, "/edit", &[("text", "後から書いた文。")]), save)
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.expect(&[
        "ほかの人が先に直しました",
        "後から書いた文。",
        "先に書いた文。",
    ]);
}
