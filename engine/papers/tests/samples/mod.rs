//! The papers of an invented city (架空市), for tests, the benchmark and the example.

use std::collections::BTreeMap;

use papers::chart::{Band, Group, Kind, Unit};
use papers::digits::Width;
use papers::{Cell, Chart, Digits, Document, Head, Place, Plot, PlotKind, Sheet, Style, Workbook};

pub fn style() -> Style {
    Style {
        digits: Digits {
            body: Width::Full,
            tables: Width::Half,
        },
        ..Style::default()
    }
}

pub fn numbers() -> BTreeMap<String, String> {
    let numbers = [
        ("report", "資料１"),
        ("comments", "別添"),
        ("proposal", "資料２"),
        ("network", "参考資料"),
    ];
    numbers
        .map(|(id, number)| (id.to_owned(), number.to_owned()))
        .into()
}

pub fn charts() -> BTreeMap<String, Chart> {
    let group = |label: &str, n, values: [u64; 2]| Group {
        label: label.to_owned(),
        n,
        values: values.map(Some).to_vec(),
        said: BTreeMap::new(),
    };
    let rates = Chart {
        id: "rates".to_owned(),
        title: "退院時連携率".to_owned(),
        description: String::new(),
        kind: Kind::Bars {
            unit: Unit::Percent,
            groups: vec![
                group("架空市", Some(242), [781, 761]),
                group("架空圏域", None, [780, 725]),
                group("架空県全体", None, [777, 799]),
            ],
            series: vec!["令和５年度".to_owned(), "令和４年度".to_owned()],
        },
    };
    let band = |label: &str, n, tenths: [u64; 3]| Band {
        label: label.to_owned(),
        n,
        tenths: tenths.to_vec(),
    };
    let conference = Chart {
        id: "conference".to_owned(),
        title: "退院時のカンファレンスにおける本人の同席".to_owned(),
        description: "本人が同席したカンファレンスの割合は52.4%で、前年度の39.5%からあがった。"
            .to_owned(),
        kind: Kind::Bands {
            parts: ["直接同席", "間接同席（モニター越し等）", "同席なし"]
                .map(str::to_owned)
                .to_vec(),
            rows: vec![
                band("令和５年度", Some(189), [503, 21, 476]),
                band("令和４年度", Some(172), [350, 45, 605]),
            ],
        },
    };
    [rates, conference]
        .map(|chart| (chart.id.clone(), chart))
        .into()
}

pub fn agenda() -> Document {
    let head = Head {
        title: "令和６年度 第１回架空市在宅医療・介護連携委員会 次第".to_owned(),
        place: vec![
            Place {
                label: "日時".to_owned(),
                lines: vec![
                    "令和６年６月５日（水）".to_owned(),
                    "午後１時３０分～".to_owned(),
                ],
            },
            Place {
                label: "場所".to_owned(),
                lines: vec!["架空市役所 第２委員会室".to_owned()],
            },
        ],
        fiction: Some(FICTION.to_owned()),
        ..Head::default()
    };
    read("agenda.md", include_str!("agenda.md"), head)
}

pub fn report() -> Document {
    let head = Head {
        title: "令和５年度架空市入退院連携ルール運用状況調査結果について".to_owned(),
        number: Some("資料１".to_owned()),
        kind: Some("（報告事項）".to_owned()),
        fiction: Some(FICTION.to_owned()),
        ..Head::default()
    };
    read("report.md", include_str!("report.md"), head)
}

pub fn proposal() -> Document {
    let head = Head {
        title: "切れ目のない在宅医療と介護の連携推進について".to_owned(),
        subtitle: Some("（案）".to_owned()),
        number: Some("資料２".to_owned()),
        kind: Some("（協議事項）".to_owned()),
        ..Head::default()
    };
    read("proposal.md", include_str!("proposal.md"), head)
}

/// A paper of several pages: a table that is longer than one, and many opinions.
pub fn appendix() -> Document {
    let head = Head {
        title: "自由記載欄の主な意見".to_owned(),
        number: Some("別添".to_owned()),
        fiction: Some(FICTION.to_owned()),
        ..Head::default()
    };
    let mut text = "# 医療機関との入退院時の連携でうまくいった点\n\n".to_owned();
    for number in 1..=20 {
        let opinion = "入院後早い段階で支援担当の看護師から連絡をもらい、治療の状況や今後の療養についての情報を得られたので、余裕をもってサービスを調整できた。";
        text.push_str(&format!(
            "- {}\n",
            papers::escape(&format!("（{number}）{opinion}"))
        ));
    }
    text.push_str("\n# 病院別の状況\n\n表：病院別の退院調整の状況\n\n| 病院 | 所在 | 退院数（件） | 調整率 | 備考 |\n|---|---|--:|:-:|---|\n");
    for number in 1..=48 {
        let remark = if number % 5 == 0 {
            "年度の途中に窓口が変わったため、前年度とは比べられない。"
        } else {
            ""
        };
        text.push_str(&format!(
            "| 架空第{number}病院 | 市内 | {} | 100% | {remark} |\n",
            number * 3
        ));
    }
    text.push_str("\n※調整率は小数第２位を四捨五入したものです。\n");
    read("appendix.md", &text, head)
}

pub fn workbook() -> Workbook {
    let row = |area: &str, n, now, before| vec![Cell::Text(area.to_owned()), n, now, before];
    Workbook {
        title: "架空市の退院時連携率".to_owned(),
        sheets: vec![
            Sheet {
                name: "退院時連携率".to_owned(),
                head: [
                    "地域",
                    "退院数（件）",
                    "令和５年度（％）",
                    "令和４年度（％）",
                ]
                .map(str::to_owned)
                .to_vec(),
                rows: vec![
                    row(
                        "架空市",
                        Cell::Integer(242),
                        Cell::Tenths(781),
                        Cell::Tenths(761),
                    ),
                    row(
                        "架空圏域",
                        Cell::Blank,
                        Cell::Tenths(780),
                        Cell::Tenths(725),
                    ),
                    row("架空県", Cell::Integer(0), Cell::Tenths(1000), Cell::Blank),
                ],
                plot: Some(Plot {
                    title: "退院時連携率".to_owned(),
                    kind: PlotKind::Bars,
                    labels: 0,
                    values: vec![2, 3],
                }),
            },
            Sheet {
                name: "同席".to_owned(),
                head: vec![
                    "年度".to_owned(),
                    "同席（件）".to_owned(),
                    "なし（件）".to_owned(),
                ],
                rows: vec![vec![
                    Cell::Text("令和５年度".to_owned()),
                    Cell::Integer(99),
                    Cell::Integer(90),
                ]],
                plot: Some(Plot {
                    title: "同席".to_owned(),
                    kind: PlotKind::Bands,
                    labels: 0,
                    values: vec![1, 2],
                }),
            },
        ],
    }
}

const FICTION: &str = "この資料の市、事業所及び回答は架空のものです。";

fn read(file: &str, markdown: &str, head: Head) -> Document {
    papers::read(file, markdown, head, &style(), &numbers(), &charts())
        .expect("the sample papers are in order")
}
