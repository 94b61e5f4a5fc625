//! What a script cannot do.

use authoring::sandbox::{Budget, complaint, engine, line};
use rhai::{Engine, Scope};

fn small() -> Engine {
    engine(Budget {
        operations: 100_000,
        millis: 60_000,
    })
}

fn refused(engine: &Engine, script: &str) -> String {
    let error = engine.eval::<rhai::Dynamic>(script).expect_err("a refusal");
    complaint(&error)
}

#[test]
fn what_the_sandbox_gives_works() {
    assert_eq!(
        small().eval::<i64>("[1, 2, 3].map(|x| x * 2)[2]").unwrap(),
        6
    );
    assert!(
        small()
            .eval::<bool>("\"居宅介護\".contains(\"介護\")")
            .unwrap()
    );
}

#[test]
fn sleeping_evaluating_and_importing_are_refused() {
    let engine = small();
    assert_eq!(refused(&engine, "sleep(1)"), "sleep は使えません");
    assert_eq!(refused(&engine, "sleep(0.5)"), "sleep は使えません");
    assert!(refused(&engine, "eval(\"1 + 1\")").contains("eval"));
    assert!(refused(&engine, "import \"x\" as x; 1").contains("import"));
    assert!(refused(&engine, "timestamp()").contains("timestamp"));
}

#[test]
fn a_loop_that_never_ends_is_stopped_by_operations() {
    let said = refused(&small(), "loop { }");
    assert_eq!(
        said,
        "計算の上限を超えました（終わらない繰返しの可能性があります）"
    );
}

#[test]
fn a_loop_that_never_ends_is_stopped_by_time() {
    let engine = engine(Budget {
        operations: u64::MAX,
        millis: 20,
    });
    assert_eq!(
        refused(&engine, "loop { }"),
        "時間切れで止めました（20ミリ秒を超えました）"
    );
    // The next evaluation starts with a fresh allowance.
    assert_eq!(engine.eval::<i64>("40 + 2").unwrap(), 42);
}

#[test]
fn memory_is_bounded() {
    let engine = small();
    let strings = "let s = \"あ\"; loop { s += s; }";
    assert!(refused(&engine, strings).starts_with("値が大きすぎます"));
    let arrays = "let a = [1]; loop { a += a; }";
    assert!(refused(&engine, arrays).starts_with("値が大きすぎます"));
}

#[test]
fn a_missing_name_or_property_is_an_error_and_not_a_blank() {
    let engine = small();
    assert_eq!(
        refused(&engine, "discharged + 1"),
        "「discharged」という名前はありません"
    );
    assert_eq!(
        refused(&engine, "let c = #{close: 1}; c.klose"),
        "「klose」という項目はありません"
    );
}

#[test]
fn the_line_inside_the_script_is_known() {
    let ast = small()
        .compile("fn gate(s) {\n  let rate = s.rate;\n  rate\n}")
        .unwrap();
    let map = rhai::Map::new();
    let error = small()
        .call_fn::<rhai::Dynamic>(&mut Scope::new(), &ast, "gate", (map,))
        .expect_err("a refusal");
    assert_eq!(line(&error), Some(2));
}
