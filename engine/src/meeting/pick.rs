//! The figure picker: figures found by words, each with the link that a paper has to carry.

use papers::digits::Width;
use papers::wareki;
use serde::Serialize;

use crate::figure::{Amount, Figure, FigureBook, FigureKey};
use crate::pack::Pack;

/// Figures that one search shows.
const MOST: usize = 40;

/// A figure that could be put into a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pick {
    pub figure: String,
    pub indicator: String,
    pub area: String,
    /// 令和5年度
    pub year: String,
    /// What can be printed of it: what it is called, and the Markdown.
    pub links: Vec<(&'static str, String)>,
}

/// Figures whose indicator, area and year have all the words, the newest first. Without words those of the main
/// indicators. Also says whether there are more.
pub fn pick(pack: &Pack, book: &FigureBook, words: &str) -> (Vec<Pick>, bool) {
    let words: Vec<String> = words.split_whitespace().map(folded).collect();
    let mut found: Vec<(&Figure, usize)> = Vec::new();
    for figure in book.figures() {
        let Some(place) = pack
            .map
            .indicators
            .iter()
            .position(|one| one.id == figure.key.indicator)
        else {
            continue;
        };
        let indicator = &pack.map.indicators[place];
        let said = format!(
            "{} {} {} {} {}",
            indicator.name,
            indicator.id,
            area(pack, &figure.key),
            year(&figure.key),
            figure.key.year
        );
        let said = folded(&said);
        let wanted = match words.is_empty() {
            true => indicator.main && figure.key.area == pack.municipality.home_area,
            false => words.iter().all(|word| said.contains(word.as_str())),
        };
        if wanted && !matches!(figure.amount, Amount::Hidden) {
            found.push((figure, place));
        }
    }
    let areas: Vec<&str> = pack
        .municipality
        .areas
        .iter()
        .map(|area| area.id.as_str())
        .collect();
    let of = |key: &FigureKey| areas.iter().position(|area| *area == key.area);
    found.sort_by_key(|(figure, place)| {
        (std::cmp::Reverse(figure.key.year), *place, of(&figure.key))
    });
    let more = found.len() > MOST;
    let picks = found.into_iter().take(MOST).map(|(figure, place)| Pick {
        figure: figure.key.to_string(),
        indicator: pack.map.indicators[place].name.clone(),
        area: area(pack, &figure.key).to_owned(),
        year: year(&figure.key),
        links: links(pack, book, figure),
    });
    (picks.collect(), more)
}

fn links(pack: &Pack, book: &FigureBook, figure: &Figure) -> Vec<(&'static str, String)> {
    let style = pack.percent(&figure.key.indicator);
    let link = |text: String| format!("[{text}](figure:{})", figure.key);
    let mut links = Vec::new();
    if let Some(rate) = figure.percent(style) {
        let reserve = figure.reserve();
        links.push(("率", link(format!("{rate}％{reserve}"))));
        let year = figure.key.year - 1;
        let before = book.get(&FigureKey {
            year,
            ..figure.key.clone()
        });
        let before = before.filter(|_| {
            pack.map
                .compares(&figure.key.indicator, year, figure.key.year)
        });
        if let Some(before) = before.and_then(|before| before.percent(style)) {
            links.push((
                "前年度を括弧に",
                link(format!("{rate}%{reserve}({before}%)")),
            ));
        }
    }
    if let Some(part) = figure.numerator() {
        let what = if figure.denominator().is_some() {
            "分子"
        } else {
            "件数"
        };
        links.push((what, link(part.to_string())));
    }
    if let Some(base) = figure.denominator() {
        links.push(("分母", link(base.to_string())));
    }
    links
}

fn area<'a>(pack: &'a Pack, key: &'a FigureKey) -> &'a str {
    pack.municipality
        .area(&key.area)
        .map_or(key.area.as_str(), |area| area.name.as_str())
}

fn year(key: &FigureKey) -> String {
    wareki::fiscal_year(key.year, Width::Half).unwrap_or_else(|_| key.year.to_string())
}

/// Without the width of digits and the case of letters.
fn folded(text: &str) -> String {
    Width::Half.set(text).to_lowercase()
}
