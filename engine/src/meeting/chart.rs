//! The chart of a survey paper: indicators side by side, this year and the year before.

use papers::digits::Width;
use papers::{Chart, chart, wareki};

use crate::figure::{Amount, Figure, FigureBook, Printed, digits};
use crate::pack::Pack;

/// Bars of the home area for several indicators; without a value a bar is absent, not 0.
pub fn years(pack: &Pack, book: &FigureBook, indicators: &[String], year: i32) -> Chart {
    let area = &pack.municipality.home_area;
    let name = pack
        .municipality
        .area(area)
        .map_or("", |area| area.name.as_str());
    let groups = indicators.iter().filter_map(|id| {
        let definition = pack.map.indicator(id)?;
        let now = book.of(id, area, year);
        let broken = definition.broken(year - 1, year).is_some();
        let shown = [year, year - 1].into_iter().enumerate();
        let said = shown.filter_map(|(series, shown)| {
            let said = match book.of(id, area, shown) {
                None => definition.not_held_in(shown),
                Some(_) if broken && shown < year => Some("断絶のため並べない".to_owned()),
                Some(figure) => digits(pack, figure),
            };
            Some((series, said?))
        });
        Some(chart::Group {
            label: format!(
                "{}{}",
                definition.name,
                now.map(Figure::coverage).unwrap_or_default()
            ),
            n: now.and_then(|figure| match figure.amount {
                Amount::Ratio { den, .. } => Some(den),
                _ => None,
            }),
            values: vec![
                tenths(pack, book, id, area, year),
                tenths(pack, book, id, area, year - 1).filter(|_| !broken),
            ],
            said: said.collect(),
        })
    });
    let label = |year| wareki::fiscal_year(year, Width::Half).unwrap_or_default();
    Chart {
        id: format!("years-{}-{year}", indicators.join("-")),
        title: format!("{name}の主な指標（{}と{}）", label(year), label(year - 1)),
        description: String::new(),
        kind: chart::Kind::Bars {
            unit: chart::Unit::Percent,
            groups: groups.collect(),
            series: vec![label(year), label(year - 1)],
        },
    }
}

/// The rate in tenths of a percent, as it is printed.
pub fn tenths(
    pack: &Pack,
    book: &FigureBook,
    indicator: &str,
    area: &str,
    year: i32,
) -> Option<u64> {
    let percent = book
        .of(indicator, area, year)?
        .percent(pack.percent(indicator))?;
    u64::try_from(Printed::tenths(percent)).ok()
}
