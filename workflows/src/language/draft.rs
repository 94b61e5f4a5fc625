//! A step while the script is writing it: everything that was said, right or wrong.

use crate::key::StepId;
use crate::plan::{Kind, Per, When};
use crate::rule::{DateRule, Offset};

#[derive(Debug, Clone)]
pub(crate) struct StepDraft {
    pub id: String,
    pub line: Option<u32>,
    pub title: Option<String>,
    /// Should be exactly one.
    pub kinds: Vec<Kind>,
    pub after: Vec<StepId>,
    pub need: Option<i64>,
    pub any: bool,
    pub share: Option<i64>,
    pub when: Vec<When>,
    pub per: Option<Per>,
    pub open_until: Option<StepId>,
    pub alone: Option<String>,
    pub withdraw: Vec<StepId>,
    pub while_open: Option<StepId>,
    pub opens: Option<DateRule>,
    pub due: Option<DateRule>,
    pub closes: Option<DateRule>,
    pub sendback: Option<StepId>,
    pub max: Option<i64>,
    pub escalate: Option<Offset>,
    pub fresh: bool,
    pub unskippable: bool,
    pub problems: Vec<Problem>,
}

/// Something wrong that was already visible while the step was written.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub code: &'static str,
    pub what: String,
    pub todo: String,
}

impl StepDraft {
    pub fn new(id: &str, line: Option<u32>) -> StepDraft {
        StepDraft {
            id: id.to_owned(),
            line,
            title: None,
            kinds: Vec::new(),
            after: Vec::new(),
            need: None,
            any: false,
            share: None,
            when: Vec::new(),
            per: None,
            open_until: None,
            alone: None,
            withdraw: Vec::new(),
            while_open: None,
            opens: None,
            due: None,
            closes: None,
            sendback: None,
            max: None,
            escalate: None,
            fresh: false,
            unskippable: false,
            problems: Vec::new(),
        }
    }

    pub fn problem(
        &mut self,
        code: &'static str,
        what: impl Into<String>,
        todo: impl Into<String>,
    ) {
        self.problems.push(Problem {
            code,
            what: what.into(),
            todo: todo.into(),
        });
    }
}
