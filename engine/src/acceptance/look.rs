//! Looking into a text: what stands in it, in which order, and what does not.

use super::case::Step;
use super::scene::Scene;

impl Scene<'_> {
    /// What of the expected does not stand in a text, or stands there and must not.
    pub(super) fn look(&self, text: &str, expected: &Step) -> Vec<String> {
        if expected.has.is_empty()
            && expected.has_not.is_empty()
            && expected.file.is_none()
            && expected.meetings.is_none()
        {
            return vec![
                "何も確かめていません（has、has_not、file のどれかを書いてください）".to_owned(),
            ];
        }
        let mut failures = in_order(text, expected.has.iter().map(String::as_str));
        for unwanted in &expected.has_not {
            if text.contains(unwanted) {
                failures.push(format!("「{unwanted}」が出ています"));
            }
        }
        if let Some(name) = &expected.file {
            match self.case_file(name) {
                Ok(wanted) => failures.extend(in_order(
                    text,
                    wanted.lines().filter(|line| !line.trim().is_empty()),
                )),
                Err(why) => failures.push(why),
            }
        }
        failures
    }
}

/// Those that are not found behind the one before.
fn in_order<'a>(text: &str, wanted: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut from = 0;
    let mut failures = Vec::new();
    for wanted in wanted {
        match text[from..].find(wanted) {
            Some(at) => from += at + wanted.len(),
            None if text.contains(wanted) => {
                failures.push(format!("「{wanted}」は出ていますが、順が違います"))
            }
            None => failures.push(format!("「{wanted}」が出ていません")),
        }
    }
    failures
}

/// Whether something was refused as it must be.
pub(super) fn refusal(refused: Option<String>, expected: &Step) -> Vec<String> {
    match (refused, &expected.refused) {
        (None, None) => Vec::new(),
        (Some(said), None) => vec![format!("断られました：{said}")],
        (None, Some(_)) => vec!["断られませんでした".to_owned()],
        (Some(said), Some(wanted)) => {
            let missing = wanted.iter().filter(|part| !said.contains(part.as_str()));
            missing
                .map(|part| format!("断りの言葉に「{part}」がありません：{said}"))
                .collect()
        }
    }
}

/// Markdown as it is read: links are their text, escapes their character.
pub(super) fn plain(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(at) = rest.find(['\\', '[']) {
        text.push_str(&rest[..at]);
        let found = &rest[at..];
        let link = found.strip_prefix('[').and_then(|inside| {
            let (label, behind) = inside.split_once("](")?;
            let (target, after) = behind.split_once(')')?;
            let is_link = !label.contains(['[', '\n']) && !target.contains(char::is_whitespace);
            is_link.then_some((label, after))
        });
        match link {
            Some((label, after)) => {
                text.push_str(label);
                rest = after;
            }
            None => {
                // Behind a backslash stands the character itself.
                let skipped = found.strip_prefix('\\').unwrap_or(found);
                let mut characters = skipped.chars();
                text.extend(characters.next());
                rest = characters.as_str();
            }
        }
    }
    text.push_str(rest);
    text
}
