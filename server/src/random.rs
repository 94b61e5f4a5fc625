//! The one place where the product takes randomness.

use engine::year::Token;

/// A new secret of 128 bits.
pub fn token() -> Token {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    Token::new(bytes)
}

/// 256 bits for a key with which figures are signed.
pub fn secret() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
