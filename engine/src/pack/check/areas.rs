//! municipality.json: who forms an area. Each member once, each key a key.

use authoring::Finding;

use super::super::read::Parts;
use crate::area::{Member, PublicKey, overlaps};

/// What helps against an overlap.
pub(in crate::pack) const ONCE: &str = "areas の formed_of を見直し、一つの市町村が一つの段階で一つの区域だけに入るようにしてください。";

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let (source, municipality) = (&parts.municipality.source, &parts.municipality.value);
    let mut findings = Vec::new();
    for (nth, area) in municipality.areas.iter().enumerate() {
        for (at, member) in area.formed_of.iter().enumerate() {
            let Member::Outside { name, key } = member else {
                continue;
            };
            if let Err(why) = PublicKey::read(key) {
                findings.push(source.finding(
                    "pack.bad_key",
                    &format!("/areas/{nth}/formed_of/{at}/key"),
                    format!("「{name}」の key が正しくありません。"),
                    why.to_string(),
                ));
            }
        }
    }
    let clashes = overlaps(&[municipality]).into_iter();
    findings.extend(
        clashes.map(|clash| source.finding("pack.area_overlap", &clash.pointer, clash.what, ONCE)),
    );
    findings
}
