//! Pages: every item on exactly one, and nothing on a page that is no item.

use std::collections::HashMap;

use authoring::{Finding, Source, nearest};

use crate::questionnaire::Questionnaire;

pub(super) fn check(source: &Source, questionnaire: &Questionnaire, findings: &mut Vec<Finding>) {
    if source.value().get("x-pages").is_none() {
        return;
    }
    let mut first: HashMap<&str, &str> = HashMap::new();
    for (number, page) in questionnaire.pages.iter().enumerate() {
        for (at, id) in page.items.iter().enumerate() {
            let pointer = format!("/x-pages/{number}/items/{at}");
            if questionnaire.items.get(id.as_str()).is_none() {
                let ids = questionnaire.items.iter().map(|item| item.id.as_str());
                findings.push(source.finding(
                    "form.page_unknown_item",
                    &pointer,
                    format!(
                        "ページ「{}」にある「{id}」という設問はありません。",
                        page.title
                    ),
                    match nearest(id.as_str(), ids) {
                        Some(near) => format!("「{near}」ではありませんか。"),
                        None => "綴りを確かめるか、ページから外してください。".to_owned(),
                    },
                ));
            } else if let Some(before) = first.insert(id.as_str(), &page.title) {
                findings.push(source.finding(
                    "form.page_duplicate_item",
                    &pointer,
                    format!("設問 {id} はページ「{before}」にもあります。"),
                    "どちらか一方のページに置いてください。",
                ));
            }
        }
    }
    for item in questionnaire.items.iter() {
        if !first.contains_key(item.id.as_str()) {
            findings.push(source.finding(
                "form.item_without_page",
                &item.pointer,
                format!("設問 {} はどのページにもありません。", item.id),
                "x-pages のどれかのページに加えてください。",
            ));
        }
    }
}
