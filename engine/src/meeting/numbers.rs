//! 資料番号: they follow the order of the lines until the papers are sent, and never change after that.

use papers::digits::Width;

use super::outline::{ANNEX, Content, Draft, Paper, REFERENCE, Rank};

const MAIN: &str = "資料";
const TABLE: &str = "机上配布";
const ADDITIONAL: &str = "追加資料";

/// Puts the papers into the order of the lines and numbers them anew: 資料１ with its 別添, …, 参考資料, 机上配布.
pub(super) fn renumber(draft: &mut Draft) {
    let width = draft.layout.dates.digits;
    let mut left = std::mem::take(&mut draft.papers);
    let mut ordered = take(&mut left, |paper| paper.content == Content::Agenda);
    let of_lines: Vec<&str> = draft
        .lines
        .iter()
        .filter_map(|line| line.paper.as_deref())
        .collect();
    let mut mains = Vec::new();
    for id in of_lines {
        mains.extend(take(&mut left, |paper| {
            paper.id == id && paper.rank == Rank::Main
        }));
    }
    // A paper without a line still goes out.
    mains.extend(take(&mut left, |paper| paper.rank == Rank::Main));
    for (n, mut main) in mains.into_iter().enumerate() {
        main.number = Some(numbered(MAIN, n + 1, 2, width));
        let of = |paper: &Paper| matches!(&paper.rank, Rank::Annex { of } if *of == main.id);
        let mut annexes = take(&mut left, of);
        number(&mut annexes, ANNEX, width);
        ordered.push(main);
        ordered.extend(annexes);
    }
    let mut orphans = take(&mut left, |paper| matches!(paper.rank, Rank::Annex { .. }));
    number(&mut orphans, ANNEX, width);
    let mut references = take(&mut left, |paper| paper.rank == Rank::Reference);
    number(&mut references, REFERENCE, width);
    let mut table = take(&mut left, |paper| paper.rank == Rank::Table);
    number(&mut table, TABLE, width);
    ordered.extend(
        orphans
            .into_iter()
            .chain(references)
            .chain(table)
            .chain(left),
    );
    draft.papers = ordered;
}

/// The number of a paper that is sent after the others: beside 資料１ it is 資料1-2, otherwise 追加資料.
pub fn next_additional(draft: &Draft, beside: Option<&str>) -> String {
    let taken = |number: &String| {
        let mut papers = draft.papers.iter();
        papers.any(|paper| paper.number.as_ref() == Some(number))
    };
    let main = beside.and_then(|id| draft.paper(id)?.number.as_deref());
    let main = main
        .and_then(|number| number.strip_prefix(MAIN))
        .map(|digits| Width::Half.set(digits));
    let mut numbers = (1..).map(|n| match &main {
        // The one that went out is the first.
        Some(main) => format!("{MAIN}{main}-{}", n + 1),
        None => numbered(
            ADDITIONAL,
            n,
            1 + usize::from(n > 1),
            draft.layout.dates.digits,
        ),
    });
    numbers
        .find(|number| !taken(number))
        .expect("there is always another number")
}

fn take(papers: &mut Vec<Paper>, wanted: impl Fn(&Paper) -> bool) -> Vec<Paper> {
    let (taken, left) = std::mem::take(papers).into_iter().partition(wanted);
    *papers = left;
    taken
}

fn number(papers: &mut [Paper], name: &str, width: Width) {
    let of = papers.len();
    for (n, paper) in papers.iter_mut().enumerate() {
        paper.number = Some(numbered(name, n + 1, of, width));
    }
}

/// One alone has no digit.
fn numbered(name: &str, n: usize, of: usize, width: Width) -> String {
    match of {
        0 | 1 => name.to_owned(),
        _ => format!("{name}{}", width.set(&n.to_string())),
    }
}
