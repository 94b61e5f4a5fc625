//! A file as an answer: what the answer says of it, which kinds there are, and how a kind is recognised.
//!
//! The content lies elsewhere under its SHA-256. A file is only ever handed on, never opened here, so a kind is
//! recognised by its first bytes and by the ending of its name, both of which must fit.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answers::Answers;

/// The answer to a file item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// As it was called where it came from, without folders.
    pub name: String,
    pub bytes: u64,
    /// SHA-256 of the content in hexadecimal.
    pub file: String,
}

/// A kind of file that an item takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Pdf,
    Jpeg,
    Png,
    Xlsx,
    Docx,
}

impl FileKind {
    pub const ALL: [FileKind; 5] = [
        FileKind::Pdf,
        FileKind::Jpeg,
        FileKind::Png,
        FileKind::Xlsx,
        FileKind::Docx,
    ];

    /// As a questionnaire calls it.
    pub fn name(self) -> &'static str {
        match self {
            FileKind::Pdf => "pdf",
            FileKind::Jpeg => "jpeg",
            FileKind::Png => "png",
            FileKind::Xlsx => "xlsx",
            FileKind::Docx => "docx",
        }
    }

    /// As people call it.
    pub fn label(self) -> &'static str {
        match self {
            FileKind::Pdf => "PDF",
            FileKind::Jpeg => "JPEG",
            FileKind::Png => "PNG",
            FileKind::Xlsx => "Excel（.xlsx）",
            FileKind::Docx => "Word（.docx）",
        }
    }

    /// Endings of its names, lower-case, with the point.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            FileKind::Pdf => &[".pdf"],
            FileKind::Jpeg => &[".jpg", ".jpeg"],
            FileKind::Png => &[".png"],
            FileKind::Xlsx => &[".xlsx"],
            FileKind::Docx => &[".docx"],
        }
    }

    /// Whether a file of this name and beginning is of this kind.
    pub fn fits(self, name: &str, content: &[u8]) -> bool {
        let start: &[u8] = match self {
            FileKind::Pdf => b"%PDF-",
            FileKind::Jpeg => b"\xff\xd8\xff",
            FileKind::Png => b"\x89PNG\r\n\x1a\n",
            FileKind::Xlsx | FileKind::Docx => b"PK\x03\x04",
        };
        content.starts_with(start) && self.is_called(name)
    }

    pub(crate) fn is_called(self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.endings().iter().any(|ending| name.ends_with(ending))
    }
}

impl File {
    /// The last part of a path as a browser sends it, without control characters, at most 100 characters with its
    /// ending kept.
    pub fn plain_name(sent: &str) -> String {
        let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
        let clean: Vec<char> = last.trim().chars().filter(|c| !c.is_control()).collect();
        match clean.len() {
            0 => "file".to_owned(),
            1..=LONGEST_NAME => clean.into_iter().collect(),
            long => {
                let (begin, end) = (LONGEST_NAME - ENDING - 1, long - ENDING);
                let kept = clean[..begin].iter().chain(['…'].iter());
                kept.chain(&clean[end..]).collect()
            }
        }
    }

    pub(crate) fn read(value: &Value) -> Option<File> {
        let file: File = serde_json::from_value(value.clone()).ok()?;
        let hash = file.file.len() == 64 && file.file.bytes().all(|b| b.is_ascii_hexdigit());
        (hash && file.name == File::plain_name(&file.name)).then_some(file)
    }
}

impl Answers {
    /// The file that answers a file item.
    pub fn attached(&self, item: &str) -> Option<File> {
        File::read(self.value(item)?)
    }

    /// Answers a file item, or takes the answer back.
    pub fn attach(&mut self, item: &str, file: Option<File>) {
        match file.and_then(|file| serde_json::to_value(file).ok()) {
            Some(file) => self.0.insert(item.to_owned(), file),
            None => self.0.shift_remove(item),
        };
    }
}

/// Characters of a name that are kept.
const LONGEST_NAME: usize = 100;

/// Characters at the end of a long name that are kept: its ending with the point.
const ENDING: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_its_name_and_its_beginning() {
        assert!(FileKind::Pdf.fits("規程.PDF", b"%PDF-1.7"));
        assert!(!FileKind::Pdf.fits("規程.pdf", b"MZ\x90"));
        assert!(!FileKind::Pdf.fits("規程.pdf.exe", b"%PDF-1.7"));
        assert!(FileKind::Jpeg.fits("写真.jpeg", b"\xff\xd8\xff\xe0"));
    }

    #[test]
    fn a_name_has_no_folders_and_keeps_its_ending() {
        assert_eq!(File::plain_name("C:\\架空\\運営規程.pdf"), "運営規程.pdf");
        assert_eq!(File::plain_name("../../etc/passwd"), "passwd");
        assert_eq!(File::plain_name("a\r\nb.pdf"), "ab.pdf");
        assert_eq!(File::plain_name(" / "), "file");
        let long = File::plain_name(&format!("{}.xlsx", "長".repeat(200)));
        assert_eq!(long.chars().count(), 100);
        assert!(long.ends_with("….xlsx"), "{long}");
        assert_eq!(File::plain_name(&long), long);
    }
}
