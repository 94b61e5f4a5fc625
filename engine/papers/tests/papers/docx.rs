//! The Word file, opened again by other libraries.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use papers::Document;
use roxmltree::{Document as Xml, Node};

use crate::samples;

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// The parts of a package by name; every entry must carry the fixed date.
fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a Word file is a zip");
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).expect("an entry");
            let date = file.last_modified().map(|at| at.year());
            assert_eq!(date, Some(1980), "{} carries a date of today", file.name());
            let mut content = Vec::new();
            file.read_to_end(&mut content)
                .expect("an entry can be read");
            (file.name().to_owned(), content)
        })
        .collect()
}

fn xml(parts: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(parts[name].clone()).expect("a part is UTF-8")
}

pub fn body_is_xml(document: &Document) -> bool {
    let parts = parts(&papers::docx(document).expect("a paper"));
    Xml::parse(&xml(&parts, "word/document.xml")).is_ok()
}

fn text(node: Node<'_, '_>) -> String {
    node.descendants()
        .filter(|n| n.has_tag_name((W, "t")))
        .filter_map(|n| n.text())
        .collect()
}

#[test]
fn every_part_is_xml() {
    for document in [
        samples::agenda(),
        samples::report(),
        samples::proposal(),
        samples::appendix(),
    ] {
        for (name, content) in parts(&papers::docx(&document).expect("a paper")) {
            if name.ends_with(".xml") || name.ends_with(".rels") {
                let content = String::from_utf8(content).expect("a part is UTF-8");
                assert!(Xml::parse(&content).is_ok(), "{name}");
            }
        }
    }
}

#[test]
fn the_agenda_reads_as_it_is_printed() {
    let parts = parts(&papers::docx(&samples::agenda()).expect("an agenda"));
    let body = xml(&parts, "word/document.xml");
    let body = Xml::parse(&body).expect("XML");
    let lines: Vec<String> = body
        .descendants()
        .filter(|n| n.has_tag_name((W, "p")))
        .map(text)
        .filter(|line| !line.is_empty())
        .collect();
    let expected = [
        "令和６年度 第１回架空市在宅医療・介護連携委員会 次第",
        "日時：令和６年６月５日（水）",
        "午後１時３０分～",
        "場所：架空市役所 第２委員会室",
        "１開会",
        "委嘱状 机上交付",
        "２あいさつ",
        "３会議事項",
        "⑴報告事項",
        "令和５年度入退院連携ルール運用状況調査結果…資料１",
        "⑵協議事項",
        "切れ目のない在宅医療と介護の連携推進について…資料２",
        "ア災害や感染症を想定した平時からの取組について",
        "イＩＣＴを活用した介護事業所間ネットワーク構築のための支援及び広域的な取組みについての意見交換…参考資料",
        "⑶その他",
        "情報提供（在宅医療推進フォーラム）",
        "４その他",
        "５閉会",
    ];
    assert_eq!(lines, expected);
    // Every leader stands behind one right tab at the margin: 40 characters of 11 points.
    let tabs: Vec<_> = body
        .descendants()
        .filter(|n| n.has_tag_name((W, "tab")) && n.attribute((W, "val")) == Some("right"))
        .map(|n| n.attribute((W, "pos")))
        .collect();
    assert_eq!(tabs, [Some("8800"); 3]);
}

#[test]
fn the_heads_of_tables_repeat_and_charts_are_described() {
    let parts = parts(&papers::docx(&samples::report()).expect("a report"));
    let body = xml(&parts, "word/document.xml");
    let body = Xml::parse(&body).expect("XML");
    let repeated = body
        .descendants()
        .filter(|n| n.has_tag_name((W, "tblHeader")));
    let heads: Vec<String> = repeated
        .filter_map(|n| n.parent_element()?.parent_element())
        .map(text)
        .collect();
    assert_eq!(
        heads,
        [
            "架空市架空圏域架空県全体",
            "架空市事業所数活用率",
            "架空市架空圏域架空県全体",
            "架空市退院調整実施数架空市退院数連携率",
            "架空市架空圏域架空県全体",
        ]
    );
    let described: Vec<&str> = body
        .descendants()
        .filter(|n| n.tag_name().name() == "docPr")
        .filter_map(|n| n.attribute("descr"))
        .collect();
    assert_eq!(described.len(), 2);
    assert!(
        described[0].contains("架空市（n=242）：令和５年度 78.1%、令和４年度 76.1%。"),
        "{}",
        described[0]
    );
    let pictures = parts
        .iter()
        .filter(|(name, content)| name.ends_with(".png") && content.starts_with(b"\x89PNG"));
    assert_eq!(pictures.count(), 2);
}

#[test]
fn the_language_is_japanese_and_the_fonts_are_named() {
    let parts = parts(&papers::docx(&samples::report()).expect("a report"));
    let styles = xml(&parts, "word/styles.xml");
    let styles = Xml::parse(&styles).expect("XML");
    let language = styles
        .descendants()
        .find(|n| n.has_tag_name((W, "lang")))
        .expect("a language");
    assert_eq!(language.attribute((W, "eastAsia")), Some("ja-JP"));
    for name in ["word/document.xml", "word/styles.xml", "word/footer1.xml"] {
        let part = xml(&parts, name);
        let part = Xml::parse(&part).expect("XML");
        for fonts in part.descendants().filter(|n| n.has_tag_name((W, "rFonts"))) {
            let east = fonts.attribute((W, "eastAsia"));
            assert!(
                matches!(east, Some("BIZ UDMincho" | "BIZ UDGothic")),
                "{name}: {east:?}"
            );
        }
    }
    let core = xml(&parts, "docProps/core.xml");
    assert!(
        core.contains(
            "<dc:title>令和５年度架空市入退院連携ルール運用状況調査結果について</dc:title>"
        ),
        "{core}"
    );
}

#[test]
fn the_same_paper_is_the_same_bytes() {
    let document = samples::report();
    assert_eq!(
        papers::docx(&document).expect("a report"),
        papers::docx(&document).expect("a report")
    );
}
