//! Invented responses: drawn from the questionnaire, and accepted by it.

use chrono::{Days, NaiveDate};
use forms::{Answers, Choice, Item, Kind, Questionnaire, Severity};
use serde_json::{Map, Value, json};

use super::dice::Dice;

/// How often what the questionnaire complains about is drawn again.
const TRIES: u32 = 60;

/// From so many halvings of the range on, all numbers beside what does not fit are drawn with it.
const ALL_TOGETHER: u32 = 4;

/// An optional question is left blank by so many of a hundred.
const BLANK: usize = 12;

/// Width of the range that is drawn from where the questionnaire gives none.
const USUAL_RANGE: i64 = 20;

/// Rows of a repeat beyond its fewest.
const MORE_ROWS: usize = 3;

/// The response of one office, the same for the same seed and names. `on` is the latest date that it writes.
///
/// `None` where no response was found that keeps all rules of the questionnaire.
pub fn response(
    questionnaire: &Questionnaire,
    seed: u64,
    office: &str,
    on: NaiveDate,
) -> Option<Answers> {
    let mut hand = Hand {
        dice: Dice::of(seed, &[questionnaire.id(), office]),
        on,
        narrower: 0,
    };
    let mut given = hand.level(questionnaire.items());
    for tried in 0..TRIES {
        let draft: Answers = serde_json::from_value(Value::Object(given.clone())).ok()?;
        let examined = questionnaire.examine(&draft);
        if !examined.has_errors() {
            return Some(examined.answers);
        }
        // A part that may not exceed its whole fits in the end; then the whole range again.
        hand.narrower = tried / 3 % 8;
        let wrong = examined.issues.iter();
        for issue in wrong.filter(|issue| issue.severity == Severity::Error) {
            hand.again(questionnaire, &mut given, &issue.item);
        }
    }
    None
}

struct Hand {
    dice: Dice,
    on: NaiveDate,
    /// Ranges of numbers are halved so many times.
    narrower: u32,
}

impl Hand {
    fn level(&mut self, items: &[Item]) -> Map<String, Value> {
        let asked = items.iter().filter(|item| !item.is_calculated());
        asked
            .filter_map(|item| Some((item.id.to_string(), self.answer(item)?)))
            .collect()
    }

    /// Draws again what the questionnaire complains about: an item, or a cell of a repeat.
    fn again(&mut self, questionnaire: &Questionnaire, given: &mut Map<String, Value>, path: &str) {
        let steps: Vec<&str> = path.split('.').collect();
        let Some(item) = steps.first().and_then(|id| questionnaire.item(id)) else {
            return;
        };
        if let (Kind::Repeat { items, .. }, [id, row, inner, ..]) = (&item.kind, steps.as_slice())
            && let (Some(inner), Ok(row)) = (items.get(inner), row.parse::<usize>())
            && let Some(cells) = given
                .get_mut(*id)
                .and_then(|rows| rows.get_mut(row)?.as_object_mut())
        {
            return self.anew(items, inner, cells);
        }
        self.anew(questionnaire.items(), item, given);
    }

    /// An item and, because a complaint names only one of those that do not fit together, numbers beside it.
    fn anew(&mut self, level: &[Item], item: &Item, cells: &mut Map<String, Value>) {
        let number =
            |item: &&Item| matches!(item.kind, Kind::Integer { .. } | Kind::Decimal { .. });
        let numbers: Vec<&Item> = level
            .iter()
            .filter(number)
            .filter(|item| !item.is_calculated())
            .collect();
        let beside = match self.narrower {
            ALL_TOGETHER.. => numbers.as_slice(),
            _ => {
                let one = self.dice.below(numbers.len());
                numbers.get(one..=one).unwrap_or_default()
            }
        };
        for item in std::iter::once(item).chain(beside.iter().copied()) {
            let answer = self.answer(item);
            match answer {
                Some(answer) => cells.insert(item.id.to_string(), answer),
                None => cells.remove(item.id.as_str()),
            };
        }
    }

