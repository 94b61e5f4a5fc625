//! Figures of an area: signed sheets of its members, and their sum.

use super::case::Step;
use super::look::refusal;
use super::scene::Scene;
use crate::area::{Given, Member, RollUp, Sheet, Why, key_of, shared, sums};
use crate::figure::FigureBook;

impl Scene<'_> {
    pub(super) fn receive(&mut self, file: &str, expected: &Step) -> Vec<String> {
        let text = match self.case_file(file) {
            Ok(text) => text,
            Err(why) => return vec![why],
        };
        match Sheet::open(text, |name| key_of(&self.pack, name)) {
            Ok(sheet) => {
                self.sheets.insert(sheet.name.clone(), sheet);
                refusal(None, expected)
            }
            Err(rejected) => refusal(Some(rejected.to_string()), expected),
        }
    }

    /// Adds the sums of the areas. Other municipalities of the server are not there in a case.
    pub(super) fn add_areas(&self, book: &mut FigureBook) {
        let (pack, own) = (&self.pack, &self.pack.municipality);
        for area in &own.areas {
            let given: Vec<Given> = area
                .formed_of
                .iter()
                .map(|member| match member {
                    Member::Here { slug } if *slug == own.slug => Given {
                        member: own.name.clone(),
                        made_at: None,
                        figures: Ok(shared(pack, book)),
                    },
                    Member::Here { slug } => Given {
                        member: slug.clone(),
                        made_at: None,
                        figures: Err(Why::NotHere),
                    },
                    Member::Outside { name, .. } => {
                        let sheet = self.sheets.get(name);
                        let figures = sheet.map(|sheet| sheet.figures.clone());
                        Given {
                            member: name.clone(),
                            made_at: sheet.map(|sheet| sheet.made_at),
                            figures: figures.ok_or(Why::NothingReceived),
                        }
                    }
                })
                .collect();
            let sums = sums(pack, &area.id, &given);
            for figure in sums.iter().filter_map(RollUp::figure) {
                book.add_sum(figure);
            }
        }
    }
}
