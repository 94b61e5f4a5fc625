//! Areas: sums of what the members give, from this server and as signed sheets.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use engine::area::{
    Given, Offer, Rejected, SecretKey, Shared, Sheet, Span, Why, roll_up, shared, table,
};
use engine::figure::{Amount, FigureBook};
use engine::meeting::alone;
use engine::year::{Act, Neighbours, NotReceived, Year};
use engine::{Files, Pack};
use futures_executor::block_on;
use serde::Deserialize;
use serde_json::{Value, json};
use store::Store;

use crate::lent;

/// A case of adding up, as a file of `tests/areas`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    what: String,
    unit: Option<String>,
    hide_below: Option<u64>,
    /// What the indicator is about, as its own pack says it.
    period: Option<Span>,
    given: Vec<Member>,
    /// The lines of the table, its columns with a space between them.
    expected: Vec<String>,
}

#[derive(Deserialize)]
struct Member {
    member: String,
    figures: Option<Vec<Shared>>,
    why: Option<Why>,
}

#[test]
fn sums_are_as_in_the_cases() {
    let mut paths: Vec<_> = fs::read_dir(lent::root().join("engine/tests/areas"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 18, "only {} cases", paths.len());
    for path in paths {
        let case: Case = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut files = lent::bare();
        edit(&mut files, "map.json", |map| {
            map["indicators"][1]["concept"] = json!("discharge");
            if let Some(unit) = &case.unit {
                map["indicators"][1]["unit"] = json!(unit);
            }
            if let Some(limit) = case.hide_below {
                map["indicators"][1]["hide_below"] = json!(limit);
            }
        });
        let pack = lent::read(&files);
        let given = case.given.into_iter().map(|member| Given {
            member: member.member,
            made_at: None,
            figures: member.figures.ok_or_else(|| member.why.unwrap()),
        });
        let given: Vec<Given> = given.collect();
        let indicator = pack.map.indicator("discharge-rate").unwrap();
        let sums = roll_up("region", indicator, |_| case.period, &given);
        let found = table(&pack, &sums);
        let found = found.lines().map(|line| {
            let cells: Vec<&str> = line.split_whitespace().collect();
            cells.join(" ")
        });
        let found: Vec<String> = found.collect();
        assert_eq!(found, case.expected, "{}: {}", path.display(), case.what);
    }
}

fn edit(files: &mut Files, path: &str, change: impl FnOnce(&mut Value)) {
    let text = files.0.get_mut(path).unwrap();
    let mut value: Value = serde_json::from_str(text).unwrap();
    change(&mut value);
    *text = value.to_string();
}

/// A municipality with an indicator of the concept and 退院時連携率 of `num` of `den` in 2025.
fn municipality(slug: &str, name: &str, areas: Value, (num, den): (u64, u64)) -> Pack {
    let mut files = lent::skeleton(slug, name);
    if slug == "kasou" {
        let (over, _) = Files::read(&lent::case("area")).unwrap();
        files.0.extend(over.0);
    }
    edit(&mut files, "map.json", |map| {
        map["indicators"][1]["concept"] = json!("discharge");
    });
    edit(&mut files, "municipality.json", |municipality| {
        municipality["areas"] = areas;
    });
    edit(&mut files, "history/2025.json", |history| {
        let figures = history["figures"].as_array_mut().unwrap();
        figures.retain(|figure| figure["area"] != "prefecture");
        (figures[0]["num"], figures[0]["den"]) = (json!(num), json!(den));
    });
    lent::read(&files)
}

fn own_area(name: &str) -> Value {
    json!({ "id": "city", "name": name, "level": "市町村" })
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn key(number: u8) -> SecretKey {
    SecretKey::new([number; 32])
}

/// 架空市 adds up three areas: of 架空町, which agrees to 圏域 and 東, of 架空島, which agrees to none,
/// and of 架空村, which is outside.
async fn server(store: &Store) -> Arc<Neighbours> {
    let outside = json!({ "name": "架空村", "key": key(7).public().to_string() });
    let [kasou, machi, shima] = ["kasou", "machi", "shima"].map(|slug| json!({ "slug": slug }));
    let areas = json!([
        own_area("架空市"),
        { "id": "region", "name": "架空圏域", "level": "圏域", "formed_of": [kasou, machi, shima, outside] },
        { "id": "east", "name": "東", "level": "東西", "formed_of": [kasou, machi] },
        { "id": "west", "name": "西", "level": "縦", "formed_of": [kasou, shima] },
    ]);
    let agreed = json!([
        own_area("架空町"),
        { "id": "region", "name": "架空圏域", "level": "圏域" },
        { "id": "east", "name": "東", "level": "東西" },
    ]);
    // An area of the same id that is another one.
    let elsewhere =
        json!([own_area("架空島"), { "id": "region", "name": "架空島圏域", "level": "圏域" }]);
    let packs = [
        municipality("kasou", "架空市", areas, (6, 10)),
        municipality("machi", "架空町", agreed, (5, 8)),
        municipality("shima", "架空島", elsewhere, (777, 999)),
    ];
    let mut years = BTreeMap::new();
    for pack in packs {
        let slug = pack.municipality.slug.clone();
        let year = Year::open(store.clone(), Arc::new(pack), at("2026-06-01T00:00:00Z")).await;
        years.insert(slug, Arc::new(year.unwrap()));
    }
    let neighbours = Arc::new(Neighbours::new(years));
    for year in neighbours.read().unwrap().values() {
        year.stand_beside(&neighbours);
    }
    neighbours
}

fn of(neighbours: &Arc<Neighbours>, slug: &str) -> Arc<Year> {
    neighbours.read().unwrap()[slug].clone()
}

fn sheet(made_at: &str, (num, den): (u64, u64)) -> Sheet {
    let figure = json!({
        "concept": "discharge", "name": "退院調整率", "unit": "%", "year": 2025,
        "amount": { "ratio": { "num": num, "den": den } },
    });
    Sheet::new(
        "架空村",
        at(made_at),
        vec![serde_json::from_value(figure).unwrap()],
    )
}

async fn paper(year: &Year) -> Vec<String> {
    let draft = alone(
        &year.pack,
        "region",
        at("2026-06-03T00:00:00Z").date_naive(),
        None,
    )
    .unwrap();
    let written = year.written_now(&draft, |_| true).await.unwrap();
    let lines = written[0].markdown.lines().skip(2);
    lines.map(str::to_owned).collect()
}

#[test]
fn an_area_of_one_server_and_a_municipality_outside() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let store = Store::open(folder.path()).unwrap();
        let server = server(&store).await;
        let year = of(&server, "kasou");
        let act = Act::new(at("2026-06-02T00:00:00Z"), "test");

        // (6 + 5) / (10 + 8) of two of four. East is whole and comes before the published 60.0; West
        // is not, and the published 70.0 stays.
        assert_eq!(
            paper(&year).await,
            [
                "| 圏域 | [61.1%〔4市町村中2〕](figure:discharge-rate@region@2025) | [11〔4市町村中2〕](figure:discharge-rate@region@2025) |",
                "| 東 | [61.1%](figure:discharge-rate@east@2025) | [18](figure:discharge-rate@east@2025) |",
                "| 西 | [70.0%](figure:discharge-rate@west@2025) | - |",
            ]
        );
        let sums = year.roll_ups("region").await.unwrap();
        let why: Vec<(&str, Why)> = sums[0]
            .missing
            .iter()
            .map(|missing| (missing.member.as_str(), missing.why))
            .collect();
        assert_eq!(
            why,
            [("架空島", Why::NotAgreed), ("架空村", Why::NothingReceived)]
        );
        // Of who has not agreed nothing is seen, not even in passing.
        assert!(!format!("{sums:?}").contains("777"), "{sums:?}");

        let first = sheet("2026-05-01T00:00:00Z", (2, 4)).signed(&key(7));
        year.receive(&act, &first).await.unwrap();
        let head = year.state(|state| state.head);
        year.receive(&act, &first).await.unwrap();
        assert_eq!(year.state(|state| state.head), head, "the same sheet again");
        // (6 + 5 + 2) / (10 + 8 + 4) of three.
        let with_three = "| 圏域 | [59.1%〔4市町村中3〕](figure:discharge-rate@region@2025) | [13〔4市町村中3〕](figure:discharge-rate@region@2025) |";
        assert_eq!(paper(&year).await[0], with_three);

        let older = sheet("2026-04-30T23:59:59Z", (3, 4)).signed(&key(7));
        let other = sheet("2026-05-01T00:00:00Z", (3, 4)).signed(&key(7));
        for file in [&older, &other] {
            match year.receive(&act, file).await.unwrap_err() {
                NotReceived::Rejected(why @ Rejected::Older { .. }) => {
                    let said = why.to_string();
                    assert!(
                        said.contains("これより新しいファイル（2026年5月1日 09:00）"),
                        "{said}"
                    );
                }
                other => panic!("{other}"),
            }
        }
        assert_eq!(paper(&year).await[0], with_three);

        // What was received is in the journal: another process knows it too.
        let again = Year::look(store.clone(), year.pack.clone()).await.unwrap();
        again.stand_beside(&server);
        assert_eq!(paper(&again).await[0], with_three);

        let newer = sheet("2026-05-02T00:00:00Z", (4, 4)).signed(&key(7));
        year.receive(&act, &newer).await.unwrap();
        assert!(paper(&year).await[0].starts_with("| 圏域 | [68.2%〔4市町村中3〕]"));
    });
}

