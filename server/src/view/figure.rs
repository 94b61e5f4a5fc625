//! Figures on pages: the table of indicators, and where one number comes from.

use engine::figure::{Amount, Breakdown, Figure, FigureBook, FigureKey, Origin};
use engine::map::Indicator;
use engine::pack::Pack;
use engine::year::PrintedIn;
use minijinja::context;
use minijinja::value::Value;
use papers::digits::Width;
use papers::wareki;
use serde::Serialize;

use super::when;
use crate::access::Access;
use crate::error::PageError;
use crate::signed_in::SignedIn;

/// Fewer in the base than this: 参考値.
const REFERENCE_BELOW: u64 = 30;

#[derive(Debug, Serialize)]
pub struct Row {
    pub name: String,
    pub cells: Vec<Cell>,
}

#[derive(Debug, Serialize)]
pub struct Cell {
    pub text: String,
    pub href: Option<String>,
}

/// A row for each indicator: every area, in the newest year of the home area, with the year before
/// in brackets.
pub fn rows<'a>(
    pack: &Pack,
    book: &FigureBook,
    indicators: impl Iterator<Item = &'a Indicator>,
    href: &dyn Fn(&FigureKey) -> String,
) -> Vec<Row> {
    let areas = &pack.municipality.areas;
    indicators
        .map(|indicator| {
            let year = book
                .newest(&indicator.id, &pack.municipality.home_area)
                .unwrap_or_default();
            let cells = areas
                .iter()
                .map(|area| cell(pack, book, indicator, &area.id, year, href));
            Row {
                name: indicator.name.clone(),
                cells: cells.collect(),
            }
        })
        .collect()
}

fn cell(
    pack: &Pack,
    book: &FigureBook,
    indicator: &Indicator,
    area: &str,
    year: i32,
    href: &dyn Fn(&FigureKey) -> String,
) -> Cell {
    let text = |figure: &Figure| printed(pack, indicator, figure);
    let now = book.of(&indicator.id, area, year);
    let before = book
        .of(&indicator.id, area, year - 1)
        .filter(|_| indicator.broken(year - 1, year).is_none())
        .map(|figure| format!("({})", text(figure)));
    Cell {
        text: format!(
            "{}{}",
            now.map_or_else(|| indicator.not_held_in(year).unwrap_or("―".into()), text),
            before.unwrap_or_default()
        ),
        href: now.map(|figure| href(&figure.key)),
    }
}

/// 78.1%, 13か所
pub fn printed(pack: &Pack, indicator: &Indicator, figure: &Figure) -> String {
    let unit = match figure.amount {
        Amount::Count(_) => indicator.unit.as_str(),
        Amount::Hidden => "",
        _ => "%",
    };
    let printed = figure.printed(pack.percent(&figure.key.indicator));
    format!("{printed}{unit}{}", figure.reserve())
}

/// Where to go from the page of a figure on the desk: its indicator, the survey's results, and the papers that print
/// it.
pub async fn links(signed: &SignedIn, key: &FigureKey) -> Result<Value, PageError> {
    let year = &signed.year;
    let slug = year.slug();
    let mut uses = uses(signed, &key.indicator).await?;
    uses.retain(|one| one.figures.contains(key));
    let indicator = year.pack.indicator(&key.indicator);
    let survey = indicator.and_then(|indicator| indicator.survey.as_deref());
    let survey = survey
        .and_then(|id| year.pack.survey(id))
        .filter(|survey| survey.survey_year == key.year);
    Ok(context! {
        indicator => format!("/{slug}/indicators/{}", key.indicator),
        survey => survey.map(|survey| context! { href => format!("/{slug}/surveys/{}/results", survey.id), name => survey.name.as_str() }),
        papers => super::indicator::papers(&year.pack, &uses, slug),
    })
}

/// The papers that print an indicator, as far as the reader may open them: drafts are the secretariat's.
pub async fn uses(signed: &SignedIn, indicator: &str) -> Result<Vec<PrintedIn>, PageError> {
    let mut uses = signed.year.printed_in(indicator).await?;
    uses.retain(|one| one.dispatched || signed.access >= Access::Secretariat);
    Ok(uses)
}

/// The page of one figure; `reported` is the fiscal year of the meeting whose paper prints it. Counts of single
/// respondents only where the reader may see them, and never of an anonymous survey.
pub fn page(
    pack: &Pack,
    book: &FigureBook,
    key: &FigureKey,
    reported: Option<i32>,
    with_respondents: bool,
) -> Option<Value> {
    let figure = book.get(key)?;
    let indicator = pack.indicator(&key.indicator)?;
    let provenance = book.provenance(key);
    let survey = indicator
        .survey
        .as_deref()
        .and_then(|id| pack.survey(id))
        .filter(|s| s.survey_year == key.year);
    let year = |year: i32| wareki::fiscal_year(year, Width::Half).unwrap_or_default();
    let small = figure.denominator().is_some_and(|n| n < REFERENCE_BELOW);
    let reference = small.then(|| {
        format!(
            "n={}（{REFERENCE_BELOW} 未満）のため参考値です。",
            figure.denominator().unwrap_or(0)
        )
    });
    // Members see what a number is made of, staff also who it came from. Where small counts are hidden, the parts
    // would give them away.
    let anonymous = survey.is_some_and(|survey| survey.anonymous);
    let parts = with_respondents || pack.style.hide_below.is_none();
    let breakdowns = provenance.filter(|_| parts).map(|provenance| {
        let seen = provenance
            .breakdowns
            .iter()
            .filter(|breakdown| (with_respondents && !anonymous) || !breakdown.by_respondent);
        let seen: Vec<Value> = seen.map(|one| breakdown(pack, key, one)).collect();
        seen
    });
    Some(context! {
        figure => context! {
            name => indicator.name.as_str(),
            printed => printed(pack, indicator, figure),
            area => pack.municipality.area(&key.area).map(|area| area.name.as_str()),
            year => year(key.year),
            period => survey.and_then(|survey| survey.period.as_ref()).map(|period| period.label.as_str()),
            reported => reported.map(year),
            numerator => figure.numerator(),
            numerator_label => indicator.numerator_label.as_deref().unwrap_or("件数"),
            denominator => figure.denominator(),
            base => indicator.base.as_deref().unwrap_or("分母"),
            rounded_at => pack.percent(&figure.key.indicator).decimals + 1,
            rate_only => matches!(figure.amount, Amount::RateOnly(_)),
            reference => reference,
        },
        origin => origin(pack, figure, provenance)
            .into_iter()
            .chain(said_of(pack, indicator, figure))
            .collect::<Vec<_>>(),
        breakdowns,
    })
}