    fn answer(&mut self, item: &Item) -> Option<Value> {
        if !item.required && self.dice.percent(BLANK) {
            return None;
        }
        let value = match &item.kind {
            Kind::Single { options } => json!(self.option(options)?.code),
            Kind::Multiple { options, min, max } => self.options(options, *min, *max),
            Kind::Matrix { rows, options } => {
                let mut cells = Map::new();
                for row in rows {
                    cells.insert(row.id.clone(), json!(self.option(options)?.code));
                }
                Value::Object(cells)
            }
            Kind::Integer {
                min,
                max,
                plausible,
                ..
            } => json!(self.number(*min, *max, *plausible)),
            Kind::Decimal {
                min,
                max,
                plausible,
                ..
            } => {
                let whole = |bound: &forms::Decimal| bound.integer();
                let plausible =
                    plausible.and_then(|(low, high)| Some((whole(&low)?, whole(&high)?)));
                json!(self.number(
                    min.as_ref().and_then(whole),
                    max.as_ref().and_then(whole),
                    plausible
                ))
            }
            Kind::Date => {
                let days = u64::try_from(self.dice.below(28)).unwrap_or(0);
                json!(self.on.checked_sub_days(Days::new(days))?.to_string())
            }
            Kind::Text { max, long } => json!(self.text(*max, *long)),
            Kind::File { kinds, .. } => {
                let ending = kinds.first()?.endings().first()?;
                json!({ "name": format!("架空{ending}"), "bytes": 1, "file": "0".repeat(64) })
            }
            Kind::Repeat {
                items, min, max, ..
            } => {
                let rows = (*min).max(1) + self.dice.low(MORE_ROWS);
                let rows = (0..rows.min(*max)).map(|_| Value::Object(self.level(items)));
                Value::Array(rows.collect())
            }
        };
        Some(value)
    }

    fn option<'a>(&mut self, options: &'a [Choice]) -> Option<&'a Choice> {
        options.get(self.dice.low(options.len()))
    }

    /// A third of the options, or one that excludes the others.
    fn options(&mut self, options: &[Choice], min: Option<usize>, max: Option<usize>) -> Value {
        let together: Vec<&Choice> = options.iter().filter(|option| !option.exclusive).collect();
        let alone = options.iter().find(|option| option.exclusive);
        if let Some(alone) =
            alone.filter(|_| min.is_none_or(|min| min <= 1) && self.dice.percent(10))
        {
            return json!([alone.code]);
        }
        let fewest = min.unwrap_or(0).max(1).min(together.len());
        let most = max
            .unwrap_or(together.len())
            .min(together.len())
            .max(fewest);
        let wanted = fewest + self.dice.low((most - fewest) / 2 + 1);
        let mut left: Vec<usize> = (0..together.len()).collect();
        let mut chosen: Vec<usize> = (0..wanted)
            .map(|_| left.swap_remove(self.dice.below(left.len())))
            .collect();
        chosen.sort_unstable();
        chosen.iter().map(|at| json!(together[*at].code)).collect()
    }

    /// Within the plausible, if the questionnaire says what is.
    fn number(&mut self, min: Option<i64>, max: Option<i64>, plausible: Option<(i64, i64)>) -> i64 {
        let low = plausible
            .map_or(0, |(low, _)| low)
            .max(min.unwrap_or(i64::MIN));
        let low = low.min(max.unwrap_or(i64::MAX));
        let usual = low.saturating_add(USUAL_RANGE);
        let high = plausible
            .map_or(usual, |(_, high)| high)
            .min(max.unwrap_or(i64::MAX));
        let width = usize::try_from(high.saturating_sub(low)).unwrap_or(0) >> self.narrower;
        let drawn = self.dice.low(width.saturating_add(1));
        low.saturating_add(i64::try_from(drawn).unwrap_or(0))
    }

    fn text(&mut self, max: usize, long: bool) -> String {
        let number = self.dice.below(9) + 1;
        let text = match long {
            true => format!("（試算）架空の記載{number}です。実際の意見ではありません。"),
            false => format!("架空{number}"),
        };
        text.chars().take(max).collect()
    }
}
