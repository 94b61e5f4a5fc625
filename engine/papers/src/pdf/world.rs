//! All that typst can see: a layout, what it prints, its pictures, three fonts. No disk, net or clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::PdfError;
use crate::fonts;

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let files = fonts::FILES.into_iter();
    files
        .filter_map(|file| Font::new(Bytes::new(file), 0))
        .collect()
});
static BOOK: LazyLock<LazyHash<FontBook>> =
    LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

/// A layout: a file of this crate.
pub(super) type Layout = LazyLock<Source>;
pub(super) static PAPER: Layout =
    LazyLock::new(|| Source::new(id("/document.typ"), include_str!("document.typ").to_owned()));
pub(super) static LETTERS: Layout =
    LazyLock::new(|| Source::new(id("/letters.typ"), include_str!("letters.typ").to_owned()));

pub(super) struct PaperWorld {
    layout: &'static Source,
    paper: Bytes,
    charts: Vec<Bytes>,
}

impl PaperWorld {
    /// What the layout prints, as JSON, and its pictures as SVG.
    pub fn of(
        layout: &'static Layout,
        data: &impl serde::Serialize,
        charts: Vec<Bytes>,
    ) -> Result<PaperWorld, PdfError> {
        Ok(PaperWorld {
            layout,
            paper: Bytes::new(serde_json::to_vec(data)?),
            charts,
        })
    }
}

fn id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("a path of this file is absolute and plain");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl World for PaperWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        self.layout.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.layout.id() {
            Ok(self.layout.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.vpath().get_without_slash();
        if path == "document.json" {
            return Ok(self.paper.clone());
        }
        let chart = path
            .strip_prefix("chart-")
            .and_then(|rest| rest.strip_suffix(".svg"));
        let chart = chart.and_then(|index| self.charts.get(index.parse::<usize>().ok()?));
        chart.cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
