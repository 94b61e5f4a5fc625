//! A body on a day: its name, whether it meets, its members, how many of them must come.

use chrono::NaiveDate;

use super::{Body, Quorum};

impl Quorum {
    /// The fewest that are more than the quorum's part of so many members. `None` where the part has no whole.
    pub fn needed(&self, members: u32) -> Option<u32> {
        let [part, whole] = self.more_than;
        let below = (u64::from(members) * u64::from(part)).checked_div(u64::from(whole))?;
        Some(u32::try_from(below).unwrap_or(u32::MAX).saturating_add(1))
    }
}

impl Body {
    /// The name on that day.
    pub fn name_on(&self, day: NaiveDate) -> &str {
        let former = self.names.iter().filter(|former| day <= former.until);
        former
            .min_by_key(|former| former.until)
            .map_or(&self.name, |former| &former.name)
    }

    /// Whether it was set up by that day and has not ended, suspended or not.
    pub fn exists_on(&self, day: NaiveDate) -> bool {
        covers(self.from, self.to, day)
    }

    pub fn suspended_on(&self, day: NaiveDate) -> bool {
        let suspended = self.suspended.as_ref();
        suspended.is_some_and(|pause| covers(Some(pause.from), pause.to, day))
    }

    /// Whether it may meet on that day.
    pub fn active_on(&self, day: NaiveDate) -> bool {
        self.exists_on(day) && !self.suspended_on(day)
    }

    /// Seats that are held on that day; 0 where no members are known.
    pub fn members_on(&self, day: NaiveDate) -> u32 {
        let seated = self.members.iter();
        let seated = seated.filter(|member| covers(member.from, member.to, day));
        seated.fold(0, |sum, member| {
            sum.saturating_add(member.count.unwrap_or(1))
        })
    }

    /// How many members must come on that day (定足数): the fewest that are more than the quorum's part of
    /// those of that day. `None` without a quorum or without a known member.
    pub fn needed_on(&self, day: NaiveDate) -> Option<u32> {
        let members = self.members_on(day);
        let needed = self.quorum.as_ref()?.needed(members)?;
        (members > 0).then_some(needed)
    }

    /// In which part the municipality sits in it on that day.
    pub fn part_on(&self, day: NaiveDate) -> Option<&str> {
        let mut parts = self.part.iter();
        let part = parts.find(|part| covers(part.from, part.to, day))?;
        Some(&part.role)
    }
}

/// Whether a day lies between two, both included; an absent one is no limit.
fn covers(from: Option<NaiveDate>, to: Option<NaiveDate>, day: NaiveDate) -> bool {
    from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn body() -> Body {
        serde_json::from_value(json!({
            "id": "council", "name": "拠点協議会", "from": "2012-04-01", "to": "2026-03-31",
            "names": [
                { "name": "推進協議会", "until": "2025-03-31" },
                { "name": "準備会", "until": "2013-03-31" }
            ],
            "suspended": { "from": "2020-04-01", "to": "2021-03-31" },
            "part": [
                { "as": "オブザーバー", "to": "2025-03-31" },
                { "as": "参画", "from": "2025-04-01" }
            ],
            "quorum": { "more_than": [1, 2] },
            "members": [
                { "org": "医師会", "count": 8 },
                { "org": "看護協会", "count": 3, "from": "2012-04-01", "to": "2024-03-31" },
                { "org": "障害福祉", "from": "2024-04-01" }
            ]
        }))
        .unwrap()
    }

    #[test]
    fn a_name_holds_up_to_its_last_day() {
        for (on, name) in [
            ("2012-04-01", "準備会"),
            ("2013-03-31", "準備会"),
            ("2013-04-01", "推進協議会"),
            ("2025-03-31", "推進協議会"),
            ("2025-04-01", "拠点協議会"),
        ] {
            assert_eq!(body().name_on(day(on)), name, "{on}");
        }
    }

    #[test]
    fn it_meets_from_its_first_to_its_last_day_and_not_while_suspended() {
        for (on, active) in [
            ("2012-03-31", false),
            ("2012-04-01", true),
            ("2020-03-31", true),
            ("2020-04-01", false),
            ("2021-03-31", false),
            ("2021-04-01", true),
            ("2026-03-31", true),
            ("2026-04-01", false),
        ] {
            assert_eq!(body().active_on(day(on)), active, "{on}");
        }
    }

    /// 11 members until March 2024: more than 5.5 are 6. 9 from then on: more than 4.5 are 5.
    #[test]
    fn the_quorum_is_of_the_members_of_that_day() {
        let body = body();
        for (on, members, needed) in [("2024-03-31", 11, 6), ("2024-04-01", 9, 5)] {
            assert_eq!(body.members_on(day(on)), members, "{on}");
            assert_eq!(body.needed_on(day(on)), Some(needed), "{on}");
        }
        let even = Body {
            members: body.members[..1].to_vec(),
            ..body.clone()
        };
        // More than half of eight are five, not four.
        assert_eq!(even.needed_on(day("2024-04-01")), Some(5));
        let unknown = Body {
            members: Vec::new(),
            ..body.clone()
        };
        assert_eq!(unknown.needed_on(day("2024-04-01")), None);
        let free = Body {
            quorum: None,
            ..body
        };
        assert_eq!(free.needed_on(day("2024-04-01")), None);
    }

    #[test]
    fn the_part_changes_with_the_day() {
        assert_eq!(body().part_on(day("2025-03-31")), Some("オブザーバー"));
        assert_eq!(body().part_on(day("2025-04-01")), Some("参画"));
    }
}
