//! A chart as a picture of dots, for Word: every version of it shows a PNG.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::{Options, Tree};
use thiserror::Error;

use crate::chart::Chart;
use crate::fonts;
use crate::svg::svg;

/// About 300 dots an inch at the width in which charts are set.
const SCALE: u8 = 3;

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    for file in fonts::FILES {
        database.load_font_source(Source::Binary(Arc::new(file)));
    }
    database.set_sans_serif_family("BIZ UDGothic");
    Arc::new(database)
});

pub(crate) struct Picture {
    pub png: Vec<u8>,
    /// In dots.
    pub width: u32,
    pub height: u32,
}

#[derive(Debug, Error)]
pub enum PictureError {
    #[error("the chart {0} is not a drawing")]
    Drawing(String, #[source] Box<resvg::usvg::Error>),
    #[error("the chart {0} is too large for a picture")]
    Size(String),
    #[error("the picture of the chart {0} cannot be encoded")]
    Encode(String, #[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A chart as a picture to paste into a document of one's own.
///
/// # Errors
/// It is too large for a picture.
pub fn png(chart: &Chart) -> Result<Vec<u8>, PictureError> {
    picture(chart).map(|picture| picture.png)
}

pub(crate) fn picture(chart: &Chart) -> Result<Picture, PictureError> {
    let options = Options {
        fontdb: FONTS.clone(),
        ..Options::default()
    };
    let tree = Tree::from_str(&svg(chart), &options)
        .map_err(|error| PictureError::Drawing(chart.id.clone(), Box::new(error)))?;
    let size = tree.size().to_int_size();
    let (width, height) = (
        size.width() * u32::from(SCALE),
        size.height() * u32::from(SCALE),
    );
    let mut dots =
        Pixmap::new(width, height).ok_or_else(|| PictureError::Size(chart.id.clone()))?;
    let scale = f32::from(SCALE);
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut dots.as_mut(),
    );
    let png = dots
        .encode_png()
        .map_err(|error| PictureError::Encode(chart.id.clone(), error.into()))?;
    Ok(Picture { png, width, height })
}