/// After the pack has another key of a municipality, what the old key signed does not count any more.
#[test]
fn another_key_is_another_sender() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let store = Store::open(folder.path()).unwrap();
        let server = server(&store).await;
        let year = of(&server, "kasou");
        let act = Act::new(at("2026-06-02T00:00:00Z"), "test");
        let signed = sheet("2026-05-01T00:00:00Z", (2, 4)).signed(&key(7));
        year.receive(&act, &signed).await.unwrap();
        let outside = json!({ "name": "架空村", "key": key(8).public().to_string() });
        let areas = json!([
            own_area("架空市"),
            { "id": "region", "name": "架空圏域", "level": "圏域", "formed_of": [{ "slug": "kasou" }, outside] },
            { "id": "east", "name": "東", "level": "東西" },
            { "id": "west", "name": "西", "level": "縦" },
        ]);
        let pack = Arc::new(municipality("kasou", "架空市", areas, (6, 10)));
        let year = year.with_pack(pack, act.at).await.unwrap();
        let sums = year.roll_ups("region").await.unwrap();
        assert_eq!(sums[0].missing[0].why, Why::NothingReceived);
        let refused = year.receive(&act, &signed).await.unwrap_err().to_string();
        assert!(
            refused.contains("「架空村」の鍵ではない鍵で署名されています"),
            "{refused}"
        );
    });
}

