//! What holds for every answer, however strange.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::LazyLock;

use authoring::Source;
use forms::columns::{Columns, DONT_KNOW, NO_ANSWER, NOT_SHOWN};
use forms::tally::{Break, Detail, Row, crosstab, tally, tally_item};
use forms::{Answers, Kind, Questionnaire};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

static QUESTIONNAIRE: LazyLock<Questionnaire> = LazyLock::new(|| {
    let text = include_str!("cases/valid/every_kind.json");
    forms::read(&Source::json("every_kind.json", text).expect("JSON")).expect("valid")
});

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let options = jsonschema::options().should_validate_formats(true);
    options.build(QUESTIONNAIRE.json()).expect("a schema")
});

/// Something that could stand where an answer stands: often right, often nearly right, sometimes nonsense.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => prop::sample::select(vec!["yes", "no", "unknown", "flow", "list", "none", "done", "yet", "h1", "h2", ""])
            .prop_map(Value::from),
        4 => (-2_i64..30).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(|float| json!(float)),
        2 => prop::sample::select(vec!["１２", "3.5", "1,234", "12件", "令和６年６月５日", "2024-06-05", "  ", "\u{3000}x"])
            .prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
    ];
    let row = prop::collection::vec((name(), leaf.clone()), 0..6)
        .prop_map(|cells| Value::Object(cells.into_iter().collect()))
        .boxed();
    prop_oneof![
        6 => leaf.clone(),
        2 => prop::collection::vec(leaf, 0..4).prop_map(Value::Array),
        2 => row.clone(),
        4 => prop::collection::vec(row, 0..5).prop_map(Value::Array),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let known = vec![
        "used",
        "pillars",
        "stages",
        "staff",
        "fulltime",
        "opened_on",
        "opinion",
        "hospitals",
        "total",
        "外来",
        "hospital",
        "discharged",
        "coordinated",
        "reason",
        "rest",
        "quake",
        "flood",
        "ghost",
    ];
    prop_oneof![30 => prop::sample::select(known).prop_map(str::to_owned), 1 => any::<String>()]
}

fn answers() -> impl Strategy<Value = Answers> {
    prop::collection::vec((name(), value()), 0..12).prop_map(|pairs| {
        let map: Map<String, Value> = pairs.into_iter().collect();
        serde_json::from_value(Value::Object(map)).expect("answers")
    })
}

