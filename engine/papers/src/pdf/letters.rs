//! Letters to be printed: one page each, with the link as a QR code.

use serde_json::{Value, json};
use typst::foundations::Bytes;

use super::world::{LETTERS, PaperWorld};
use super::{PdfError, set};
use crate::qr;

/// A printed letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Lines above the name in the window of the envelope; may be empty.
    pub postal: Vec<String>,
    pub name: String,
    /// After the name: ご担当者 様.
    pub honorific: String,
    pub subject: String,
    /// Lines. The one that is the link alone becomes the QR code; without one it comes last.
    pub body: String,
    pub link: String,
    /// What the office is known by, beside the code.
    pub id: String,
}

/// Lines of a body that fit in the ordinary type.
const LINES: usize = 34;

/// The letters as one PDF, a page each. The same letters give the same bytes.
///
/// # Errors
/// A link is too long for a QR code, or the typesetter refuses, which no text should bring about.
pub fn letters(title: &str, letters: &[Letter]) -> Result<Vec<u8>, PdfError> {
    let mut codes = Vec::with_capacity(letters.len());
    for letter in letters {
        codes.push(Bytes::from_string(qr::svg(&letter.link)?));
    }
    let pages: Vec<Value> = letters.iter().map(page).collect();
    let data = json!({ "title": title, "pages": pages });
    let pdf = set(&PaperWorld::of(&LETTERS, &data, codes)?);
    // A thousand pages are not laid out again.
    typst::comemo::evict(0);
    pdf
}

fn page(letter: &Letter) -> Value {
    let lines: Vec<&str> = letter.body.lines().map(str::trim_end).collect();
    let place = lines.iter().position(|line| line.trim() == letter.link);
    let (before, after) = match place {
        Some(at) => (&lines[..at], &lines[at + 1..]),
        None => (&lines[..], &lines[..0]),
    };
    // A long letter is set smaller rather than on a second page.
    let tenths = match lines.len() {
        0..=LINES => 105,
        _ => 90,
    };
    json!({
        "postal": letter.postal,
        "name": letter.name,
        "honorific": letter.honorific,
        "subject": letter.subject,
        "before": before,
        "after": after,
        "link": letter.link,
        "id": letter.id,
        "lead": "スマートフォンで読み取るか、アドレスを開いてください。",
        "alt": format!("回答の画面を開くQRコード（{}）", letter.link),
        "tenths": tenths,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(name: &str) -> Letter {
        Letter {
            postal: vec!["〒390-0000".into(), "架空県架空市見本町1-1".into()],
            name: name.into(),
            honorific: "ご担当者 様".into(),
            subject: "調査のお願い".into(),
            body: format!("{name} 様\n\n回答はこちらから\nhttps://a.example/r/1\n\nお問い合わせ"),
            link: "https://a.example/r/1".into(),
            id: "K001".into(),
        }
    }

    #[test]
    fn the_link_on_its_own_line_is_the_code() {
        let page = page(&letter("架空事業所"));
        assert_eq!(
            page["before"],
            json!(["架空事業所 様", "", "回答はこちらから"])
        );
        assert_eq!(page["after"], json!(["", "お問い合わせ"]));
    }

    #[test]
    fn markup_in_a_name_is_a_name() {
        let names = [
            "#panic(\"x\")",
            "$a$ *b* _c_ `d` @e <f>",
            "髙﨑🌸\\",
            "=1+1",
        ];
        let all: Vec<Letter> = names.into_iter().map(letter).collect();
        let first = letters("見本", &all).expect("a PDF");
        assert!(first.starts_with(b"%PDF-"));
        assert_eq!(
            first,
            letters("見本", &all).expect("a PDF"),
            "the same bytes"
        );
    }
}
