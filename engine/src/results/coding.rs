//! What somebody who has read the free texts of a question says about them: in which groups each belongs, and how
//! it reads with names taken out. The texts themselves stay in the responses.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Groups of one question.
const MOST_GROUPS: usize = 50;
/// Characters of a group's title.
const LONGEST_TITLE: usize = 60;

/// The coding of one question of one turn of a survey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coding {
    pub groups: Vec<Group>,
    /// By respondent.
    pub texts: BTreeMap<String, Coded>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// g1, g2, …: never used again within a coding.
    pub id: String,
    pub title: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coded {
    pub groups: BTreeSet<String>,
    /// Only once a person has confirmed it.
    pub masked: Option<Masked>,
}

/// A text as it may be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masked {
    pub text: String,
    /// Digest of the text that was looked at: a text that was changed since is looked at again.
    pub of: String,
}

/// Why a coding was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCoded {
    NoTitle,
    LongTitle,
    SameTitle,
    TooManyGroups,
    NoGroup,
}

impl NotCoded {
    /// What to do, for whoever codes.
    pub fn said(self) -> &'static str {
        match self {
            NotCoded::NoTitle => "グループの名前を書いてください。",
            NotCoded::LongTitle => "グループの名前は60字までです。短くしてください。",
            NotCoded::SameTitle => {
                "同じ名前のグループがあります。別の名前にするか、あるものを使ってください。"
            }
            NotCoded::TooManyGroups => {
                "グループは50までです。使っていないものを消してから加えてください。"
            }
            NotCoded::NoGroup => "このグループはもうありません。画面を開き直してください。",
        }
    }
}

impl Coding {
    /// Adds a group; returns its id.
    ///
    /// # Errors
    /// No title, one that is there, one that is too long, or too many groups.
    pub fn add_group(&mut self, title: &str) -> Result<String, NotCoded> {
        let title = self.fit(title, None)?;
        if self.groups.len() >= MOST_GROUPS {
            return Err(NotCoded::TooManyGroups);
        }
        let used = self.texts.values().flat_map(|coded| &coded.groups);
        let used = used.chain(self.groups.iter().map(|group| &group.id));
        let numbers = used.filter_map(|id| id.strip_prefix('g')?.parse::<u32>().ok());
        let id = format!("g{}", numbers.max().unwrap_or(0) + 1);
        self.groups.push(Group {
            id: id.clone(),
            title,
        });
        Ok(id)
    }

    /// # Errors
    /// There is no such group, or the title does not fit.
    pub fn rename_group(&mut self, id: &str, title: &str) -> Result<(), NotCoded> {
        let title = self.fit(title, Some(id))?;
        let group = self.groups.iter_mut().find(|group| group.id == id);
        group.ok_or(NotCoded::NoGroup)?.title = title;
        Ok(())
    }

    /// Removes a group. Its texts keep their other groups.
    ///
    /// # Errors
    /// There is no such group.
    pub fn remove_group(&mut self, id: &str) -> Result<(), NotCoded> {
        let at = self.groups.iter().position(|group| group.id == id);
        self.groups.remove(at.ok_or(NotCoded::NoGroup)?);
        for coded in self.texts.values_mut() {
            coded.groups.remove(id);
        }
        Ok(())
    }

    /// Puts a text into exactly these groups.
    ///
    /// # Errors
    /// There is no such group.
    pub fn put(&mut self, respondent: &str, groups: BTreeSet<String>) -> Result<(), NotCoded> {
        let known = |id: &String| self.groups.iter().any(|group| group.id == *id);
        if !groups.iter().all(known) {
            return Err(NotCoded::NoGroup);
        }
        self.texts.entry(respondent.to_owned()).or_default().groups = groups;
        Ok(())
    }

