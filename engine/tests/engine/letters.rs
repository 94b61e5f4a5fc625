//! Letters as a respondent gets them, beside the facts that they are written from.

use std::fs;

use chrono::NaiveDate;
use engine::letter::{Facts, Letter};

use crate::lent;

const LINK: &str = "https://meguri.example.jp/kasou/r/0123456789abcdef0123456789abcdef";

fn written(letter: Letter, respondent: &str, closes: Option<NaiveDate>) -> String {
    let pack = lent::read(&lent::bare());
    let facts = Facts {
        survey: &pack.surveys[0],
        respondent,
        closes,
        link: LINK,
    };
    let text = letter.write(&pack, &facts).unwrap();
    format!("{}\n\n{}", text.subject, text.body)
}

#[test]
fn every_letter_reads_as_it_should() {
    let closes = NaiveDate::from_ymd_opt(2026, 12, 25);
    for (letter, file) in [
        (Letter::Invitation, "invitation.txt"),
        (Letter::Reminder, "reminder.txt"),
    ] {
        let expected = fs::read_to_string(lent::case("").join("../letters").join(file)).unwrap();
        assert_eq!(
            written(letter, "ケアプラン髙﨑（架空）", closes),
            expected,
            "{file}"
        );
    }
}

#[test]
fn a_letter_without_a_closing_date_does_not_name_one() {
    for letter in Letter::ALL {
        let text = written(letter, "見本", None);
        assert!(!text.contains("締切"), "{text}");
        assert!(!text.contains("none"), "{text}");
    }
}

#[test]
fn a_name_stays_on_its_line() {
    for breaks in ["\n", "\r\n", "\r", "\u{2028}", "\u{85}", "\0"] {
        let name =
            format!("架空事業所{breaks}Bcc: everybody@office.example{breaks}{breaks}偽の本文");
        for letter in Letter::ALL {
            let text = written(letter, &name, None);
            let plain = written(letter, "架空事業所", None);
            assert_eq!(text.lines().count(), plain.lines().count(), "{text}");
            let line = text.lines().find(|line| line.contains("Bcc:")).unwrap();
            assert!(line.starts_with("架空事業所 "), "{line}");
        }
    }
}
