//! 考察 drafted from numbers: what moved since last year, and how it stands to the wider areas.
//!
//! A sentence says only what two printed figures support; where one of them is missing, the clause
//! is left out.

use crate::figure::{Amount, Comparison, FigureBook, FigureKey, continued};
use crate::pack::Pack;

/// A piece of a drafted sentence: plain text, or a figure to be linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    Figure(FigureKey),
}

/// The draft for one indicator of the home area in a survey year. Where there is no rate, it says so:
/// a sentence that is missing would look forgotten.
pub fn reading(pack: &Pack, book: &FigureBook, indicator: &str, year: i32) -> Vec<Piece> {
    let municipality = &pack.municipality;
    let key = |area: &str, year: i32| FigureKey {
        indicator: indicator.into(),
        area: area.into(),
        year,
    };
    let home = key(&municipality.home_area, year);
    let Some(definition) = pack.map.indicator(indicator) else {
        return Vec::new();
    };
    let rate = book
        .get(&home)
        .map(|figure| figure.percent(pack.percent(indicator)));
    if book
        .get(&home)
        .is_some_and(|figure| figure.amount == Amount::Hidden)
    {
        let said = format!("{}は、件数が少ないため伏せている。", definition.name);
        return vec![Piece::Text(said)];
    }
    match rate {
        Some(Some(_)) => {}
        Some(None) if definition.denominator.is_some() => {
            let base = definition.base.as_deref().unwrap_or("分母");
            return vec![Piece::Text(format!(
                "{}は、{base}が0のため率を出していない。",
                definition.name
            ))];
        }
        // A number of something, which has no rate.
        Some(None) => {
            return vec![
                Piece::Text(format!("{}は", definition.name)),
                Piece::Figure(home),
                Piece::Text("であった。".into()),
            ];
        }
        _ => return vec![Piece::Text(format!("{}は、率がない。", definition.name))],
    }
    let mut pieces = vec![
        Piece::Text(format!("{}は", definition.name)),
        Piece::Figure(home.clone()),
    ];
    pieces.extend(since_last_year(
        pack,
        book,
        &home,
        &key(&municipality.home_area, year - 1),
    ));
    pieces.push(Piece::Text("。".into()));
    pieces.extend(beside_other_areas(pack, book, &home));
    pieces
}

/// 「で、前年度（89.7％）より6.4ポイント上がった」
fn since_last_year(
    pack: &Pack,
    book: &FigureBook,
    now: &FigureKey,
    before: &FigureKey,
) -> Vec<Piece> {
    let Some((points, comparison)) = book.compare(pack, now, before) else {
        return vec![Piece::Text("であった".into())];
    };
    let mut pieces = vec![
        Piece::Text("で、前年度（".into()),
        Piece::Figure(before.clone()),
    ];
    pieces.push(Piece::Text(match comparison {
        Comparison::Same => "）と同程度であった".to_owned(),
        _ if points.units > 0 => format!("）より{}ポイント上がった", points.abs()),
        _ => format!("）より{}ポイント下がった", points.abs()),
    }));
    pieces
}

/// 「架空圏域と同程度で、県全体より低い。」, with the figures of those areas.
fn beside_other_areas(pack: &Pack, book: &FigureBook, home: &FigureKey) -> Vec<Piece> {
    let mut clauses = Vec::new();
    let others = pack
        .municipality
        .areas
        .iter()
        .filter(|area| area.id != home.area);
    for area in others {
        let other = FigureKey {
            area: area.id.clone(),
            ..home.clone()
        };
        let Some((_, comparison)) = book.compare(pack, home, &other) else {
            continue;
        };
        clauses.push((area.in_sentence(), other, comparison.phrase()));
    }
    let last = clauses.len().saturating_sub(1);
    let mut pieces = Vec::new();
    for (at, (area, other, (particle, predicate))) in clauses.into_iter().enumerate() {
        pieces.push(Piece::Text(format!("{area}（")));
        pieces.push(Piece::Figure(other));
        pieces.push(Piece::Text(match at == last {
            true => format!("）{particle}{predicate}。"),
            false => format!("）{particle}{}、", continued(predicate)),
        }));
    }
    pieces
}