fn roster() -> BTreeMap<String, String> {
    BTreeMap::new()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Clean answers are clean: examining them again changes nothing, neither the answers nor what is shown.
    #[test]
    fn examining_is_idempotent(answers in answers()) {
        let questionnaire = &*QUESTIONNAIRE;
        let once = questionnaire.examine(&answers);
        let twice = questionnaire.examine(&once.answers);
        prop_assert_eq!(&once.answers, &twice.answers);
        let top = |shown: &std::collections::BTreeSet<String>| -> Vec<String> {
            shown.iter().filter(|path| !path.contains('.')).cloned().collect()
        };
        prop_assert_eq!(top(&once.shown), top(&twice.shown));
        prop_assert!(once.answers.items().all(|item| once.is_shown(item)));
    }

    /// The questionnaire is a JSON Schema of its answers: another validator accepts what was accepted here.
    #[test]
    fn accepted_answers_are_valid_under_the_questionnaire_as_json_schema(answers in answers()) {
        let questionnaire = &*QUESTIONNAIRE;
        let examined = questionnaire.examine(&answers);
        let json = serde_json::to_value(&examined.answers).expect("JSON");
        let errors: Vec<String> = SCHEMA.iter_errors(&json)
            .filter(|error| examined.has_errors().then(|| error.kind().keyword()) != Some("required"))
            .map(|error| error.to_string()).collect();
        prop_assert_eq!(errors, Vec::<String>::new());
    }

    #[test]
    fn decoding_never_panics_and_loses_no_known_field(fields in prop::collection::vec((field(), any::<String>()), 0..12)) {
        let questionnaire = &*QUESTIONNAIRE;
        let draft = questionnaire.decode(None, &fields, &Answers::new());
        for (name, value) in &fields {
            let once = fields.iter().filter(|(other, _)| other == name).count() == 1;
            let plain = questionnaire.item(name).is_some_and(|item| !matches!(item.kind, Kind::Repeat { .. } | Kind::Matrix { .. }));
            if once && plain && !value.is_empty() {
                prop_assert_eq!(draft.typed(name), vec![value.clone()]);
            }
        }
        questionnaire.examine(&draft);
        questionnaire.decode(Some(usize::MAX), &fields, &draft);
    }

    /// Every response is in exactly one place: an answer or one of the four blanks.
    #[test]
    fn counts_and_blanks_add_up_to_the_base(all in prop::collection::vec(answers(), 0..12)) {
        let (questionnaire, roster) = (&*QUESTIONNAIRE, roster());
        let clean: Vec<Answers> = all.iter().map(|answers| questionnaire.examine(answers).answers).collect();
        let rows: Vec<Row<'_>> = clean.iter().map(|answers| Row { answers, respondent: &roster }).collect();
        let counted = tally(questionnaire, rows.iter().copied());
        prop_assert_eq!(counted.responses, rows.len() as u64);
        for item in &counted.items {
            let blanks = item.blanks.not_in_version + item.blanks.not_shown + item.blanks.no_answer + item.blanks.dont_know;
            prop_assert_eq!(item.answered + blanks, item.base, "{}", &item.path);
            if let Detail::Options(options) = &item.detail {
                let sum: u64 = options.iter().map(|option| option.count).sum();
                prop_assert!(if item.path == "pillars" { sum >= item.answered } else { sum == item.answered }, "{}", &item.path);
            }
            if !item.path.contains('.') {
                prop_assert_eq!(item.base, counted.responses);
                let alone = tally_item(questionnaire, &item.path, rows.iter().copied());
                prop_assert_eq!(alone.as_ref(), Some(item));
            }
        }
        let crossed = crosstab(questionnaire, rows.iter().copied(), &Break::Item("used".to_owned()));
        let columns: u64 = crossed.columns.iter().map(|column| column.tally.responses).sum();
        prop_assert_eq!(columns + crossed.left_out, counted.responses);
    }

    /// Counting by columns is the same as counting response by response.
    #[test]
    fn columns_agree_with_the_tally(all in prop::collection::vec(answers(), 0..20)) {
        let (questionnaire, roster) = (&*QUESTIONNAIRE, roster());
        let clean: Vec<Answers> = all.iter().map(|answers| questionnaire.examine(answers).answers).collect();
        let rows: Vec<Row<'_>> = clean.iter().map(|answers| Row { answers, respondent: &roster }).collect();
        let counted = tally(questionnaire, rows.iter().copied());
        let mut columns = Columns::new(questionnaire);
        rows.iter().for_each(|row| columns.push(questionnaire, row));
        let counts = columns.count(columns.position("used"), NonZero::new(2).expect("2"));
        for (column, codes) in columns.coded.iter().zip(&counts.overall) {
            let Some(item) = counted.item(column.name()) else {
                let code = column.name().strip_prefix("pillars.").expect("an option");
                let chosen = counted.item("pillars").and_then(|item| item.count(code));
                prop_assert_eq!(Some(codes[1]), chosen);
                continue;
            };
            let Detail::Options(options) = &item.detail else { continue };
            for (option, count) in options.iter().zip(codes) {
                prop_assert_eq!(option.count, *count);
            }
            let blank = |code: u8| codes[column.options() + usize::from(code - NO_ANSWER)];
            prop_assert_eq!(blank(NO_ANSWER), item.blanks.no_answer);
            prop_assert_eq!(blank(DONT_KNOW), item.blanks.dont_know);
            prop_assert_eq!(blank(NOT_SHOWN), item.blanks.not_shown);
        }
        let staff = counted.item("staff").and_then(|item| item.numbers().copied()).expect("numbers");
        prop_assert_eq!(counts.numbers[0].n, staff.n);
        prop_assert_eq!(Some(counts.numbers[0].sum), staff.sum.and_then(|sum| sum.integer()).map(i128::from));
        let crossed = crosstab(questionnaire, rows.iter().copied(), &Break::Item("used".to_owned()));
        for (at, column) in crossed.columns.iter().enumerate() {
            let staff = column.tally.item("staff").and_then(|item| item.numbers().copied()).expect("numbers");
            prop_assert_eq!(counts.crossed_numbers[0][at].n, staff.n);
        }
    }
}

fn field() -> impl Strategy<Value = String> {
    let path = prop::collection::vec(
        prop_oneof![5 => name(), 2 => (0_u32..2_000).prop_map(|n| n.to_string())],
        0..4,
    );
    prop_oneof![8 => path.prop_map(|steps| steps.join(".")), 1 => any::<String>()]
}
