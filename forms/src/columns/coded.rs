//! A coded column: one byte for each response.

use super::NO_ANSWER;

/// Codes below `options`, or one of the four blanks from 252 up.
#[derive(Debug, Clone)]
pub struct Coded {
    name: String,
    options: usize,
    codes: Vec<u8>,
}

impl Coded {
    /// An empty column. At most 252 options can be told from the blanks.
    pub fn new(name: String, options: usize) -> Coded {
        Coded {
            name,
            options: options.min(usize::from(NO_ANSWER)),
            codes: Vec::new(),
        }
    }

    /// A column that was filled elsewhere. Nothing when a code is neither an option nor a blank.
    pub fn from_codes(name: String, options: usize, codes: Vec<u8>) -> Option<Coded> {
        let column = Coded {
            codes,
            ..Coded::new(name, options)
        };
        let valid = |code: &u8| usize::from(*code) < column.options || *code >= NO_ANSWER;
        column.codes.iter().all(valid).then_some(column)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn options(&self) -> usize {
        self.options
    }

    pub fn len(&self) -> usize {
        self.codes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    pub fn codes(&self) -> &[u8] {
        &self.codes
    }

    pub(super) fn push(&mut self, code: u8) {
        self.codes.push(code);
    }
}
