//! The sandbox: the one rhai engine of the product, with everything a script of a pack may use.
//!
//! Scripts are pure. There is no clock, file, network, randomness or module; `eval` is disabled and `sleep`
//! fails. Strings are limited to 64 KiB, arrays and maps to 2,000 elements, variables to 256, functions to 128,
//! calls to 32 levels, expressions to a depth of 64 (32 inside a function).

mod complaint;
mod deadline;

use rhai::packages::{
    BasicArrayPackage, BasicMapPackage, CorePackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{Engine, EvalAltResult};

pub use complaint::{complaint, line};

/// What one evaluation may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Operations of the interpreter; bounds loops, but neither time nor memory.
    pub operations: u64,
    /// Wall-clock time in milliseconds after which the evaluation is stopped.
    pub millis: u64,
}

/// An engine with nothing in it but the sandbox. Build it once and share it: it takes about 0.1 ms.
pub fn engine(budget: Budget) -> Engine {
    let mut engine = Engine::new_raw();
    CorePackage::new().register_into_engine(&mut engine);
    LogicPackage::new().register_into_engine(&mut engine);
    BasicArrayPackage::new().register_into_engine(&mut engine);
    BasicMapPackage::new().register_into_engine(&mut engine);
    MoreStringPackage::new().register_into_engine(&mut engine);

    // The core package brings a `sleep` that really blocks, and disable_symbol does not remove it.
    engine.register_fn("sleep", |_: i64| refuse_sleep());
    engine.register_fn("sleep", |_: f64| refuse_sleep());
    for symbol in ["eval", "import", "export"] {
        engine.disable_symbol(symbol);
    }

    engine.set_strict_variables(true);
    engine.set_fail_on_invalid_map_property(true);
    engine.set_max_operations(budget.operations);
    engine.set_max_modules(0);
    engine.set_max_string_size(64 * 1024);
    engine.set_max_array_size(2_000);
    engine.set_max_map_size(2_000);
    engine.set_max_variables(256);
    engine.set_max_functions(128);
    engine.set_max_call_levels(32);
    // Set explicitly: the defaults of rhai differ between debug and release builds.
    engine.set_max_expr_depths(64, 32);
    deadline::install(&mut engine, budget.millis);
    engine
}

fn refuse_sleep() -> Result<(), Box<EvalAltResult>> {
    Err("sleep は使えません".into())
}
