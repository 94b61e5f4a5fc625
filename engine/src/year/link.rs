//! Links: 128 random bits in an address. The store keeps their hash, so that reading the store
//! gives nobody a link.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// The secret part of a link. Its randomness comes from the caller.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Token([u8; 16]);

/// A text that is not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("リンクの形が正しくありません。届いたアドレスをもう一度そのまま開いてください。")]
pub struct NotAToken;

impl Token {
    pub fn new(random: [u8; 16]) -> Token {
        Token(random)
    }

    /// What the store knows it by.
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(self.0))
    }
}

/// The token as it stands in an address.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// Never shown in a log.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Token, NotAToken> {
        if text.len() != 32 || !text.is_ascii() {
            return Err(NotAToken);
        }
        let mut bytes = [0; 16];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| NotAToken)?;
        }
        Ok(Token(bytes))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.map(|half| DIGITS[usize::from(half)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_its_address() {
        let token = Token::new([7, 0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
        assert_eq!(token.to_string().parse(), Ok(token));
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert_eq!(token.hash().len(), 64);
        for wrong in ["", "00", &"g".repeat(32), &"あ".repeat(16), &"0".repeat(33)] {
            assert_eq!(wrong.parse::<Token>(), Err(NotAToken), "{wrong}");
        }
    }
}
