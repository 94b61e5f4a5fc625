//! Which responses are looked at (絞り込み).

use std::collections::BTreeMap;

use super::{Offered, Response, Subject};

/// Responses are kept that have, of every subject that is named, one of the codes named for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    kept: BTreeMap<Subject, Vec<String>>,
}

impl Filter {
    /// From the fields of an address: `respondent.kind=kyotaku`. What is not offered, and what is empty, says
    /// nothing.
    pub fn read(fields: &[(String, String)], offered: &[Offered]) -> Filter {
        let mut kept: BTreeMap<Subject, Vec<String>> = BTreeMap::new();
        for (name, code) in fields {
            let known = offered.iter().find(|one| one.id == *name);
            let known = known.filter(|one| one.values.iter().any(|(known, _)| known == code));
            if let Some(one) = known {
                kept.entry(one.subject.clone())
                    .or_default()
                    .push(code.clone());
            }
        }
        Filter { kept }
    }

    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The only subject, where there is one.
    pub fn only(&self) -> Option<(&Subject, &[String])> {
        match self.kept.len() {
            1 => self
                .kept
                .iter()
                .next()
                .map(|(one, codes)| (one, codes.as_slice())),
            _ => None,
        }
    }

    pub fn has(&self, subject: &Subject, code: &str) -> bool {
        let codes = self.kept.get(subject);
        codes.is_some_and(|codes| codes.iter().any(|one| one == code))
    }

    pub fn keeps(&self, response: &Response<'_>) -> bool {
        self.kept.iter().all(|(subject, codes)| {
            let given = subject.codes(response);
            given
                .iter()
                .any(|given| codes.iter().any(|code| code == given))
        })
    }

    /// 「種別：居宅介護支援事業所、活用：活用している」
    pub fn said(&self, offered: &[Offered]) -> String {
        let one = |(subject, codes): (&Subject, &Vec<String>)| {
            let known = offered.iter().find(|one| one.subject == *subject)?;
            let words = known.values.iter().filter(|(code, _)| codes.contains(code));
            let words: Vec<&str> = words.map(|(_, word)| word.as_str()).collect();
            Some(format!("{}：{}", known.title, words.join("または")))
        };
        let said: Vec<String> = self.kept.iter().filter_map(one).collect();
        said.join("、")
    }

    /// As fields of an address, in which anything can be linked.
    pub fn fields(&self) -> Vec<(String, String)> {
        let fields = self.kept.iter().flat_map(|(subject, codes)| {
            let subject = subject.to_string();
            codes
                .iter()
                .map(move |code| (subject.clone(), code.clone()))
        });
        fields.collect()
    }
}
