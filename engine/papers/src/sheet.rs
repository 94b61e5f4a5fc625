//! The sheet: A4 portrait, forty characters a line, as Word and PDF both set it. Lengths in points.

/// Body type: 40 of these fill a line.
pub const EM: usize = 11;
pub const CHARACTERS: usize = 40;
/// From one baseline to the next.
pub const PITCH: usize = 18;
/// The width of the text.
pub const TEXT: usize = EM * CHARACTERS;
/// A4 in twentieths of a point.
pub const A4_TWIPS: (u32, u32) = (11906, 16838);
/// Above and below the text: 25 mm.
pub const MARGIN_Y: usize = 71;
/// The smaller type of tables.
pub const TABLE_TYPE_TENTHS: usize = 105;
pub const TITLE_TYPE: usize = 14;
/// The width of a picture of a chart.
pub const CHART: usize = 400;
