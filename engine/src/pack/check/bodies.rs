//! municipality.json: bodies belong to bodies that are there, and their days run forwards.

use authoring::Finding;
use chrono::NaiveDate;

use super::super::read::Parts;
use super::{dangling, duplicates};
use crate::body::Body;

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let (source, bodies) = (&parts.municipality.source, &parts.municipality.value.bodies);
    let known = || bodies.iter().map(|body| body.id.as_str());
    let mut findings = duplicates(source, "/bodies", "会議体", known());
    let scenes: Vec<&str> = parts
        .map
        .iter()
        .flat_map(|map| &map.value.scenes)
        .map(|scene| scene.id.as_str())
        .collect();
    for (index, body) in bodies.iter().enumerate() {
        let at = |rest: &str| format!("/bodies/{index}/{rest}");
        let others = || known().filter(|id| *id != body.id);
        let mut refer = |at: String, name: &str| {
            if !known().any(|id| id == name) {
                findings.push(dangling(source, &at, "会議体", name, others()));
            }
        };
        if let Some(outer) = &body.within {
            refer(at("within"), outer);
        }
        for (position, before) in body.succeeds.iter().enumerate() {
            refer(at(&format!("succeeds/{position}")), before);
        }
        let left = body.ended.iter().flat_map(|ended| &ended.left);
        for (position, left) in left.flatten().enumerate() {
            if let Some(heir) = &left.to {
                refer(at(&format!("ended/left/{position}/to")), heir);
            }
        }
        for (position, scene) in body.scenes.iter().enumerate() {
            // Without a readable map there is nothing to compare with.
            if parts.map.is_some() && !scenes.contains(&scene.as_str()) {
                let at = at(&format!("scenes/{position}"));
                findings.push(dangling(source, &at, "場面", scene, scenes.iter().copied()));
            }
        }
        if reaches_itself(bodies, body, |body| body.succeeds.iter()) {
            findings.push(source.finding(
                "pack.succeeds_itself",
                &at("succeeds"),
                format!("会議体「{}」が、直接または別の会議体を通して、自分自身を引き継いでいます。", body.name),
                "succeeds には、先にあった会議体だけを書いてください。名を改めただけなら names に旧称を書きます。",
            ));
        }
        if reaches_itself(bodies, body, |body| body.within.iter()) {
            findings.push(source.finding(
                "pack.body_within_itself",
                &at("within"),
                format!("会議体「{}」が、自分自身の中にあります。", body.name),
                "within をたどると、どこにも属さない会議体で終わるようにしてください。",
            ));
        }
        findings.extend(backwards(parts, index, body));
    }
    findings
}

/// Whether following a reference leads back to where it began.
fn reaches_itself<'a, I: Iterator<Item = &'a String>>(
    bodies: &'a [Body],
    start: &'a Body,
    next: impl Fn(&'a Body) -> I,
) -> bool {
    let mut ahead: Vec<&str> = next(start).map(String::as_str).collect();
    let mut at = 0;
    while let Some(id) = ahead.get(at).copied() {
        if id == start.id {
            return true;
        }
        let body = bodies.iter().find(|body| body.id == id);
        for further in body.into_iter().flat_map(&next) {
            if !ahead.contains(&further.as_str()) {
                ahead.push(further);
            }
        }
        at += 1;
    }
    false
}

/// Terms that end before they begin, names that end before the body begins, most below fewest.
fn backwards(parts: &Parts, index: usize, body: &Body) -> Vec<Finding> {
    let source = &parts.municipality.source;
    let mut findings = Vec::new();
    let mut term =
        |code, at: String, what: &str, from: Option<NaiveDate>, to: Option<NaiveDate>| {
            if let (Some(from), Some(to)) = (from, to)
                && to < from
            {
                findings.push(source.finding(
                    code,
                    &format!("/bodies/{index}{at}"),
                    format!("{what}の終わり {to} が始まり {from} より前です。"),
                    "from と to を確かめてください。",
                ));
            }
        };
    let name = &body.name;
    let backwards = "pack.body_backwards";
    term(
        backwards,
        "/to".into(),
        &format!("会議体「{name}」"),
        body.from,
        body.to,
    );
    if let Some(pause) = &body.suspended {
        let what = format!("会議体「{name}」の休止");
        term(
            backwards,
            "/suspended/to".into(),
            &what,
            Some(pause.from),
            pause.to,
        );
    }
    for (position, part) in body.part.iter().enumerate() {
        let what = format!("会議体「{name}」への関わり「{}」", part.role);
        term(
            backwards,
            format!("/part/{position}/to"),
            &what,
            part.from,
            part.to,
        );
    }
    for (position, former) in body.names.iter().enumerate() {
        let what = format!("旧称「{}」", former.name);
        term(
            backwards,
            format!("/names/{position}/until"),
            &what,
            body.from,
            Some(former.until),
        );
    }
    for (position, member) in body.members.iter().enumerate() {
        let who = member.name.as_ref().unwrap_or(&member.org);
        let what = format!("会議体「{name}」の委員「{who}」の任期");
        let at = format!("/members/{position}/to");
        term(
            "pack.membership_backwards",
            at,
            &what,
            member.from,
            member.to,
        );
    }
    if let Some([fewest, most]) = body.meets.as_ref().map(|meets| meets.times)
        && most < fewest
    {
        findings.push(source.finding(
            backwards,
            &format!("/bodies/{index}/meets/times"),
            format!("会議体「{name}」の会議は、最も多くて{most}回、最も少なくて{fewest}回になっています。"),
            "times には、少ない方、多い方の順に書いてください。",
        ));
    }
    if let Some([part, whole]) = body.quorum.as_ref().map(|quorum| quorum.more_than)
        && whole <= part
    {
        findings.push(source.finding(
            "pack.quorum",
            &format!("/bodies/{index}/quorum/more_than"),
            format!("会議体「{name}」の定足数は、委員全員が出席しても満たせません。"),
            "分子、分母の順に、1より小さい割合を書いてください（過半数は [1, 2]）。",
        ));
    }
    findings
}
