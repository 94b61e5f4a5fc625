//! The columnar tally of 69 coded and 7 numeric columns over 1,000,000 responses, overall and crossed by one
//! attribute; and a measure over 10,000 responses.

use std::collections::BTreeMap;
use std::num::NonZero;

use authoring::Source;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use forms::columns::{Coded, Columns, NO_ANSWER, Numeric};
use forms::tally::{Row, tally};
use forms::{Answers, Measure, read};
use serde_json::json;

const ROWS: usize = 1_000_000;

/// A small generator with a fixed seed: the bench needs irregular data, not chance.
fn noise(seed: u64) -> impl Iterator<Item = u64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    })
}

fn columns() -> Columns {
    let coded = (0..69).map(|n| {
        let options = 2 + n % 9;
        let code = |random: u64| {
            if random.is_multiple_of(20) {
                NO_ANSWER
            } else {
                u8::try_from((random >> 8) % options).unwrap_or(0)
            }
        };
        let codes = noise(n + 1).take(ROWS).map(code).collect();
        Coded::from_codes(
            format!("q{n}"),
            usize::try_from(options).unwrap_or(2),
            codes,
        )
        .expect("valid codes")
    });
    let numeric = (0..7).map(|n| {
        let value = |random: u64| {
            (!random.is_multiple_of(20)).then(|| i64::try_from((random >> 8) % 1_000).unwrap_or(0))
        };
        Numeric::from_values(format!("n{n}"), noise(100 + n).take(ROWS).map(value))
    });
    Columns::from_parts(coded.collect(), numeric.collect()).expect("equal lengths")
}

fn columnar(c: &mut Criterion) {
    let columns = columns();
    let by = columns.position("q7");
    let mut group = c.benchmark_group("1,000,000 x (69 coded + 7 numeric)");
    group.sample_size(20);
    for threads in [1, 2] {
        let threads = NonZero::new(threads).expect("not zero");
        group.bench_function(format!("overall, {threads} threads"), |b| {
            b.iter(|| columns.count(None, threads))
        });
        group.bench_function(format!("overall and crossed, {threads} threads"), |b| {
            b.iter(|| columns.count(by, threads))
        });
    }
}

fn measures(c: &mut Criterion) {
    let document = json!({ "title": "調査", "x-id": "bench", "x-version": 1, "type": "object", "properties": {
        "used": { "title": "活用", "oneOf": [{ "const": "yes", "title": "はい" }, { "const": "no", "title": "いいえ" }] },
        "hospitals": { "title": "病院ごと", "type": "array", "x-repeat": "病院", "items": { "type": "object", "properties": {
            "hospital": { "title": "病院", "oneOf": [
                { "const": "h1", "title": "一", "x-attributes": { "place": "city" } },
                { "const": "h2", "title": "二", "x-attributes": { "place": "region" } }] },
            "discharged": { "title": "退院数", "type": "integer" } } } } } });
    let questionnaire =
        read(&Source::json("bench.json", &document.to_string()).expect("JSON")).expect("valid");
    let answers: Answers = serde_json::from_value(json!({ "used": "yes", "hospitals": [
        { "hospital": "h1", "discharged": 3 }, { "hospital": "h2", "discharged": 4 }, { "hospital": "h1", "discharged": 5 }] }))
    .expect("answers");
    let respondent = BTreeMap::from([
        ("kind".to_owned(), "kyotaku".to_owned()),
        ("name".to_owned(), "架空".to_owned()),
    ]);
    let rows = vec![
        Row {
            answers: &answers,
            respondent: &respondent
        };
        10_000
    ];
    let measure = |json: serde_json::Value| {
        let source = Source::json("map.json", &json.to_string()).expect("JSON");
        Measure::read(&source, "", &questionnaire).expect("valid")
    };
    let mut group = c.benchmark_group("10,000 responses");
    group.sample_size(20);
    let responses = measure(
        json!({ "of": "responses", "where": "used == \"yes\" && respondent.kind == \"kyotaku\"" }),
    );
    group.bench_function("measure of responses", |b| {
        b.iter(|| responses.evaluate(&rows, &[]))
    });
    let sums = measure(
        json!({ "of": "hospitals", "where": "hospital_place == \"city\"", "sum": "discharged" }),
    );
    group.bench_function("measure of 30,000 rows of a repeat", |b| {
        b.iter(|| sums.evaluate(&rows, &[]))
    });
    group.bench_function("tally", |b| {
        b.iter_batched(
            || rows.clone(),
            |rows| tally(&questionnaire, rows),
            BatchSize::LargeInput,
        )
    });
}

criterion_group!(benches, columnar, measures);
criterion_main!(benches);
