//! A letter in the words of the secretariat: what differs from letter to letter is a mark in it.

use authoring::Finding;

use super::{Text, one_line};

/// Stands for the name of the respondent.
pub const NAME: &str = "〔宛名〕";
/// Stands for the personal link.
pub const LINK: &str = "〔回答リンク〕";

/// Characters of a subject and of a body.
const LONGEST_SUBJECT: usize = 120;
const LONGEST_BODY: usize = 6000;

/// The letter as somebody has written it on the page.
///
/// # Errors
/// `letter.no_subject`, `letter.no_link`, `letter.too_long`.
pub fn own_words(subject: &str, body: &str) -> Result<Text, Vec<Finding>> {
    let subject = one_line(subject).trim().to_owned();
    let body = format!(
        "{}\n",
        body.replace("\r\n", "\n").replace('\r', "\n").trim()
    );
    let finding = |code, what: &str, todo: &str| Finding::new(code, "送付文", None, what, todo);
    let mut findings = Vec::new();
    if subject.is_empty() {
        findings.push(finding(
            "letter.no_subject",
            "件名がありません。",
            "件名を書いてください。",
        ));
    }
    if !body.contains(LINK) {
        findings.push(finding(
            "letter.no_link",
            &format!("本文に「{LINK}」がありません。"),
            "回答のリンクを入れる行に、そのまま書いてください。",
        ));
    }
    if subject.chars().count() > LONGEST_SUBJECT || body.chars().count() > LONGEST_BODY {
        findings.push(finding(
            "letter.too_long",
            &format!("件名が{LONGEST_SUBJECT}字か、本文が{LONGEST_BODY}字を超えています。"),
            "短くしてください。",
        ));
    }
    match findings.is_empty() {
        true => Ok(Text { subject, body }),
        false => Err(findings),
    }
}

impl Text {
    /// The letter to one respondent.
    pub fn to(&self, name: &str, link: &str) -> Text {
        let name = one_line(name);
        // The name first: whatever it is, it cannot bring a link into the letter.
        let fill = |text: &str| {
            let parts: Vec<String> = text
                .split(LINK)
                .map(|part| part.replace(NAME, &name))
                .collect();
            parts.join(link)
        };
        Text {
            subject: fill(&self.subject),
            body: fill(&self.body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_name_and_link() {
        let text = own_words(" お願い ", "〔宛名〕 様\r\n\r\n〔回答リンク〕\r\n").unwrap();
        assert_eq!(text.body, "〔宛名〕 様\n\n〔回答リンク〕\n");
        let letter = text.to("架空〔回答リンク〕\n事業所", "https://a.example/r/1");
        assert_eq!(letter.subject, "お願い");
        assert_eq!(
            letter.body,
            "架空〔回答リンク〕 事業所 様\n\nhttps://a.example/r/1\n"
        );
    }

    #[test]
    fn a_letter_without_a_link_is_refused() {
        let codes = |subject: &str, body: &str| -> Vec<&str> {
            own_words(subject, body)
                .unwrap_err()
                .iter()
                .map(|finding| finding.code)
                .collect()
        };
        assert_eq!(codes("", "本文"), ["letter.no_subject", "letter.no_link"]);
        assert_eq!(
            codes("件名", "https://elsewhere.example/"),
            ["letter.no_link"]
        );
        assert_eq!(
            codes("件名", &format!("〔回答リンク〕{}", "あ".repeat(6000))),
            ["letter.too_long"]
        );
    }
}
