//! 引継書: what somebody who takes over has to know, as a paper.
//!
//! What is open and why it waits, what was decided, whom to know, what comes in the next three months. Only
//! what the journal and the pack say; nothing is stored.

mod gather;
mod history;

pub(crate) use gather::Running;

use std::collections::BTreeMap;

use authoring::Finding;
use papers::{Document, Head};
use serde::Serialize;

use crate::meeting::{environment, squeeze};
use crate::pack::Pack;
use crate::template::refused;

const TEMPLATE: &str = include_str!("paper.md");

/// The content of the paper, in words.
#[derive(Clone, Debug, Serialize)]
pub struct Handover {
    /// 引継書（事務局）
    pub title: String,
    /// The day on which it was written.
    pub on: String,
    pub tasks: Vec<OpenTask>,
    /// What else is open, and why.
    pub waiting: Vec<String>,
    pub surveys: Vec<Fielded>,
    pub ahead: Vec<Next>,
    pub decisions: Vec<Decided>,
    /// Dates that moved with their reasons, plans that were adopted.
    pub changes: Vec<String>,
    pub roles: Vec<Held>,
    pub delegations: Vec<String>,
    pub bodies: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct OpenTask {
    pub title: String,
    pub role: String,
    pub due: String,
    pub why: String,
}

/// A survey that takes answers.
#[derive(Clone, Debug, Serialize)]
pub struct Fielded {
    pub name: String,
    pub asked: u64,
    pub answered: u64,
    pub rate: String,
    pub closes: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Next {
    #[serde(skip)]
    pub(crate) day: chrono::NaiveDate,
    pub on: String,
    pub title: String,
    pub role: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Decided {
    pub on: String,
    pub title: String,
    pub who: String,
    pub outcome: String,
}

/// A role and those who hold it.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    pub name: String,
    pub holders: String,
}

/// What stands where there is nothing.
const NONE: &str = "―";

impl Handover {
    /// The paper as Markdown.
    ///
    /// # Errors
    /// `paper.template`, if the template is broken.
    pub fn markdown(&self) -> Result<String, Vec<Finding>> {
        let environment = environment();
        let context = minijinja::value::Value::from(minijinja::value::Serde(self));
        let text = environment.render_named_str("handover.md", TEMPLATE, context);
        let text = text.map_err(|error| vec![refused("handover.md", &error)])?;
        Ok(squeeze(&text))
    }

    /// The paper, ready for any writer.
    ///
    /// # Errors
    /// As [`Handover::markdown`], and `paper.*` findings of what it wrote.
    pub fn document(&self, pack: &Pack) -> Result<Document, Vec<Finding>> {
        let head = Head {
            title: self.title.clone(),
            subtitle: Some(format!("{}　{}現在", pack.municipality.name, self.on)),
            paged: true,
            fiction: pack.municipality.paper_footer.clone(),
            ..Head::default()
        };
        let (numbers, charts) = (BTreeMap::new(), BTreeMap::new());
        let style = &pack.style.layout;
        papers::read(
            "handover",
            &self.markdown()?,
            head,
            style,
            &numbers,
            &charts,
        )
    }
}
