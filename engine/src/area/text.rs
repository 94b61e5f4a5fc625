//! The sums of an area as lines: what each member has given, and who is missing.

use super::{Part, RollUp};
use crate::figure::Amount;
use crate::forecast::in_columns;
use crate::pack::Pack;

/// A block of lines for each sum: the sum, then the members in it, then the missing ones with the reason.
pub fn table(pack: &Pack, sums: &[RollUp]) -> String {
    let heads = ["指標", "年度", "市町村", "件数", "値"].map(str::to_owned);
    let rows = sums.iter().flat_map(|sum| rows(pack, sum));
    in_columns(std::iter::once(heads).chain(rows))
}

fn rows(pack: &Pack, sum: &RollUp) -> Vec<[String; 5]> {
    let indicator = pack.indicator(&sum.key.indicator);
    let name = indicator.map_or(&sum.key.indicator, |indicator| &indicator.name);
    let unit = indicator.map_or("", |indicator| indicator.unit.as_str());
    let style = pack.percent(&sum.key.indicator);
    let printed = |amount: Amount| match (amount, amount.percent(style)) {
        (Amount::Count(count), _) => format!("{count}{unit}"),
        (_, Some(rate)) => format!("{rate}%"),
        (_, None) => "-".to_owned(),
    };
    let (counts, value) = match &sum.sum {
        None => ("―".to_owned(), "足せる数値がありません。".to_owned()),
        Some(Ok(amount)) => (amount.to_string(), printed(*amount)),
        Some(Err(refused)) => ("―".to_owned(), refused.to_string()),
    };
    let all = sum.members.len() + sum.missing.len();
    let whole = match sum.missing.is_empty() {
        true => format!("{all}市町村"),
        false => format!("{all}市町村中{}", sum.members.len()),
    };
    let mut rows = vec![[name.clone(), sum.key.year.to_string(), whole, counts, value]];
    let line = |member: &str, counts: String, value: String| {
        [
            String::new(),
            String::new(),
            member.to_owned(),
            counts,
            value,
        ]
    };
    let part = |part: &Part| line(&part.member, part.amount.to_string(), printed(part.amount));
    rows.extend(sum.members.iter().map(part));
    let missing = |missing: &super::Missing| {
        let why = format!("ない：{}", missing.why);
        line(&missing.member, "―".to_owned(), why)
    };
    rows.extend(sum.missing.iter().map(missing));
    rows
}
