//! A source: one JSON text with its file name and the line of every value.

use std::collections::HashMap;

use jsonc_parser::ast;
use serde_json::Value;

use crate::Finding;

/// One JSON file of a pack.
#[derive(Debug, Clone)]
pub struct Source {
    file: String,
    value: Value,
    lines: HashMap<String, u32>,
    duplicates: Vec<Finding>,
}

impl Source {
    /// Reads strict JSON. A byte order mark at the start (Windows editors write one) is skipped.
    ///
    /// # Errors
    /// `pack.broken_json` when the text is not JSON, with the line where reading stopped.
    pub fn json(file: impl Into<String>, text: &str) -> Result<Source, Finding> {
        let file = file.into();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => return Err(broken(&file, &error)),
        };
        let mut walk = Walk {
            file: &file,
            newlines: text.match_indices('\n').map(|(at, _)| at).collect(),
            lines: HashMap::new(),
            duplicates: Vec::new(),
        };
        // The text is valid JSON by now, so a tree that cannot be read costs only the line numbers.
        let tree = jsonc_parser::parse_to_ast(text, &Default::default(), &Default::default());
        if let Some(root) = tree.ok().and_then(|parsed| parsed.value) {
            walk.lines.insert(String::new(), 1);
            walk.value(&root, "");
        }
        let (lines, duplicates) = (walk.lines, walk.duplicates);
        Ok(Source {
            file,
            value,
            lines,
            duplicates,
        })
    }

    pub fn file(&self) -> &str {
        &self.file
    }

    /// Of a name that is written twice in one object, the last value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The 1-based line of the value at a JSON pointer, or of its nearest ancestor that exists.
    /// A property stands on the line of its name.
    pub fn line(&self, pointer: &str) -> Option<u32> {
        let mut pointer = pointer;
        loop {
            if let Some(line) = self.lines.get(pointer) {
                return Some(*line);
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }

    /// A finding at the line of `pointer`.
    pub fn finding(
        &self,
        code: &'static str,
        pointer: &str,
        what: impl Into<String>,
        todo: impl Into<String>,
    ) -> Finding {
        Finding::new(code, &self.file, self.line(pointer), what, todo)
    }

    /// Names written twice in one object (`pack.duplicate_key`): JSON readers silently drop the first.
    /// [`Source::shape`] reports them too.
    pub fn duplicate_keys(&self) -> &[Finding] {
        &self.duplicates
    }
}

/// One step of a JSON pointer, escaped (RFC 6901).
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

struct Walk<'a> {
    file: &'a str,
    newlines: Vec<usize>,
    lines: HashMap<String, u32>,
    duplicates: Vec<Finding>,
}

impl Walk<'_> {
    fn line_at(&self, byte: usize) -> u32 {
        let before = self.newlines.partition_point(|at| *at < byte);
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }

    fn value(&mut self, value: &ast::Value<'_>, pointer: &str) {
        match value {
            ast::Value::Object(object) => {
                for property in &object.properties {
                    let name = property.name.as_str();
                    let line = self.line_at(property.range.start);
                    let inner = format!("{pointer}/{}", escape(name));
                    if let Some(first) = self.lines.insert(inner.clone(), line) {
                        self.duplicates.push(Finding::new(
                            "pack.duplicate_key",
                            self.file,
                            Some(line),
                            format!("「{name}」が2回書かれています（最初は{first}行目）。"),
                            "どちらかを削除するか、別の名前にしてください。",
                        ));
                        // What is inside was written twice only because the whole was.
                        continue;
                    }
                    self.value(&property.value, &inner);
                }
            }
            ast::Value::Array(array) => {
                for (index, element) in array.elements.iter().enumerate() {
                    let inner = format!("{pointer}/{index}");
                    let line = self.line_at(start(element));
                    self.lines.insert(inner.clone(), line);
                    self.value(element, &inner);
                }
            }
            _ => {}
        }
    }
}

fn start(value: &ast::Value<'_>) -> usize {
    match value {
        ast::Value::StringLit(node) => node.range.start,
        ast::Value::NumberLit(node) => node.range.start,
        ast::Value::BooleanLit(node) => node.range.start,
        ast::Value::Object(node) => node.range.start,
        ast::Value::Array(node) => node.range.start,
        ast::Value::NullKeyword(node) => node.range.start,
    }
}

fn broken(file: &str, error: &serde_json::Error) -> Finding {
    let english = error.to_string();
    let english = english.split(" at line ").next().unwrap_or_default();
    let what = match english {
        "trailing comma" => "最後の項目の後ろに余分なカンマ「,」があります",
        "expected `,` or `}`" => "項目の区切りのカンマ「,」か閉じかっこ「}」がありません",
        "expected `,` or `]`" => "要素の区切りのカンマ「,」か閉じかっこ「]」がありません",
        "expected `:`" => "名前の後ろにコロン「:」がありません",
        "key must be a string" => "名前が半角の引用符「\"」で囲まれていません",
        "expected value" => "値があるべき所に値がありません",
        "trailing characters" => "JSON が終わった後ろに余分な文字があります",
        "control character (\\u0000-\\u001F) found while parsing a string" => {
            "文字列の途中で改行されているか、閉じる引用符「\"」がありません"
        }
        "recursion limit exceeded" => "入れ子が深すぎます（128段まで）",
        _ if error.is_eof() => "ファイルが途中で終わっています",
        _ => "JSON の書き方が正しくありません",
    };
    // Column 0 is the line break itself, which ends the line before.
    let line = error
        .line()
        .saturating_sub(usize::from(error.column() == 0));
    let line = u32::try_from(line).ok().filter(|line| *line > 0);
    Finding::new(
        "pack.broken_json",
        file,
        line,
        format!("{what}（{english}）。"),
        "この行か、その直前の行を直してください。",
    )
}
