//! The years of an indicator as a chart.

use papers::digits::Width;
use papers::{Chart, chart, wareki};

use super::{Amount, Figure, FigureBook, Known, Year, series};
use crate::pack::Pack;

/// The chart of an indicator in an area; `None` with fewer than two values.
pub fn trend(pack: &Pack, book: &FigureBook, indicator: &str, area: &str) -> Option<Chart> {
    let years = series(pack, book, indicator, area);
    let definition = pack.indicator(indicator)?;
    let points: Vec<chart::Point> = years
        .iter()
        .map(|year| chart::Point {
            label: wareki::fiscal_short(year.year, Width::Half).unwrap_or_default(),
            spot: spot(pack, year),
            said: match &year.known {
                Known::Value(figure) => digits(pack, figure),
                _ => None,
            },
            broken: year.broken.clone(),
        })
        .collect();
    let values = points
        .iter()
        .filter(|point| matches!(point.spot, chart::Spot::Value(_)));
    if values.count() < 2 {
        return None;
    }
    let counted = years.iter().any(|year| {
        matches!(&year.known, Known::Value(figure) if matches!(figure.amount, Amount::Count(_)))
    });
    Some(Chart {
        id: format!("trend-{indicator}-{area}"),
        title: format!("{}の推移", definition.name),
        description: String::new(),
        kind: chart::Kind::Years {
            unit: match counted {
                true => chart::Unit::Count(definition.unit.clone()),
                false => chart::Unit::Percent,
            },
            points,
        },
    })
}

/// A rate as it is printed, where a chart would print it with other digits.
pub fn digits(pack: &Pack, figure: &Figure) -> Option<String> {
    let percent = figure.percent(pack.percent(&figure.key.indicator))?;
    let tenths = u64::try_from(percent.tenths()).ok()?;
    let printed = format!("{percent}%");
    (printed != chart::tenths(tenths)).then_some(printed)
}

fn spot(pack: &Pack, year: &Year<'_>) -> chart::Spot {
    let figure = match &year.known {
        Known::Value(figure) => figure,
        Known::NotHeld(why) => return chart::Spot::LeftOut(why.clone()),
        Known::Missing => return chart::Spot::Missing,
    };
    let rate = || {
        let rate = figure.percent(pack.percent(&figure.key.indicator))?;
        u64::try_from(rate.tenths()).ok()
    };
    let value = match figure.amount {
        Amount::Hidden => return chart::Spot::LeftOut("少数のため非公表".to_owned()),
        // Points of different members do not make a line.
        _ if !figure.coverage().is_empty() => {
            return chart::Spot::LeftOut(figure.coverage());
        }
        Amount::Count(count) => Some(count),
        _ => rate(),
    };
    value.map_or(chart::Spot::Missing, chart::Spot::Value)
}
