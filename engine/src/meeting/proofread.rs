//! Reading a paper over: numbers that lead nowhere, that have changed since, or that nobody has counted.
//!
//! | Doubt | What is wrong |
//! |---|---|
//! | `broken` | a link to a figure that there is not |
//! | `changed` | a link whose figure is now another number; [`refreshed`] writes the present one |
//! | `unlinked` | a rate typed by hand that is the value of a figure: it could be a link |
//! | `unknown` | a rate typed by hand that no figure has |
//!
//! Only rates (％) are looked at outside of links: a small count is equal to some figure by chance.

use std::ops::Range;

use papers::digits::Width;
use serde::Serialize;

use crate::figure::{Figure, FigureBook, FigureKey};
use crate::pack::Pack;

/// What is doubtful about a number of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proofread {
    /// 1-based line of the Markdown.
    pub line: usize,
    /// As it stands there.
    pub text: String,
    pub doubt: Doubt,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "doubt", rename_all = "snake_case")]
pub enum Doubt {
    Broken {
        figure: String,
    },
    Changed {
        figure: String,
        now: String,
    },
    /// The figures that have this value, at most three.
    Unlinked {
        figures: Vec<String>,
    },
    Unknown,
}

/// Reads the Markdown of a paper over against the figures of the moment. Rates in lines that are `own` to the
/// template of the paper are not doubted.
pub fn proofread(
    pack: &Pack,
    book: &FigureBook,
    markdown: &str,
    own: impl Fn(&str) -> bool,
) -> Vec<Proofread> {
    let mut found = Vec::new();
    for (at, line) in markdown.lines().enumerate() {
        let links = links(line);
        for link in &links {
            if let Some(doubt) = of_link(pack, book, link) {
                found.push(Proofread {
                    line: at + 1,
                    text: link.text.to_owned(),
                    doubt,
                });
            }
        }
        let mut outside = line.to_owned();
        for link in links.iter().rev() {
            outside.replace_range(link.range.clone(), " ");
        }
        // What a template has escaped.
        let outside = outside.replace('\\', "");
        let typed = rates(&outside);
        if typed.is_empty() || own(line) {
            continue;
        }
        for rate in typed {
            let figures = equal(pack, book, &rate);
            let doubt = match figures.is_empty() {
                true => Doubt::Unknown,
                false => Doubt::Unlinked { figures },
            };
            found.push(Proofread {
                line: at + 1,
                text: format!("{rate}％"),
                doubt,
            });
        }
    }
    found
}

