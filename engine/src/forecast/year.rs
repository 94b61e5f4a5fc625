//! A pack moved into another fiscal year.

use std::borrow::Cow;
use std::collections::BTreeSet;

use authoring::Finding;
use chrono::{Months, NaiveDate};
use workflows::{Kind, Moved, Parameters, Plan};

use crate::pack::{Cycle, Pack};

impl Pack {
    /// The pack with one cycle in fiscal year `year`, or as it is without one: its dates, its surveys' years and periods, the fiscal
    /// years of its meetings and of the plan. What stands in titles as text stays as it is written.
    ///
    /// # Errors
    /// `cycle.other_year`: the year is not possible for this cycle.
    pub(super) fn in_year(
        &self,
        cycle: &Cycle,
        year: Option<i32>,
    ) -> Result<(Cow<'_, Pack>, Vec<Moved>), Vec<Finding>> {
        let Some(year) = year else {
            return Ok((Cow::Borrowed(self), Vec::new()));
        };
        let mut pack = self.clone();
        let about = cycle.parameters.about_year().unwrap_or(year);
        let (parameters, moved) = self.moved(cycle, year)?;
        let years = year - about;
        let plan = cycle.script.plan(&parameters)?;
        if let Some(known) = pack.cycles.iter_mut().find(|known| known.id == cycle.id) {
            known.parameters = parameters;
        }
        for child in self.below(cycle) {
            let Some(about) = child.parameters.about_year() else {
                continue;
            };
            let (parameters, _) = self.moved(child, about + years)?;
            if let Some(known) = pack.cycles.iter_mut().find(|known| known.id == child.id) {
                known.parameters = parameters;
            }
        }
        let named = named(&plan);
        for survey in &mut pack.surveys {
            if named.contains(survey.id.as_str()) {
                survey.survey_year += years;
                if let Some(period) = &mut survey.period {
                    period.from = later(period.from, years);
                    period.to = later(period.to, years);
                }
            }
        }
        for meeting in &mut pack.agenda.meetings {
            if named.contains(meeting.id.as_str()) {
                meeting.fiscal_year += years;
            }
        }
        if let Some(plan) = &mut pack.map.plan {
            plan.fiscal_year += years;
        }
        Ok((Cow::Owned(pack), moved))
    }

    fn moved(&self, cycle: &Cycle, year: i32) -> Result<(Parameters, Vec<Moved>), Vec<Finding>> {
        let moved = cycle.parameters.in_year(year, &self.calendar());
        moved.map_err(|what| {
            vec![Finding::new(
                "cycle.other_year",
                cycle.parameters.file(),
                None,
                what,
                "年度を変えるか、日付の項目を直してください。",
            )]
        })
    }

    /// The cycles below a cycle, theirs included: none is below itself.
    fn below(&self, cycle: &Cycle) -> Vec<&Cycle> {
        let children = cycle.children().into_iter();
        let mut below: Vec<&Cycle> = children.filter_map(|id| self.cycle(&id)).collect();
        let deeper: Vec<&Cycle> = below.iter().flat_map(|child| self.below(child)).collect();
        below.extend(deeper);
        below
    }
}

/// The surveys and meetings that the steps of a plan name.
fn named(plan: &Plan) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for step in &plan.steps {
        match &step.kind {
            Kind::Effect { args, .. } | Kind::Compute { args, .. } => {
                names.extend(args.iter().map(String::as_str));
            }
            Kind::Collect { name } => {
                names.insert(name);
            }
            Kind::WaitFor { key, .. } => {
                names.insert(key);
            }
            _ => {}
        }
    }
    names
}

/// The same day so many years later; the last of the month where there is none.
fn later(on: NaiveDate, years: i32) -> NaiveDate {
    let months = Months::new(years.unsigned_abs().saturating_mul(12));
    let moved = match years < 0 {
        true => on.checked_sub_months(months),
        false => on.checked_add_months(months),
    };
    moved.unwrap_or(on)
}
