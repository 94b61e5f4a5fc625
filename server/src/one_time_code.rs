//! One-time codes of an authenticator app (RFC 6238: HMAC-SHA-1, 6 digits, 30 seconds) and the recovery codes for the
//! day on which the telephone is lost.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::random;

/// Seconds for which a code is good.
const STEP: i64 = 30;
/// Codes of one step before and after are taken: clocks differ, and people type slowly.
const AROUND: i64 = 1;
/// Recovery codes that are given out at once.
const RECOVERY_CODES: usize = 8;
/// Bytes of a secret, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;

/// RFC 4648, without padding: what authenticator apps take.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret.
pub fn secret() -> Vec<u8> {
    random::secret()[..SECRET_BYTES].to_vec()
}

/// The time step whose code this is, if it is one of now.
pub fn step_of(code: &str, secret: &[u8], now: DateTime<Utc>) -> Option<u64> {
    let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let now = now.timestamp().div_euclid(STEP);
    let mut found = None;
    // All of them are compared, so that the time taken says nothing.
    for step in now - AROUND..=now + AROUND {
        let step = u64::try_from(step).unwrap_or_default();
        let right = format!("{:06}", code_at(secret, step));
        if bool::from(right.as_bytes().ct_eq(typed.as_bytes())) {
            found = Some(step);
        }
    }
    found
}

/// The secret as it is typed into an app, in groups of four.
pub fn spelled(secret: &[u8]) -> String {
    grouped(&base32(secret))
}

/// The secret as an app reads it from a QR code or a link.
pub fn address(secret: &[u8], issuer: &str, login: &str) -> String {
    let part = |text: &str| -> String {
        form_urlencoded::byte_serialize(text.as_bytes())
            .collect::<String>()
            .replace('+', "%20")
    };
    let (issuer, login) = (part(issuer), part(login));
    let secret = base32(secret);
    format!("otpauth://totp/{issuer}:{login}?secret={secret}&issuer={issuer}")
}

/// New recovery codes, 80 bits each, as they are written down.
pub fn recovery_codes() -> Vec<String> {
    let code = |_| grouped(&base32(&random::secret()[..10])).to_lowercase();
    (0..RECOVERY_CODES).map(code).collect()
}

/// What a recovery code is stored as. It is random and long: a plain hash is enough.
pub fn recovery_hash(typed: &str) -> String {
    let kept: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    let hash = Sha256::digest(kept.to_lowercase());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn code_at(secret: &[u8], step: u64) -> u32 {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let four = [hash[at], hash[at + 1], hash[at + 2], hash[at + 3]];
    (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut held) = (0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(LETTERS[(bits >> held & 31) as usize]));
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        text.push(char::from(LETTERS[(bits << (5 - held) & 31) as usize]));
    }
    text
}

fn grouped(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups = letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last six digits of the table in RFC 6238, appendix B.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = DateTime::from_timestamp(seconds, 0).unwrap();
            let step = u64::try_from(seconds / 30).unwrap();
            assert_eq!(step_of(code, secret, now), Some(step), "{seconds}");
            let spaced = format!(" {} {} ", &code[..3], &code[3..]);
            assert_eq!(step_of(&spaced, secret, now), Some(step), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_for_one_step_around() {
        let secret = b"12345678901234567890";
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        assert_eq!(step_of("287082", secret, at(89)), Some(1));
        assert_eq!(step_of("287082", secret, at(90)), None);
        assert_eq!(step_of("287082", secret, at(29)), Some(1));
        for wrong in ["", "287083", "28708", "2870820", "２８７０８２"] {
            assert_eq!(step_of(wrong, secret, at(59)), None, "{wrong}");
        }
    }

    /// The examples of RFC 4648, section 10, without their padding.
    #[test]
    fn base32_is_that_of_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_recovery_code_is_the_same_however_it_is_typed() {
        let stored = recovery_hash("abcd-efgh-2345-6777");
        for typed in [
            "ABCD EFGH 2345 6777",
            "abcdefgh23456777",
            " abcd-efgh-2345-6777 ",
        ] {
            assert_eq!(recovery_hash(typed), stored);
        }
        assert_ne!(recovery_hash("abcd-efgh-2345-6776"), stored);
    }
}
