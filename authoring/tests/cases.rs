//! Every file of `cases/` is read as JSON and checked against `cases/plan.schema.json`;
//! the findings must be those of the snapshot beside it.

use authoring::Source;

#[test]
fn refusals() {
    let schema = include_str!("cases/plan.schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    insta::glob!("cases/err_*.json", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().display().to_string();
        let findings = match Source::json(name, &text) {
            Ok(source) => source.shape(&schema),
            Err(finding) => vec![finding],
        };
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"));
    });
}

#[test]
fn a_pointer_to_something_absent_gives_the_line_of_its_nearest_ancestor() {
    let source = Source::json(
        "plan.json",
        "{\n  \"a\": {\n    \"b\": [\n      1,\n      2 ] } }",
    )
    .unwrap();
    assert_eq!(source.line(""), Some(1));
    assert_eq!(source.line("/a/b"), Some(3));
    assert_eq!(source.line("/a/b/1"), Some(5));
    assert_eq!(source.line("/a/b/7/title"), Some(3));
    assert_eq!(source.line("/missing"), Some(1));
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let source = Source::json("plan.json", "\u{feff}{\"title\": \"計画\"}").unwrap();
    assert_eq!(source.value()["title"], "計画");
}
