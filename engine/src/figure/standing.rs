//! How a figure stands to the target of its indicator.

use super::{Amount, Figure, PercentStyle, Printed};
use crate::map::{Direction, Indicator};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// 達成.
    Reached,
    /// 未達.
    NotReached,
    /// 判断しない.
    NotJudged(NotJudged),
}

/// Why a figure is not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotJudged {
    /// It was decided not to: do not raise, no number on purpose.
    Decided,
    /// Watched, not steered.
    Neither,
    NoTarget,
    /// No value, a hidden one, or a sum in which a member is missing.
    NoValue,
}

impl Standing {
    /// Judges the value as it is printed: whoever reads 80.0 and the target 80 sees that it is reached.
    pub fn of(indicator: &Indicator, figure: Option<&Figure>, percent: PercentStyle) -> Standing {
        let not = Standing::NotJudged;
        if indicator.decision.is_some() {
            return not(NotJudged::Decided);
        }
        let Some(target) = indicator.target else {
            return not(NotJudged::NoTarget);
        };
        let rises = match indicator.direction {
            None | Some(Direction::Neither) => return not(NotJudged::Neither),
            Some(Direction::Up) => true,
            Some(Direction::Down) => false,
        };
        let whole = figure.filter(|figure| figure.coverage().is_empty());
        let value = whole.and_then(|figure| match figure.amount {
            Amount::Count(count) => Some(Printed {
                units: i64::try_from(count).ok()?,
                decimals: 0,
            }),
            _ => figure.percent(percent),
        });
        let Some(value) = value else {
            return not(NotJudged::NoValue);
        };
        let above = value.minus(target).units;
        match (rises && above >= 0) || (!rises && above <= 0) {
            true => Standing::Reached,
            false => Standing::NotReached,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Standing::Reached => "達成",
            Standing::NotReached => "未達",
            Standing::NotJudged(_) => "判断しない",
        }
    }
}

impl NotJudged {
    pub fn label(self) -> &'static str {
        match self {
            NotJudged::Decided => "この指標の扱いを決めているため",
            NotJudged::Neither => "増減のどちらがよいと決めていないため",
            NotJudged::NoTarget => "目標値を決めていないため",
            NotJudged::NoValue => "値がまだそろわないため",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FigureKey, Origin, Rounding};
    use super::*;

    const STYLE: PercentStyle = PercentStyle {
        decimals: 1,
        rounding: Rounding::HalfUp,
        whole_hundred: false,
    };

    fn standing(json: serde_json::Value, amount: Option<Amount>) -> Standing {
        let mut fields =
            serde_json::json!({ "id": "rate", "name": "率", "unit": "％", "layer": "direct" });
        fields
            .as_object_mut()
            .unwrap()
            .extend(json.as_object().unwrap().clone());
        let indicator: Indicator = serde_json::from_value(fields).unwrap();
        let figure = amount.map(|amount| Figure {
            key: FigureKey {
                indicator: "rate".into(),
                area: "city".into(),
                year: 2023,
            },
            amount,
            origin: Origin::Published {
                title: String::new(),
                published_by: String::new(),
                as_of: String::new(),
                file: String::new(),
            },
        });
        Standing::of(&indicator, figure.as_ref(), STYLE)
    }

    #[test]
    fn a_target_is_reached_as_it_is_printed() {
        let up = serde_json::json!({ "target": "78.1", "direction": "up" });
        // 189 of 242 are 78.099…, printed 78.1.
        assert_eq!(
            standing(up.clone(), Some(Amount::Ratio { num: 189, den: 242 })),
            Standing::Reached
        );
        assert_eq!(
            standing(up, Some(Amount::Ratio { num: 172, den: 226 })),
            Standing::NotReached
        );
        let down = serde_json::json!({ "target": "5", "direction": "down" });
        assert_eq!(
            standing(down.clone(), Some(Amount::Count(5))),
            Standing::Reached
        );
        assert_eq!(standing(down, Some(Amount::Count(6))), Standing::NotReached);
    }

    #[test]
    fn what_is_not_judged_says_why() {
        let of = |json, amount| match standing(json, amount) {
            Standing::NotJudged(why) => why,
            other => panic!("{other:?}"),
        };
        let rate = Some(Amount::Ratio { num: 1, den: 2 });
        let decided = serde_json::json!({ "target": "50", "direction": "up", "decision": "利用率は高めない" });
        assert_eq!(of(decided, rate), NotJudged::Decided);
        assert_eq!(
            of(serde_json::json!({ "direction": "up" }), rate),
            NotJudged::NoTarget
        );
        let watched = serde_json::json!({ "target": "50", "direction": "neither" });
        assert_eq!(of(watched, rate), NotJudged::Neither);
        let steered = serde_json::json!({ "target": "50", "direction": "up" });
        assert_eq!(of(steered.clone(), None), NotJudged::NoValue);
        assert_eq!(of(steered, Some(Amount::Hidden)), NotJudged::NoValue);
    }
}
