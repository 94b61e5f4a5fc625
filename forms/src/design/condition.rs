//! The expressions that a person can click together: conditions of an item, comparisons of two items. They are
//! written as expressions like any other; one that was written by hand in the same form is read back.

use serde::{Deserialize, Serialize};

use crate::item::Kind;
use crate::questionnaire::Questionnaire;

/// When an item is shown: all of the clauses hold, or any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relevance {
    pub joined: Joined,
    pub clauses: Vec<Clause>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joined {
    All,
    Any,
}

/// One clause. The item is named as in an expression: `q1`, or `q4.r2` for a row of a matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    pub item: String,
    pub is: Relation,
    /// A code, a number or a day; empty for [`Relation::Answered`] and [`Relation::Blank`].
    #[serde(default)]
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The code of a single item or of a row of a matrix.
    Is,
    IsNot,
    /// Among the chosen codes of a multiple item.
    Has,
    HasNot,
    /// Numbers and days.
    Equals,
    Differs,
    AtLeast,
    AtMost,
    MoreThan,
    LessThan,
    Answered,
    Blank,
}

/// Two items compared: `coordinated <= discharged`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    pub left: String,
    pub is: Relation,
    pub right: String,
}

impl Relation {
    /// Those between two numbers or days.
    pub const OF_NUMBERS: [Relation; 6] = [
        Relation::AtMost,
        Relation::AtLeast,
        Relation::LessThan,
        Relation::MoreThan,
        Relation::Equals,
        Relation::Differs,
    ];

    fn operator(self) -> Option<&'static str> {
        Some(match self {
            Relation::Is | Relation::Equals => "==",
            Relation::IsNot | Relation::Differs => "!=",
            Relation::AtLeast => ">=",
            Relation::AtMost => "<=",
            Relation::MoreThan => ">",
            Relation::LessThan => "<",
            _ => return None,
        })
    }

    fn of_operator(operator: &str) -> Option<Relation> {
        Some(match operator {
            "==" => Relation::Equals,
            "!=" => Relation::Differs,
            ">=" => Relation::AtLeast,
            "<=" => Relation::AtMost,
            ">" => Relation::MoreThan,
            "<" => Relation::LessThan,
            _ => return None,
        })
    }

    /// 「…以上」, said behind what it is compared with.
    pub fn label(self) -> &'static str {
        match self {
            Relation::Is | Relation::Has => "を選んだ",
            Relation::IsNot | Relation::HasNot => "を選ばなかった",
            Relation::Equals => "と同じ",
            Relation::Differs => "と違う",
            Relation::AtLeast => "以上",
            Relation::AtMost => "以下",
            Relation::MoreThan => "より大きい",
            Relation::LessThan => "より小さい",
            Relation::Answered => "答えがある",
            Relation::Blank => "答えがない",
        }
    }
}

impl Relevance {
    /// As an expression.
    pub fn write(&self) -> String {
        let between = match self.joined {
            Joined::All => " && ",
            Joined::Any => " || ",
        };
        let clauses: Vec<String> = self.clauses.iter().map(Clause::write).collect();
        clauses.join(between)
    }

    /// An expression that has this form; nothing for any other.
    pub fn read(rule: &str) -> Option<Relevance> {
        let (joined, clauses) = match (split(rule, "&&"), split(rule, "||")) {
            (all, any) if any.len() == 1 => (Joined::All, all),
            (all, any) if all.len() == 1 => (Joined::Any, any),
            _ => return None,
        };
        let clauses: Option<Vec<Clause>> = clauses.into_iter().map(Clause::read).collect();
        Some(Relevance {
            joined,
            clauses: clauses?,
        })
    }

    /// For a person: 「設問」が「選択肢」のとき.
    pub fn in_words(&self, form: &Questionnaire, outer: Option<&str>) -> String {
        let between = match self.joined {
            Joined::All => "、かつ、",
            Joined::Any => "、または、",
        };
        let clauses: Vec<String> = self
            .clauses
            .iter()
            .map(|clause| clause.in_words(form, outer))
            .collect();
        format!("{}とき", clauses.join(between))
    }
}

