//! A document as text: what fits on a line stands on one, so that an option is a line.

use serde_json::Value;

/// Characters of a line, its indentation included.
const WIDTH: usize = 110;

/// JSON that reads back as the same document, two spaces to a level, with a line break at its end.
pub fn print(document: &Value) -> String {
    let mut text = String::new();
    value(document, 0, 0, &mut text);
    text.push('\n');
    text
}

/// `before`: characters that stand on the line already.
fn value(document: &Value, level: usize, before: usize, text: &mut String) {
    let short = one_line(document);
    if level > 0 && before + short.chars().count() <= WIDTH {
        text.push_str(&short);
        return;
    }
    let indent = |level: usize| "  ".repeat(level);
    match document {
        Value::Object(map) if !map.is_empty() => {
            text.push('{');
            for (at, (name, inner)) in map.iter().enumerate() {
                let name = Value::from(name.as_str()).to_string();
                let head = format!("{}{name}: ", indent(level + 1));
                text.push_str(if at == 0 { "\n" } else { ",\n" });
                text.push_str(&head);
                value(inner, level + 1, head.chars().count(), text);
            }
            text.push_str(&format!("\n{}}}", indent(level)));
        }
        Value::Array(list) if !list.is_empty() => {
            text.push('[');
            for (at, inner) in list.iter().enumerate() {
                text.push_str(if at == 0 { "\n" } else { ",\n" });
                text.push_str(&indent(level + 1));
                value(inner, level + 1, 2 * (level + 1), text);
            }
            text.push_str(&format!("\n{}]", indent(level)));
        }
        _ => text.push_str(&short),
    }
}

fn one_line(document: &Value) -> String {
    match document {
        Value::Object(map) if !map.is_empty() => {
            let entries: Vec<String> = map
                .iter()
                .map(|(name, inner)| format!("{}: {}", Value::from(name.as_str()), one_line(inner)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(list) => {
            let entries: Vec<String> = list.iter().map(one_line).collect();
            format!("[{}]", entries.join(", "))
        }
        other => other.to_string(),
    }
}
