//! The document of a questionnaire as typed items. Lenient: what the shape refuses is left out here, so that the
//! checks of meaning can look at all the rest in the same run.

use std::sync::Arc;

use authoring::{Finding, Source};
use serde_json::{Map, Value};

use crate::expression::Rule;
use crate::file::FileKind;
use crate::item::{Choice, Constraint, Item, ItemId, Kind, MatrixRow};
use crate::items::Items;
use crate::questionnaire::{Page, Questionnaire};

/// Characters of a text item without `maxLength`.
const DEFAULT_TEXT: usize = 4_000;
/// Rows of a repeat without `maxItems`.
const DEFAULT_ROWS: usize = 50;
/// Megabytes of a file without `megabytes`.
const DEFAULT_MEGABYTES: u64 = 5;

/// The questionnaire as far as it can be understood, and the findings of expressions that do not compile.
pub(crate) fn questionnaire(source: &Source) -> (Questionnaire, Vec<Finding>) {
    let document = source.value();
    let mut reading = Reading {
        source,
        findings: Vec::new(),
    };
    let items = reading.items(document, "");
    let title = text(document, "title").unwrap_or_default();
    let pages = pages(document).unwrap_or_else(|| {
        vec![Page {
            title: title.clone(),
            items: items.iter().map(|item| item.id.clone()).collect(),
        }]
    });
    let questionnaire = Questionnaire {
        id: text(document, "x-id").unwrap_or_default(),
        version: document["x-version"]
            .as_u64()
            .and_then(|n| n.try_into().ok())
            .unwrap_or(0),
        title,
        description: text(document, "description"),
        pages,
        items: Arc::new(items),
        document: document.clone(),
    };
    (questionnaire, reading.findings)
}

fn pages(document: &Value) -> Option<Vec<Page>> {
    let pages = document.get("x-pages")?.as_array()?;
    let page = |page: &Value| Page {
        title: text(page, "title").unwrap_or_default(),
        items: strings(page.get("items")).map(ItemId::from).collect(),
    };
    Some(pages.iter().map(page).collect())
}

/// The options that `schema` lists itself or through a reference into `$defs`; with the pointer of the list.
pub(crate) fn option_list<'a>(
    source: &'a Source,
    schema: &'a Value,
    pointer: &str,
) -> Option<(&'a Vec<Value>, String)> {
    if let Some(list) = schema.get("oneOf").and_then(Value::as_array) {
        return Some((list, format!("{pointer}/oneOf")));
    }
    let target = schema.get("$ref")?.as_str()?.strip_prefix('#')?;
    let list = source.value().pointer(target)?.get("oneOf")?.as_array()?;
    Some((list, format!("{target}/oneOf")))
}

struct Reading<'a> {
    source: &'a Source,
    findings: Vec<Finding>,
}

