//! A file that somebody has chosen and not yet decided about: it is kept for the one who chose it, until the
//! next one takes its place or it is dealt with. The journal does not know it.

use super::perform::sha256;
use super::{Act, Change, Refusal, Write, Year};

/// Bytes of one value of the store that holds a part of the file.
const PART: usize = 60_000;

/// Parts of one commit, which holds 4 MiB.
const AT_ONCE: usize = 30;

/// Bytes of a file; 70 parts.
const LARGEST: usize = 70 * PART;

impl Year {
    /// Keeps a file under what it is for (`roster/offices`). The earlier one is gone.
    ///
    /// # Errors
    /// It is too large; the store refused.
    pub async fn keep_upload(
        &self,
        act: &Act,
        purpose: &str,
        name: &str,
        bytes: &[u8],
    ) -> Result<(), Refusal> {
        if bytes.len() > LARGEST {
            return Err(Refusal::TooLarge);
        }
        let before = self.parts(&act.by, purpose).await?;
        // In several commits, none larger than the store takes. Without its head, which comes last, what is read
        // in between is nothing.
        self.write_parts(act, self.removal(act, purpose, before)?)
            .await?;
        let mut count = 0;
        let parts: Vec<&[u8]> = bytes.chunks(PART).collect();
        for batch in parts.chunks(AT_ONCE) {
            let mut writes = Vec::new();
            for part in batch {
                count += 1;
                let key = self.upload_key(&act.by, purpose, count)?;
                writes.push((key, Some(part.to_vec())));
            }
            self.write_parts(act, writes).await?;
        }
        let head = format!("{count}\n{name}").into_bytes();
        let head = (self.upload_key(&act.by, purpose, 0)?, Some(head));
        self.write_parts(act, vec![head]).await
    }

    /// The name and the bytes of the file that somebody has kept for a purpose.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn upload(
        &self,
        person: &str,
        purpose: &str,
    ) -> Result<Option<(String, Vec<u8>)>, Refusal> {
        let head = self
            .store
            .get(&self.upload_key(person, purpose, 0)?)
            .await?;
        let Some(head) = head.and_then(|head| String::from_utf8(head).ok()) else {
            return Ok(None);
        };
        let (_, name) = head.split_once('\n').unwrap_or_default();
        let mut bytes = Vec::new();
        for number in 1..=self.parts(person, purpose).await? {
            let part = self
                .store
                .get(&self.upload_key(person, purpose, number)?)
                .await?;
            let Some(part) = part else { return Ok(None) };
            bytes.extend(part);
        }
        Ok(Some((name.to_owned(), bytes)))
    }

    /// Forgets the file: it was dealt with.
    ///
    /// # Errors
    /// The store refused.
    pub async fn drop_upload(&self, act: &Act, purpose: &str) -> Result<(), Refusal> {
        let parts = self.parts(&act.by, purpose).await?;
        self.write_parts(act, self.removal(act, purpose, parts)?)
            .await
    }

    /// How many parts are kept.
    async fn parts(&self, person: &str, purpose: &str) -> Result<u32, Refusal> {
        let head = self
            .store
            .get(&self.upload_key(person, purpose, 0)?)
            .await?;
        let head = head.and_then(|head| String::from_utf8(head).ok());
        let count = head.as_deref().and_then(|head| head.split_once('\n'));
        Ok(count.and_then(|(count, _)| count.parse().ok()).unwrap_or(0))
    }

    fn removal(&self, act: &Act, purpose: &str, parts: u32) -> Result<Vec<Write>, Refusal> {
        let numbers = 0..=parts;
        numbers
            .map(|number| Ok((self.upload_key(&act.by, purpose, number)?, None)))
            .collect()
    }

    async fn write_parts(&self, act: &Act, writes: Vec<Write>) -> Result<(), Refusal> {
        let change = Change {
            writes,
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// A name may hold anything; its hash is a segment.
    fn upload_key(&self, person: &str, purpose: &str, number: u32) -> Result<store::Key, Refusal> {
        let person = sha256(person.as_bytes());
        self.key(["upload", &person, purpose, &number.to_string()])
    }
}
