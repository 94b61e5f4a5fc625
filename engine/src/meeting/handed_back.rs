//! The results as those who answered get them back: counts and rates, and no number from which a single answer could
//! be worked out.

use serde::Serialize;

use super::tally::{Asked, view};
use crate::figure::AnswersOf;
use crate::pack::Pack;

/// Numbers from 1 up to below this one are hidden.
const SMALL: u64 = 10;

/// The results of a survey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HandedBack {
    pub responses: u64,
    /// Items with a number that is shown.
    pub items: Vec<HandedItem>,
    /// Whether any number is hidden.
    pub hidden: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HandedItem {
    pub title: String,
    /// Those to whom it was shown, 無回答 included.
    pub n: u64,
    /// Several options may be chosen: the rates may pass 100 %.
    pub multiple: bool,
    pub options: Vec<HandedOption>,
    /// The sum of the numbers that were given, with its unit.
    pub sum: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HandedOption {
    pub label: String,
    /// Nothing where it is hidden.
    pub count: Option<u64>,
    pub share: Option<String>,
    /// Tenths of a percent, for the bar.
    pub tenths: Option<i64>,
}

/// Free texts, smallest and largest numbers, and what stands inside repeats never come back.
pub fn handed_back(pack: &Pack, survey: &str, answers: &AnswersOf<'_>) -> HandedBack {
    let responses = answers.len() as u64;
    let asked = view(pack, survey, answers);
    let items: Vec<HandedItem> = asked.iter().filter_map(item).collect();
    let hidden = asked.iter().any(|asked| (1..SMALL).contains(&asked.n))
        || items
            .iter()
            .flat_map(|item| &item.options)
            .any(|option| option.count.is_none());
    HandedBack {
        responses,
        items,
        hidden,
    }
}

/// Nothing where so few were asked that even their number is hidden, or where there is no number to show.
fn item(asked: &Asked) -> Option<HandedItem> {
    if asked.row || asked.n < SMALL {
        return None;
    }
    let counts: Vec<u64> = asked.options.iter().map(|option| option.count).collect();
    let hidden = match asked.multiple {
        true => hidden_of_several(&counts, asked.n),
        false => hidden_of_one(&counts),
    };
    let options = asked.options.iter().zip(hidden);
    let options: Vec<HandedOption> = options
        .map(|(option, hidden)| HandedOption {
            label: option.label.clone(),
            count: (!hidden).then_some(option.count),
            share: (!hidden).then(|| option.share.clone()),
            tenths: (!hidden).then_some(option.tenths),
        })
        .collect();
    let numbers = asked.numbers.as_ref().filter(|numbers| numbers.n >= SMALL);
    let sum = numbers.map(|numbers| format!("{}{}", numbers.sum, asked.unit));
    (!options.is_empty() || sum.is_some()).then(|| HandedItem {
        title: asked.title.clone(),
        n: asked.n,
        multiple: asked.multiple,
        options,
        sum,
    })
}

/// Counts that add up to n: where one is hidden, n less the others would give it away, so that the hidden ones
/// together must come to at least twice the limit, and be two or more.
fn hidden_of_one(counts: &[u64]) -> Vec<bool> {
    let mut hidden: Vec<bool> = counts.iter().map(|count| is_small(*count)).collect();
    if !hidden.contains(&true) {
        return hidden;
    }
    let mut rest: Vec<usize> = (0..counts.len())
        .filter(|at| !hidden[*at] && counts[*at] > 0)
        .collect();
    rest.sort_by_key(|at| counts[*at]);
    let mut rest = rest.into_iter();
    loop {
        let together: u64 = counts
            .iter()
            .zip(&hidden)
            .filter(|(_, h)| **h)
            .map(|(c, _)| c)
            .sum();
        let several = hidden.iter().filter(|hidden| **hidden).count() > 1;
        if several && together >= 2 * SMALL {
            return hidden;
        }
        match rest.next() {
            Some(at) => hidden[at] = true,
            // All of them are hidden then.
            None => return vec![true; counts.len()],
        }
    }
}

/// Counts that stand alone: also how many did not choose an option must not be small.
fn hidden_of_several(counts: &[u64], n: u64) -> Vec<bool> {
    counts
        .iter()
        .map(|count| is_small(*count) || is_small(n.saturating_sub(*count)))
        .collect()
}

fn is_small(count: u64) -> bool {
    (1..SMALL).contains(&count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked out by hand: what a reader could work out from n and what is shown.
    #[test]
    fn a_hidden_count_cannot_be_worked_out_from_the_others() {
        // 60 = 40 + 12 + 8: hiding 8 alone leaves 60 - 40 - 12.
        assert_eq!(hidden_of_one(&[40, 12, 8]), [false, true, true]);
        // 3 and 4 together are 7: a reader would know that both are small, and their sum.
        assert_eq!(hidden_of_one(&[50, 3, 4]), [true, true, true]);
        assert_eq!(hidden_of_one(&[50, 30, 3, 4]), [false, true, true, true]);
        assert_eq!(hidden_of_one(&[50, 30, 0]), [false, false, false]);
        // Two options, one small: nothing can be shown.
        assert_eq!(hidden_of_one(&[70, 6]), [true, true]);
        // A 0 is printed as 0 and hides nothing.
        assert_eq!(hidden_of_one(&[30, 9, 0, 25]), [false, true, false, true]);
    }

    #[test]
    fn of_several_each_count_and_its_rest_are_looked_at() {
        assert_eq!(
            hidden_of_several(&[40, 5, 55, 0, 60], 60),
            [false, true, true, false, false]
        );
    }
}
