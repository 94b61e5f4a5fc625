//! Two versions side by side: what is said to change, what it does to the series, and to answers that are in already.

use authoring::Source;
use forms::{Answers, Carried, Questionnaire, Series, compare, read};
use serde_json::{Value, json};

/// The questionnaire from which the cases of the designer begin.
fn base() -> Value {
    serde_json::from_str(include_str!("design/base.json")).expect("JSON")
}

fn form(document: &Value) -> Questionnaire {
    let source = Source::json("base.json", &document.to_string()).expect("JSON");
    read(&source).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// 「item：what（series）」, a line each.
fn said(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut document = base();
    change(&mut document);
    let changes = compare(&form(&base()), &form(&document));
    let line = |change: &forms::Difference| {
        let item = change.item.as_deref().unwrap_or("全体");
        format!(
            "{item}：{}（{}）",
            change.what.in_words(),
            change.series.label()
        )
    };
    changes.iter().map(line).collect()
}

#[test]
fn nothing_is_different() {
    assert_eq!(said(|_| {}), Vec::<String>::new());
}

#[test]
fn words_and_limits_leave_the_series_alone() {
    let found = said(|new| {
        new["title"] = json!("連携に関する調査");
        let items = &mut new["properties"];
        items["rule_used"]["title"] = json!("連携ルールを利用していますか");
        items["rule_used"]["description"] = json!("一つでも。");
        items["discharged"]["maximum"] = json!(500);
        items["means"]["maxItems"] = json!(2);
        new["required"] = json!(["rule_used", "discharged", "coordinated"]);
    });
    assert_eq!(
        found,
        [
            "全体：文が変わりました：「入退院連携に関する調査」→「連携に関する調査」（関わりません）",
            "rule_used：文が変わりました：「入退院連携ルールを使っていますか」→「連携ルールを利用していますか」（続きます）",
            "rule_used：補足の文が変わりました（続きます）",
            "means：範囲が変わりました：制限なし → 2個以下（続きます）",
            "discharged：範囲が変わりました：0以上 → 0以上 500以下（続きます）",
            "coordinated：必須になりました（続きます）",
        ]
    );
}

#[test]
fn items_come_and_go() {
    let found = said(|new| {
        new["properties"]["q1"] = json!({ "title": "会議", "type": "string" });
        new["properties"]
            .as_object_mut()
            .expect("items")
            .shift_remove("means");
        new["x-pages"][0]["items"] = json!(["rule_used", "why_not", "satisfied", "q1"]);
        let rows = &mut new["properties"]["hospitals"]["items"]["properties"];
        rows["q2"] = json!({ "title": "訪問した数", "type": "integer" });
        rows.as_object_mut()
            .expect("items")
            .shift_remove("contacted");
    });
    assert_eq!(
        found,
        [
            "hospitals.q2：新しい設問です（ここから始まります）",
            "hospitals.contacted：なくなりました（ここで終わります）",
            "q1：新しい設問です（ここから始まります）",
            "means：なくなりました（ここで終わります）",
        ]
    );
}

/// An item with a concept goes on as a series: what cannot be compared is pointed out, unless the break is marked.
#[test]
fn what_cannot_be_compared_is_pointed_out() {
    let change = |new: &mut Value| {
        let options = &mut new["properties"]["means"]["items"]["oneOf"];
        *options = json!([{ "const": "phone", "title": "電話・携帯" }, { "const": "a1", "title": "メール" }]);
    };
    assert_eq!(
        said(change),
        [
            "means：選択肢の文が変わりました：「電話」→「電話・携帯」（続きます）",
            "means：選択肢「メール」が加わりました（続きます）",
            "means：選択肢「ＦＡＸ」がなくなりました（違うものを続けて比べることになります）",
        ]
    );
    let found = said(|new| {
        change(new);
        new["properties"]["means"]["x-break"] = json!("選択肢を改めたため");
    });
    assert_eq!(
        found[2..],
        [
            "means：選択肢「ＦＡＸ」がなくなりました（ここで切れ目を引きます）",
            "means：切れ目の印が付きました：選択肢を改めたため（ここで切れ目を引きます）",
        ]
    );
}

#[test]
fn kinds_rows_rules_and_order_are_told() {
    let found = said(|new| {
        let items = &mut new["properties"];
        items["rule_used"] = json!({ "title": "入退院連携ルールを使っていますか", "x-concept": "discharge.rule-used", "type": "string" });
        items["why_not"]
            .as_object_mut()
            .expect("an item")
            .shift_remove("x-relevant");
        items["satisfied"]["properties"]["r1"] =
            json!({ "title": "担当者", "$ref": "#/$defs/degree" });
        items["coordinated"]
            .as_object_mut()
            .expect("an item")
            .shift_remove("x-constraint");
        new["x-pages"][1]["items"] = json!(["coordinated", "discharged", "hospitals"]);
        // The order of asking is that of the properties.
        let discharged = items_of(new).shift_remove("discharged").expect("an item");
        let at = items_of(new)
            .keys()
            .position(|id| id == "hospitals")
            .expect("an item");
        items_of(new).shift_insert(at, "discharged".to_owned(), discharged);
    });
    assert_eq!(
        found,
        [
            "rule_used：種類が変わりました：一つ選ぶ → 短い文（違うものを続けて比べることになります）",
            "why_not：出す条件が変わりました：「「入退院連携ルールを使っていますか」で「使っていない」を選んだとき」 → なし（続きます）",
            "satisfied：行「担当者」が加わりました（続きます）",
            "coordinated：検算が変わりました：「coordinated <= discharged」 → なし（続きます）",
            "discharged：順番が変わりました（続きます）",
        ]
    );
}

fn items_of(document: &mut Value) -> &mut serde_json::Map<String, Value> {
    document["properties"].as_object_mut().expect("items")
}

/// A questionnaire that was written anew keeps its series through its concepts.
#[test]
fn an_item_is_known_by_its_concept_too() {
    let mut document = base();
    let mut means = items_of(&mut document)
        .shift_remove("means")
        .expect("an item");
    means["title"] = json!("連絡手段");
    items_of(&mut document).insert("q1".to_owned(), means);
    document["x-pages"][0]["items"] = json!(["rule_used", "why_not", "satisfied", "q1"]);
    let changes = compare(&form(&base()), &form(&document));
    assert!(
        changes.iter().all(|change| change.series == Series::GoesOn),
        "{changes:?}"
    );
    assert_eq!(changes[0].item.as_deref(), Some("q1"));
}

/// Counted by hand: of three responses one chose what is gone, and two lack what is required now.
#[test]
fn answers_that_are_in_are_held_against_the_new_version() {
    let mut document = base();
    document["properties"]["means"]["items"]["oneOf"] =
        json!([{ "const": "phone", "title": "電話" }]);
    document["properties"]["discharged"]["maximum"] = json!(5);
    document["required"] = json!(["rule_used", "means"]);
    items_of(&mut document).shift_remove("satisfied");
    document["$defs"] = json!({ "degree": { "oneOf": [{ "const": "good", "title": "満足" }] } });
    document["x-pages"][0]["items"] = json!(["rule_used", "why_not", "means"]);
    let new = form(&document);
    let mut carried = Carried::default();
    for answers in [
        json!({ "rule_used": "yes", "means": ["fax"], "discharged": 3, "satisfied": { "speed": "good" } }),
        json!({ "rule_used": "yes", "discharged": 9, "hospitals": [{ "hospital": "h1", "contacted": 2 }, { "hospital": "h2" }] }),
        json!({ "rule_used": "no" }),
    ] {
        let answers: Answers = serde_json::from_value(answers).expect("answers");
        carried.add(&new, &answers);
    }
    let counts = |counts: &std::collections::BTreeMap<String, u64>| {
        serde_json::to_value(counts).expect("counts")
    };
    assert_eq!((carried.responses, carried.refused), (3, 3));
    assert_eq!(
        counts(&carried.wrong),
        json!({ "discharged": 1, "means": 1 })
    );
    assert_eq!(counts(&carried.missing), json!({ "means": 2 }));
    assert_eq!(
        counts(&carried.held),
        json!({ "discharged": 2, "hospitals": 1, "hospitals.contacted": 1, "hospitals.hospital": 1, "means": 1, "rule_used": 3, "satisfied": 1 })
    );
}
