//! Ledgers: their definitions name items of their form that can do what is asked of them, and their entries
//! refer to things that are there.

use authoring::{Finding, Source};
use forms::{Item, Kind, Questionnaire};

use super::super::ledgers::Ledgers;
use super::super::read::Parts;
use super::{dangling, duplicates};
use crate::ledger::{Book, Definition, Names, check_references};

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let ledgers = &parts.ledgers;
    let mut findings = Vec::new();
    for (id, read) in &ledgers.definitions {
        let name = &read.value.form;
        match parts.forms.get(name) {
            Some(form) => findings.extend(definition(parts, id, &read.source, &read.value, form)),
            None if parts.broken_forms.contains(name) => {}
            None => {
                let known = parts.forms.keys().map(String::as_str);
                findings.push(dangling(&read.source, "/form", "調査票", name, known));
            }
        }
    }
    let names = names(parts);
    let book = Book::of(ledgers.read.values());
    for ledger in ledgers.read.values() {
        let entries = ledger.shipped.iter();
        findings.extend(entries.flat_map(|entry| check_references(ledger, entry, &book, &names)));
    }
    findings.extend(watches(parts, ledgers));
    findings
}

fn names(parts: &Parts) -> Names<'_> {
    let map = parts.map.as_ref().map(|read| &read.value);
    let bodies = parts.municipality.value.bodies.iter();
    let scenes = map.zip(parts.frame.as_ref()).map(|(map, frame)| {
        let scenes = map.scenes.iter().chain(&frame.scenes);
        scenes.map(|scene| scene.id.as_str()).collect()
    });
    Names {
        bodies: bodies.map(|body| body.id.as_str()).collect(),
        scenes,
        indicators: map.map(|map| map.indicators.iter().map(|one| one.id.as_str()).collect()),
    }
}

/// Files are attached over a respondent's link; the staff's form of an entry takes none.
fn no_files(id: &str, source: &Source, form: &Questionnaire) -> Vec<Finding> {
    let files = form.items().iter();
    let files = files.filter(|item| matches!(item.kind, Kind::File { .. }));
    let finding = |item: &Item| {
        source.finding(
            "pack.ledger_file",
            "/form",
            format!("台帳「{id}」の調査票の設問「{}」はファイルの設問ですが、台帳の記録にはファイルを付けられません。", item.id),
            "その設問を外すか、ファイルのある場所を書く文の設問にしてください。",
        )
    };
    files.map(finding).collect()
}

/// What an item must be able to do.
#[derive(Clone, Copy)]
enum Need {
    Text,
    /// Text, or options.
    Code,
    Options,
    /// A date, a month as text or a year as integer.
    Date,
}

impl Need {
    fn met(self, item: &Item) -> bool {
        use Kind::{Date, Integer, Multiple, Single, Text};
        match self {
            Need::Text => matches!(item.kind, Text { .. } | Single { .. }),
            Need::Code => matches!(item.kind, Text { .. } | Single { .. } | Multiple { .. }),
            Need::Options => matches!(item.kind, Single { .. }),
            Need::Date => matches!(item.kind, Date | Text { .. } | Integer { .. }),
        }
    }

    fn said(self) -> &'static str {
        match self {
            Need::Text => "文字の設問か、一つ選ぶ設問",
            Need::Code => "文字の設問か、選択肢の設問",
            Need::Options => "一つ選ぶ設問",
            Need::Date => "日付の設問、月を書く文字の設問、年度を書く整数の設問",
        }
    }
}

