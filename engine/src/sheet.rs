//! The tally as a workbook: indicators with a native chart, every question in long form, raw
//! answers never.

use papers::{Cell, Plot, PlotKind, Sheet, Workbook};

use crate::figure::{Amount, AnswersOf, FigureBook};
use crate::meeting;
use crate::pack::Pack;

/// The tally of one survey, one row for each option of each question.
pub fn tally(pack: &Pack, survey: &str, answers: &AnswersOf<'_>) -> Option<Workbook> {
    let definition = pack.survey(survey)?;
    let items = meeting::tally_view(pack, survey, answers);
    let mut rows = Vec::new();
    for item in &items {
        let start = [
            Cell::Text(item.path.clone()),
            Cell::Text(item.title.clone()),
        ];
        for option in &item.options {
            let cells = [
                Cell::Text(option.label.clone()),
                count(option.count),
                Cell::Tenths(option.tenths),
                count(item.n),
            ];
            rows.push(start.iter().cloned().chain(cells).collect());
        }
    }
    let options = sheet(
        "選択肢",
        &["設問ID", "設問", "選択肢", "件数", "割合（％）", "n"],
        rows,
    );
    let numbers = items.iter().filter_map(|item| {
        let numbers = item.numbers.as_ref()?;
        let number = |text: &str| {
            text.parse()
                .map_or(Cell::Text(text.to_owned()), Cell::Integer)
        };
        Some(vec![
            Cell::Text(item.path.clone()),
            Cell::Text(item.title.clone()),
            Cell::Text(item.unit.clone()),
            count(numbers.n),
            number(&numbers.sum),
            number(&numbers.min),
            number(&numbers.max),
        ])
    });
    let numbers = sheet(
        "数値",
        &["設問ID", "設問", "単位", "n", "合計", "最小", "最大"],
        numbers.collect(),
    );
    Some(Workbook {
        title: definition.name.clone(),
        sheets: vec![options, numbers],
    })
}

/// The indicators of a survey by area and year, with a chart of the home area, and then the tally.
pub fn results(
    pack: &Pack,
    survey: &str,
    answers: &AnswersOf<'_>,
    book: &FigureBook,
) -> Option<Workbook> {
    let mut workbook = tally(pack, survey, answers)?;
    let year = pack.survey(survey)?.survey_year;
    let mut rows = Vec::new();
    let mut chart = Vec::new();
    for indicator in pack.indicators_of(survey) {
        for area in &pack.municipality.areas {
            for year in [year, year - 1] {
                let Some(figure) = book.of(&indicator.id, &area.id, year) else {
                    continue;
                };
                let (num, den) = (figure.numerator(), figure.denominator());
                rows.push(vec![
                    Cell::Text(indicator.name.clone()),
                    Cell::Text(format!("{}{}", area.name, figure.coverage())),
                    Cell::Integer(i64::from(year)),
                    num.map_or(Cell::Blank, count),
                    den.map_or(Cell::Blank, count),
                    rate(pack, book, &indicator.id, &area.id, year),
                ]);
            }
        }
        if indicator.main && indicator.denominator.is_some() {
            let of = |year| {
                rate(
                    pack,
                    book,
                    &indicator.id,
                    &pack.municipality.home_area,
                    year,
                )
            };
            chart.push(vec![
                Cell::Text(indicator.name.clone()),
                of(year),
                of(year - 1),
            ]);
        }
    }
    if rows.is_empty() {
        return Some(workbook);
    }
    let charted = !chart.is_empty();
    let mut main = sheet(
        "主な指標",
        &[
            "指標",
            &format!("{year}年度（％）"),
            &format!("{}年度（％）", year - 1),
        ],
        chart,
    );
    let home = pack
        .municipality
        .area(&pack.municipality.home_area)
        .map_or("", |area| area.name.as_str());
    main.plot = charted.then(|| Plot {
        title: format!("{home}の主な指標"),
        kind: PlotKind::Bars,
        labels: 0,
        values: vec![1, 2],
    });
    let all = sheet(
        "指標",
        &[
            "指標",
            "区域",
            "調査年度",
            "分子または件数",
            "分母",
            "率（％）",
        ],
        rows,
    );
    workbook
        .sheets
        .splice(0..0, charted.then_some(main).into_iter().chain([all]));
    Some(workbook)
}

fn rate(pack: &Pack, book: &FigureBook, indicator: &str, area: &str, year: i32) -> Cell {
    let figure = book
        .of(indicator, area, year)
        .filter(|figure| !matches!(figure.amount, Amount::Count(_)));
    let percent = figure.and_then(|figure| figure.percent(pack.percent(indicator)));
    percent.map_or(Cell::Blank, |percent| Cell::Tenths(percent.tenths()))
}

fn count(count: u64) -> Cell {
    i64::try_from(count).map_or(Cell::Blank, Cell::Integer)
}

fn sheet(name: &str, head: &[&str], rows: Vec<Vec<Cell>>) -> Sheet {
    Sheet {
        name: name.into(),
        head: head.iter().map(|title| (*title).to_owned()).collect(),
        rows,
        plot: None,
    }
}
