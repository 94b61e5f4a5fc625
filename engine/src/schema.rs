//! The JSON Schemas of the pack's files, made from the types that read them.

use jsonschema::Validator;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use crate::acceptance::Case;
use crate::agenda::{Agenda, Papers};
use crate::frame::Frame;
use crate::history::History;
use crate::ledger::{Definition, Watches};
use crate::map::Map;
use crate::municipality::{Municipality, PaperStyle};
use crate::pack::Surveys;

/// The kinds of JSON file in a pack that are read by this crate. Questionnaires and cycle parameters
/// have their schemas in `forms` and `workflows`; [`published`] has them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Municipality,
    Surveys,
    Map,
    History,
    Agenda,
    Papers,
    Frame,
    Style,
    Case,
    Ledger,
    Watches,
}

impl Kind {
    pub const ALL: [Kind; 11] = [
        Kind::Municipality,
        Kind::Surveys,
        Kind::Map,
        Kind::History,
        Kind::Agenda,
        Kind::Papers,
        Kind::Frame,
        Kind::Style,
        Kind::Case,
        Kind::Ledger,
        Kind::Watches,
    ];

    /// Name of the schema's file without `.schema.json`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Municipality => "municipality",
            Kind::Surveys => "surveys",
            Kind::Map => "map",
            Kind::History => "history",
            Kind::Agenda => "agenda",
            Kind::Papers => "papers",
            Kind::Frame => "frame",
            Kind::Style => "style",
            Kind::Case => "case",
            Kind::Ledger => "ledger",
            Kind::Watches => "watches",
        }
    }

    /// The JSON Schema (draft 2020-12) as published for editors.
    pub fn schema(self) -> Value {
        let mut schema = match self {
            Kind::Municipality => of::<Municipality>(),
            Kind::Surveys => of::<Surveys>(),
            Kind::Map => of::<Map>(),
            Kind::History => of::<History>(),
            Kind::Agenda => of::<Agenda>(),
            Kind::Papers => of::<Papers>(),
            Kind::Frame => of::<Frame>(),
            Kind::Style => of::<PaperStyle>(),
            Kind::Case => of::<Case>(),
            Kind::Ledger => of::<Definition>(),
            Kind::Watches => of::<Watches>(),
        };
        // A file may name its schema, so that an editor completes it.
        schema["properties"]["$schema"] = json!({ "type": "string" });
        schema
    }

    pub fn validator(self) -> Validator {
        jsonschema::validator_for(&self.schema()).expect("a schema made from a type is a schema")
    }
}

/// Schemas of files that other crates read.
const ELSEWHERE: [(&str, &str); 2] = [
    ("questionnaire", forms::SCHEMA),
    ("cycle", workflows::SCHEMA),
];

/// The names of all schemas of a pack's files.
pub fn names() -> impl Iterator<Item = &'static str> {
    let own = Kind::ALL.into_iter().map(Kind::name);
    own.chain(ELSEWHERE.iter().map(|(name, _)| *name))
}

/// A schema as it is published, by its name; `None` when there is no such kind.
pub fn published(name: &str) -> Option<String> {
    let elsewhere = ELSEWHERE.iter().find(|(known, _)| *known == name);
    let own = || Kind::ALL.into_iter().find(|kind| kind.name() == name);
    match elsewhere {
        Some((_, text)) => Some((*text).to_owned()),
        None => own().map(|kind| format!("{:#}\n", kind.schema())),
    }
}

fn of<T: JsonSchema>() -> Value {
    let generator: SchemaGenerator = SchemaSettings::draft2020_12().into_generator();
    generator.into_root_schema_for::<T>().to_value()
}