/// The Markdown with the present number in every link whose figure has changed.
pub fn refreshed(pack: &Pack, book: &FigureBook, markdown: &str) -> String {
    let lines = markdown.split('\n').map(|line| {
        let mut fresh = line.to_owned();
        for link in links(line).iter().rev() {
            if let Some(Doubt::Changed { now, .. }) = of_link(pack, book, link) {
                fresh.replace_range(
                    link.range.clone(),
                    &format!("[{now}](figure:{})", link.figure),
                );
            }
        }
        fresh
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `[78.1%(76.1%)](figure:discharge-rate@city@2023)` in a line.
struct Link<'a> {
    range: Range<usize>,
    text: &'a str,
    figure: &'a str,
}

const TO: &str = "](figure:";

fn links(line: &str) -> Vec<Link<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(middle) = line[from..].find(TO).map(|at| from + at) {
        let begins = line[from..middle].rfind('[').map(|at| from + at);
        let address = middle + TO.len();
        let ends = line[address..].find(')').map(|at| address + at);
        let (Some(begins), Some(ends)) = (begins, ends) else {
            break;
        };
        found.push(Link {
            range: begins..ends + 1,
            text: &line[begins + 1..middle],
            figure: &line[address..ends],
        });
        from = ends + 1;
    }
    found
}

fn of_link(pack: &Pack, book: &FigureBook, link: &Link<'_>) -> Option<Doubt> {
    let figure = link.figure.to_owned();
    let key: Option<FigureKey> = link.figure.parse().ok();
    let Some((key, now)) = key.and_then(|key| Some((key.clone(), book.get(&key)?))) else {
        return Some(Doubt::Broken { figure });
    };
    let before = book.get(&FigureKey {
        year: key.year - 1,
        ..key
    });
    let fresh = rewritten(pack, link.text, now, before)?;
    (fresh != link.text).then_some(Doubt::Changed { figure, now: fresh })
}

/// The text of a link with the numbers that its figure has now: the first number is its own, one in brackets
/// behind it that of the year before. Whatever else stands there stays. Nothing where it cannot be said which of
/// its counts the number was.
fn rewritten(pack: &Pack, text: &str, now: &Figure, before: Option<&Figure>) -> Option<String> {
    let Some((begins, own)) = number(text) else {
        return Some(text.to_owned());
    };
    let ends = begins + own.len();
    let rate = text[ends..].starts_with(['%', '％']);
    let now = values(pack, now);
    let half = Width::Half.set(own);
    let base = !rate && now.part.as_ref() != Some(&half) && now.base.as_ref() == Some(&half);
    let side = match (rate, base) {
        (true, _) => Side::Rate,
        (false, true) => Side::Base,
        (false, false) => Side::Part,
    };
    // Of two counts, neither of which is the one that stands there, nobody can say which it was.
    if !rate && !base && now.part.as_ref() != Some(&half) && now.base.is_some() {
        return None;
    }
    let mut out = format!("{}{}", &text[..begins], set(&now, side, own));
    let rest = &text[ends..];
    // 〔3市町村中2〕 is not a number of the figure.
    let behind = rest.find('〕').map_or(0, |at| at + '〕'.len_utf8());
    let bracket = rest[behind..].find(['(', '（']).map(|at| behind + at);
    match (
        bracket.and_then(|at| Some((at, number(&rest[at..])?))),
        before,
    ) {
        (Some((at, (skip, earlier))), Some(before)) => {
            let begins = at + skip;
            out.push_str(&rest[..begins]);
            out.push_str(&set(&values(pack, before), side, earlier));
            out.push_str(&rest[begins + earlier.len()..]);
        }
        _ => out.push_str(rest),
    }
    Some(out)
}

/// A value in place of a number; the number as it stands where it is the value, or where there is none.
fn set(values: &Values, side: Side, number: &str) -> String {
    let value = match side {
        Side::Rate => &values.rate,
        Side::Part => &values.part,
        Side::Base => &values.base,
    };
    match value {
        Some(value) if *value != Width::Half.set(number) => value.clone(),
        _ => number.to_owned(),
    }
}

#[derive(Clone, Copy)]
enum Side {
    Rate,
    Part,
    Base,
}

#[derive(Default)]
struct Values {
    rate: Option<String>,
    part: Option<String>,
    base: Option<String>,
}

fn values(pack: &Pack, figure: &Figure) -> Values {
    let rate = figure.percent(pack.percent(&figure.key.indicator));
    Values {
        rate: rate.map(|rate| rate.to_string()),
        part: figure.numerator().map(|part| part.to_string()),
        base: figure.denominator().map(|base| base.to_string()),
    }
}

/// The first number of a text, of either width.
fn number(text: &str) -> Option<(usize, &str)> {
    let digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let begins = text.find(digit)?;
    let of = |c: char| digit(c) || matches!(c, '.' | '．');
    let ends = text[begins..]
        .find(|c| !of(c))
        .map_or(text.len(), |at| begins + at);
    Some((begins, text[begins..ends].trim_end_matches(['.', '．'])))
}

/// Rates that stand in a text: 78.1％ as `78.1`.
fn rates(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((begins, digits)) = number(rest) {
        let ends = begins + digits.len();
        if rest[ends..].starts_with(['%', '％']) {
            found.push(Width::Half.set(digits).replace('．', "."));
        }
        rest = &rest[ends..];
    }
    found
}

fn equal(pack: &Pack, book: &FigureBook, rate: &str) -> Vec<String> {
    let figures = book.figures().into_iter();
    let same = figures.filter(|figure| values(pack, figure).rate.as_deref() == Some(rate));
    let mut keys: Vec<String> = same.map(|figure| figure.key.to_string()).collect();
    // The newest first: that is most often the one that is meant.
    keys.sort_by_key(|key| {
        std::cmp::Reverse(key.rsplit('@').next().unwrap_or_default().to_owned())
    });
    keys.truncate(3);
    keys
}
