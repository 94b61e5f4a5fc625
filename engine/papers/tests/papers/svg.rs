//! Charts, parsed again: what a reader sees and what a listener hears.

use std::collections::BTreeMap;

use papers::chart::{Group, Kind, Point, Spot, Unit};
use papers::{Chart, svg};
use roxmltree::Document as Xml;

use crate::samples;

fn words(svg: &str) -> Vec<String> {
    let xml = Xml::parse(svg).expect("a drawing is XML");
    let texts = xml
        .descendants()
        .filter(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "text")));
    texts.filter_map(|n| n.text()).map(str::to_owned).collect()
}

#[test]
fn bars_say_their_values_and_bases() {
    let drawing = svg(&samples::charts()["rates"]);
    let words = words(&drawing);
    for expected in [
        "退院時連携率",
        "令和５年度",
        "令和４年度",
        "架空市",
        "(n=242)",
        "78.1%",
        "76.1%",
        "77.7%",
        "79.9%",
        "0%",
        "100%",
    ] {
        assert!(
            words.iter().any(|word| word == expected),
            "{expected} in {words:?}"
        );
    }
    let xml = Xml::parse(&drawing).expect("a drawing is XML");
    assert!(
        xml.descendants()
            .any(|n| n.tag_name().name() == "title" && n.text() == Some("退院時連携率"))
    );
    assert!(
        xml.descendants()
            .any(|n| n.tag_name().name() == "desc" && n.text().is_some())
    );
}

#[test]
fn bands_fill_the_whole_width_whatever_the_rounding() {
    let drawing = svg(&samples::charts()["conference"]);
    let words = words(&drawing);
    for expected in ["50.3%", "2.1%", "47.6%", "(n=189)"] {
        assert!(
            words.iter().any(|word| word == expected),
            "{expected} in {words:?}"
        );
    }
}

#[test]
fn what_is_missing_is_said_and_not_drawn_as_zero() {
    let chart = Chart {
        id: "<missing>".to_owned(),
        title: "件数 <&>".to_owned(),
        description: String::new(),
        kind: Kind::Bars {
            unit: Unit::Count("件".to_owned()),
            groups: vec![
                Group {
                    label: "架空市".to_owned(),
                    n: None,
                    values: vec![Some(0)],
                    said: BTreeMap::new(),
                },
                Group {
                    label: "架空町".to_owned(),
                    n: None,
                    values: vec![None],
                    said: BTreeMap::new(),
                },
            ],
            series: vec!["令和５年度".to_owned()],
        },
    };
    let words = words(&svg(&chart));
    assert!(words.iter().any(|word| word == "値なし"));
    assert!(words.iter().any(|word| word == "0件"));
    assert_eq!(
        chart.described(),
        "架空市：令和５年度 0件。架空町：令和５年度 値なし。"
    );
}

#[test]
fn an_empty_chart_is_still_a_drawing() {
    for kind in [
        Kind::Bars {
            unit: Unit::Percent,
            groups: Vec::new(),
            series: Vec::new(),
        },
        Kind::Bands {
            parts: Vec::new(),
            rows: Vec::new(),
        },
        Kind::Years {
            unit: Unit::Percent,
            points: Vec::new(),
        },
    ] {
        let chart = Chart {
            id: String::new(),
            title: String::new(),
            description: String::new(),
            kind,
        };
        assert!(Xml::parse(&svg(&chart)).is_ok());
    }
}

fn point(label: &str, spot: Spot) -> Point {
    Point {
        label: label.to_owned(),
        spot,
        said: None,
        broken: None,
    }
}

fn joins(svg: &str) -> usize {
    let xml = Xml::parse(svg).expect("a drawing is XML");
    let paths = xml
        .descendants()
        .filter(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "path")));
    paths
        .filter(|path| path.attribute("stroke-width") == Some("2"))
        .count()
}

/// Six years: two that are joined, one left out, one missing, a break between the last two.
#[test]
fn years_are_joined_only_where_they_compare() {
    let chart = Chart {
        id: "trend".to_owned(),
        title: "様式の利用の推移".to_owned(),
        description: String::new(),
        kind: Kind::Years {
            unit: Unit::Percent,
            points: vec![
                Point {
                    said: Some("49%".to_owned()),
                    ..point("R1", Spot::Value(490))
                },
                point("R2", Spot::Value(510)),
                point("R3", Spot::LeftOut("未実施（負担考慮）".to_owned())),
                point("R4", Spot::Missing),
                point("R5", Spot::Value(480)),
                Point {
                    broken: Some("設問を分けたため".to_owned()),
                    ..point("R6", Spot::Value(420))
                },
            ],
        },
    };
    let drawing = svg(&chart);
    assert_eq!(joins(&drawing), 1, "{drawing}");
    assert_eq!(drawing.matches("stroke-dasharray").count(), 1);
    assert_eq!(drawing.matches(r#"r="4""#).count(), 4);
    let words = words(&drawing);
    for expected in [
        "R1",
        "R4",
        "49%",
        "42.0%",
        "断絶",
        "R3　※未実施（負担考慮）",
        "R6　断絶：設問を分けたため",
    ] {
        assert!(
            words.iter().any(|word| word == expected),
            "{expected} in {words:?}"
        );
    }
    assert_eq!(
        chart.described(),
        "R1 49%。R2 51.0%。R3 未実施（負担考慮）。R4 値なし。R5 48.0%。（ここで断絶：設問を分けたため）R6 42.0%。"
    );
}

#[test]
fn what_stands_for_a_bar_is_said() {
    let group = Group {
        label: "様式の利用".to_owned(),
        n: Some(50),
        values: vec![Some(420), None],
        said: BTreeMap::from([(1, "未実施（負担考慮）".to_owned())]),
    };
    assert_eq!(group.text(0, &Unit::Percent), "42.0%");
    assert_eq!(group.text(1, &Unit::Percent), "未実施（負担考慮）");
    assert_eq!(group.text(2, &Unit::Percent), "値なし");
}
