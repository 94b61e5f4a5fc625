//! The columns of a crosstab (クロス集計), none of them so small that it shows what a single one has answered.

use super::{Offered, Response, Shield};

/// Responses divided by a subject.
pub struct Division<'r, 'a> {
    /// Title of the subject.
    pub title: String,
    pub columns: Vec<Column<'r, 'a>>,
    /// Without an answer to the break. They are in no column, as is customary, and in the total.
    pub left_out: Vec<&'r Response<'a>>,
}

/// One value of the subject, or several put together.
pub struct Column<'r, 'a> {
    /// The code; of several, none.
    pub code: Option<String>,
    pub label: String,
    pub responses: Vec<&'r Response<'a>>,
}

impl<'r, 'a> Division<'r, 'a> {
    /// Divides responses by a subject of which each has at most one value. `None` where the groups are so small
    /// that putting them together leaves only one.
    pub fn new(
        responses: &[&'r Response<'a>],
        by: &Offered,
        shield: Shield,
    ) -> Option<Division<'r, 'a>> {
        let mut columns: Vec<Column<'r, 'a>> = by
            .values
            .iter()
            .map(|(code, label)| Column {
                code: Some(code.clone()),
                label: label.clone(),
                responses: Vec::new(),
            })
            .collect();
        let mut left_out = Vec::new();
        for response in responses {
            let codes = by.subject.codes(response);
            let known = |column: &&mut Column<'_, '_>| {
                codes
                    .first()
                    .is_some_and(|code| column.code.as_deref() == Some(*code))
            };
            match columns.iter_mut().find(known) {
                Some(column) => column.responses.push(response),
                None => left_out.push(*response),
            }
        }
        let fewest = usize::try_from(shield.fewest).unwrap_or(usize::MAX);
        let few = |count: usize| count > 0 && count < fewest;
        // Values that nobody has say nothing about anybody.
        let mut small: Vec<Column<'r, 'a>> = Vec::new();
        let mut together = Vec::new();
        if few(left_out.len()) {
            together = std::mem::take(&mut left_out);
        }
        while let Some(at) =
            smallest(&columns).filter(|at| few(columns[*at].responses.len()) || few(together.len()))
        {
            let column = columns.remove(at);
            together.extend(column.responses.iter().copied());
            small.push(column);
        }
        if few(together.len()) {
            return None;
        }
        if !together.is_empty() {
            columns.push(Column {
                code: None,
                label: "その他（少数）".to_owned(),
                responses: together,
            });
        }
        let filled = columns.iter().filter(|column| !column.responses.is_empty());
        (filled.count() > usize::from(shield.fewest > 1)).then(|| Division {
            title: by.title.clone(),
            columns,
            left_out,
        })
    }
}

fn smallest(columns: &[Column<'_, '_>]) -> Option<usize> {
    let filled = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| !column.responses.is_empty());
    filled
        .min_by_key(|(_, column)| column.responses.len())
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use forms::Answers;

    use super::super::Subject;
    use super::*;

    /// Districts with these numbers of responses, and the columns that come of them.
    fn divided(counts: &[(&str, usize)], fewest: u64) -> Option<Vec<(String, usize)>> {
        let answers = Answers::new();
        let of = |district: &str| BTreeMap::from([("district".to_owned(), district.to_owned())]);
        let columns: Vec<BTreeMap<String, String>> = counts
            .iter()
            .flat_map(|(district, count)| std::iter::repeat_n(of(district), *count))
            .collect();
        let responses: Vec<Response<'_>> = columns
            .iter()
            .map(|columns| Response {
                id: "",
                answers: &answers,
                columns,
                version: None,
            })
            .collect();
        let responses: Vec<&Response<'_>> = responses.iter().collect();
        let named = counts.iter().filter(|(name, _)| !name.is_empty());
        let by = Offered {
            id: "respondent.district".into(),
            title: "地区".into(),
            values: named
                .map(|(name, _)| ((*name).into(), (*name).into()))
                .collect(),
            single: true,
            subject: Subject::Column("district".into()),
        };
        let division = Division::new(
            &responses,
            &by,
            Shield {
                fewest,
                below: None,
            },
        )?;
        let columns = division.columns.iter();
        Some(
            columns
                .map(|column| (column.label.clone(), column.responses.len()))
                .collect(),
        )
    }

    fn expect(counts: &[(&str, usize)], fewest: u64, columns: &[(&str, usize)]) {
        let columns = columns
            .iter()
            .map(|(label, n)| ((*label).to_owned(), *n))
            .collect();
        assert_eq!(divided(counts, fewest), Some(columns), "{counts:?}");
    }

    #[test]
    fn who_sees_every_return_sees_every_group() {
        expect(&[("東", 1), ("西", 5), ("", 1)], 1, &[("東", 1), ("西", 5)]);
    }

    #[test]
    fn a_group_of_one_goes_together_with_the_next_smallest() {
        expect(
            &[("東", 1), ("西", 5), ("北", 9)],
            3,
            &[("北", 9), ("その他（少数）", 6)],
        );
        // One without a district would be what is missing of all.
        expect(
            &[("東", 4), ("西", 5), ("北", 9), ("", 1)],
            3,
            &[("西", 5), ("北", 9), ("その他（少数）", 5)],
        );
        expect(
            &[("東", 2), ("西", 2), ("北", 9)],
            3,
            &[("北", 9), ("その他（少数）", 4)],
        );
        // A value that nobody has stays: it shows nobody.
        expect(
            &[("東", 0), ("西", 5), ("北", 9)],
            3,
            &[("東", 0), ("西", 5), ("北", 9)],
        );
    }

    #[test]
    fn what_cannot_be_divided_is_not() {
        assert_eq!(
            divided(&[("東", 1), ("西", 5)], 3),
            None,
            "one column would be all of them"
        );
        assert_eq!(divided(&[("東", 1), ("西", 1)], 3), None);
    }
}
