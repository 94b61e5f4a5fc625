//! Cycles: the case files of `tests/cases`, the cycles of the packs, and random plans.
//!
//! `cfg(test)` says to clippy that the helpers here are tests too.

#[cfg(test)]
mod adoption;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod journals;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod packs;
#[cfg(test)]
mod parameters;
#[cfg(test)]
mod patterns;
#[cfg(test)]
mod random;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod support;
