//! What in a free text may name somebody (伏せ字の候補): offices of the roster, people of the municipality, names
//! before さん・様・氏・先生, telephone numbers, mail addresses. A person confirms or mends it.
//!
//! It suggests rather too much than too little: who reads the text sees what goes and can put it back.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use crate::pack::Pack;
use crate::roster::Roster;

/// What stands in place of a name.
pub const MASK: &str = "○○";

/// Shorter names are words too.
const SHORTEST_NAME: usize = 3;

/// Finds names in texts.
pub struct Masker {
    names: Option<AhoCorasick>,
}

/// A piece of a text; `why` says what it seems to be, where it should go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    pub text: String,
    pub why: Option<&'static str>,
}

impl Masker {
    /// Knows the offices of a roster and the people of a pack.
    pub fn new(pack: &Pack, roster: Option<&Roster>) -> Masker {
        let offices = roster.into_iter().flat_map(|roster| &roster.respondents);
        let offices = offices.map(|office| office.name.clone());
        let roles = pack.municipality.roles.iter();
        let holders = roles.flat_map(|role| role.holders.iter().map(|holder| holder.name.clone()));
        let bodies = pack.municipality.bodies.iter();
        let members =
            bodies.flat_map(|body| body.members.iter().filter_map(|member| member.name.clone()));
        Masker::of(offices.chain(holders).chain(members))
    }

    fn of(names: impl Iterator<Item = String>) -> Masker {
        let mut patterns: Vec<String> = Vec::new();
        for name in names {
            let name = plain(&name).text;
            // 「架空事業所（架空）」 is called 「架空事業所」 in a sentence, and a person without the space.
            let bare = name.split('(').next().unwrap_or_default().trim();
            let joined: String = bare.split_whitespace().collect();
            patterns.extend([bare.to_owned(), joined]);
        }
        patterns.retain(|name| name.chars().count() >= SHORTEST_NAME);
        patterns.sort();
        patterns.dedup();
        // A set of names that cannot be compiled is larger than any roster.
        let names = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&patterns);
        Masker {
            names: names.ok().filter(|_| !patterns.is_empty()),
        }
    }

    /// The text in pieces.
    pub fn parts(&self, text: &str) -> Vec<Part> {
        let plain = plain(text);
        let mut found: Vec<(Range<usize>, &'static str)> = Vec::new();
        let names = self
            .names
            .iter()
            .flat_map(|names| names.find_iter(&plain.text));
        found.extend(names.map(|name| (name.range(), "名簿・担当者の名")));
        found.extend(mails(&plain.text).map(|range| (range, "メール")));
        found.extend(
            numbers(&plain.text)
                .into_iter()
                .map(|range| (range, "電話・番号")),
        );
        found.extend(people(&plain.text).map(|range| (range, "人の名")));
        found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut parts: Vec<Part> = Vec::new();
        let mut at = 0;
        let mut push = |text: &str, why| {
            if !text.is_empty() {
                parts.push(Part {
                    text: text.to_owned(),
                    why,
                });
            }
        };
        for (range, why) in found {
            let range = plain.places[range.start]..plain.places[range.end];
            if range.start < at {
                continue;
            }
            push(&text[at..range.start], None);
            push(&text[range.clone()], Some(why));
            at = range.end;
        }
        push(&text[at..], None);
        parts
    }

    /// The text with every suggestion followed; `None` where there is none.
    pub fn suggested(&self, text: &str) -> Option<String> {
        let parts = self.parts(text);
        parts
            .iter()
            .any(|part| part.why.is_some())
            .then(|| masked(&parts))
    }
}

/// The text with what has a reason to go replaced.
pub fn masked(parts: &[Part]) -> String {
    let said = parts
        .iter()
        .map(|part| part.why.map_or(part.text.as_str(), |_| MASK));
    said.collect()
}

/// A text in NFKC, character by character, and where each of its bytes comes from.
struct Plain {
    text: String,
    places: Vec<usize>,
}

fn plain(text: &str) -> Plain {
    let mut plain = Plain {
        text: String::with_capacity(text.len()),
        places: Vec::with_capacity(text.len() + 1),
    };
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let mut one = String::from(character);
        // Half-width kana carry their mark behind them: ｶﾞ.
        one.extend(
            characters
                .next_if(|(_, next)| matches!(next, 'ﾞ' | 'ﾟ'))
                .map(|(_, next)| next),
        );
        for normal in one.nfkc() {
            plain.text.push(normal);
            plain.places.resize(plain.text.len(), at);
        }
    }
    plain.places.push(text.len());
    plain
}

fn mails(text: &str) -> impl Iterator<Item = Range<usize>> {
    let inside = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    text.match_indices('@').filter_map(move |(at, _)| {
        let before = text[..at].trim_end_matches(inside).len();
        let after =
            at + 1 + (text[at + 1..].len() - text[at + 1..].trim_start_matches(inside).len());
        (before < at && after > at + 1).then_some(before..after)
    })
}