impl Clause {
    fn write(&self) -> String {
        let Clause { item, value, .. } = self;
        match self.is {
            Relation::Is | Relation::IsNot => {
                let operator = self.is.operator().unwrap_or("==");
                format!("{item} {operator} {}", quoted(value))
            }
            Relation::Has => format!("{item}.contains({})", quoted(value)),
            Relation::HasNot => format!("!{item}.contains({})", quoted(value)),
            Relation::Answered => format!("!blank({item})"),
            Relation::Blank => format!("blank({item})"),
            _ => {
                let operator = self.is.operator().unwrap_or("==");
                // A day is a text that sorts in the order of time.
                match is_number(value) {
                    true => format!("{item} {operator} {value}"),
                    false => format!("{item} {operator} {}", quoted(value)),
                }
            }
        }
    }

    fn read(text: &str) -> Option<Clause> {
        let text = unwrapped(text.trim());
        let (negated, rest) = match text.strip_prefix('!') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        };
        let clause = |item: &str, is, value: String| {
            let item = item.trim().to_owned();
            is_name(&item).then_some(Clause { item, is, value })
        };
        if let Some(item) = rest
            .strip_prefix("blank(")
            .and_then(|rest| rest.strip_suffix(')'))
        {
            let is = if negated {
                Relation::Answered
            } else {
                Relation::Blank
            };
            return clause(item, is, String::new());
        }
        if let Some((item, code)) = rest
            .split_once(".contains(")
            .and_then(|(item, code)| Some((item, code.strip_suffix(')')?)))
        {
            let is = if negated {
                Relation::HasNot
            } else {
                Relation::Has
            };
            return clause(item, is, unquoted(code)?);
        }
        if negated {
            return None;
        }
        let (item, is, value) = compared(text)?;
        match (unquoted(value), is) {
            (Some(day), _) if is_day(&day) => clause(item, is, day),
            (Some(code), Relation::Equals) => clause(item, Relation::Is, code),
            (Some(code), Relation::Differs) => clause(item, Relation::IsNot, code),
            (None, _) if is_number(value) => clause(item, is, value.to_owned()),
            _ => None,
        }
    }

    fn in_words(&self, form: &Questionnaire, outer: Option<&str>) -> String {
        let id = self.item.split('.').next().unwrap_or_default();
        let inner = outer.and_then(|repeat| form.item_at(&format!("{repeat}.{id}")));
        let Some(item) = inner
            .filter(|item| item.id.as_str() == id)
            .or_else(|| form.item(id))
        else {
            return self.write();
        };
        let row = match (&item.kind, self.item.split_once('.')) {
            (Kind::Matrix { rows, .. }, Some((_, row))) => rows.iter().find(|own| own.id == row),
            _ => None,
        };
        let title = match row {
            Some(row) => format!("{}：{}", item.title, row.title),
            None => item.title.clone(),
        };
        let option = item.option(&self.value);
        let value = match option {
            Some(option) => format!("「{}」", option.title),
            None => format!("{}{}", self.value, item.unit().unwrap_or_default()),
        };
        match self.is {
            Relation::Answered | Relation::Blank => format!("「{title}」に{}", self.is.label()),
            Relation::Is | Relation::IsNot | Relation::Has | Relation::HasNot => {
                format!("「{title}」で{value}{}", self.is.label())
            }
            Relation::Equals => format!("「{title}」が{value}と同じ"),
            Relation::Differs => format!("「{title}」が{value}と違う"),
            Relation::AtLeast | Relation::AtMost => {
                format!("「{title}」が{value}{}の", self.is.label())
            }
            Relation::MoreThan | Relation::LessThan => {
                format!("「{title}」が{value}{}", self.is.label())
            }
        }
    }
}

impl Comparison {
    pub fn write(&self) -> String {
        let operator = self.is.operator().unwrap_or("<=");
        format!("{} {operator} {}", self.left, self.right)
    }

    pub fn read(rule: &str) -> Option<Comparison> {
        let (left, is, right) = compared(unwrapped(rule.trim()))?;
        (is_name(left) && is_name(right)).then(|| Comparison {
            left: left.to_owned(),
            is,
            right: right.to_owned(),
        })
    }
}

/// The two sides of a comparison, and what stands between them.
fn compared(text: &str) -> Option<(&str, Relation, &str)> {
    let at = outside_strings(text).find(|at| text[*at..].starts_with(['=', '!', '<', '>']))?;
    let operator = ["==", "!=", ">=", "<=", ">", "<"]
        .into_iter()
        .find(|operator| text[at..].starts_with(operator))?;
    let (left, right) = (text[..at].trim(), text[at + operator.len()..].trim());
    let again = outside_strings(right).any(|at| right[at..].starts_with(['=', '<', '>', '&', '|']));
    (!left.is_empty() && !right.is_empty() && !again).then_some((
        left,
        Relation::of_operator(operator)?,
        right,
    ))
}

