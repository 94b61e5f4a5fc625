//! Checking templates before there is a meeting: each is read, and each is written once with the figures
//! that are published and without a single response.

use std::collections::BTreeMap;
use std::sync::Arc;

use authoring::Finding;

use super::draft::{Known, alone, draft};
use super::functions;
use super::outline::{Content, Draft, Paper};
use super::write::{Facts, VARIABLES, environment, template, template_names, write};
use crate::figure::FigureBook;
use crate::ledger::Book;
use crate::pack::Pack;

/// Reads a template of a pack without writing anything: syntax, and names that do not exist.
pub fn check_template(path: &str, text: &str) -> Vec<Finding> {
    crate::template::check(&environment(), path, text, &VARIABLES, &functions::NAMES)
}

/// The names that a pack's template can have; any other would never be used.
pub fn template_files<'a>(
    surveys: impl Iterator<Item = &'a str>,
    proposals: impl Iterator<Item = &'a str>,
) -> Vec<String> {
    let mut contents = vec![Content::Agenda, Content::Plan];
    for survey in surveys {
        contents.push(Content::Report {
            survey: survey.to_owned(),
        });
        contents.push(Content::FreeText {
            survey: survey.to_owned(),
        });
    }
    contents.extend(proposals.map(|id| Content::Proposal {
        proposal: id.to_owned(),
    }));
    // Without a survey or proposal their general templates are still allowed.
    let mut names: Vec<String> = ["agenda", "report", "free_text", "proposal", "plan"]
        .map(|name| format!("{name}.md"))
        .into();
    names.extend(
        contents
            .iter()
            .filter_map(|content| template_names(content).0),
    );
    names
}

/// Writes every paper of every meeting, as if all surveys had closed with no response at all.
pub fn rehearse(pack: &Arc<Pack>) -> Vec<Finding> {
    let closed: Vec<String> = pack
        .surveys
        .iter()
        .map(|survey| survey.id.clone())
        .collect();
    let answers = BTreeMap::new();
    let ledgers = Book::shipped(pack);
    let mut book = FigureBook::published(pack);
    book.count_ledgers(pack, &ledgers);
    let facts = Facts {
        pack: pack.clone(),
        book: Arc::new(book),
        ledgers: Arc::new(ledgers),
        answers: &answers,
    };
    let known = Known {
        closed: &closed,
        ledgers: &facts.ledgers.clone(),
        on: chrono::NaiveDate::MAX,
    };
    let mut findings = Vec::new();
    for cycle in &pack.cycles {
        let drafts = pack
            .agenda
            .meetings
            .iter()
            .filter_map(|meeting| draft(pack, &cycle.parameters, &meeting.id, &known));
        for draft in drafts {
            findings.extend(
                draft
                    .papers
                    .iter()
                    .flat_map(|paper| written(&facts, &draft, paper)),
            );
        }
    }
    let day = chrono::NaiveDate::default();
    let own = pack
        .papers
        .iter()
        .filter_map(|paper| alone(pack, &paper.id, day, None));
    for draft in own {
        findings.extend(
            draft
                .papers
                .iter()
                .flat_map(|paper| written(&facts, &draft, paper)),
        );
    }
    findings.sort();
    findings.dedup();
    findings
}

fn written(facts: &Facts<'_>, draft: &Draft, paper: &Paper) -> Vec<Finding> {
    let document = write(facts, draft, paper).map(|written| written.document(draft));
    let (file, _) = template(&facts.pack, &paper.content);
    match document {
        Err(findings) => findings,
        Ok(Ok(_)) => Vec::new(),
        // The line of what was written is no line of the template.
        Ok(Err(findings)) => findings
            .into_iter()
            .map(|finding| Finding {
                what: format!(
                    "「{}」の{}行目になる所: {}",
                    paper.title,
                    finding.line.map_or("?".to_owned(), |line| line.to_string()),
                    finding.what
                ),
                file: file.clone(),
                line: None,
                ..finding
            })
            .collect(),
    }
}
