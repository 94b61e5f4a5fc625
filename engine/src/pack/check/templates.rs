//! Templates: they parse, and use only names that exist.

use authoring::Finding;

use super::super::read::Parts;

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    parts
        .templates
        .iter()
        .flat_map(|(name, text)| crate::meeting::check_template(&format!("templates/{name}"), text))
        .collect()
}
