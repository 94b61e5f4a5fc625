//! An indicator as its page shows it.

use engine::figure::{Amount, Figure, FigureBook, FigureKey, Known, Standing, series, trend};
use engine::map::{Direction, Indicator, Named};
use engine::meeting::{Piece, reading};
use engine::pack::Pack;
use engine::year::PrintedIn;
use minijinja::context;
use minijinja::value::Value;
use papers::digits::Width;
use papers::wareki;

use super::figure::printed;
use super::results::{NARROW, WIDE};

pub fn page(
    pack: &Pack,
    book: &FigureBook,
    indicator: &Indicator,
    slug: &str,
    uses: &[PrintedIn],
) -> Value {
    let home = &pack.municipality.home_area;
    let newest = book.newest(&indicator.id, home);
    let figure = newest.and_then(|year| book.of(&indicator.id, home, year));
    let percent = pack.percent(&indicator.id);
    let standing = Standing::of(indicator, figure, percent);
    let href = |key: &FigureKey| -> String { format!("/{slug}/figures/{key}") };
    let named = |names: &[Named], id: &str| {
        let found = names.iter().find(|one| one.id == id);
        found.map(|one| one.name.clone())
    };
    let scenes: Vec<String> = indicator
        .scenes
        .iter()
        .filter_map(|id| named(&pack.map.scenes, id))
        .collect();
    let nodes = pack
        .map
        .nodes
        .iter()
        .filter(|node| node.indicators.contains(&indicator.id));
    let nodes: Vec<String> = nodes.map(|node| node.title.clone()).collect();
    let suffix = |target: engine::figure::Printed| match indicator.denominator.is_some()
        || indicator.unit == "％"
    {
        true => format!("{target}%"),
        false => format!("{target}{}", indicator.unit),
    };
    context! {
        indicator => context! {
            id => indicator.id.as_str(),
            name => indicator.name.as_str(),
            unit => indicator.unit.as_str(),
            layer => named(&pack.map.layers, &indicator.layer),
            main => indicator.main,
            scenes,
            nodes,
            base => indicator.base.as_deref(),
            numerator => indicator.numerator_label.as_deref(),
            direction => direction(indicator),
            target => indicator.target.map(suffix),
            decision => indicator.decision_said(),
        },
        source => source(pack, indicator, slug),
        measures => measures(book, figure),
        now => figure.map(|figure| context! {
            year => fiscal(figure.key.year),
            printed => printed(pack, indicator, figure),
            numerator => figure.numerator(),
            denominator => figure.denominator(),
            href => href(&figure.key),
        }),
        standing => context! {
            state => match standing {
                Standing::Reached => "reached",
                Standing::NotReached => "short",
                Standing::NotJudged(_) => "open",
            },
            label => standing.label(),
            why => match standing {
                Standing::NotJudged(why) => Some(why.label()),
                _ => None,
            },
        },
        levels => levels(pack, book, indicator, newest, &href),
        years => years(pack, book, indicator, &href),
        chart => chart(pack, book, indicator, slug),
        reading => newest.map(|year| sentences(pack, book, indicator, year, &href)),
        papers => papers(pack, uses, slug),
    }
}

fn fiscal(year: i32) -> String {
    wareki::fiscal_year(year, Width::Half).unwrap_or_else(|_| year.to_string())
}

fn direction(indicator: &Indicator) -> &'static str {
    match indicator.direction {
        Some(Direction::Up) => "高い（多い）ほどよい",
        Some(Direction::Down) => "低い（少ない）ほどよい",
        Some(Direction::Neither) | None => "どちらがよいとは決めていない",
    }
}

/// Where the values come from, with a link where that is here.
fn source(pack: &Pack, indicator: &Indicator, slug: &str) -> Value {
    if let Some(survey) = indicator.survey.as_deref().and_then(|id| pack.survey(id)) {
        let href = format!("/{slug}/surveys/{}/results", survey.id);
        return context! { title => survey.name.as_str(), kind => "調査", href };
    }
    if let Some(ledger) = indicator
        .ledger
        .as_deref()
        .and_then(|id| pack.ledger(id).ok())
    {
        let href = format!("/{slug}/ledgers/{}", ledger.id);
        return context! { title => ledger.name(), kind => "台帳", href };
    }
    context! { title => "公表された値", kind => "公表資料", href => None::<String> }
}

/// What is counted and what it is divided by, in words.
fn measures(book: &FigureBook, figure: Option<&Figure>) -> Option<Value> {
    let provenance = book.provenance(&figure?.key)?;
    Some(
        context! { numerator => provenance.numerator.as_str(), denominator => provenance.denominator.as_deref() },
    )
}

/// 189/242; nothing where only a rate, or nothing but a count, is known.
fn counts(figure: &Figure) -> Option<String> {
    match figure.amount {
        Amount::Ratio { num, den } => Some(format!("{num}/{den}")),
        _ => None,
    }
}

