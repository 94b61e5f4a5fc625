//! English laid over the Japanese templates. A template stays plain Japanese; when the English pages are
//! loaded, every unit of text in it is looked up in `server/locales/en/*.json`. Where one template needs another
//! English than the rest, `own.json` has it under the name of the template.
//!
//! A unit is a maximal run of text and `{{ … }}` between tags of HTML and statements of the template, with
//! its white space made single: 「締切：{{ survey.closes }}」 is one unit, so that English may put the parts in
//! another order. Values of attributes are units too, and so are the strings in expressions and in `{% set %}`.
//!
//! Texts that are made in Rust (names of states, titles of the menu) are looked up in `labels.json` when they are
//! written on a page of the desk. What is not found stays Japanese: it is the text of a person or of a pack. A word
//! that a person may have written as well (紙, その他) is in `words.json`: it is English only where the template says
//! `{{ … | label }}`. So are all labels on the pages of respondents, where what is written is mostly theirs.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::LazyLock;

use minijinja::value::Value;
use minijinja::{Error, Output, State, escape_formatter};
use serde::de::DeserializeOwned;

include!(concat!(env!("OUT_DIR"), "/locales.rs"));

/// The file whose entries are looked up when a value is written.
const LABELS: &str = "labels.json";
/// The file whose entries are looked up where a template says `| label`.
const WORDS: &str = "words.json";
/// The file of what single templates say otherwise than the rest.
const OWN: &str = "own.json";

/// Templates whose values are English only where they say so.
const RESPONDENTS: &str = "respond/";

type Catalogue = HashMap<String, String>;

static UNITS: LazyLock<Catalogue> = LazyLock::new(|| {
    let texts = LOCALES.iter().map(|(file, _)| *file);
    let texts = texts.filter(|file| ![LABELS, WORDS, OWN].contains(file));
    texts.flat_map(read::<Catalogue>).map(trimmed).collect()
});
static OF_LABELS: LazyLock<Catalogue> = LazyLock::new(|| read(LABELS));
static OF_WORDS: LazyLock<Catalogue> = LazyLock::new(|| read(WORDS));
static OF_TEMPLATES: LazyLock<HashMap<String, Catalogue>> = LazyLock::new(|| read(OWN));

fn read<T: DeserializeOwned>(file: &str) -> T {
    let found = LOCALES.iter().find(|(name, _)| *name == file);
    let (_, text) = found.unwrap_or_else(|| panic!("server/locales/en has no {file}"));
    serde_json::from_str(text).unwrap_or_else(|error| panic!("server/locales/en/{file}: {error}"))
}

/// White space around a unit is the template's.
fn trimmed((unit, english): (String, String)) -> (String, String) {
    (unit.trim().to_owned(), english)
}

fn unit_of(template: &str, unit: &str) -> Option<String> {
    let own = OF_TEMPLATES.get(template);
    let own = own.and_then(|catalogue| catalogue.get(unit));
    own.or_else(|| UNITS.get(unit)).cloned()
}

/// The English template of a Japanese one.
pub fn template(name: &str, source: &str) -> String {
    walk(source, &mut |unit| unit_of(name, unit))
}

/// The units of a template that no catalogue has.
#[cfg(test)]
pub fn missing(name: &str, source: &str) -> Vec<String> {
    let mut missing = Vec::new();
    walk(source, &mut |unit| {
        let found = unit_of(name, unit);
        if found.is_none() {
            missing.push(unit.to_owned());
        }
        found
    });
    missing
}

/// Writes a value: a label of ours in English, everything else as it is.
pub fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let ours = !state.name().starts_with(RESPONDENTS);
    let text = value.as_str().filter(|_| ours);
    match text.and_then(|text| OF_LABELS.get(text)) {
        Some(english) => escape_formatter(out, state, &Value::from(english.as_str())),
        None => escape_formatter(out, state, value),
    }
}

/// The filter `label` of the English pages: a label of ours in English, also one that a person may have written.
pub fn label(state: &State, value: &Value) -> Value {
    let text = value.as_str();
    let english = text.and_then(|text| word_of(state.name(), text));
    english.map_or_else(|| value.clone(), Value::from)
}

/// Whether there is English for a text that is made in Rust.
#[cfg(test)]
pub fn knows(text: &str) -> bool {
    OF_LABELS.contains_key(text)
}

fn word_of(template: &str, text: &str) -> Option<&'static str> {
    let own = OF_TEMPLATES.get(template);
    let own = own.and_then(|catalogue| catalogue.get(text));
    let word = own.or_else(|| OF_WORDS.get(text));
    word.or_else(|| OF_LABELS.get(text)).map(String::as_str)
}

