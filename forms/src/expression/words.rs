//! The words of an expression: which variables it reads and which functions it calls.
//!
//! rhai tells only the first unknown name, and only at the first evaluation; an author wants all of them at once.

/// Words with a meaning in rhai that are no variables.
const KEYWORDS: [&str; 4] = ["true", "false", "in", "is"];

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) names: Vec<String>,
    pub(super) calls: Vec<String>,
    pub(super) properties: Vec<(String, String)>,
    /// A back-quoted string, which could hide further expressions.
    pub(super) template: bool,
}

pub(super) fn read(text: &str) -> Words {
    let mut words = Words::default();
    let mut rest = text;
    let mut dotted = false;
    let mut variable: Option<String> = None;
    while let Some(first) = rest.chars().next() {
        if first == '"' || first == '\'' {
            rest = after_string(&rest[1..], first);
            (dotted, variable) = (false, None);
        } else if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, rest)| rest);
        } else if first.is_ascii_digit() {
            rest = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            (dotted, variable) = (false, None);
        } else if first.is_alphabetic() || first == '_' {
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            rest = after;
            if rest.trim_start().starts_with('(') && !KEYWORDS.contains(&word) {
                add(&mut words.calls, word);
            } else if dotted {
                if let Some(variable) = variable.take() {
                    words.properties.push((variable, word.to_owned()));
                }
            } else if !KEYWORDS.contains(&word) {
                add(&mut words.names, word);
                variable = Some(word.to_owned());
                dotted = false;
                continue;
            }
            (dotted, variable) = (false, None);
        } else {
            words.template |= first == '`';
            rest = &rest[first.len_utf8()..];
            if first == '.' {
                dotted = true;
            } else if !first.is_whitespace() {
                (dotted, variable) = (false, None);
            }
        }
    }
    words
}

fn add(list: &mut Vec<String>, word: &str) {
    if !list.iter().any(|known| known == word) {
        list.push(word.to_owned());
    }
}

fn after_string(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return &text[at + c.len_utf8()..],
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_calls_and_properties_are_told_apart() {
        let words = read(
            r#"respondent.kind == "rule_used" && pillars.contains("flow") && sum(hospitals, "x") > 退院数 + 1e3"#,
        );
        assert_eq!(
            words.names,
            ["respondent", "pillars", "hospitals", "退院数"]
        );
        assert_eq!(words.calls, ["contains", "sum"]);
        assert_eq!(
            words.properties,
            [("respondent".to_owned(), "kind".to_owned())]
        );
        assert!(!words.template);
    }

    #[test]
    fn strings_and_comments_hide_their_words() {
        let words = read("\"a \\\" b\" == 'c' /* d */ && e // f\n && true");
        assert_eq!(words.names, ["e"]);
    }

    #[test]
    fn an_open_string_ends_the_text() {
        assert_eq!(read("a == \"b").names, ["a"]);
        assert!(read("`${a}`").template);
    }
}
