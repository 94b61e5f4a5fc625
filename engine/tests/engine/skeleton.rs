//! The skeleton: what `meguri new` writes is a whole pack, and its year runs to the end.

use workflows::simulate::EntryKind;

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
