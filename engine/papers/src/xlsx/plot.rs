//! The native chart of a sheet: staff can restyle it and copy it into their own papers.

use rust_xlsxwriter::{
    Chart, ChartAxisCrossing, ChartDataLabel, ChartFont, ChartFormat, ChartPatternFill,
    ChartPatternFillType, ChartSolidFill, ChartType, Worksheet,
};

use super::{Cell, Sheet, XlsxError, column_number};

/// A chart of columns of the sheet it stands on: one series for each value column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    pub title: String,
    pub kind: PlotKind,
    /// 0-based index of the column with the labels.
    pub labels: usize,
    /// 0-based indexes of the columns with the values, in the order of the series.
    pub values: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotKind {
    /// 棒グラフ, bars side by side.
    Bars,
    /// 帯グラフ, parts stacked to 100 %.
    Bands,
}

pub(super) fn insert(page: &mut Worksheet, sheet: &Sheet, plot: &Plot) -> Result<(), XlsxError> {
    let mut chart = Chart::new(match plot.kind {
        PlotKind::Bars => ChartType::Bar,
        PlotKind::Bands => ChartType::BarPercentStacked,
    });
    let last = u32::try_from(sheet.rows.len()).map_err(|_| XlsxError::TooMany {
        sheet: sheet.name.clone(),
    })?;
    for column in plot.values.iter().chain([&plot.labels]) {
        if *column >= sheet.head.len() {
            let (column, head) = (*column, sheet.head.len());
            return Err(XlsxError::NoColumn {
                sheet: sheet.name.clone(),
                column,
                head,
            });
        }
    }
    let name = sheet.name.as_str();
    let labels = column_number(sheet, plot.labels)?;
    for (index, column) in plot.values.iter().enumerate() {
        let column = column_number(sheet, *column)?;
        let series = chart.add_series();
        series
            .set_categories((name, 1, labels, last, labels))
            .set_values((name, 1, column, last, column))
            .set_name((name, 0, column))
            .set_format(&mut pattern(index))
            .set_data_label(&label(plot.kind, index));
        if plot.kind == PlotKind::Bars {
            series.set_gap(60);
        } else {
            series.set_gap(40).set_overlap(100);
        }
    }
    chart.title().set_name(&plot.title);
    // The first row of the table is the first bar from above, the scale stays below.
    chart
        .y_axis()
        .set_reverse()
        .set_crossing(ChartAxisCrossing::Max);
    chart.x_axis().set_min(0);
    if plot.kind == PlotKind::Bars && plot.values.iter().all(|column| is_rate(sheet, *column)) {
        chart.x_axis().set_max(100);
    }
    chart
        .legend()
        .set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
    if plot.values.len() < 2 {
        chart.legend().set_hidden();
    }
    let rows = u32::try_from(sheet.rows.len().max(4)).unwrap_or(40).min(40);
    chart.set_width(640).set_height(120 + rows * 32);
    chart.set_alt_text(&plot.title);
    page.insert_chart(1, column_number(sheet, sheet.head.len() + 1)?, &chart)?;
    Ok(())
}

/// A column of percentages: none is drawn on a scale that goes on to 120.
fn is_rate(sheet: &Sheet, column: usize) -> bool {
    let within = |cell: &Cell| matches!(cell, Cell::Tenths(0..=1000) | Cell::Blank);
    sheet.head[column].contains(['%', '％'])
        && sheet
            .rows
            .iter()
            .filter_map(|row| row.get(column))
            .all(within)
}

/// Values beside the bars, or inside the parts of a band: there white on the dark first one.
fn label(kind: PlotKind, series: usize) -> ChartDataLabel {
    let mut label = ChartDataLabel::new();
    label.show_value();
    if kind == PlotKind::Bands && series.is_multiple_of(4) {
        label.set_font(ChartFont::new().set_color("#FFFFFF"));
    }
    label
}

/// Fills that differ without colour as well, as in the printed charts.
fn pattern(series: usize) -> ChartFormat {
    use ChartPatternFillType::{
        DiagonalStripesWideDownwards, DiagonalStripesWideUpwards, Dotted20Percent,
    };
    let (kind, front, back) = match series % 4 {
        0 => {
            let mut solid = ChartFormat::new();
            solid.set_solid_fill(ChartSolidFill::new().set_color("#1F4E79"));
            return solid;
        }
        1 => (DiagonalStripesWideUpwards, "#1F4E79", "#DCE9F5"),
        2 => (Dotted20Percent, "#1A1A1C", "#FFFFFF"),
        _ => (DiagonalStripesWideDownwards, "#8A5A00", "#F2E3C6"),
    };
    let mut fill = ChartPatternFill::new();
    fill.set_pattern(kind)
        .set_foreground_color(front)
        .set_background_color(back);
    let mut format = ChartFormat::new();
    format.set_pattern_fill(&fill);
    format
}
