//! Marks of items: a first mark such as 「⑴」 or 「第１」 understood as a sequence.

use std::fmt;

use crate::digits::widen;

/// What may stand as a mark: a sequence with fixed text around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    before: String,
    sequence: Sequence,
    after: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sequence {
    /// 1 2 3 … without end
    Digits,
    /// １ ２ ３ … without end
    FullDigits,
    /// 一 二 三 … 九十九
    Kanji,
    /// ⑴ ⑵ … ⒇ (21) … without end
    Parenthesised,
    /// The characters of a fixed row, in order.
    Row(&'static str),
}

const PARENTHESISED: &str = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇";
const CIRCLED: &str = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳";
const KATAKANA: &str =
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン";
const HALF_KATAKANA: &str = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ";
const ROMAN: &str = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ";
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
const CAPITALS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const FULL_LETTERS: &str = "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ";
const FULL_CAPITALS: &str = "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ";

const SEQUENCES: [Sequence; 12] = [
    Sequence::Digits,
    Sequence::FullDigits,
    Sequence::Kanji,
    Sequence::Parenthesised,
    Sequence::Row(CIRCLED),
    Sequence::Row(KATAKANA),
    Sequence::Row(HALF_KATAKANA),
    Sequence::Row(ROMAN),
    Sequence::Row(LETTERS),
    Sequence::Row(CAPITALS),
    Sequence::Row(FULL_LETTERS),
    Sequence::Row(FULL_CAPITALS),
];

impl Mark {
    /// Understands the first mark of a sequence. Text around the counting character is kept:
    /// 「第１」, 「(ｱ)」, 「1)」, 「事例①」. `None` when nothing in it can be counted from its
    /// first, or when two characters could.
    pub fn parse(first: &str) -> Option<Mark> {
        let mut found = None;
        for (at, c) in first.char_indices() {
            let Some(sequence) = SEQUENCES.into_iter().find(|s| s.first() == c) else {
                continue;
            };
            if found.is_some() {
                return None;
            }
            found = Some(Mark {
                before: first[..at].to_owned(),
                sequence,
                after: first[at + c.len_utf8()..].to_owned(),
            });
        }
        found
    }

    /// The nth mark (from 1), or `None` beyond the end of the sequence: there is no ⑳ + 1.
    pub fn at(&self, n: usize) -> Option<String> {
        Some(format!(
            "{}{}{}",
            self.before,
            self.sequence.at(n)?,
            self.after
        ))
    }

    /// Whether a text begins with a mark of this sequence and a blank: an author has typed it.
    pub fn is_typed_in(&self, text: &str) -> bool {
        let Some((mark, _)) = text.split_once([' ', '　']) else {
            return false;
        };
        (1..=self.sequence.end().unwrap_or(99)).any(|n| self.at(n).as_deref() == Some(mark))
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.before, self.sequence.first(), self.after)
    }
}

impl Sequence {
    fn first(self) -> char {
        match self {
            Sequence::Digits => '1',
            Sequence::FullDigits => '１',
            Sequence::Kanji => '一',
            Sequence::Parenthesised => '⑴',
            Sequence::Row(row) => row.chars().next().unwrap_or('？'),
        }
    }

    fn end(self) -> Option<usize> {
        match self {
            Sequence::Digits | Sequence::FullDigits | Sequence::Parenthesised => None,
            Sequence::Kanji => Some(99),
            Sequence::Row(row) => Some(row.chars().count()),
        }
    }

    fn at(self, n: usize) -> Option<String> {
        if n == 0 || self.end().is_some_and(|end| n > end) {
            return None;
        }
        Some(match self {
            Sequence::Digits => n.to_string(),
            Sequence::FullDigits => n.to_string().chars().map(widen).collect(),
            Sequence::Kanji => kanji(n),
            Sequence::Parenthesised => match PARENTHESISED.chars().nth(n - 1) {
                Some(mark) => mark.to_string(),
                None => format!("({n})"),
            },
            Sequence::Row(row) => row.chars().nth(n - 1)?.to_string(),
        })
    }
}

/// 1 to 99 in kanji: 一, 十, 十一, 二十.
fn kanji(n: usize) -> String {
    const ONES: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let tens = match n / 10 {
        0 => String::new(),
        1 => "十".to_owned(),
        more => format!("{}十", ONES[more]),
    };
    format!("{tens}{}", ONES[n % 10])
}

#[cfg(test)]
mod tests {
    use super::Mark;

    fn nth(first: &str, n: usize) -> Option<String> {
        Mark::parse(first).expect("a known mark").at(n)
    }

    #[test]
    fn the_first_mark_says_how_to_go_on() {
        let expected = [
            ("１", 12, "１２"),
            ("⑴", 20, "⒇"),
            ("⑴", 21, "(21)"),
            ("ア", 46, "ン"),
            ("(ｱ)", 3, "(ｳ)"),
            ("第１", 3, "第３"),
            ("1", 10, "10"),
            ("1)", 2, "2)"),
            ("①", 20, "⑳"),
            ("(1)", 11, "(11)"),
            ("(ア)", 6, "(カ)"),
            ("ａ", 26, "ｚ"),
            ("(a)", 2, "(b)"),
            ("1.", 3, "3."),
            ("事例①", 4, "事例④"),
            ("第一", 21, "第二十一"),
            ("Ⅰ", 10, "Ⅹ"),
        ];
        for (first, n, mark) in expected {
            assert_eq!(nth(first, n).as_deref(), Some(mark), "{first} の {n} 番目");
            assert_eq!(nth(first, 1).as_deref(), Some(first));
        }
    }

    #[test]
    fn there_is_no_mark_beyond_the_end() {
        for (first, n) in [
            ("①", 21),
            ("ア", 47),
            ("(ｱ)", 47),
            ("ａ", 27),
            ("第一", 100),
            ("Ⅰ", 11),
            ("１", 0),
        ] {
            assert_eq!(nth(first, n), None, "{first} の {n} 番目");
        }
    }

    #[test]
    fn what_cannot_be_counted_is_no_mark() {
        for text in ["", "・", "２", "い", "第", "１ア"] {
            assert_eq!(Mark::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_typed_mark_is_recognised() {
        let mark = Mark::parse("⑴").expect("a known mark");
        assert!(mark.is_typed_in("⑶ その他"));
        assert!(mark.is_typed_in("⑴　調査概要"));
        assert!(!mark.is_typed_in("⑴と⑵の違い"));
        assert!(!mark.is_typed_in("調査 概要"));
    }
}
