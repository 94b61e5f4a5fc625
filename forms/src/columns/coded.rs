//! A coded column: one byte for each response.

use super::NO_ANSWER;

/// The four blanks, which stand behind the options.
pub(super) const BLANKS: usize = 4;

/// Options of an item, or the blanks, one for each response.
#[derive(Debug, Clone)]
pub struct Coded {
    name: String,
    options: u8,
    /// Options as they are, blanks directly behind them: small numbers make small tables to count in.
    dense: Vec<u8>,
}

impl Coded {
    /// An empty column. At most 252 options can be told from the blanks.
    pub fn new(name: String, options: usize) -> Coded {
        Coded {
            name,
            options: u8::try_from(options).unwrap_or(NO_ANSWER).min(NO_ANSWER),
            dense: Vec::new(),
        }
    }

    /// A column that was filled elsewhere. Nothing when a code is neither an option nor a blank
    /// ([`NO_ANSWER`] and up).
    pub fn from_codes(name: String, options: usize, codes: Vec<u8>) -> Option<Coded> {
        let mut column = Coded::new(name, options);
        if !codes
            .iter()
            .all(|code| *code < column.options || *code >= NO_ANSWER)
        {
            return None;
        }
        column.dense = codes;
        let options = column.options;
        for code in column.dense.iter_mut().filter(|code| **code >= NO_ANSWER) {
            *code = options + (*code - NO_ANSWER);
        }
        Some(column)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn options(&self) -> usize {
        usize::from(self.options)
    }

    pub fn len(&self) -> usize {
        self.dense.len()
    }

    pub fn is_empty(&self) -> bool {
        self.dense.is_empty()
    }

    /// Options and blanks.
    pub(super) fn width(&self) -> usize {
        self.options() + BLANKS
    }

    pub(super) fn dense(&self) -> &[u8] {
        &self.dense
    }

    /// An option, or a blank from [`NO_ANSWER`] up.
    pub(super) fn push(&mut self, code: u8) {
        let dense = match code.checked_sub(NO_ANSWER) {
            Some(blank) => self.options + blank,
            None => code,
        };
        self.dense.push(dense);
    }
}
