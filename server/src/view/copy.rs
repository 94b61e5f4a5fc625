//! The copy of a response: what the respondent gave, as a document to keep.

use engine::Pack;
use engine::year::Receipt;
use forms::{Answers, Questionnaire};
use papers::{Align, Block, Column, Document, Head, Inline, Place, Style, Table};

use super::answers::{self, Answered};
use super::when;

pub struct Facts<'a> {
    pub pack: &'a Pack,
    /// The turn of the survey.
    pub survey: &'a str,
    /// Of the respondent, where one is known.
    pub name: Option<&'a str>,
    pub receipt: &'a Receipt,
    pub anonymous: bool,
    pub questionnaire: &'a Questionnaire,
    pub answers: &'a Answers,
}

/// A table of questions and answers for each page of the questionnaire.
pub fn document(facts: &Facts<'_>) -> Document {
    let municipality = &facts.pack.municipality;
    let survey = facts.pack.survey(facts.survey);
    let name = survey.map_or(facts.questionnaire.title(), |survey| survey.name.as_str());
    let examined = facts.questionnaire.examine(facts.answers);
    let pages = answers::pages(facts.questionnaire, &examined.answers, |item| {
        examined.is_shown(item)
    });
    let mut place = vec![line("調査", name)];
    place.extend(facts.name.map(|name| line("回答者", name)));
    if !facts.anonymous {
        place.push(line(
            "受け付けた日時",
            &when::japanese_moment(facts.receipt.at),
        ));
    }
    place.extend(
        facts
            .receipt
            .number()
            .map(|number| line("受付番号", &number)),
    );
    place.push(line("問い合わせ先", &municipality.contact()));
    let tables = pages.iter().filter(|page| !page.answers.is_empty());
    Document {
        head: Head {
            title: "回答の控え".to_owned(),
            subtitle: Some(facts.questionnaire.title().to_owned()).filter(|title| title != name),
            paged: true,
            place,
            fiction: municipality.paper_footer.clone(),
            ..Head::default()
        },
        indent: Style::default().indent,
        blocks: tables
            .map(|page| Block::Table(table(&page.title, &page.answers)))
            .collect(),
    }
}

fn line(label: &str, text: &str) -> Place {
    Place {
        label: label.to_owned(),
        lines: vec![text.to_owned()],
    }
}

fn table(title: &str, answers: &[Answered]) -> Table {
    let column = |head: &str| Column {
        head: vec![head.to_owned()],
        align: Align::Start,
    };
    let row = |answered: &Answered| {
        vec![
            cell(std::slice::from_ref(&answered.title)),
            cell(&answered.lines),
        ]
    };
    Table {
        caption: Some(title.to_owned()),
        columns: vec![column("設問"), column("回答")],
        rows: answers.iter().map(row).collect(),
        notes: Vec::new(),
    }
}

/// Lines under each other in one cell.
fn cell(lines: &[String]) -> Vec<Inline> {
    let mut inlines = Vec::new();
    for line in lines {
        if !inlines.is_empty() {
            inlines.push(Inline::Break);
        }
        inlines.push(Inline::Text(line.clone()));
    }
    inlines
}
