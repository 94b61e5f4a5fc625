//! Writing a document as PDF with typst: tagged, in Japanese, with its fonts inside.
//!
//! The layout is one typst file of this crate; the document reaches it as JSON and never as markup.

mod data;
mod letters;
mod world;

use std::sync::LazyLock;

use thiserror::Error;
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::Bytes;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::document::{Block, Document};
use crate::svg::svg;
pub use letters::{Letter, letters};
use world::{PAPER, PaperWorld};

#[derive(Debug, Error)]
pub enum PdfError {
    #[error("the paper could not be laid out: {0}")]
    Layout(String),
    #[error("the paper could not be written as PDF: {0}")]
    Write(String),
    #[error("the paper could not be handed to the typesetter")]
    Data(#[from] serde_json::Error),
    #[error(transparent)]
    Code(#[from] crate::qr::TooLong),
}

/// The document as PDF, the same document as the same bytes. It follows PDF/UA-1 unless something in
/// it cannot (a character that the fonts lack); then it is still tagged and in Japanese.
///
/// # Errors
/// The typesetter refuses the paper, which no text should bring about.
pub fn pdf(document: &Document) -> Result<Vec<u8>, PdfError> {
    let charts = document.blocks.iter().filter_map(|block| match block {
        Block::Chart(chart) => Some(Bytes::from_string(svg(chart))),
        _ => None,
    });
    let world = PaperWorld::of(&PAPER, &data::paper(document), charts.collect())?;
    let pdf = set(&world);
    // What was laid out five papers ago is not needed again: the server runs for months.
    typst::comemo::evict(5);
    pdf
}

fn set(world: &PaperWorld) -> Result<Vec<u8>, PdfError> {
    let Warned { output, .. } = typst::compile::<PagedDocument>(world);
    let pages = output.map_err(|errors| PdfError::Layout(words(&errors)))?;
    let options = |standards| PdfOptions {
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&pages, &options(UNIVERSAL.clone()))
        .or_else(|_| typst_pdf::pdf(&pages, &options(PdfStandards::default())))
        .map_err(|errors| PdfError::Write(words(&errors)))
}

static UNIVERSAL: LazyLock<PdfStandards> =
    LazyLock::new(|| PdfStandards::new(&[PdfStandard::Ua_1]).unwrap_or_default());

fn words(errors: &[SourceDiagnostic]) -> String {
    let words: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    words.join("; ")
}