#[test]
fn a_municipality_gives_its_own_figures_with_a_concept() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let store = Store::open(folder.path()).unwrap();
        let server = server(&store).await;
        let sheet = of(&server, "kasou").sheet(at("2026-06-02T00:00:00Z")).await;
        // Neither the sums of its areas nor what was published about them.
        let expected = json!([{
            "concept": "discharge", "name": "退院時連携率", "unit": "％", "year": 2025,
            "period": null, "amount": { "ratio": { "num": 6, "den": 10 } },
        }]);
        assert_eq!(
            serde_json::to_value(sheet.unwrap().figures).unwrap(),
            expected
        );
    });
}

/// 6 of 10, where counts below 5 are hidden: 4 are left over.
#[test]
fn counts_so_small_that_they_are_hidden_are_not_given_away() {
    let areas = json!([own_area("架空町")]);
    let mut pack = municipality("machi", "架空町", areas, (6, 10));
    let mut offer = |limit| {
        pack.map.indicators[1].hide_below = Some(limit);
        shared(&pack, &FigureBook::published(&pack))[0].amount
    };
    assert_eq!(offer(5), Offer::TooFew);
    assert_eq!(offer(4), Offer::Amount(Amount::Ratio { num: 6, den: 10 }));
}

#[test]
fn a_sheet_is_read_as_it_was_signed_or_not_at_all() {
    let sheet = sheet("2026-05-01T00:00:00Z", (2, 4));
    let (file, public) = (sheet.signed(&key(7)), key(7).public().to_string());
    let open = |file: &str| Sheet::open(file, |name| (name == "架空村").then_some(public.as_str()));
    assert_eq!(open(&file).unwrap(), sheet);
    // Every byte, one bit of it.
    for nth in 0..file.len() {
        let mut bytes = file.clone().into_bytes();
        bytes[nth] ^= 1;
        let changed = String::from_utf8_lossy(&bytes);
        assert!(open(&changed).is_err(), "byte {nth}: {changed}");
    }
    let said = |file: &str| open(file).unwrap_err().to_string();
    for (file, expected) in [
        (
            file.replace("num\\\":2", "num\\\":3"),
            "「架空村」の署名と中身が合いません。",
        ),
        (
            file.replace("架空村", "架空町"),
            "「架空町」は、どの区域の構成市町村でもありません。",
        ),
        (
            sheet.signed(&key(8)),
            "「架空村」の鍵ではない鍵で署名されています（",
        ),
        ("{}".to_owned(), "数値のファイルではありません。"),
        (String::new(), "数値のファイルではありません。"),
    ] {
        let said = said(&file);
        assert!(said.starts_with(expected), "{said}");
    }
}
