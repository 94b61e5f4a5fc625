//! The vocabulary of expressions: operators on exact decimals and a handful of functions.

use std::sync::LazyLock;

use authoring::sandbox::{Budget, engine};
use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString, Map};

use crate::decimal::Decimal;

/// Functions that an expression may call, as authors read them in a finding.
pub const ALLOWED: [&str; 12] = [
    "contains",
    "starts_with",
    "ends_with",
    "len",
    "abs",
    "min",
    "max",
    "blank",
    "or_zero",
    "count",
    "sum",
    "decimal",
];

pub(super) fn is_allowed(name: &str) -> bool {
    ALLOWED.contains(&name)
}

/// One engine for all questionnaires: it holds no state. An expression that needs more than 20,000 operations or
/// 50 ms is stopped and counts as not evaluable.
pub(crate) static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut engine = engine(Budget {
        operations: 20_000,
        millis: 50,
    });
    // Names are checked by our own reading of the words, which reports all of them at once.
    engine.set_strict_variables(false);
    engine.register_type_with_name::<Decimal>("小数");
    operators::<Decimal, Decimal>(&mut engine);
    operators::<Decimal, i64>(&mut engine);
    operators::<i64, Decimal>(&mut engine);
    operators::<Decimal, f64>(&mut engine);
    operators::<f64, Decimal>(&mut engine);
    engine.register_fn("blank", |value: Dynamic| value.is_unit());
    engine.register_fn("or_zero", |value: Dynamic| {
        if value.is_unit() {
            Dynamic::from(0_i64)
        } else {
            value
        }
    });
    engine.register_fn("count", |rows: Array| {
        i64::try_from(rows.len()).unwrap_or(i64::MAX)
    });
    engine.register_fn("count", |(): ()| 0_i64);
    engine.register_fn("sum", |(): (), _: ImmutableString| 0_i64);
    engine.register_fn("sum", sum);
    engine.register_fn("decimal", |text: ImmutableString| -> Fallible<Decimal> {
        text.parse()
            .map_err(|_| format!("「{text}」は小数ではありません").into())
    });
    engine
});

type Fallible<T> = Result<T, Box<EvalAltResult>>;

/// A number that meets a decimal in an expression.
trait Operand: Send + Sync + Clone + 'static {
    fn decimal(self) -> Fallible<Decimal>;
}

impl Operand for Decimal {
    fn decimal(self) -> Fallible<Decimal> {
        Ok(self)
    }
}

impl Operand for i64 {
    fn decimal(self) -> Fallible<Decimal> {
        Ok(self.into())
    }
}

/// A literal such as `0.5`: its shortest decimal text is what the author wrote.
impl Operand for f64 {
    fn decimal(self) -> Fallible<Decimal> {
        self.to_string().parse().map_err(|_| too_large())
    }
}

fn too_large() -> Box<EvalAltResult> {
    "数が大きすぎます".into()
}

fn operators<A: Operand, B: Operand>(engine: &mut Engine) {
    engine.register_fn("+", |a: A, b: B| {
        a.decimal()?.checked_add(b.decimal()?).ok_or_else(too_large)
    });
    engine.register_fn("-", |a: A, b: B| {
        a.decimal()?.checked_sub(b.decimal()?).ok_or_else(too_large)
    });
    engine.register_fn("*", |a: A, b: B| {
        a.decimal()?.checked_mul(b.decimal()?).ok_or_else(too_large)
    });
    engine.register_fn("==", |a: A, b: B| {
        Fallible::Ok(a.decimal()? == b.decimal()?)
    });
    engine.register_fn("!=", |a: A, b: B| {
        Fallible::Ok(a.decimal()? != b.decimal()?)
    });
    engine.register_fn("<", |a: A, b: B| Fallible::Ok(a.decimal()? < b.decimal()?));
    engine.register_fn("<=", |a: A, b: B| {
        Fallible::Ok(a.decimal()? <= b.decimal()?)
    });
    engine.register_fn(">", |a: A, b: B| Fallible::Ok(a.decimal()? > b.decimal()?));
    engine.register_fn(">=", |a: A, b: B| {
        Fallible::Ok(a.decimal()? >= b.decimal()?)
    });
}

/// The sum of one numeric item over the rows of a repeat; blanks add nothing.
fn sum(rows: Array, item: ImmutableString) -> Fallible<Dynamic> {
    let mut integers = 0_i64;
    let mut decimals: Option<Decimal> = None;
    for row in rows {
        let row: Map = row.try_cast().ok_or("sum は繰返しの設問に使います")?;
        let Some(value) = row.get(item.as_str()) else {
            return Err(format!("「{item}」という設問は行の中にありません").into());
        };
        if let Ok(integer) = value.as_int() {
            integers = integers.checked_add(integer).ok_or_else(too_large)?;
        } else if let Some(decimal) = value.clone().try_cast::<Decimal>() {
            let sum = decimals.unwrap_or_default().checked_add(decimal);
            decimals = Some(sum.ok_or_else(too_large)?);
        } else if !value.is_unit() {
            return Err(format!("「{item}」は数の設問ではありません").into());
        }
    }
    Ok(match decimals {
        None => integers.into(),
        Some(decimals) => Dynamic::from(
            decimals
                .checked_add(integers.into())
                .ok_or_else(too_large)?,
        ),
    })
}
