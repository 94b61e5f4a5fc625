//! Widths of text in a fixed-pitch Japanese font, in half characters.

/// The width of a text in half characters: ASCII and half-width kana count one, all else two.
pub fn halves(text: &str) -> usize {
    text.chars().map(half).sum()
}

fn half(c: char) -> usize {
    match c {
        '\u{0}'..='\u{7e}' | '\u{ff61}'..='\u{ff9f}' => 1,
        _ => 2,
    }
}

/// The width in whole ems (full characters), rounded up.
pub fn ems(text: &str) -> usize {
    halves(text).div_ceil(2)
}