impl Reading<'_> {
    fn items(&mut self, level: &Value, pointer: &str) -> Items {
        let required: Vec<&str> = strings(level.get("required")).collect();
        let properties = object(level.get("properties"));
        let items = properties.map(|(id, schema)| {
            let pointer = format!(
                "{pointer}/properties/{}",
                id.replace('~', "~0").replace('/', "~1")
            );
            self.item(id, schema, pointer, required.contains(&id.as_str()))
        });
        Items::new(items.collect())
    }

    fn item(&mut self, id: &str, schema: &Value, pointer: String, required: bool) -> Item {
        Item {
            id: id.into(),
            title: text(schema, "title").unwrap_or_else(|| id.to_owned()),
            title_en: text(schema, "x-title-en"),
            help: text(schema, "description"),
            required,
            concept: text(schema, "x-concept"),
            series_break: text(schema, "x-break"),
            kind: self.kind(schema, &pointer),
            relevant: self.rule(schema.get("x-relevant"), &format!("{pointer}/x-relevant")),
            calculate: self.rule(schema.get("x-calculate"), &format!("{pointer}/x-calculate")),
            constraints: self.constraints(
                schema.get("x-constraint"),
                &format!("{pointer}/x-constraint"),
            ),
            pointer,
        }
    }

    fn rule(&mut self, text: Option<&Value>, pointer: &str) -> Option<Rule> {
        match Rule::compile(text?.as_str()?) {
            Ok(rule) => Some(rule),
            Err(fault) => {
                self.findings.push(
                    self.source
                        .finding(fault.code, pointer, fault.what, fault.todo),
                );
                None
            }
        }
    }

    fn constraints(&mut self, value: Option<&Value>, pointer: &str) -> Vec<Constraint> {
        let list: Vec<(String, &Value)> = match value {
            Some(Value::Array(list)) => {
                let place = |(at, one)| (format!("{pointer}/{at}/rule"), one);
                list.iter().enumerate().map(place).collect()
            }
            Some(one) => vec![(format!("{pointer}/rule"), one)],
            None => Vec::new(),
        };
        list.into_iter()
            .filter_map(|(pointer, one)| {
                Some(Constraint {
                    rule: self.rule(one.get("rule"), &pointer)?,
                    message: text(one, "message").unwrap_or_default(),
                })
            })
            .collect()
    }

    fn options(&self, schema: &Value, pointer: &str) -> Vec<Choice> {
        let list = option_list(self.source, schema, pointer);
        list.map(|(list, _)| list.iter().filter_map(choice).collect())
            .unwrap_or_default()
    }

    fn kind(&mut self, schema: &Value, pointer: &str) -> Kind {
        if schema.get("x-repeat").is_some() {
            let rows = schema.get("items").unwrap_or(&Value::Null);
            return Kind::Repeat {
                label: text(schema, "x-repeat").unwrap_or_default(),
                items: self.items(rows, &format!("{pointer}/items")),
                min: size(schema, "minItems").unwrap_or(0),
                max: size(schema, "maxItems").unwrap_or(DEFAULT_ROWS),
            };
        }
        if schema.get("x-matrix").is_some() {
            let row = |(id, row): (&String, &Value)| MatrixRow {
                id: id.clone(),
                title: text(row, "title").unwrap_or_else(|| id.clone()),
            };
            let first = object(schema.get("properties")).next();
            return Kind::Matrix {
                rows: object(schema.get("properties")).map(row).collect(),
                options: first
                    .map(|(_, row)| self.options(row, pointer))
                    .unwrap_or_default(),
            };
        }
        if let Some(file) = schema.get("x-file") {
            let known = |name: &str| FileKind::ALL.into_iter().find(|kind| kind.name() == name);
            return Kind::File {
                kinds: strings(file.get("kinds")).filter_map(known).collect(),
                megabytes: size(file, "megabytes").map_or(DEFAULT_MEGABYTES, |most| most as u64),
            };
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("array") => Kind::Multiple {
                options: self.options(schema.get("items").unwrap_or(&Value::Null), pointer),
                min: size(schema, "minItems"),
                max: size(schema, "maxItems"),
            },
            Some("integer") => Kind::Integer {
                unit: text(schema, "x-unit"),
                min: schema.get("minimum").and_then(Value::as_i64),
                max: schema.get("maximum").and_then(Value::as_i64),
                plausible: pair(schema)
                    .and_then(|(low, high)| Some((low.as_i64()?, high.as_i64()?))),
            },
            Some("number") => {
                let decimal = |value: &Value| value.to_string().parse().ok();
                Kind::Decimal {
                    unit: text(schema, "x-unit"),
                    min: schema.get("minimum").and_then(decimal),
                    max: schema.get("maximum").and_then(decimal),
                    step: schema.get("multipleOf").and_then(decimal),
                    plausible: pair(schema)
                        .and_then(|(low, high)| Some((decimal(low)?, decimal(high)?))),
                }
            }
            Some("string") if schema.get("format").is_some() => Kind::Date,
            Some("string") if schema.get("oneOf").is_none() && schema.get("$ref").is_none() => {
                Kind::Text {
                    max: size(schema, "maxLength").unwrap_or(DEFAULT_TEXT),
                    long: schema["x-long"].as_bool().unwrap_or(false),
                }
            }
            _ => Kind::Single {
                options: self.options(schema, pointer),
            },
        }
    }
}

fn choice(option: &Value) -> Option<Choice> {
    let code = text(option, "const")?;
    let attribute =
        |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    Some(Choice {
        title: text(option, "title").unwrap_or_else(|| code.clone()),
        title_en: text(option, "x-title-en"),
        exclusive: option["x-exclusive"].as_bool().unwrap_or(false),
        unknown: option["x-unknown"].as_bool().unwrap_or(false),
        attributes: object(option.get("x-attributes"))
            .filter_map(attribute)
            .collect(),
        code,
    })
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

fn size(value: &Value, name: &str) -> Option<usize> {
    value.get(name)?.as_u64()?.try_into().ok()
}

fn pair(schema: &Value) -> Option<(&Value, &Value)> {
    let pair = schema.get("x-plausible")?;
    Some((pair.get(0)?, pair.get(1)?))
}

fn strings(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
}
