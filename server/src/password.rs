//! Passwords: argon2id, on threads of their own, a few at a time.

use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use crate::error::PageError;
use crate::random;

/// What OWASP's Password Storage Cheat Sheet asks of argon2id at least: 19 MiB, two passes, one lane.
const NOW: Cost = Cost {
    memory_kib: 19 * 1024,
    passes: 2,
    lanes: 1,
};

/// Characters of a password at least.
pub const SHORTEST: usize = 10;
/// Bytes of a password at most: hashing a longer one is work for nobody.
const LONGEST: usize = 1024;

/// Each hash takes 19 MiB and some 20 ms: more at once than there are processors would only take memory.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// Who stands further back in the queue is sent away.
static QUEUE: Semaphore = Semaphore::const_new(64);

/// For names that nobody has: the same work is done, so that the answer takes as long.
static OF_NOBODY: LazyLock<Hashed> =
    LazyLock::new(|| hash_now("", random::token().to_string().as_bytes()));

/// A password as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hashed {
    algorithm: Argon2id,
    #[serde(flatten)]
    cost: Cost,
    salt: String,
    hash: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// The one algorithm that there is so far; another would be another variant.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Argon2id {
    Argon2id,
}

/// Why a password is not taken, in a sentence for the person who chose it; `None`: it is taken.
pub fn objection(password: &str, again: &str, login: &str) -> Option<String> {
    let folded = password.to_lowercase();
    let letters: std::collections::BTreeSet<char> = folded.chars().collect();
    if password != again {
        Some("2つのパスワードが違います。同じものを2回入れてください。".to_owned())
    } else if password.chars().count() < SHORTEST {
        Some(format!(
            "パスワードは{SHORTEST}文字以上にしてください。短い言葉をいくつかつなげると、長くても覚えられます。"
        ))
    } else if password.len() > LONGEST {
        Some("パスワードが長すぎます。300文字くらいまでにしてください。".to_owned())
    } else if letters.len() < 4 {
        Some("同じ文字の繰り返しは使えません。違う文字を混ぜてください。".to_owned())
    } else if !login.is_empty() && folded.contains(&login.to_lowercase()) {
        Some("パスワードにログイン名を入れないでください。".to_owned())
    } else {
        None
    }
}

/// Hashes a password.
///
/// # Errors
/// Too many are being hashed.
pub async fn hash(password: String) -> Result<Hashed, PageError> {
    aside(move || hash_now(&password, random::token().to_string().as_bytes())).await
}

/// Whether this is the password. Without a hash, for a name that nobody has, it takes as long and is not.
///
/// # Errors
/// Too many are being hashed.
pub async fn is(password: String, hashed: Option<Hashed>) -> Result<bool, PageError> {
    aside(move || match hashed {
        Some(hashed) => same(&password, &hashed),
        None => {
            // The answer is thrown away, the work is not.
            std::hint::black_box(same(&password, &OF_NOBODY));
            false
        }
    })
    .await
}

async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, PageError> {
    let _place = QUEUE
        .try_acquire()
        .map_err(|_| PageError::TooMany { minutes: 1 })?;
    let _turn = AT_ONCE.acquire().await.map_err(PageError::broken)?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(PageError::broken)
}

fn hash_now(password: &str, salt: &[u8]) -> Hashed {
    let salt = String::from_utf8_lossy(salt).into_owned();
    Hashed {
        algorithm: Argon2id::Argon2id,
        cost: NOW,
        hash: derive(password, &salt, NOW),
        salt,
    }
}

fn same(password: &str, hashed: &Hashed) -> bool {
    let derived = derive(password, &hashed.salt, hashed.cost);
    bool::from(derived.ct_eq(&hashed.hash))
}

fn derive(password: &str, salt: &str, cost: Cost) -> Vec<u8> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32));
    let params = params.expect("the costs were ours when it was stored");
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = vec![0; 32];
    argon
        .hash_password_into(password.as_bytes(), salt.as_bytes(), &mut hash)
        .expect("a salt of 32 characters and a hash of 32 bytes are within the limits");
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Python's argon2-cffi gives it: `hash_secret_raw(b'correct horse', b'somesalt16bytes!', 2, 19456, 1, 32, Type.ID)`.
    #[test]
    fn the_hash_is_that_of_another_program() {
        let hash = derive("correct horse", "somesalt16bytes!", NOW);
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "ffe98a21b3e29e973870ccf9743f0cdb294358e9d63d241835150577f139a61d"
        );
    }

    #[test]
    fn bad_passwords_are_told_why() {
        let cases = [
            ("みじかい", "みじかい", "10文字以上"),
            (
                "ああああああああああああ",
                "ああああああああああああ",
                "繰り返し",
            ),
            ("yamada-desu-2026", "yamada-desu-2026", "ログイン名"),
            (
                "cycling in the rain",
                "cycling in the sun",
                "2つのパスワード",
            ),
        ];
        for (password, again, why) in cases {
            let said = objection(password, again, "Yamada").expect(password);
            assert!(said.contains(why), "{password}: {said}");
        }
        let long = "長い".repeat(600);
        assert!(objection(&long, &long, "yamada").is_some());
        assert_eq!(
            objection("雨の日の自転車は冷たい", "雨の日の自転車は冷たい", "yamada"),
            None
        );
    }
}
