//! Figures and remarks.

use super::case::Wanted;
use super::scene::Scene;
use crate::figure::FigureKey;

impl Scene<'_> {
    pub(super) fn figures(&self, wanted: &[Wanted]) -> Vec<String> {
        let book = self.book();
        let mut failures = Vec::new();
        for one in wanted {
            let key = FigureKey {
                indicator: one.indicator.clone(),
                area: one.area.clone(),
                year: one.year,
            };
            let Some(figure) = book.get(&key) else {
                failures.push(format!("{key} の値がありません"));
                continue;
            };
            let printed = figure.printed(self.pack.percent(&one.indicator));
            if printed != one.printed {
                failures.push(format!("{key} は {printed} です（{} のはず）", one.printed));
            }
            for (name, wanted, found) in [
                ("分子", one.num, figure.numerator()),
                ("分母", one.den, figure.denominator()),
            ] {
                if wanted.is_some() && wanted != found {
                    failures.push(format!(
                        "{key} の{name}は {} です（{} のはず）",
                        said(found),
                        said(wanted)
                    ));
                }
            }
        }
        failures
    }

    pub(super) fn remarks(&self, wanted: &[String]) -> Vec<String> {
        let remarks: Vec<String> = self.remarked().iter().map(ToString::to_string).collect();
        let missing = wanted
            .iter()
            .filter(|part| !remarks.iter().any(|remark| remark.contains(part.as_str())));
        missing
            .map(|part| {
                format!(
                    "注意に「{part}」がありません（あったのは：{}）",
                    remarks.join(" ／ ")
                )
            })
            .collect()
    }
}

/// A count that is not known is a dash.
fn said(count: Option<u64>) -> String {
    count.map_or("―".to_owned(), |count| count.to_string())
}