/// The parts of a figure, each with its own rate.
fn breakdown(pack: &Pack, key: &FigureKey, breakdown: &Breakdown) -> Value {
    let percent = pack.percent(&key.indicator);
    let groups: Vec<Value> = breakdown
        .groups
        .iter()
        .map(|group| {
            let rate = group.denominator.and_then(|den| {
                let num = group.numerator;
                Amount::Ratio { num, den }.percent(percent)
            });
            context! {
                label => group.label.as_str(),
                numerator => group.numerator,
                denominator => group.denominator,
                rate => rate.map(|rate| format!("{rate}%")),
            }
        })
        .collect();
    context! { title => breakdown.title.as_str(), groups }
}

/// What else is known of a figure: how its series breaks, what was decided about it, what was misprinted.
fn said_of(pack: &Pack, indicator: &Indicator, figure: &Figure) -> Vec<Value> {
    let broken = indicator.broken(figure.key.year - 1, figure.key.year);
    let prints = pack.prints.iter();
    let misprints = prints.filter(|one| one.key == figure.key && one.differs(figure.amount));
    let misprinted = misprints.map(|one| {
        let text = format!("{}（「{}」）", one.printed, one.title);
        context! { title => "印刷された値", text }
    });
    let estimated = figure.estimated();
    let estimated = estimated.map(|how| context! { title => "分母（推計）", text => how });
    let broken = broken.map(|one| context! { title => "系列の断絶", text => one.why.as_str() });
    let decided = indicator.decision_said();
    let decided = decided.map(|text| context! { title => "指標の扱い", text });
    estimated
        .into_iter()
        .chain(broken)
        .chain(decided)
        .chain(misprinted)
        .collect()
}

fn origin(
    pack: &Pack,
    figure: &Figure,
    provenance: Option<&engine::figure::Provenance>,
) -> Vec<Value> {
    let fact = |title: &str, text: String| context! { title, text };
    match &figure.origin {
        Origin::Survey {
            survey,
            questionnaire,
            version,
            responses,
            asked,
            ..
        } => {
            let name = pack
                .survey(survey)
                .map_or(survey.as_str(), |survey| &survey.name);
            let titled = pack
                .questionnaires
                .get(questionnaire)
                .map_or(questionnaire.as_str(), |form| form.title());
            let mut facts = vec![
                fact("調査", name.to_owned()),
                fact("調査票", format!("{titled} 第{version}版")),
                fact(
                    "回答",
                    format!("{asked}件に依頼し、{responses}件の回答から"),
                ),
            ];
            if let Some(provenance) = provenance {
                facts.push(fact("数えたもの", provenance.numerator.clone()));
                facts.extend(
                    provenance
                        .denominator
                        .iter()
                        .map(|text| fact("割ったもの", text.clone())),
                );
            }
            facts
        }
        Origin::Ledger { name, entries, .. } => {
            let entries = match figure.amount {
                Amount::Hidden => "件数が少ないため伏せています".to_owned(),
                _ => format!("この年度の{entries}件から（再掲を除く）"),
            };
            let mut facts = vec![fact("台帳", name.clone()), fact("記録", entries)];
            let counted = provenance.map(|provenance| provenance.numerator.clone());
            facts.extend(counted.map(|text| fact("数えたもの", text)));
            let divided = provenance.and_then(|provenance| provenance.denominator.clone());
            facts.extend(divided.map(|text| fact("割ったもの", text)));
            facts
        }
        Origin::Published {
            title,
            published_by,
            as_of,
            ..
        } => vec![
            fact("公表資料", title.clone()),
            fact("公表者", published_by.clone()),
            fact("時点", as_of.clone()),
        ],
        Origin::Area { members, missing } => {
            let style = pack.percent(&figure.key.indicator);
            let given = members.iter().map(|part| {
                let sent = part
                    .made_at
                    .map(|at| format!("、{}のファイル", when::moment(at)));
                let rate = part.amount.percent(style);
                let rate = rate.map(|rate| format!("、{rate}%"));
                let (rate, sent) = (rate.unwrap_or_default(), sent.unwrap_or_default());
                fact(
                    "足したもの",
                    format!("{}（{}{rate}{sent}）", part.member, part.amount),
                )
            });
            let others = missing.iter().map(|missing| {
                fact(
                    "入っていないもの",
                    format!("{}（{}）", missing.member, missing.why),
                )
            });
            given.chain(others).collect()
        }
    }
}