/// What a template is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece {
    Text,
    /// `{{ … }}`
    Value,
    /// `{% … %}`
    Statement,
    /// `{# … #}`
    Comment,
    /// `<…>`, with what of the template stands in it.
    Tag,
}

fn walk(source: &str, find: &mut dyn FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(source.len());
    let mut unit = String::new();
    for (piece, text) in pieces(source, true) {
        match piece {
            Piece::Text | Piece::Value => {
                unit.push_str(text);
                continue;
            }
            _ => flush(&mut unit, &mut out, find),
        }
        match piece {
            Piece::Tag => tag(text, &mut out, find),
            Piece::Statement if sets(text) => strings(text, &mut out, find),
            _ => out.push_str(text),
        }
    }
    flush(&mut unit, &mut out, find);
    out
}

/// Cuts a source into pieces; `tags` as long as HTML is looked for, not within the value of an attribute.
fn pieces(source: &str, tags: bool) -> Vec<(Piece, &str)> {
    let mut found = Vec::new();
    let (mut rest, mut text) = (source, 0);
    while text < rest.len() {
        let here = &rest[text..];
        let length = match here.as_bytes() {
            [b'{', b'{', ..] => closed(here, "}}").map(|end| (Piece::Value, end)),
            [b'{', b'%', ..] => closed(here, "%}").map(|end| (Piece::Statement, end)),
            [b'{', b'#', ..] => closed(here, "#}").map(|end| (Piece::Comment, end)),
            [b'<', ..] if tags => Some((Piece::Tag, tag_end(here))),
            _ => None,
        };
        let Some((piece, length)) = length else {
            text += here.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        if text > 0 {
            found.push((Piece::Text, &rest[..text]));
        }
        found.push((piece, &here[..length]));
        (rest, text) = (&here[length..], 0);
    }
    if !rest.is_empty() {
        found.push((Piece::Text, rest));
    }
    found
}

fn closed(here: &str, end: &str) -> Option<usize> {
    here.find(end).map(|at| at + end.len())
}

/// Where a tag ends: at its `>`, which does not count within a quoted value or a statement.
fn tag_end(here: &str) -> usize {
    let (mut at, mut quoted) = (0, false);
    while at < here.len() {
        let rest = &here[at..];
        let skip = match rest.as_bytes() {
            [b'{', b'{', ..] => closed(rest, "}}"),
            [b'{', b'%', ..] => closed(rest, "%}"),
            _ => None,
        };
        if let Some(skip) = skip {
            at += skip;
            continue;
        }
        match rest.as_bytes()[0] {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    here.len()
}

/// The values of a tag's attributes are units of their own.
fn tag(text: &str, out: &mut String, find: &mut dyn FnMut(&str) -> Option<String>) {
    let (mut unit, mut quoted) = (String::new(), false);
    for (piece, text) in pieces(text, false) {
        match piece {
            Piece::Text => {
                let mut parts = text.split('"').peekable();
                while let Some(part) = parts.next() {
                    match quoted {
                        true => unit.push_str(part),
                        false => out.push_str(part),
                    }
                    if parts.peek().is_some() {
                        flush(&mut unit, out, find);
                        out.push('"');
                        quoted = !quoted;
                    }
                }
            }
            Piece::Value if quoted => unit.push_str(text),
            Piece::Value => strings(text, out, find),
            _ => {
                flush(&mut unit, out, find);
                out.push_str(text);
            }
        }
    }
    flush(&mut unit, out, find);
}

/// Writes a unit in English, with the white space around it as it was.
fn flush(unit: &mut String, out: &mut String, find: &mut dyn FnMut(&str) -> Option<String>) {
    let taken = std::mem::take(unit);
    let inner = taken.trim();
    let start = inner.as_ptr() as usize - taken.as_ptr() as usize;
    let (before, after) = (&taken[..start], &taken[start + inner.len()..]);
    let outside: String = pieces(inner, false)
        .into_iter()
        .filter(|(piece, _)| *piece == Piece::Text)
        .map(|(_, text)| text)
        .collect();
    let words = outside.chars().any(is_word);
    let marks = !words && outside.chars().any(|c| mark(c).is_some());
    out.push_str(&before.replace('　', " "));
    match find_if(words, inner, find) {
        Some(english) => out.push_str(&english),
        None if words => out.push_str(inner),
        None => {
            for (piece, text) in pieces(inner, false) {
                match piece {
                    Piece::Text if marks => {
                        for c in text.chars() {
                            match mark(c) {
                                Some(english) => out.push_str(english),
                                None => out.push(c),
                            }
                        }
                    }
                    Piece::Value => strings(text, out, find),
                    _ => out.push_str(text),
                }
            }
        }
    }
    out.push_str(&after.replace('　', " "));
}

fn find_if(
    words: bool,
    inner: &str,
    find: &mut dyn FnMut(&str) -> Option<String>,
) -> Option<String> {
    if !words {
        return None;
    }
    let single: Vec<&str> = inner.split_ascii_whitespace().collect();
    find(&single.join(" "))
}

/// Writes an expression or a statement with its strings in English.
fn strings(text: &str, out: &mut String, find: &mut dyn FnMut(&str) -> Option<String>) {
    for (at, part) in text.split('"').enumerate() {
        if at > 0 {
            out.push('"');
        }
        let english = (at % 2 == 1 && part.chars().any(is_word)).then(|| find(part));
        match english.flatten() {
            Some(english) => {
                let quoted = english.replace('"', "'");
                write!(out, "{quoted}").expect("a string takes every text");
            }
            None => out.push_str(part),
        }
    }
}

/// Strings of `set` and of calls are shown; those of conditions are compared.
fn sets(statement: &str) -> bool {
    let inner = statement.trim_start_matches(['{', '%', '-', ' ']);
    inner.starts_with("set ") || inner.starts_with("call ")
}

/// Kana and kanji.
fn is_word(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}' | '々' | '〇')
}

/// A punctuation mark that stands alone between values.
fn mark(c: char) -> Option<&'static str> {
    Some(match c {
        '（' => " (",
        '）' => ")",
        '、' => ", ",
        '。' => ".",
        '：' => ": ",
        '／' => "/",
        '　' => " ",
        '「' => "“",
        '」' => "”",
        '．' => ". ",
        '・' => ", ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(source: &str) -> String {
        walk(source, &mut |unit| {
            let known = match unit {
                "締切：{{ day }}" => "Due {{ day }}",
                "件数" => "Number",
                "開く" => "Open",
                "終わり" => "The end",
                "二行 の文" => "Two lines",
                _ => return None,
            };
            Some(known.to_owned())
        })
    }

    #[test]
    fn units_are_found_between_tags_and_statements() {
        let cases = [
            ("<p>締切：{{ day }}</p>", "<p>Due {{ day }}</p>"),
            ("<p>二行\n  の文</p>", "<p>Two lines</p>"),
            (
                "{% if a > b %}終わり{% endif %}",
                "{% if a > b %}The end{% endif %}",
            ),
            (
                "<img alt=\"件数\" class=\"{{ a }}\">",
                "<img alt=\"Number\" class=\"{{ a }}\">",
            ),
            (
                "<i{% if a > 1 %} title=\"件数\"{% endif %}>開く</i>",
                "<i{% if a > 1 %} title=\"Number\"{% endif %}>Open</i>",
            ),
            (
                "<b>{{ \"開く\" if a else \"終わり\" }}</b>",
                "<b>{{ \"Open\" if a else \"The end\" }}</b>",
            ),
            ("{% if a == \"開く\" %}", "{% if a == \"開く\" %}"),
            ("{% set a = \"開く\" %}", "{% set a = \"Open\" %}"),
            ("{{ a }}（{{ b }}）", "{{ a }} ({{ b }})"),
            ("{# 開く #}", "{# 開く #}"),
            ("<p>知らない文</p>", "<p>知らない文</p>"),
        ];
        for (source, expected) in cases {
            assert_eq!(english(source), expected, "{source}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let found = missing("none.html", "<p>どこにもない文です</p>");
        assert_eq!(found, ["どこにもない文です"]);
    }

    #[test]
    fn no_unit_has_two_english_texts() {
        let mut known: HashMap<String, &str> = HashMap::new();
        for (file, _) in LOCALES {
            if *file == OWN {
                continue;
            }
            let own = [LABELS, WORDS].contains(file);
            for (unit, _) in read::<Catalogue>(file).into_iter().map(trimmed) {
                // Labels are looked up apart from the texts of templates.
                let key = if own { format!("label {unit}") } else { unit };
                let twice = known.insert(key.clone(), file);
                assert_eq!(twice, None, "{key} stands in {file} too");
            }
        }
    }

    #[test]
    fn a_word_of_persons_is_english_only_where_asked() {
        assert_eq!(word_of("none.html", "電話"), Some("Call"));
        assert_eq!(OF_LABELS.get("電話"), None);
    }

    #[test]
    fn what_a_template_says_otherwise_is_otherwise() {
        for (template, own) in OF_TEMPLATES.iter() {
            for (unit, english) in own {
                assert_ne!(UNITS.get(unit), Some(english), "{template}: {unit}");
            }
        }
    }
}
