//! The name of a form field: the path of its answer.

/// The name of the input for an answer: the steps of its path joined with points.
///
/// ```
/// assert_eq!(forms::field_name(&["hospitals", "0", "discharged"]), "hospitals.0.discharged");
/// ```
pub fn field_name(steps: &[&str]) -> String {
    steps.join(".")
}
