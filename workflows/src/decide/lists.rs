//! Lists that become known, at once or item by item.

use std::collections::BTreeSet;

use super::Batch;
use super::advance::advance;
use super::pieces::pieces;
use crate::command::Actor;
use crate::items::{grows, is_closed};
use crate::plan::{LONGEST_ITEM, MAX_ITEMS, Per, Step};
use crate::record::Event;
use crate::refusal::Refusal;

pub(super) fn set_list(batch: &mut Batch, list: String, items: Vec<String>) -> Result<(), Refusal> {
    let bad = |why| bad(&list, why);
    if of_list(batch, &list).next().is_none() {
        return Err(bad("この計画では使われていません"));
    }
    match batch.state.lists.get(&list) {
        Some(known) if *known == items => return Ok(()),
        Some(_) => return Err(bad("すでに決まっています")),
        None if is_closed(&batch.state, batch.plan, &list) => {
            return Err(bad("すでに締め切られています"));
        }
        None => {}
    }
    let distinct: BTreeSet<&String> = items.iter().collect();
    if items.len() > MAX_ITEMS
        || distinct.len() < items.len()
        || !items.iter().all(|item| fits(item))
    {
        return Err(bad(
            "2,000件までの、重ならない、空でない100文字までの名前にしてください",
        ));
    }
    let mut pieces = pieces(items).into_iter();
    batch.record(Event::ListSet {
        list: list.clone(),
        items: pieces.next().unwrap_or_default(),
    });
    for items in pieces {
        let list = list.clone();
        batch.record(Event::ListGrown { list, items });
    }
    advance(batch);
    Ok(())
}

/// The same item twice is one item.
pub(super) fn add_item(
    batch: &mut Batch,
    list: String,
    item: String,
    by: Actor,
) -> Result<(), Refusal> {
    let bad = |why| Err(bad(&list, why));
    let known = batch.state.lists.get(&list);
    if known.is_some_and(|known| known.contains(&item)) {
        return Ok(());
    }
    if batch.plan.grows_until(&list).is_none() {
        return bad("この計画では、途中で足すことができません");
    }
    if is_closed(&batch.state, batch.plan, &list) {
        return bad("すでに締め切られています");
    }
    if !of_list(batch, &list).any(|step| grows(&batch.state, batch.plan, step)) {
        return bad("行わないことになっています");
    }
    if known.map_or(0, Vec::len) >= MAX_ITEMS {
        return bad("2,000件に達しています");
    }
    if !fits(&item) {
        return bad("空でない100文字までの名前にしてください");
    }
    batch.by = Some(by);
    let items = vec![item];
    batch.record(Event::ListGrown { list, items });
    batch.by = None;
    advance(batch);
    Ok(())
}

fn of_list<'a>(batch: &Batch<'a>, list: &str) -> impl Iterator<Item = &'a Step> {
    let named = move |step: &&Step| matches!(&step.per, Some(Per::List(name)) if name == list);
    batch.plan.steps.iter().filter(named)
}

fn fits(item: &str) -> bool {
    !item.is_empty() && item.chars().count() <= LONGEST_ITEM && !item.chars().any(char::is_control)
}

fn bad(list: &str, why: &str) -> Refusal {
    Refusal::BadList {
        list: list.to_owned(),
        why: why.to_owned(),
    }
}
