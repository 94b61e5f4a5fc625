//! The 引継書 of a role on a day, in a year that went as in the dry run.

use workflows::simulate::{played, simulate};

use super::case::Step;
use super::look::plain;
use super::scene::{Scene, said};
use crate::handover::{Handover, Running};

impl Scene<'_> {
    pub(super) fn handover(&self, role: &str, step: &Step) -> Vec<String> {
        let (pack, on) = (&self.pack, self.day(step));
        let Some(mut handover) = Handover::begin(pack, role, on) else {
            return vec![format!("役割か担当者「{role}」はありません")];
        };
        for cycle in &pack.cycles {
            let (script, parameters) = (&cycle.script, &cycle.parameters);
            let plan = match script.plan(parameters) {
                Ok(plan) => plan,
                Err(findings) => return said(&findings),
            };
            let (habits, calendar) = (pack.habits(cycle), pack.calendar());
            let (state, records) = played(script, parameters, &plan, &habits, &calendar, on);
            if records.is_empty() {
                continue;
            }
            let rest = simulate(script, parameters, &plan, &habits, &calendar, state.clone());
            let running = Running {
                plan: &plan,
                state: &state,
                records: &records,
                ahead: rest.entries,
            };
            handover.add(pack, role, on, running);
        }
        match handover.markdown() {
            Ok(text) => self.look(&plain(&text), step),
            Err(findings) => said(&findings),
        }
    }
}
