//! The day of a meeting: who came, what was decided, the minutes.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};

use super::{FIRST, UNDER, edit, in_order, signed_in};
use crate::form::Browser;
use crate::site::Site;

pub(super) async fn day_and_minutes<'a>(site: &'a Site, first: &mut Browser<'a>) {
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
