//! Pages of the web form.

use serde_json::{Value, json};

use super::edit::Direction;
use super::level::titled;
use super::{Done, Refused, order, refused};

pub(super) fn add(document: &mut Value, title: &str) -> Done {
    let title = titled(title, "ページの題名")?;
    if document.get("x-pages").is_none() {
        let first = json!({
            "title": document["title"].as_str().filter(|title| !title.is_empty()).unwrap_or("１ページ目"),
            "items": order::by_page(document).concat(),
        });
        let map = document
            .as_object_mut()
            .expect("`apply` takes only documents that are objects");
        let behind = ["x-version", "x-id", "description", "title"];
        let at = behind
            .iter()
            .find_map(|name| map.keys().position(|key| key == name));
        let at = at.map_or(map.len(), |at| at + 1);
        map.shift_insert(at, "x-pages".to_owned(), json!([first]));
    }
    pages(document)?.push(json!({ "title": title, "items": [] }));
    Ok(())
}

pub(super) fn rename(document: &mut Value, page: usize, title: &str) -> Done {
    let title = titled(title, "ページの題名")?;
    let at = place(document, page)?;
    pages(document)?[at]["title"] = title.into();
    Ok(())
}

pub(super) fn shift(document: &mut Value, page: usize, direction: Direction) -> Done {
    let at = place(document, page)?;
    let pages = pages(document)?;
    let to = match direction {
        Direction::Up => at.checked_sub(1),
        Direction::Down => Some(at + 1).filter(|to| *to < pages.len()),
    };
    let Some(to) = to else {
        return refused("このページは、もう端にあります。");
    };
    pages.swap(at, to);
    order::follow_pages(document);
    Ok(())
}

pub(super) fn remove(document: &mut Value, page: usize) -> Done {
    let at = place(document, page)?;
    let mut items = order::by_page(document);
    let pages = pages(document)?;
    if pages.len() == 1 {
        return refused("ページは1つしかありません。題名を直すことはできます。");
    }
    pages.remove(at);
    let left = items.remove(at);
    match at {
        0 => {
            items[0].splice(0..0, left);
        }
        _ => items[at - 1].extend(left),
    }
    order::write(document, &items);
    Ok(())
}

fn pages(document: &mut Value) -> Result<&mut Vec<Value>, Refused> {
    match document.get_mut("x-pages").and_then(Value::as_array_mut) {
        Some(pages) => Ok(pages),
        None => refused("この調査票は、まだページに分かれていません。先にページを加えてください。"),
    }
}

/// The position of a page that is counted from 1.
fn place(document: &mut Value, page: usize) -> Result<usize, Refused> {
    let count = pages(document)?.len();
    match page.checked_sub(1).filter(|at| *at < count) {
        Some(at) => Ok(at),
        None => refused(format!(
            "{page}ページ目はありません。画面を開き直してください。"
        )),
    }
}
