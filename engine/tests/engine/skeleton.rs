//! The skeleton: what `meguri new` writes is a whole pack, and its year runs to the end.

use chrono::{Months, NaiveDate};
use workflows::simulate::{Entry, EntryKind};

use crate::lent;

#[test]
fn the_skeleton_is_accepted() {
    let pack = lent::read(&lent::bare());
    assert_eq!(pack.municipality.slug, "kasou");
    assert_eq!(pack.municipality.name, "架空市");
    assert_eq!(pack.rosters["offices"].respondents.len(), 3);
}

/// By hand from annual.rhai: one survey opens and closes, the meeting is held on 2027-06-02, nothing is
/// missing and nothing gets stuck.
#[test]
fn its_dry_run_completes() {
    let pack = lent::read(&lent::bare());
    let timeline = pack.dry_run(&pack.cycles[0]).unwrap();
    assert_eq!((timeline.meetings, timeline.surveys), (1, 1));
    assert_eq!(timeline.warnings, []);
    let of = |kind: EntryKind| {
        timeline
            .entries
            .iter()
            .filter(|e| e.kind == kind)
            .map(|e| e.on.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(EntryKind::Opened), ["2026-12-01"]);
    assert_eq!(of(EntryKind::Incident), [""; 0]);
    assert_eq!(
        timeline.entries.last().map(|entry| entry.kind),
        Some(EntryKind::Ended)
    );
    assert_eq!(
        timeline
            .entries
            .last()
            .map(|entry| entry.on.to_string())
            .as_deref(),
        Some("2027-06-02")
    );
}

/// By hand from a calendar. 2027-01-01 to 03 are New Year, 2027-05-01 is a Saturday and 3 to 5 are holidays,
/// 2026-04-25 is a Saturday; 2027-11-03 is a Wednesday and 文化の日.
#[test]
fn its_dates_are_business_days_of_the_month_asked_for() {
    for (month, start, opens, close, meeting, period, years) in [
        (
            "2027-01",
            "2026-12-01",
            "2027-01-04",
            "2027-01-25",
            "2027-07-07",
            "令和８年１２月分",
            ("2026", "2027"),
        ),
        (
            "2026-04",
            "2026-03-02",
            "2026-04-01",
            "2026-04-24",
            "2026-10-07",
            "令和８年３月分",
            ("2026", "2026"),
        ),
        (
            "2027-05",
            "2027-04-01",
            "2027-05-06",
            "2027-05-25",
            "2027-11-04",
            "令和９年４月分",
            ("2027", "2027"),
        ),
    ] {
        let files = lent::skeleton_of("kasou", "架空市", &format!("{month}-01"));
        let cycle = &files.0["cycles/annual.json"];
        for day in [start, opens, close, meeting] {
            assert!(cycle.contains(day), "{month}: no {day} in {cycle}");
        }
        assert!(
            files.0["surveys.json"].contains(period),
            "{month}: {period}"
        );
        assert!(
            files.0["surveys.json"].contains(&format!("\"survey_year\": {}", years.0)),
            "{month}"
        );
        assert!(
            files.0["map.json"].contains(&format!("\"fiscal_year\": {}", years.1)),
            "{month}"
        );
    }
}

#[test]
fn its_year_runs_to_the_end_from_every_month() {
    for month in 0..24 {
        let first = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap() + Months::new(month);
        let pack = lent::read(&lent::skeleton_of("kasou", "架空市", &first.to_string()));
        let timeline = pack.dry_run(&pack.cycles[0]).unwrap();
        assert_eq!((timeline.meetings, timeline.surveys), (1, 1), "{first}");
        assert_eq!(timeline.warnings, [], "{first}");
        let wrong = |entry: &&Entry| matches!(entry.kind, EntryKind::Incident | EntryKind::Overdue);
        assert_eq!(timeline.entries.iter().find(wrong), None, "{first}");
        assert_eq!(
            timeline.entries.last().map(|entry| entry.kind),
            Some(EntryKind::Ended),
            "{first}"
        );
    }
}
