//! Cycles: the case files of `tests/cases`, the first pack's year, and random plans.

mod annual;
mod cases;
mod parameters;
mod random;
mod scenarios;
mod support;
