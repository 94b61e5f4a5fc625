//! Whether each municipality stands once: in an area, and in one area of a level.

use std::collections::{BTreeMap, BTreeSet};

use super::Member;
use crate::municipality::{Area, Municipality};

/// A place at which a municipality stands once too often.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Clash {
    /// Which of the packs, and where in its municipality.json.
    pub pack: usize,
    pub pointer: String,
    /// The pack of the other place: the same, or an earlier one.
    pub with: usize,
    pub what: String,
}

/// A member where it is written.
struct Place<'a> {
    pack: usize,
    pointer: String,
    area: &'a Area,
    who: &'a str,
    key: Option<&'a str>,
}

/// Members that are listed twice, that are in two areas of one level, and areas (one id and name) of
/// which two packs have different members.
pub(crate) fn overlaps(packs: &[&Municipality]) -> Vec<Clash> {
    let names: BTreeMap<&str, &str> = packs
        .iter()
        .map(|municipality| (municipality.slug.as_str(), municipality.name.as_str()))
        .collect();
    let places = places(packs, &names);
    let mut clashes = different(packs, &places);
    for (index, place) in places.iter().enumerate() {
        let mut earlier = places.iter().take(index);
        let clash = earlier.find_map(|other| Some((other, said(packs, other, place)?)));
        clashes.extend(clash.map(|(other, what)| Clash {
            pack: place.pack,
            pointer: place.pointer.clone(),
            with: other.pack,
            what,
        }));
    }
    clashes
}

fn places<'a>(packs: &[&'a Municipality], names: &BTreeMap<&'a str, &'a str>) -> Vec<Place<'a>> {
    let mut places = Vec::new();
    for (pack, municipality) in packs.iter().enumerate() {
        for (nth, area) in municipality.areas.iter().enumerate() {
            for (at, member) in area.formed_of.iter().enumerate() {
                let (who, key) = match member {
                    Member::Here { slug } => {
                        (*names.get(slug.as_str()).unwrap_or(&slug.as_str()), None)
                    }
                    Member::Outside { name, key } => (name.as_str(), Some(key.as_str())),
                };
                places.push(Place {
                    pack,
                    pointer: format!("/areas/{nth}/formed_of/{at}"),
                    area,
                    who,
                    key,
                });
            }
        }
    }
    places
}

fn same_area(one: &Area, other: &Area) -> bool {
    (&one.id, &one.name) == (&other.id, &other.name)
}

/// What is wrong with two places, if anything.
fn said(packs: &[&Municipality], first: &Place<'_>, second: &Place<'_>) -> Option<String> {
    let same_key = first.key.is_some() && first.key == second.key;
    if first.who != second.who && !same_key {
        return None;
    }
    let (one, other) = (&first.area.name, &second.area.name);
    if same_area(first.area, second.area) {
        let twice = first.pack == second.pack;
        return match first.who == second.who {
            true if twice => Some(format!(
                "区域「{other}」に「{}」が2回あります。",
                second.who
            )),
            false => Some(format!(
                "区域「{other}」の「{}」と「{}」の鍵が同じです。",
                first.who, second.who
            )),
            true => None,
        };
    }
    let elsewhere = match first.pack == second.pack {
        true => String::new(),
        false => format!("（パック「{}」）", packs[first.pack].slug),
    };
    (first.area.level == second.area.level).then(|| {
        format!(
            "「{}」は、同じ段階（{}）の区域「{one}」{elsewhere}と「{other}」の両方に入っています。",
            second.who, second.area.level
        )
    })
}

/// Areas of which an earlier pack has other members.
fn different(packs: &[&Municipality], places: &[Place<'_>]) -> Vec<Clash> {
    let members = |pack: usize, area: &Area| -> BTreeSet<&str> {
        let here = places
            .iter()
            .filter(|place| place.pack == pack && same_area(place.area, area));
        here.map(|place| place.who).collect()
    };
    let mut clashes = Vec::new();
    for (pack, municipality) in packs.iter().enumerate() {
        for (nth, area) in municipality.areas.iter().enumerate() {
            let own = members(pack, area);
            let mut earlier = (0..pack).map(|other| (other, members(other, area)));
            let other = earlier.find(|(_, theirs)| !theirs.is_empty());
            let Some((with, theirs)) =
                other.filter(|(_, theirs)| !own.is_empty() && *theirs != own)
            else {
                continue;
            };
            let only = |some: &BTreeSet<&str>, others: &BTreeSet<&str>| {
                let only: Vec<&str> = some.difference(others).copied().collect();
                match only.is_empty() {
                    true => "なし".to_owned(),
                    false => only.join("、"),
                }
            };
            clashes.push(Clash {
                pack,
                pointer: format!("/areas/{nth}/formed_of"),
                with,
                what: format!(
                    "区域「{}」の構成市町村が、パック「{}」と違います（こちらだけ：{}、あちらだけ：{}）。",
                    area.name,
                    packs[with].slug,
                    only(&own, &theirs),
                    only(&theirs, &own)
                ),
            });
        }
    }
    clashes
}
