//! Indicators beside their years and areas, and where a number comes from.

use axum::http::StatusCode;

use super::{json, told};

#[tokio::test]
async fn an_indicator_stands_beside_its_years_and_areas() {
    let site = told().await;
    let session = site.session(&site.secretariat()).await;
    let page = json(&site, &session, "/~/indicators/discharge-rate").await;
    assert_eq!(page["now"]["printed"], "78.1%");
    let levels = page["levels"].as_array().expect("levels");
    let level = |at: usize| {
        let of = |name: &str| levels[at][name].as_str().unwrap_or_default().to_owned();
        [
            of("area"),
            of("text"),
            of("before"),
            of("points"),
            of("said"),
        ]
    };
    // 78.1 − 78.0 and 78.1 − 77.7, as the paper has it: 同程度, 若干高く.
    assert_eq!(
        level(1),
        ["松本圏域", "78.0%", "72.5%", "＋0.1", "松本圏域と同程度"]
    );
    assert_eq!(
        level(2),
        [
            "長野県全体",
            "77.7%",
            "79.9%",
            "＋0.4",
            "県全体より若干高い"
        ]
    );
    let years: Vec<&str> = page["years"]
        .as_array()
        .expect("years")
        .iter()
        .filter_map(|year| year["counts"].as_str())
        .collect();
    assert_eq!(years, ["189/242", "172/226"]);
    assert_eq!(page["standing"]["label"], "判断しない");
    assert!(!page["papers"].as_array().expect("papers").is_empty());
    let html = site
        .get_as(&session, "/~/indicators/discharge-rate")
        .await
        .text();
    assert!(html.contains("2.0ポイント上がった"), "{html}");
    // As the paper has it: 12か所. A number of places has no rate, and is no less known for it.
    let html = site
        .get_as(&session, "/~/indicators/hospitals-full")
        .await
        .text();
    assert!(
        html.contains("であった。") && html.contains("12か所"),
        "{html}"
    );
    assert!(!html.contains("率がない"), "{html}");
    let chart = site
        .get_as(&session, "/~/indicators/discharge-rate/trend.svg")
        .await;
    assert!(chart.text().contains("78.1%"));
    for nothing in [
        "indicators/nothing",
        "indicators/discharge-rate/trend.exe",
        "indicators/hospitals-full/nothing",
    ] {
        let answer = site.get_as(&session, &format!("/~/{nothing}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
    }
}

/// 78.1 % from the map to the offices, and back to the paper.
#[tokio::test]
async fn a_number_is_followed_to_the_offices() {
    let site = told().await;
    let session = site.session(&site.secretariat()).await;
    let map = json(&site, &session, "/~/map?scene=transition").await;
    assert_eq!(map["scene"], "入退院支援");
    let layers = map["layers"].as_array().expect("layers");
    let titles: Vec<&str> = layers
        .iter()
        .flat_map(|layer| layer["nodes"].as_array().expect("nodes"))
        .filter_map(|node| node["title"].as_str())
        .collect();
    assert!(titles.contains(&"松本圏域入退院連携ルールの運用と運用状況調査"));
    assert!(
        !titles.iter().any(|title| title.contains("お薬手帳")),
        "that one is of another scene: {titles:?}"
    );
    let picture = map["svg"].as_str().expect("a picture");
    assert!(
        !picture.contains("お薬手帳") && picture.contains(&format!("/{}/figures/", site.slug()))
    );

    let figure = site
        .get_as(&session, "/~/figures/discharge-rate@city@2023")
        .await
        .text();
    for part in [
        "78.1%",
        "189",
        "242",
        "回答者ごと",
        "ケアプランあおぞら（架空）",
        "この数字から",
        "資料１",
    ] {
        assert!(figure.contains(part), "{part}: {figure}");
    }
}
