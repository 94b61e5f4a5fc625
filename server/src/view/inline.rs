//! The style of the respondent's pages, which stands in the page itself: on a slow line a second request would be a
//! second of waiting. The policy of these pages allows it by its hash and nothing else inline.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

use base64::Engine;
use minijinja::value::Value;
use sha2::{Digest, Sha256};

use crate::app::POLICY as USUAL;

const TOKENS: &str = include_str!("../../assets/tokens.css");
const SHEET: &str = include_str!("../../assets/meguri.css");
const OWN: &str = include_str!("../../assets/respond.css");

/// The style, safe to stand in a page.
pub static STYLE: LazyLock<Value> = LazyLock::new(|| Value::from_safe_string(TEXT.clone()));

/// The policy of a page in which it stands.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(&*TEXT));
    USUAL.replace(
        "style-src 'self'",
        &format!("style-src 'self' 'sha256-{hash}'"),
    )
});

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let sheet = format!("{}{}", small(SHEET), small(OWN));
    format!("{}{sheet}", small(&tokens_of(&sheet)))
});

/// The tokens that a sheet uses, and those that they are made of.
fn tokens_of(sheet: &str) -> String {
    let tokens: Vec<(&str, &str)> = TOKENS
        .lines()
        .filter_map(|line| line.trim().strip_suffix(';')?.split_once(':'))
        .filter(|(name, _)| name.starts_with("--"))
        .collect();
    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    let mut texts = vec![sheet];
    while let Some(text) = texts.pop() {
        for (name, value) in &tokens {
            if text.contains(&format!("var({name}")) && wanted.insert(name) {
                texts.push(value);
            }
        }
    }
    let used = tokens.iter().filter(|(name, _)| wanted.contains(name));
    let mut css = String::from(":root{");
    for (name, value) in used {
        write!(css, "{name}:{};", value.trim()).expect("a string takes everything");
    }
    css.push('}');
    css
}

/// Without comments and with single blanks.
fn small(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    let mut lines: Vec<&str> = out.lines().map(str::trim).collect();
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_that_is_used_is_there() {
        for part in TEXT.split("var(").skip(1) {
            let name = part.split([')', ',']).next().expect("a name").trim();
            assert!(TEXT.contains(&format!("{name}:")), "{name}");
        }
        assert!(!TEXT.contains("</") && !TEXT.contains("@import"));
        assert!(POLICY.contains("'sha256-") && !POLICY.contains("unsafe"));
    }
}
