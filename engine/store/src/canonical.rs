//! Canonical JSON: the one spelling of a JSON value over which hashes are computed.
//!
//! Object keys sorted by code point, no white space, strings escaped only where JSON demands it, numbers
//! as `serde_json` prints them. `-0.0` is written `0.0`, because a database that keeps JSON as decimal
//! numbers has no negative zero and the hash must survive a move there and back.

use serde_json::Value;

/// Why a value cannot be part of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// U+0000, which PostgreSQL's JSONB cannot hold.
    Nul,
    /// Nested deeper than `limits::EVENT_DEPTH`: it could be written but not be read back.
    Depth,
}

/// The canonical spelling of `value`.
pub(crate) fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

/// Whether `value` can be kept by every implementation.
pub(crate) fn check(value: &Value, depth_left: usize) -> Result<(), Unfit> {
    let plain = |text: &str| {
        if text.contains('\0') {
            Err(Unfit::Nul)
        } else {
            Ok(())
        }
    };
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        Value::String(text) => plain(text),
        Value::Array(_) | Value::Object(_) if depth_left == 0 => Err(Unfit::Depth),
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| check(item, depth_left - 1)),
        Value::Object(fields) => fields.iter().try_for_each(|(name, field)| {
            plain(name)?;
            check(field, depth_left - 1)
        }),
    }
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Number(number) if number.is_f64() && number.as_f64() == Some(0.0) => {
            out.push_str("0.0")
        }
        Value::Array(items) => {
            out.push('[');
            for (nth, item) in items.iter().enumerate() {
                if nth > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| name.as_str());
            out.push('{');
            for (nth, (name, field)) in sorted.into_iter().enumerate() {
                if nth > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write(field, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The right-hand side is what Python's json.dumps(…, sort_keys=True, ensure_ascii=False, separators=(',', ':')) prints.
    #[test]
    fn one_spelling() {
        let value: Value = serde_json::from_str(
            r#" { "b": [1, 2.5, true, null], "あ": "改行\nと\u0001と\"", "a": {"z": 1, "y": {}}, "ｱ": [] } "#,
        )
        .unwrap();
        assert_eq!(
            canonical(&value),
            r#"{"a":{"y":{},"z":1},"b":[1,2.5,true,null],"あ":"改行\nと\u0001と\"","ｱ":[]}"#
        );
    }

    #[test]
    fn negative_zero_is_zero() {
        assert_eq!(
            canonical(&serde_json::from_str("[-0.0, 0.0, 0]").unwrap()),
            "[0.0,0.0,0]"
        );
    }

    #[test]
    fn refuses_what_another_store_could_not_keep() {
        let deep = (0..5).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
        assert_eq!(check(&deep, 5), Ok(()));
        assert_eq!(check(&deep, 4), Err(Unfit::Depth));
        assert_eq!(check(&serde_json::json!({"a\0": 1}), 4), Err(Unfit::Nul));
        assert_eq!(check(&serde_json::json!(["\0"]), 4), Err(Unfit::Nul));
    }
}