/// Ten digits and more, with or without hyphens and brackets between them.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    let (mut digits, mut end) = (0, 0);
    for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
        match c {
            '0'..='9' => {
                start.get_or_insert(at);
                digits += 1;
                end = at + 1;
            }
            '-' | '(' | ')' | '‐' | '−' | '–' | 'ー' | ' ' if start.is_some() => {}
            _ => {
                if let Some(start) = start.filter(|_| digits >= 10) {
                    found.push(start..end);
                }
                (start, digits) = (None, 0);
            }
        }
    }
    found
}

const TITLES: [&str; 5] = ["さん", "様", "氏", "先生", "ちゃん"];

/// Who is called さん without being named.
const NOT_NAMES: [&str; 52] = [
    "患者",
    "利用者",
    "家族",
    "皆",
    "医師",
    "看護師",
    "保健師",
    "相談員",
    "相談",
    "主治医",
    "本人",
    "奥",
    "娘",
    "息子",
    "嫁",
    "客",
    "病院",
    "担当",
    "担当者",
    "各",
    "同",
    "多",
    "模",
    "仕",
    "異",
    "有",
    "一",
    "何",
    "神",
    "仏",
    "事務",
    "地域",
    "栄養士",
    "薬剤師",
    "療法士",
    "歯科医師",
    "業者",
    "母",
    "父",
    "祖母",
    "祖父",
    "姉",
    "兄",
    "妹",
    "弟",
    "主人",
    "旦那",
    "両親",
    "ケアマネ",
    "ケアマネジャー",
    "ヘルパー",
    "スタッフ",
];

/// The name before a title, without the title.
fn people(text: &str) -> impl Iterator<Item = Range<usize>> {
    TITLES.into_iter().flat_map(move |title| {
        text.match_indices(title).filter_map(move |(at, _)| {
            let after = text[at + title.len()..].chars().next();
            // 様式、様子、氏名: no title.
            if after.is_some_and(|c| "式子々相態名".contains(c)) {
                return None;
            }
            let before = &text[..at];
            let kind = script(before.chars().next_back()?)?;
            let most = if kind == Script::Kanji { 4 } else { 8 };
            let run: Vec<(usize, char)> = before
                .char_indices()
                .rev()
                .take(most)
                .take_while(|(_, c)| script(*c) == Some(kind))
                .collect();
            let start = run.last()?.0;
            let run = &before[start..];
            let named = !NOT_NAMES.iter().any(|word| run.ends_with(word));
            named.then_some(start..at)
        })
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Kanji,
    Katakana,
}

fn script(c: char) -> Option<Script> {
    match c {
        '々' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}' => {
            Some(Script::Kanji)
        }
        'ァ'..='ヺ' | 'ー' => Some(Script::Katakana),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masker() -> Masker {
        Masker::of(
            [
                "こだまケアマネジメント室（架空）",
                "山田 架空子（架空）",
                "ガーデン",
            ]
            .into_iter()
            .map(str::to_owned),
        )
    }

    #[test]
    fn names_numbers_and_addresses_go() {
        for (text, without) in [
            ("こだまケアマネジメント室の方に聞いた。", "○○の方に聞いた。"),
            ("山田架空子が来た", "○○が来た"),
            ("山田　架空子が来た", "○○が来た"),
            ("ｶﾞｰﾃﾞﾝの件", "○○の件"),
            (
                "病棟の髙橋さんに電話（０２６３－００－００００）した。",
                "病棟の○○さんに電話（○○）した。",
            ),
            ("連絡は090 1234 5678まで", "連絡は○○まで"),
            ("k002@office.example に送った", "○○ に送った"),
            ("タナカ様と佐々木先生", "○○様と○○先生"),
        ] {
            assert_eq!(masker().suggested(text).as_deref(), Some(without), "{text}");
        }
    }

    #[test]
    fn who_is_not_named_stays() {
        for text in [
            "患者さんと家族さん、皆様に説明した。",
            "病棟看護師さんが早く連絡してくれた。",
            "多様な様式を同様に使う。氏名の欄が狭い。",
            "11月は242件、2023-11-01から。",
            "ケアマネさんは@がつく記号を使わない",
            "",
        ] {
            assert_eq!(masker().suggested(text), None, "{text}");
        }
    }

    #[test]
    fn nothing_of_the_text_is_lost() {
        let text = "㈱ガーデンの鈴木さん👍は「山田 架空子」と０９０‐１２３４‐５６７８で話した。<b>";
        let parts = masker().parts(text);
        let joined: String = parts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(joined, text);
        let gone: Vec<&str> = parts
            .iter()
            .filter(|part| part.why.is_some())
            .map(|part| part.text.as_str())
            .collect();
        assert_eq!(
            gone,
            [
                "ガーデン",
                "鈴木",
                "山田 架空子",
                "０９０‐１２３４‐５６７８"
            ]
        );
    }
}