/// Every area in the newest year of the home area, with its difference to the home area in points.
fn levels(
    pack: &Pack,
    book: &FigureBook,
    indicator: &Indicator,
    newest: Option<i32>,
    href: &dyn Fn(&FigureKey) -> String,
) -> Vec<Value> {
    let Some(year) = newest else {
        return Vec::new();
    };
    let home = &pack.municipality.home_area;
    let key = |area: &str| FigureKey {
        indicator: indicator.id.clone(),
        area: area.to_owned(),
        year,
    };
    let areas = pack.municipality.areas.iter();
    areas
        .map(|area| {
            let figure = book.get(&key(&area.id));
            let before = book.of(&indicator.id, &area.id, year - 1);
            let before = before.filter(|_| indicator.broken(year - 1, year).is_none());
            let compared = (area.id != *home)
                .then(|| book.compare(pack, &key(home), &key(&area.id)))
                .flatten();
            let points = compared.map(|(points, _)| match points.units {
                0 => format!("±{points}"),
                units if units > 0 => format!("＋{points}"),
                _ => format!("−{}", points.abs()),
            });
            let said = compared.map(|(_, comparison)| {
                let (particle, predicate) = comparison.phrase();
                format!("{}{particle}{predicate}", area.in_sentence())
            });
            context! {
                area => area.name.as_str(),
                home => area.id == *home,
                text => figure.map(|figure| printed(pack, indicator, figure)),
                counts => figure.and_then(counts),
                href => figure.map(|figure| href(&figure.key)),
                before => before.map(|figure| printed(pack, indicator, figure)),
                points,
                said,
            }
        })
        .collect()
}

fn years(
    pack: &Pack,
    book: &FigureBook,
    indicator: &Indicator,
    href: &dyn Fn(&FigureKey) -> String,
) -> Vec<Value> {
    let all = series(pack, book, &indicator.id, &pack.municipality.home_area);
    let lines = all.iter().rev().map(|one| {
        let (text, counts, link) = match &one.known {
            // Another indicator whose series this one goes on with prints by its own rules.
            Known::Value(figure) => {
                let own = pack.indicator(&figure.key.indicator).unwrap_or(indicator);
                (printed(pack, own, figure), counts(figure), Some(href(&figure.key)))
            }
            Known::NotHeld(why) => (why.clone(), None, None),
            Known::Missing => ("値なし".to_owned(), None, None),
        };
        context! { year => fiscal(one.year), text, counts, href => link, broken => one.broken.as_deref() }
    });
    lines.collect()
}

fn chart(pack: &Pack, book: &FigureBook, indicator: &Indicator, slug: &str) -> Option<Value> {
    let chart = trend(pack, book, &indicator.id, &pack.municipality.home_area)?;
    let (wide, narrow) = (papers::drawn(&chart, WIDE), papers::drawn(&chart, NARROW));
    let at = format!("/{slug}/indicators/{}", indicator.id);
    Some(context! {
        alt => format!("グラフ：{}。{}", chart.title, chart.described()),
        svg => format!("{at}/trend.svg"),
        png => format!("{at}/trend.png"),
        narrow => format!("{at}/trend.svg?narrow=1"),
        width => wide.width,
        height => wide.height,
        narrow_width => narrow.width,
        narrow_height => narrow.height,
    })
}

/// The drafted 考察, in pieces of which the numbers lead to where they come from.
fn sentences(
    pack: &Pack,
    book: &FigureBook,
    indicator: &Indicator,
    year: i32,
    href: &dyn Fn(&FigureKey) -> String,
) -> Vec<Value> {
    let pieces = reading(pack, book, &indicator.id, year).into_iter();
    let said = pieces.map(|piece| match piece {
        Piece::Text(text) => context! { text },
        Piece::Figure(key) => {
            let figure = book.get(&key);
            let text =
                figure.map_or_else(|| "―".to_owned(), |figure| printed(pack, indicator, figure));
            context! { text, href => href(&key) }
        }
    });
    said.collect()
}

/// Where the indicator is printed.
pub fn papers(pack: &Pack, uses: &[PrintedIn], slug: &str) -> Vec<Value> {
    let lines = uses.iter().map(|one| {
        let meeting = pack.agenda.meeting(&one.meeting);
        let body = meeting.and_then(|meeting| pack.municipality.body(&meeting.body));
        let ordinal = meeting.map_or(0, |meeting| meeting.ordinal);
        let held = meeting.map(|meeting| fiscal(meeting.fiscal_year)).unwrap_or_default();
        context! {
            href => format!("/{slug}/meetings/{}/papers/{}", one.meeting, one.paper.id),
            number => one.paper.number.as_deref(),
            title => one.paper.title.as_str(),
            meeting => format!("{held}第{ordinal}回 {}", body.map_or("", |body| body.name.as_str())),
            dispatched => one.dispatched,
        }
    });
    lines.collect()
}
