//! The free texts of a question as a page shows them.

use engine::results::{Coding, Given, Masker};
use minijinja::context;
use minijinja::value::{Serde, Value};
use sha2::{Digest, Sha256};

/// Texts on a page.
const ON_A_PAGE: usize = 30;

/// Which texts are wanted.
pub struct Wanted {
    /// Id of a group, `none`, `open`, or empty for all.
    group: String,
    /// From 1.
    page: usize,
}

impl Wanted {
    pub fn read(group: &str, page: &str) -> Wanted {
        Wanted {
            group: group.to_owned(),
            page: page.parse().unwrap_or(1).max(1),
        }
    }
}

/// How a form names a text: who wrote it is not said.
pub fn key(turn: &str, item: &str, respondent: &str) -> String {
    let digest = Sha256::digest(format!("text/{turn}/{item}/{respondent}"));
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The end of the address to which a form leads back.
pub fn back(group: &str, page: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("group", group), ("page", page)] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    match query.finish() {
        query if query.is_empty() => query,
        query => format!("{query}&"),
    }
}

pub fn page(
    turn: &str,
    all: &[Given<'_>],
    coding: &Coding,
    masker: &Masker,
    wanted: &Wanted,
    here: &str,
) -> Value {
    let open = |text: &Given<'_>| !text.confirmed && text.printed != text.text;
    let belongs = |text: &Given<'_>, group: &str| {
        coding.groups_of(text.respondent).any(|one| one.id == group)
    };
    let count =
        |belongs: &dyn Fn(&Given<'_>) -> bool| all.iter().filter(|text| belongs(text)).count();
    let item = here.rsplit('/').next().unwrap_or_default();
    let groups: Vec<Value> = coding
        .groups
        .iter()
        .map(|group| {
            context! {
                id => group.id.as_str(),
                title => group.title.as_str(),
                count => count(&|text| belongs(text, &group.id)),
            }
        })
        .collect();
    let shown: Vec<&Given<'_>> = all
        .iter()
        .filter(|text| match wanted.group.as_str() {
            "" => true,
            "none" => text.groups.is_empty(),
            "open" => open(text),
            group => belongs(text, group),
        })
        .collect();
    let pages = shown.len().div_ceil(ON_A_PAGE).max(1);
    let page = wanted.page.min(pages);
    let href = |group: &str, page: usize| {
        let page = if page > 1 {
            page.to_string()
        } else {
            String::new()
        };
        let query = back(group, &page);
        match query.trim_end_matches('&') {
            "" => here.to_owned(),
            query => format!("{here}?{query}"),
        }
    };
    let tab = |id: &str, title: &str, count: usize| {
        context! { id, title, count, href => href(id, 1), here => wanted.group == id }
    };
    let mut tabs = vec![
        tab("", "すべて", all.len()),
        tab("none", "未分類", count(&|text| text.groups.is_empty())),
        tab("open", "伏せ字の確かめがまだ", count(&open)),
    ];
    tabs.extend(coding.groups.iter().map(|group| {
        tab(
            &group.id,
            &group.title,
            count(&|text| belongs(text, &group.id)),
        )
    }));
    let texts: Vec<Value> = shown
        .iter()
        .skip((page - 1) * ON_A_PAGE)
        .take(ON_A_PAGE)
        .map(|text| {
            let own: Vec<Value> = coding
                .groups
                .iter()
                .map(|group| context! { id => group.id.as_str(), title => group.title.as_str(), chosen => belongs(text, &group.id) })
                .collect();
            context! {
                key => key(turn, item, text.respondent),
                parts => Serde(masker.parts(text.text)),
                printed => text.printed.as_str(),
                confirmed => text.confirmed,
                open => open(text),
                changed => text.printed != text.text,
                groups => own,
            }
        })
        .collect();
    context! {
        all => all.len(),
        open => count(&open),
        groups,
        tabs,
        texts,
        group => wanted.group.as_str(),
        page,
        pages,
        newer => (page > 1).then(|| href(&wanted.group, page - 1)),
        older => (page < pages).then(|| href(&wanted.group, page + 1)),
    }
}
