//! The two halves of a key pair, as text: the public one stands in a pack, the secret one in a file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

/// What a secret key's file begins with, so that nobody puts it into a pack by mistake.
const SECRET: &str = "meguri-secret:";

/// The key with which sheets are checked, in base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// The key with which a municipality signs its sheets. It stays where it was made.
pub struct SecretKey(SigningKey);

/// A text that is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    #[error("公開鍵ではありません。`meguri keygen` が表示した44文字を書いてください。")]
    Public,
    #[error("これは秘密鍵です。パックやメールには書かず、公開鍵の44文字を書いてください。")]
    SecretGivenAway,
    #[error("秘密鍵のファイルではありません。`meguri keygen` で作ったファイルを指定してください。")]
    Secret,
}

impl PublicKey {
    /// # Errors
    /// It is not the base64 of a point of the curve, or of one that every signature would fit.
    pub fn read(text: &str) -> Result<PublicKey, NotAKey> {
        if text.starts_with(SECRET) {
            return Err(NotAKey::SecretGivenAway);
        }
        let bytes: Option<[u8; 32]> = decoded(text);
        let key = bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
        key.filter(|key| !key.is_weak())
            .map(PublicKey)
            .ok_or(NotAKey::Public)
    }

    /// Whether the holder of the secret key has signed exactly this text.
    pub(super) fn has_signed(&self, text: &str, signature: &str) -> bool {
        let signature: Option<[u8; 64]> = decoded(signature);
        signature.is_some_and(|bytes| {
            let signature = Signature::from_bytes(&bytes);
            self.0.verify_strict(text.as_bytes(), &signature).is_ok()
        })
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&STANDARD.encode(self.0.as_bytes()))
    }
}

impl SecretKey {
    /// From 256 random bits.
    pub fn new(random: [u8; 32]) -> SecretKey {
        SecretKey(SigningKey::from_bytes(&random))
    }

    /// # Errors
    /// It is not what [`SecretKey::text`] writes.
    pub fn read(text: &str) -> Result<SecretKey, NotAKey> {
        let key = text.trim().strip_prefix(SECRET).and_then(decoded);
        key.map(SecretKey::new).ok_or(NotAKey::Secret)
    }

    /// What is kept in the file.
    pub fn text(&self) -> String {
        format!("{SECRET}{}\n", STANDARD.encode(self.0.as_bytes()))
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(super) fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.0.sign(text.as_bytes()).to_bytes())
    }
}

fn decoded<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tests of RFC 8032, section 7.1: the first, and the keys of the third.
    #[test]
    fn keys_and_signatures_are_those_of_the_standard() {
        let read = |text: &str| SecretKey::read(text).unwrap();
        let first = read("meguri-secret:nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=");
        assert_eq!(
            first.public().to_string(),
            "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
        );
        assert_eq!(
            first.sign(""),
            "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw=="
        );
        let text = "meguri-secret:xaqN9D+fg3vtt0QvMdy3sWbThTUHbwlLhc46LgtEWPc=\n";
        let third = read(text);
        assert_eq!(third.text(), text);
        assert_eq!(
            third.public().to_string(),
            "/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU="
        );
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let public = |text: &str| PublicKey::read(text).unwrap_err();
        assert_eq!(public(""), NotAKey::Public);
        assert_eq!(
            public("/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgC"),
            NotAKey::Public
        );
        assert_eq!(public("meguri-secret:xaqN"), NotAKey::SecretGivenAway);
        // The neutral element: a signature of anything could be made for it.
        let neutral = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert_eq!(public(neutral), NotAKey::Public);
        assert!(SecretKey::read("/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=").is_err());
    }
}