fn definition(
    parts: &Parts,
    id: &str,
    source: &Source,
    definition: &Definition,
    form: &Questionnaire,
) -> Vec<Finding> {
    let mut findings = no_files(id, source, form);
    let known = || form.items().iter().map(|item| item.id.as_str());
    let mut named = |pointer: String, name: &str, need: Need| match form.item(name) {
        None => findings.push(dangling(source, &pointer, "設問", name, known())),
        Some(item) if !need.met(item) => findings.push(source.finding(
            "pack.ledger_item",
            &pointer,
            format!("設問「{name}」はここでは使えません。"),
            format!("{}にしてください。", need.said()),
        )),
        Some(_) => {}
    };
    for (index, item) in definition.when.iter().enumerate() {
        named(format!("/when/{index}"), item, Need::Date);
    }
    let marks = definition.marks.as_ref();
    let state = definition.state.as_ref();
    for (pointer, item, need) in [
        ("/title", definition.title.as_ref(), Need::Text),
        ("/text", definition.text.as_ref(), Need::Text),
        ("/scenes", definition.scenes.as_ref(), Need::Code),
        ("/body", definition.body.as_ref(), Need::Text),
        ("/again", definition.again.as_ref(), Need::Text),
        ("/after", definition.after.as_ref(), Need::Text),
        ("/from", definition.from.as_ref(), Need::Text),
        ("/indicator", definition.indicator.as_ref(), Need::Code),
        ("/weekday", definition.weekday.as_ref(), Need::Text),
        ("/marks/mark", marks.map(|marks| &marks.mark), Need::Text),
        (
            "/marks/heading",
            marks.and_then(|marks| marks.heading.as_ref()),
            Need::Text,
        ),
        ("/state/item", state.map(|state| &state.item), Need::Options),
    ] {
        if let Some(item) = item {
            named(pointer.to_owned(), item, need);
        }
    }
    if let Some((state, item)) = state.and_then(|state| Some((state, form.item(&state.item)?))) {
        for (index, stage) in state.stages.iter().enumerate() {
            if item.option(stage).is_none() {
                let codes = item.options().iter().map(|option| option.code.as_str());
                let at = format!("/state/stages/{index}");
                findings.push(dangling(source, &at, "選択肢", stage, codes));
            }
        }
    }
    let bodies = || {
        parts
            .municipality
            .value
            .bodies
            .iter()
            .map(|body| body.id.as_str())
    };
    for (index, rule) in definition.to_agenda.iter().enumerate() {
        if let Some(body) = rule
            .body
            .as_deref()
            .filter(|body| !bodies().any(|known| known == *body))
        {
            let at = format!("/to_agenda/{index}/body");
            findings.push(dangling(source, &at, "会議体", body, bodies()));
        }
    }
    if form.item("id").is_some() {
        findings.push(source.finding(
            "pack.ledger_item",
            "/form",
            format!(
                "調査票「{}」に id という設問があります。台帳では記録の番号の名です。",
                definition.form
            ),
            "設問の id を別の名にしてください。",
        ));
    }
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if id.is_empty() || !id.chars().all(fine) || id == "watches" {
        findings.push(Finding::new(
            "pack.bad_id",
            source.file(),
            None,
            format!("台帳の名「{id}」は使えません。"),
            "ファイルの名を、半角の英小文字・数字・ハイフン・下線にしてください（watches は使えません）。",
        ));
    }
    findings
}

fn watches(parts: &Parts, ledgers: &Ledgers) -> Vec<Finding> {
    let Some(source) = &ledgers.watches else {
        return Vec::new();
    };
    let ids = ledgers
        .watching
        .iter()
        .map(|watching| watching.watch.id.as_str());
    let mut findings = duplicates(source, "/watches", "見守り", ids);
    let bodies = || {
        parts
            .municipality
            .value
            .bodies
            .iter()
            .map(|body| body.id.as_str())
    };
    for (index, watching) in ledgers.watching.iter().enumerate() {
        let watch = &watching.watch;
        let at = |field: &str| format!("/watches/{index}/{field}");
        let mut wrong = |field: &str, what: &str, todo: &str| {
            findings.push(source.finding("pack.watch", &at(field), what, todo));
        };
        if watch.at_least.is_some() == watch.near.is_some() {
            wrong(
                "id",
                "見守りには、件数（at_least）か近さ（near）のどちらか一つが必要です。",
                "どちらか一方を書いてください。",
            );
        }
        if watch.propose.is_none() && watch.warn.is_none() {
            wrong(
                "id",
                "見守りが何をするかがありません。",
                "協議事項に上げるなら propose、注意を出すなら warn を書いてください。",
            );
        }
        if let Some(propose) = watch
            .propose
            .as_ref()
            .filter(|one| !bodies().any(|body| body == one.body))
        {
            findings.push(dangling(
                source,
                &at("propose/body"),
                "会議体",
                &propose.body,
                bodies(),
            ));
        }
        let Some(ledger) = ledgers.read.get(&watch.ledger) else {
            // One that could not be read is reported elsewhere.
            if !ledgers.definitions.contains_key(&watch.ledger) {
                let known = ledgers.definitions.keys().map(String::as_str);
                findings.push(dangling(
                    source,
                    &at("ledger"),
                    "台帳",
                    &watch.ledger,
                    known,
                ));
            }
            continue;
        };
        let items = || ledger.form.items().iter().map(|item| item.id.as_str());
        for (field, item) in watch
            .near
            .iter()
            .flat_map(|near| [("same", &near.same), ("differs", &near.differs)])
        {
            if ledger.form.item(item).is_none() {
                findings.push(dangling(
                    source,
                    &at(&format!("near/{field}")),
                    "設問",
                    item,
                    items(),
                ));
            }
        }
    }
    findings
}
