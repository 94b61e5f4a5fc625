//! Charts, parsed again: what a reader sees and what a listener hears.

use papers::chart::{Group, Kind, Unit};
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
                    absent: Default::default(),
                },
                Group {
                    label: "架空町".to_owned(),
                    n: None,
                    values: vec![None],
                    absent: Default::default(),
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
