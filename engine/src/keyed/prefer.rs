//! Which of two returns of one office counts. Of two that differ, the first rule that tells them apart decides:
//!
//! 1. one without anything to mend counts before one with,
//! 2. the one that arrived on a later day,
//! 3. the one from the web, which the office has typed itself,
//! 4. the one with more answers,
//! 5. otherwise what counted before.

use chrono::NaiveDate;
use forms::{Answers, Questionnaire};
use serde::{Deserialize, Serialize};

/// A return as the rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub valid: bool,
    pub received_on: NaiveDate,
    pub web: bool,
    /// Items with an answer.
    pub answered: usize,
}

/// The rule that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    Valid,
    Later,
    Web,
    MoreAnswers,
    Before,
}

impl Candidate {
    pub fn new(
        form: &Questionnaire,
        answers: &Answers,
        received_on: NaiveDate,
        web: bool,
    ) -> Candidate {
        let examined = form.examine(answers);
        Candidate {
            valid: !examined.has_errors(),
            received_on,
            web,
            answered: examined.answers.items().count(),
        }
    }
}

/// Whether the newly received return counts instead of the one that counts now, and by which rule.
pub fn prefer(now: &Candidate, new: &Candidate) -> (bool, Why) {
    let rules = [
        (new.valid.cmp(&now.valid), Why::Valid),
        (new.received_on.cmp(&now.received_on), Why::Later),
        (new.web.cmp(&now.web), Why::Web),
        (new.answered.cmp(&now.answered), Why::MoreAnswers),
    ];
    let decided = rules.into_iter().find(|(order, _)| order.is_ne());
    decided.map_or((false, Why::Before), |(order, why)| (order.is_gt(), why))
}

impl Why {
    /// Why the one that counts does.
    pub fn sentence(self) -> &'static str {
        match self {
            Why::Valid => "直すところのない回答を採りました。",
            Why::Later => "あとから届いた回答を採りました。",
            Why::Web => "同じ日に届いたため、ウェブの回答を採りました。",
            Why::MoreAnswers => "同じ日に届いたため、記入の多い回答を採りました。",
            Why::Before => "違いを決める手がかりがないため、先の回答のままにしました。",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: u32) -> Candidate {
        Candidate {
            valid: true,
            received_on: NaiveDate::from_ymd_opt(2026, 12, day).expect("a day"),
            web: false,
            answered: 10,
        }
    }

    #[test]
    fn the_first_rule_that_tells_them_apart_decides() {
        let web = Candidate { web: true, ..on(5) };
        let wrong = Candidate {
            valid: false,
            ..on(9)
        };
        let fuller = Candidate {
            answered: 11,
            ..on(5)
        };
        let cases = [
            // A return with something to mend does not count, however late it arrived.
            (web, wrong, (false, Why::Valid)),
            (wrong, web, (true, Why::Valid)),
            // The later one counts, whether it is of the web or of paper.
            (web, on(6), (true, Why::Later)),
            (on(6), web, (false, Why::Later)),
            // On the same day the web.
            (web, on(5), (false, Why::Web)),
            (on(5), web, (true, Why::Web)),
            (on(5), fuller, (true, Why::MoreAnswers)),
            (fuller, on(5), (false, Why::MoreAnswers)),
            (on(5), on(5), (false, Why::Before)),
        ];
        for (now, new, expected) in cases {
            assert_eq!(prefer(&now, &new), expected, "{now:?} {new:?}");
        }
    }
}
