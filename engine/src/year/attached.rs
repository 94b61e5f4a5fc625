//! Files that respondents attach. Each is kept as a file of the store, and beside it for whom: an answer can only name
//! a file that came over the same link.

use forms::{Answers, File, Item, Kind, Questionnaire};
use store::FileHash;

use super::respond::to_json;
use super::{Act, Change, Drafting, Refusal, Year};

/// Files that come over one link; a mistake is put right by attaching another one.
const MOST_FILES: usize = 30;

impl Year {
    /// Keeps the content of a file that an item has accepted; returns what the answer says of it.
    ///
    /// # Errors
    /// Too many files came over this link; the store refused.
    pub async fn attach(
        &self,
        act: &Act,
        survey: &str,
        whose: Drafting<'_>,
        name: &str,
        content: &[u8],
    ) -> Result<File, Refusal> {
        let of_link = self.key(["attached", survey, &whose.id()])?;
        if self.store.scan(&of_link).await?.len() >= MOST_FILES {
            return Err(Refusal::Cycle(format!(
                "ファイルは{MOST_FILES}個まで送れます。これより多いときは事務局にご連絡ください。"
            )));
        }
        let (hash, kept) = self.keep_file("attachment", content).await?;
        let file = File {
            name: File::plain_name(name),
            bytes: content.len() as u64,
            file: hash,
        };
        let key = self.attached_key(survey, &whose.id(), &file.file)?;
        let change = Change {
            writes: vec![kept, (key, Some(to_json(&file)?))],
            ..Change::default()
        };
        self.commit(act, change).await?;
        Ok(file)
    }

    /// The content of a file that was attached to an answer over this link.
    ///
    /// # Errors
    /// No such file came over this link.
    pub async fn attached(
        &self,
        survey: &str,
        whose: Drafting<'_>,
        file: &File,
    ) -> Result<Vec<u8>, Refusal> {
        let unknown = || Refusal::Unknown(format!("ファイル「{}」", file.name));
        let hash: FileHash = file.file.parse().map_err(|_| unknown())?;
        let key = self.attached_key(survey, &whose.id(), &file.file)?;
        self.store.get(&key).await?.ok_or_else(unknown)?;
        self.store.file(&hash).await?.ok_or_else(unknown)
    }

    /// The files that answers name, by their hash, with what is kept about each.
    ///
    /// # Errors
    /// An answer names a file that did not come over this link.
    pub(super) async fn check_attached(
        &self,
        survey: &str,
        respondent: &str,
        questionnaire: &Questionnaire,
        answers: &Answers,
    ) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
        let mut found = Vec::new();
        for item in questionnaire.items().iter().filter(|item| is_file(item)) {
            let Some(file) = answers.attached(item.id.as_str()) else {
                continue;
            };
            let key = self.attached_key(survey, respondent, &file.file)?;
            let kept = self.store.get(&key).await?;
            let kept =
                kept.ok_or_else(|| Refusal::Unknown(format!("ファイル「{}」", file.name)))?;
            found.push((file.file, kept));
        }
        Ok(found)
    }
}

fn is_file(item: &Item) -> bool {
    matches!(item.kind, Kind::File { .. })
}
