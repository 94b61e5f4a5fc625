//! The order of asking: the pages name the items in it, and the properties stand in the same order.

use serde_json::Value;

use super::edit::Direction;
use super::level::{self, split, unknown};
use super::{Done, refused};

/// The ids page by page; all on one page where there are no pages.
pub(super) fn by_page(document: &Value) -> Vec<Vec<String>> {
    let texts = |list: &Value| -> Vec<String> {
        let list = list.as_array().into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    match document.get("x-pages").and_then(Value::as_array) {
        Some(pages) => pages.iter().map(|page| texts(&page["items"])).collect(),
        None => {
            let items = document["properties"].as_object().into_iter().flatten();
            vec![items.map(|(id, _)| id.clone()).collect()]
        }
    }
}

/// One place on.
pub(super) fn shift(document: &mut Value, path: &str, direction: Direction) -> Done {
    level::item(document, path)?;
    let (repeat, id) = split(path);
    if repeat.is_some() {
        return shift_in_rows(document, path, id, direction);
    }
    let mut pages = by_page(document);
    let Some((page, at)) = find(&pages, id) else {
        return refused(format!(
            "設問 {path} はどのページにもありません。ページを選んで移してください。"
        ));
    };
    match direction {
        Direction::Up if at > 0 => pages[page].swap(at, at - 1),
        Direction::Down if at + 1 < pages[page].len() => pages[page].swap(at, at + 1),
        Direction::Up if page > 0 => {
            let id = pages[page].remove(at);
            pages[page - 1].push(id);
        }
        Direction::Down if page + 1 < pages.len() => {
            let id = pages[page].remove(at);
            pages[page + 1].insert(0, id);
        }
        Direction::Up => return refused("この設問は、もういちばん上にあります。"),
        Direction::Down => return refused("この設問は、もういちばん下にあります。"),
    }
    settle(document, &pages, id);
    Ok(())
}

/// Before another item, else to the end of a page, else to the end.
pub(super) fn place(
    document: &mut Value,
    path: &str,
    page: Option<usize>,
    before: Option<&str>,
) -> Done {
    level::item(document, path)?;
    let (repeat, id) = split(path);
    if before.is_some_and(|before| before == path) {
        return Ok(());
    }
    if let Some(repeat) = repeat {
        let before = match before.map(split) {
            Some((Some(other), before)) if other == repeat => Some(before.to_owned()),
            None => None,
            _ => return refused("繰り返しの中の設問は、その繰り返しの中でだけ動かせます。"),
        };
        let items = level::properties(level::level(document, path)?);
        let at = match before {
            Some(before) => items.keys().position(|key| *key == before),
            None => Some(items.len()),
        };
        let Some(at) = at else {
            return unknown(path);
        };
        let own = items.keys().position(|key| key == id).unwrap_or(at);
        let value = items.shift_remove(id).unwrap_or_default();
        items.shift_insert(if own < at { at - 1 } else { at }, id.to_owned(), value);
        return Ok(());
    }
    let mut pages = by_page(document);
    for page in &mut pages {
        page.retain(|other| other != id);
    }
    let (page, at) = match (before, page) {
        (Some(before), _) => match find(&pages, before) {
            Some(found) => found,
            None => return unknown(before),
        },
        (None, None) => (pages.len() - 1, pages.last().map_or(0, Vec::len)),
        (None, Some(page)) if (1..=pages.len()).contains(&page) => {
            (page - 1, pages[page - 1].len())
        }
        (None, Some(page)) => return refused(format!("{page}ページ目はありません。")),
    };
    pages[page].insert(at, id.to_owned());
    settle(document, &pages, id);
    Ok(())
}

/// Writes the pages down and puts an item behind the one that comes before it.
fn settle(document: &mut Value, pages: &[Vec<String>], id: &str) {
    write(document, pages);
    let order: Vec<&String> = pages.iter().flatten().collect();
    let at = order.iter().position(|other| *other == id);
    let before = at
        .and_then(|at| at.checked_sub(1))
        .map(|at| order[at].clone());
    let items = level::properties(document);
    if let Some(item) = items.shift_remove(id) {
        level::insert_behind(items, before.as_deref(), id, item);
    }
}

pub(super) fn write(document: &mut Value, pages: &[Vec<String>]) {
    let Some(list) = document.get_mut("x-pages").and_then(Value::as_array_mut) else {
        return;
    };
    for (page, items) in list.iter_mut().zip(pages) {
        page["items"] = items.clone().into();
    }
}

/// Sorts the properties as the pages name them.
pub(super) fn follow_pages(document: &mut Value) {
    let order: Vec<String> = by_page(document).into_iter().flatten().collect();
    let place = |id: &str| order.iter().position(|other| other == id);
    let items = level::properties(document);
    let mut entries: Vec<(String, Value)> = std::mem::take(items).into_iter().collect();
    entries.sort_by_key(|(id, _)| place(id).unwrap_or(order.len()));
    items.extend(entries);
}

pub(super) fn find(pages: &[Vec<String>], id: &str) -> Option<(usize, usize)> {
    pages.iter().enumerate().find_map(|(page, items)| {
        let at = items.iter().position(|other| other == id)?;
        Some((page, at))
    })
}

fn shift_in_rows(document: &mut Value, path: &str, id: &str, direction: Direction) -> Done {
    let items = level::properties(level::level(document, path)?);
    let Some(at) = items.keys().position(|key| key == id) else {
        return unknown(path);
    };
    let to = match direction {
        Direction::Up => at.checked_sub(1),
        Direction::Down => Some(at + 1).filter(|to| *to < items.len()),
    };
    let Some(to) = to else {
        return refused("この設問は、もう端にあります。");
    };
    let item = items.shift_remove(id).unwrap_or_default();
    items.shift_insert(to, id.to_owned(), item);
    Ok(())
}
