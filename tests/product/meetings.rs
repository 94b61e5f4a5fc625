//! Meetings: the 次第 edited by hand, papers with doubtful numbers, a correction after the dispatch, the day, the
//! minutes, and what comes back to the next meeting by itself.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use engine::year::{Act, Door};

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

/// A wrong number is corrected: what is wrong and right stands in the 正誤表, and what was sent stays.
async fn correction(first: &mut Browser<'_>, member: &mut Browser<'_>) {
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

async fn day_and_minutes<'a>(site: &'a Site, first: &mut Browser<'a>) {
    site.app.clock.advance(
        "2027-06-02T07:00:00Z"
            .parse::<DateTime<Utc>>()
            .expect("a moment"),
    );
    // The session of that other day is over.
    *first = signed_in(site, 12, FIRST).await;
    let day = format!("{UNDER}/day");
    let page = first.open(&day).await;
    page.expect(&[
        "架空市医師会",
        "架空市介護支援専門員協会",
        "甲野 一（架空）",
    ]);
    let mut form = page.form("/day");
    let mut came = ["present", "online", "absent", "present", "proxy"].into_iter();
    form.fields.retain(|(name, _)| name != "presence");
    form.fields
        .extend((0..8).map(|_| ("presence".to_owned(), came.next().unwrap_or("").to_owned())));
    let page = first.press(&form, None).await;
    page.expect(&["委員5人中3人出席（過半数）により会議は成立。うちオンライン1人、ほかに代理1人"]);
    // Somebody who still has the empty form on the screen is told, and keeps what was typed.
    form.fields.retain(|(name, _)| name != "observers");
    form.fields.push(("observers".into(), "７".into()));
    let late = first.press(&form, None).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.expect(&["ほかの人が先に記録しました", "value=\"7\""]);
    let sheet = first.open(&format!("{UNDER}/records/attendance")).await;
    sheet.expect(&["出欠表", "架空市薬剤師会", "欠席"]);

    let page = first.press(&page.form("/held"), None).await;
    assert_eq!(page.path, format!("{UNDER}/minutes"));
    let mut form = page.form("/minutes");
    let lines: Vec<String> = form
        .fields
        .iter()
        .filter(|(name, _)| name == "line")
        .map(|(_, value)| value.clone())
        .collect();
    let at = |id: &str| lines.iter().position(|line| line == id).expect("a line");
    let (talk, report) = (at("hand-1"), at("会議事項/報告事項"));
    let mut n = 0;
    for (name, value) in &mut form.fields {
        match name.as_str() {
            "summary" => {
                if n == report {
                    "■会長　結果は<b>よい</b>。".clone_into(value);
                }
                n += 1;
            }
            name if name == format!("{report}:what") && value.is_empty() => {
                "病院ごとの内訳を次回までに示す".clone_into(value)
            }
            name if name == format!("{report}:owner") && value.is_empty() => {
                "事務局".clone_into(value)
            }
            name if name == format!("{report}:due") && value.is_empty() => {
                "2027-09-01".clone_into(value)
            }
            _ => {}
        }
    }
    // Only the first of the two empty rows.
    let mut seen = 0;
    form.fields.retain(|(name, _)| {
        let row = name.starts_with(&format!("{report}:"));
        seen += usize::from(row);
        !row || seen <= 3
    });
    let outcomes = (0..lines.len()).map(|n| {
        (
            "outcome".to_owned(),
            if n == talk { "postponed" } else { "" }.to_owned(),
        )
    });
    form.fields.extend(outcomes);
    let mut decisions = 0;
    for (name, value) in &mut form.fields {
        if name == "decisions" {
            if decisions == report {
                "報告を了承する".clone_into(value);
            }
            decisions += 1;
        }
    }
    let saved = first.press(&form, Some(("act", "save"))).await;
    saved.expect(&["保存しました", "病院ごとの内訳を次回までに示す"]);
    let stale = first.press(&form, Some(("act", "save"))).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let seen = saved
        .form("/minutes")
        .fields
        .iter()
        .find(|(name, _)| name == "seen")
        .expect("seen")
        .clone();
    form.fields.retain(|(name, _)| name != "seen");
    form.fields.push(seen);
    let after = first.press(&form, Some(("act", "finish"))).await;
    assert_eq!(after.path, format!("{UNDER}/after"), "{}", after.html);
    after.expect(&[
        "報告を了承する",
        "病院ごとの内訳を次回までに示す",
        "担当 事務局",
        "救急時の情報共有",
        "次回へ送られた議題",
        "未了",
    ]);
    let record = first.open(&format!("{UNDER}/records/minutes")).await;
    record.expect(&[
        "会議録",
        "結果は&lt;b&gt;よい",
        "委員５人中３人出席",
        "救急時の情報共有",
        "次回へ",
    ]);
    assert!(!record.html.contains("<b>よい"));

    // Both come back to the next meeting by themselves, and so do the minutes.
    let next = "/kasou/meetings/committee-2";
    let page = first.open(&format!("{next}/agenda")).await;
    let page = first.press(&page.form("/draft"), None).await;
    page.expect(&[
        "救急時の情報共有",
        "前の会議で次回に送られたため（令和９年度　第１回架空市在宅医療・介護連携推進会議から）",
        "病院ごとの内訳を次回までに示す",
        "前の会議で決めた対応がまだ済んでいないため",
        "前回の会議録の確認について",
    ]);
    let page = first
        .press(&edit(&page, "take minutes/committee-1", &[]), None)
        .await;
    in_order(
        &page,
        &[
            "報告事項",
            "前回の会議録の確認について",
            "協議事項",
            "救急時の情報共有",
        ],
    );
    // What is done does not come back.
    let done = first
        .press(&after.form("/after"), Some(("state", "done")))
        .await;
    done.expect(&["済み"]);
    let page = first.open(&format!("{next}/agenda")).await;
    let page = first.press(&page.form("/draft"), None).await;
    let both = ["病院ごとの内訳を次回までに示す", "救急時の情報共有"];
    let left = both
        .iter()
        .filter(|title| page.html.contains(**title))
        .count();
    assert_eq!(left, 1, "{}", page.html);

    // Opened again, the journal says the same.
    let now = site.app.clock.now();
    let again = engine::year::Year::open(site.store.clone(), site.year.pack.clone(), now)
        .await
        .expect("a year");
    assert_eq!(again.state(Clone::clone), site.year.state(Clone::clone));
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
