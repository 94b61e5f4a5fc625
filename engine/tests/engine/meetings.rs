//! Meetings of packs with several cycles: each belongs to the one that has its day.

use std::fs;

use engine::Files;

use crate::lent;

#[test]
fn every_meeting_of_every_pack_has_a_day() {
    let mut meetings = 0;
    for entry in fs::read_dir(lent::root().join("municipalities")).unwrap() {
        let pack = lent::read(&Files::read(&entry.unwrap().path()).unwrap().0);
        for meeting in &pack.agenda.meetings {
            let cycle = pack.cycle_of(&meeting.id).unwrap();
            let on = cycle.parameters.date(&meeting.on);
            assert!(on.is_some(), "{} {}", pack.municipality.slug, meeting.id);
            meetings += 1;
        }
    }
    assert!(meetings >= 30, "only {meetings} meetings");
}
