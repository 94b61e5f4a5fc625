//! Papers in files: what each becomes as HTML, or what its author is told.
//!
//! A first line `style: {…}` sets the style of a case; without it the style is the default one.

use std::fs;

use papers::{Head, Style, read};

use crate::samples;

#[test]
fn every_case_has_its_outcome() {
    let mut beside_the_cases = insta::Settings::clone_current();
    beside_the_cases.set_snapshot_path("../cases");
    beside_the_cases.set_prepend_module_to_snapshot(false);
    let _bound = beside_the_cases.bind_to_scope();
    insta::glob!("..", "cases/*.md", |path| {
        let text = fs::read_to_string(path).expect("a case can be read");
        let (style, markdown) = match text
            .strip_prefix("style: ")
            .and_then(|rest| rest.split_once('\n'))
        {
            // The empty line keeps the line numbers of the file.
            Some((style, rest)) => (
                serde_json::from_str(style).expect("the style of a case is in order"),
                format!("\n{rest}"),
            ),
            None => (Style::default(), text),
        };
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a case has a name");
        let head = Head {
            title: "架空市の資料".to_owned(),
            ..Head::default()
        };
        let link = |id: &str| (id != "hidden").then(|| format!("/figures/{id}"));
        let outcome = match read(
            name,
            &markdown,
            head,
            &style,
            &samples::numbers(),
            &samples::charts(),
        ) {
            Ok(document) => papers::html::html(&document, link),
            Err(findings) => findings
                .iter()
                .map(|finding| format!("{finding}\n"))
                .collect(),
        };
        let refused = name.starts_with("err_");
        assert_eq!(outcome.starts_with("err_"), refused, "{name}: {outcome}");
        insta::assert_snapshot!(without_drawings(&outcome));
    });
}

/// A drawing is not readable text; its words are.
fn without_drawings(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, drawing)) = rest.split_once("<svg ") {
        let (drawing, after) = drawing.split_once("</svg>").expect("a drawing ends");
        let description = drawing
            .split("<desc")
            .nth(1)
            .and_then(|desc| desc.split(['>', '<']).nth(1));
        out.push_str(before);
        out.push_str(&format!("[図：{}]", description.unwrap_or_default()));
        rest = after;
    }
    out + rest
}
