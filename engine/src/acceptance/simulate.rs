//! The dry run of a year, as its text.

use super::case::Step;
use super::scene::{Scene, said};
use crate::forecast::forecast;
use crate::pack::Cycle;

impl Scene<'_> {
    pub(super) fn simulate(&self, year: i32, step: &Step) -> Vec<String> {
        let cycles: Vec<&Cycle> = match &step.cycle {
            Some(id) => self.pack.cycle(id).into_iter().collect(),
            None => self
                .pack
                .cycles
                .iter()
                .filter(|cycle| cycle.parameters.fiscal_year().is_none_or(|of| of == year))
                .collect(),
        };
        if cycles.is_empty() {
            return vec![format!("{year}年度のサイクルがありません")];
        }
        let forecast = match forecast(&self.pack, &cycles, None) {
            Ok(forecast) => forecast,
            Err(findings) => return said(&findings),
        };
        let mut failures = self.look(&forecast.to_string(), step);
        let held = forecast.meetings.len();
        if let Some(wanted) = step.meetings.filter(|wanted| *wanted != held) {
            failures.push(format!("会議は{held}回です（{wanted}回のはず）"));
        }
        failures
    }
}