    /// Confirms how a text reads when it is printed; `None` takes that back.
    pub fn confirm(&mut self, respondent: &str, original: &str, printed: Option<&str>) {
        let masked = printed.map(|text| Masked {
            text: text.to_owned(),
            of: digest(original),
        });
        self.texts.entry(respondent.to_owned()).or_default().masked = masked;
    }

    /// How a text may be printed, if a person has confirmed that for this text.
    pub fn confirmed(&self, respondent: &str, original: &str) -> Option<&str> {
        let masked = self.texts.get(respondent)?.masked.as_ref()?;
        (masked.of == digest(original)).then_some(masked.text.as_str())
    }

    /// The groups of a text.
    pub fn groups_of(&self, respondent: &str) -> impl Iterator<Item = &Group> {
        let coded = self.texts.get(respondent);
        let belongs =
            move |group: &&Group| coded.is_some_and(|coded| coded.groups.contains(&group.id));
        self.groups.iter().filter(belongs)
    }

    fn fit(&self, title: &str, but: Option<&str>) -> Result<String, NotCoded> {
        let title = title.trim();
        if title.is_empty() {
            return Err(NotCoded::NoTitle);
        }
        if title.chars().count() > LONGEST_TITLE {
            return Err(NotCoded::LongTitle);
        }
        let mut others = self
            .groups
            .iter()
            .filter(|group| but != Some(group.id.as_str()));
        match others.any(|group| group.title == title) {
            true => Err(NotCoded::SameTitle),
            false => Ok(title.to_owned()),
        }
    }
}

fn digest(text: &str) -> String {
    let bytes = Sha256::digest(text.as_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_made_renamed_and_removed() {
        let mut coding = Coding::default();
        let first = coding.add_group("　早い連絡 ").unwrap();
        let second = coding.add_group("様式").unwrap();
        assert_eq!((first.as_str(), second.as_str()), ("g1", "g2"));
        assert_eq!(coding.groups[0].title, "早い連絡");
        coding
            .put("K001", [first.clone(), second.clone()].into())
            .unwrap();
        coding.rename_group(&second, "様式の使いにくさ").unwrap();
        coding.remove_group(&first).unwrap();
        let left: Vec<&str> = coding
            .groups_of("K001")
            .map(|group| group.title.as_str())
            .collect();
        assert_eq!(left, ["様式の使いにくさ"]);
        assert_eq!(
            coding.add_group("早い連絡").unwrap(),
            "g3",
            "an id is not used again while another one is later"
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut coding = Coding::default();
        coding.add_group("様式").unwrap();
        let before = coding.clone();
        assert_eq!(coding.add_group(" "), Err(NotCoded::NoTitle));
        assert_eq!(coding.add_group("様式"), Err(NotCoded::SameTitle));
        assert_eq!(coding.add_group(&"長".repeat(61)), Err(NotCoded::LongTitle));
        assert_eq!(coding.rename_group("g7", "別"), Err(NotCoded::NoGroup));
        assert_eq!(coding.remove_group("g7"), Err(NotCoded::NoGroup));
        assert_eq!(
            coding.put("K001", ["g7".to_owned()].into()),
            Err(NotCoded::NoGroup)
        );
        assert_eq!(coding, before);
        for number in 1..50 {
            coding.add_group(&format!("グループ{number}")).unwrap();
        }
        assert_eq!(coding.add_group("一つ多い"), Err(NotCoded::TooManyGroups));
    }

    #[test]
    fn a_text_that_was_changed_is_not_confirmed() {
        let mut coding = Coding::default();
        coding.confirm("K001", "髙橋さんに聞いた", Some("○○さんに聞いた"));
        assert_eq!(
            coding.confirmed("K001", "髙橋さんに聞いた"),
            Some("○○さんに聞いた")
        );
        assert_eq!(coding.confirmed("K001", "鈴木さんに聞いた"), None);
        coding.confirm("K001", "髙橋さんに聞いた", None);
        assert_eq!(coding.confirmed("K001", "髙橋さんに聞いた"), None);
    }
}
