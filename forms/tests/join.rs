//! One survey for several agenda items.

use authoring::Source;
use forms::{Questionnaire, join, read};

fn part(id: &str, item: &str) -> Questionnaire {
    let text = format!(
        r##"{{"title":"調査{id}","x-id":"{id}","x-version":1,"$defs":{{"yesno":{{"oneOf":[{{"const":"yes","title":"{id}のはい"}}]}}}},
        "type":"object","properties":{{
          "{item}":{{"title":"{item}ですか","$ref":"#/$defs/yesno"}},
          "{item}_why":{{"title":"理由","type":"string","x-relevant":"{item} == \"yes\""}}}},"required":["{item}"]}}"##
    );
    read(&Source::json("part.json", &text).expect("JSON")).expect("valid")
}

#[test]
fn parts_become_one_questionnaire_that_can_be_stored_and_read_again() {
    let joined = join(
        "joint",
        1,
        "合同調査",
        &[&part("a", "ict"), &part("b", "ready")],
    )
    .expect("joined");
    assert_eq!(
        (joined.id(), joined.title(), joined.items().len()),
        ("joint", "合同調査", 4)
    );
    let pages: Vec<&str> = joined
        .pages()
        .iter()
        .map(|page| page.title.as_str())
        .collect();
    assert_eq!(pages, ["調査a", "調査b"]);
    // Lists of the same name stay apart.
    assert_eq!(
        joined
            .item("ready")
            .and_then(|item| item.option("yes"))
            .map(|option| option.title.as_str()),
        Some("bのはい")
    );
    let stored = joined.json().to_string();
    let again = read(&Source::json("joint.json", &stored).expect("JSON")).expect("valid");
    assert_eq!(again.digest(), joined.digest());
}

#[test]
fn err_the_same_item_twice() {
    let findings = join(
        "joint",
        1,
        "合同調査",
        &[&part("a", "ict"), &part("b", "ict")],
    )
    .expect_err("a refusal");
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2);
    assert_eq!(
        said[0],
        "b: [form.duplicate_id] 設問 ict は、先につないだ調査票「調査a」にもあります。 → どちらかの調査票で設問のIDを変えてください。"
    );
}
