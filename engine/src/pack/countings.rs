//! Compiling how each indicator is counted: measures over the questionnaire of its survey or the form of its
//! ledger.

use std::collections::BTreeMap;

use authoring::Source;
use forms::{Measure, Questionnaire};

use super::read::{Read, Reader};
use crate::ledger::Ledger;
use crate::map::{Counting, Countings, Indicator, Map};

impl Reader<'_> {
    pub(super) fn countings(
        &mut self,
        map: Option<&Read<Map>>,
        questionnaires: &BTreeMap<String, Questionnaire>,
        ledgers: &BTreeMap<String, Ledger>,
    ) -> Countings {
        let mut countings = Countings::new();
        let Some(map) = map else { return countings };
        for (index, indicator) in map.value.indicators.iter().enumerate() {
            let of_survey = indicator
                .survey
                .as_ref()
                .and_then(|id| questionnaires.get(id));
            let of_ledger = indicator.ledger.as_ref().and_then(|id| ledgers.get(id));
            let questionnaire = of_survey.or(of_ledger.map(|ledger| &ledger.form));
            let (Some(questionnaire), Some(_)) = (questionnaire, &indicator.numerator) else {
                continue;
            };
            let at = |side: &str| format!("/indicators/{index}/{side}");
            if of_survey.is_none() {
                self.without_roster(&map.source, index, indicator);
            }
            let numerator = self.take(Measure::read(&map.source, &at("numerator"), questionnaire));
            let estimate = indicator
                .denominator
                .as_ref()
                .filter(|value| value.get("estimate").is_some());
            let estimate = match estimate.map(|value| serde_json::from_value(value.clone())) {
                Some(Err(error)) => {
                    self.findings.push(map.source.finding(
                        "pack.shape",
                        &at("denominator"),
                        format!("推計の分母を読めません（{error}）。"),
                        "{ \"estimate\": 150, \"how\": \"推計のしかた\" } の形で書いてください。",
                    ));
                    continue;
                }
                Some(Ok(estimate)) => Some(estimate),
                None => None,
            };
            let denominator = match &indicator.denominator {
                None => Some(None),
                Some(_) if estimate.is_some() => Some(None),
                Some(_) => self
                    .take(Measure::read(
                        &map.source,
                        &at("denominator"),
                        questionnaire,
                    ))
                    .map(Some),
            };
            if let (Some(numerator), Some(denominator)) = (numerator, denominator) {
                countings.insert(
                    indicator.id.clone(),
                    Counting {
                        numerator,
                        denominator,
                        estimate,
                    },
                );
            }
        }
        countings
    }

    /// Nobody is asked for the entries of a ledger.
    fn without_roster(&mut self, source: &Source, index: usize, indicator: &Indicator) {
        let sides = [
            ("numerator", &indicator.numerator),
            ("denominator", &indicator.denominator),
        ];
        for (side, measure) in sides {
            let text = |field: &str| measure.as_ref()?.get(field)?.as_str();
            let of_roster = text("of") == Some("roster");
            if of_roster || text("where").is_some_and(|rule| rule.contains("respondent.")) {
                self.findings.push(source.finding(
                    "form.measure",
                    &format!("/indicators/{index}/{side}"),
                    "台帳には名簿がないので、名簿の数や列では数えられません。",
                    "of を responses にし、where には台帳の設問を書いてください。",
                ));
            }
        }
    }
}
