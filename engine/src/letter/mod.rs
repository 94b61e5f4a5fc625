//! Letters: what respondents get by mail. Plain text from a template; its first line is the subject.

mod check;
mod own_words;

use authoring::Finding;
use chrono::NaiveDate;
use minijinja::{AutoEscape, Environment, context};
use papers::wareki;
use serde::{Deserialize, Serialize};

pub use check::{check_template, rehearse};
pub use own_words::{LINK, NAME, own_words};

use crate::pack::Pack;
use crate::survey::Survey;
use crate::template;

/// A kind of letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// 依頼, to all who are asked.
    Invitation,
    /// 督促, to those who have not answered.
    Reminder,
}

/// Variables that a letter can use.
pub const VARIABLES: [&str; 7] = [
    "municipality",
    "contact",
    "survey",
    "period",
    "respondent",
    "closes",
    "link",
];

/// What differs from letter to letter.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub survey: &'a Survey,
    /// The name of the respondent.
    pub respondent: &'a str,
    /// The last day on which answers are taken.
    pub closes: Option<NaiveDate>,
    /// The personal link.
    pub link: &'a str,
}

/// A letter as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// One line.
    pub subject: String,
    pub body: String,
}

impl Letter {
    pub const ALL: [Letter; 2] = [Letter::Invitation, Letter::Reminder];

    /// The templates that a pack may have in `templates/`, in the order of [`Letter::ALL`].
    pub const FILES: [&str; 2] = ["mail/invitation.txt", "mail/reminder.txt"];

    /// The word for it in a form.
    pub fn word(self) -> &'static str {
        match self {
            Letter::Invitation => "invitation",
            Letter::Reminder => "reminder",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Letter::Invitation => "依頼",
            Letter::Reminder => "督促",
        }
    }

    /// The template: the pack's own, or the base's.
    fn template(self, pack: &Pack) -> (String, &str) {
        let name = match self {
            Letter::Invitation => Letter::FILES[0],
            Letter::Reminder => Letter::FILES[1],
        };
        let text = pack.templates.get(name).map_or("", String::as_str);
        (format!("templates/{name}"), text)
    }

    /// Writes the letter to one respondent.
    ///
    /// # Errors
    /// `paper.template` with the template's file and line.
    pub fn write(self, pack: &Pack, facts: &Facts<'_>) -> Result<Text, Vec<Finding>> {
        let (name, text) = self.template(pack);
        let day = wareki::day;
        let context = context! {
            municipality => pack.municipality.name.as_str(),
            contact => pack.municipality.contact(),
            survey => facts.survey.name.as_str(),
            period => facts.survey.period.as_ref().map(|period| &period.label),
            respondent => facts.respondent,
            closes => facts.closes.map(day),
            link => facts.link,
        };
        let written = environment().render_named_str(&name, text, context);
        let written = written.map_err(|error| vec![template::refused(&name, &error)])?;
        let (subject, body) = written.split_once('\n').unwrap_or((&written, ""));
        Ok(Text {
            subject: subject.trim().to_owned(),
            body: format!("{}\n", body.trim()),
        })
    }
}

/// What is put into a letter is one line of it, so that no name can begin a line of its own, least of
/// all in the subject.
fn environment() -> Environment<'static> {
    let mut environment = template::environment();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(|out, _, value| {
        if value.is_undefined() {
            return Err(minijinja::Error::from(minijinja::ErrorKind::UndefinedError));
        }
        if !value.is_none() {
            write!(out, "{}", one_line(&value.to_string()))?;
        }
        Ok(())
    });
    environment
}

/// The text without line breaks and other control characters, each of which becomes a space.
pub fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.replace(breaks, " ")
}