/// The parts between `&&` or `||` that stand in no brackets and no string.
fn split<'a>(text: &'a str, between: &str) -> Vec<&'a str> {
    let (mut parts, mut from, mut depth) = (Vec::new(), 0, 0_i32);
    for at in outside_strings(text) {
        match text.as_bytes()[at] {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ if depth == 0 && at >= from && text[at..].starts_with(between) => {
                parts.push(&text[from..at]);
                from = at + between.len();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

/// The positions of all characters that stand in no string.
fn outside_strings(text: &str) -> impl Iterator<Item = usize> + '_ {
    let (mut inside, mut escaped) = (false, false);
    text.char_indices().filter_map(move |(at, c)| {
        let mark = c == '"' && !escaped;
        escaped = inside && c == '\\' && !escaped;
        if mark {
            inside = !inside;
        }
        (!inside && !mark).then_some(at)
    })
}

/// Without brackets around the whole.
fn unwrapped(text: &str) -> &str {
    let Some(inner) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    else {
        return text;
    };
    let mut depth = 0_i32;
    for at in outside_strings(inner) {
        match inner.as_bytes()[at] {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return text;
        }
    }
    inner.trim()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What a string says that has no other escapes than those that [`quoted`] makes.
fn unquoted(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    let (mut said, mut escaped) = (String::new(), false);
    for c in inner.chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (false, '"') => return None,
            (true, '\\' | '"') | (false, _) => {
                said.push(c);
                escaped = false;
            }
            (true, _) => return None,
        }
    }
    (!escaped).then_some(said)
}

/// `q1`, or `q4.r2`.
fn is_name(text: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(char::is_alphabetic)
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !matches!(part, "true" | "false")
    };
    let mut parts = text.split('.');
    parts.clone().count() <= 2 && parts.all(part)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, rest]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `2024-06-05`
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, count| part.len() == count && is_number(part);
    matches!(parts.as_slice(), [y, m, d] if digits(y, 4) && digits(m, 2) && digits(d, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(item: &str, is: Relation, value: &str) -> Clause {
        Clause {
            item: item.into(),
            is,
            value: value.into(),
        }
    }

    #[test]
    fn what_was_written_by_hand_is_read() {
        let read = |rule: &str| Relevance::read(rule).map(|read| (read.joined, read.clauses));
        assert_eq!(
            read("rule_used == \"yes\""),
            Some((Joined::All, vec![clause("rule_used", Relation::Is, "yes")]))
        );
        assert_eq!(
            read("(q1 != \"a\\\"1\") && q2.contains(\"a && b\")&&!blank(q3)"),
            Some((
                Joined::All,
                vec![
                    clause("q1", Relation::IsNot, "a\"1"),
                    clause("q2", Relation::Has, "a && b"),
                    clause("q3", Relation::Answered, ""),
                ]
            ))
        );
        assert_eq!(
            read(
                "退院数 >= 10 || !q2.contains(\"x\") || held_on < \"2024-06-05\" || q4.r2 == \"a1\""
            ),
            Some((
                Joined::Any,
                vec![
                    clause("退院数", Relation::AtLeast, "10"),
                    clause("q2", Relation::HasNot, "x"),
                    clause("held_on", Relation::LessThan, "2024-06-05"),
                    clause("q4.r2", Relation::Is, "a1"),
                ]
            ))
        );
    }

    #[test]
    fn what_has_another_form_stays_a_text() {
        for rule in [
            "a == \"x\" && b == \"y\" || c == \"z\"",
            "(a == \"x\" && b == \"y\")",
            "a + b > 3",
            "a == b",
            "sum(hospitals, \"discharged\") > 3",
            "!(a == \"x\")",
            "a < b < c",
            "a >= \"x\"",
            "true",
            "",
            "a ==",
            "a == \"\\n\"",
        ] {
            assert_eq!(Relevance::read(rule), None, "{rule}");
        }
    }

    #[test]
    fn two_items_are_compared() {
        let read = Comparison::read("coordinated<=discharged").expect("a comparison");
        assert_eq!(read.write(), "coordinated <= discharged");
        for rule in ["a <= 3", "a + b <= c", "a", "a <= b && c", "a.b.c < d"] {
            assert_eq!(Comparison::read(rule), None, "{rule}");
        }
    }
}
