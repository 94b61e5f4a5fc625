//! A numeric column: one integer for each response, or the way in which it is blank.

/// What stands in place of a blank; the state tells it from a zero that was answered.
const NOTHING: i64 = 0;
/// The state of an answered number.
pub(super) const ANSWERED: u8 = 0;

#[derive(Debug, Clone)]
pub struct Numeric {
    name: String,
    values: Vec<i64>,
    states: Vec<u8>,
}

impl Numeric {
    pub fn new(name: String) -> Numeric {
        Numeric {
            name,
            values: Vec::new(),
            states: Vec::new(),
        }
    }

    /// A column that was filled elsewhere; `None` is 無回答.
    pub fn from_values(name: String, values: impl IntoIterator<Item = Option<i64>>) -> Numeric {
        let mut column = Numeric::new(name);
        for value in values {
            match value {
                Some(value) => column.push(value),
                None => column.push_blank(super::NO_ANSWER),
            }
        }
        column
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(super) fn values(&self) -> &[i64] {
        &self.values
    }

    pub(super) fn states(&self) -> &[u8] {
        &self.states
    }

    pub(super) fn push(&mut self, value: i64) {
        self.values.push(value);
        self.states.push(ANSWERED);
    }

    pub(super) fn push_blank(&mut self, state: u8) {
        self.values.push(NOTHING);
        self.states.push(state);
    }
}
