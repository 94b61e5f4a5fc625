//! The results of a survey as pages show them.

use engine::results::{
    Asked, Look, Offered, OptionYears, Question, REFERENCE_BELOW, Shape, Shown, TurnShown, chart,
};
use minijinja::context;
use minijinja::value::{Serde, Value};
use papers::digits::Width;
use papers::wareki;

/// The width in which a chart is drawn for a desk and for a phone.
pub const WIDE: usize = 600;
pub const NARROW: usize = 356;

/// Questions on a page: with more of them it would be too large.
const ON_A_PAGE: usize = 16;

/// One page of the questions, from 1; beyond the last, the last.
pub fn part(shown: &Shown, part: usize) -> Shown {
    let parts = shown.questions.len().div_ceil(ON_A_PAGE).max(1);
    let first = (part.clamp(1, parts) - 1) * ON_A_PAGE;
    let questions = shown.questions.iter().skip(first).take(ON_A_PAGE);
    Shown {
        questions: questions.cloned().collect(),
        ..shown.clone()
    }
}

/// Every question with the page on which it stands, and the pages.
pub fn parts(shown: &Shown, part: usize, here: &str, query: &str) -> Value {
    let parts = shown.questions.len().div_ceil(ON_A_PAGE).max(1);
    let part = part.clamp(1, parts);
    let href = |part: usize| match (query, part) {
        ("", 1) => here.to_owned(),
        (query, 1) => format!("{here}?{query}"),
        ("", part) => format!("{here}?part={part}"),
        (query, part) => format!("{here}?{query}&part={part}"),
    };
    let contents: Vec<Value> = shown
        .questions
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let of = at / ON_A_PAGE + 1;
            let page = if of == part { String::new() } else { href(of) };
            context! { title => one.title.as_str(), href => format!("{page}#q-{}", one.path) }
        })
        .collect();
    context! {
        contents,
        here => part,
        all => parts,
        before => (part > 1).then(|| href(part - 1)),
        after => (part < parts).then(|| href(part + 1)),
    }
}

/// Controls and questions.
pub fn page(
    shown: &Shown,
    subjects: &[Offered],
    asked: &Asked,
    look: Look,
    public: bool,
    here: &str,
    query: &str,
) -> Value {
    let controls: Vec<Value> = subjects
        .iter()
        .map(|one| {
            let values: Vec<Value> = one
                .values
                .iter()
                .map(|(code, label)| context! { code, label, chosen => asked.filter.has(&one.subject, code) })
                .collect();
            let filtered = one.values.iter().any(|(code, _)| asked.filter.has(&one.subject, code));
            context! { id => one.id.as_str(), title => one.title.as_str(), values, filtered, single => one.single, by => asked.by.as_deref() == Some(one.id.as_str()) }
        })
        .collect();
    let questions: Vec<Value> = shown
        .questions
        .iter()
        .map(|one| question(one, look, here, query))
        .collect();
    let look = match look {
        Look::Fitting => "",
        Look::Bands => "bands",
        Look::Bars => "bars",
    };
    context! {
        controls,
        filter => asked.filter.said(subjects),
        by => shown.by.as_deref(),
        left_out => shown.left_out,
        responses => shown.responses,
        refused => shown.refused.map(|refused| refused.label()),
        look,
        public,
        query,
        reference_below => REFERENCE_BELOW,
        questions,
    }
}

fn question(question: &Question, look: Look, here: &str, query: &str) -> Value {
    let end = |more: &str| match (query, more) {
        ("", "") => String::new(),
        ("", more) => format!("?{more}"),
        (query, "") => format!("?{query}"),
        (query, more) => format!("?{query}&{more}"),
    };
    let path = &question.path;
    let picture = chart(question, look).map(|chart| {
        let (wide, narrow) = (papers::drawn(&chart, WIDE), papers::drawn(&chart, NARROW));
        let at = format!("{here}/charts/{path}");
        context! {
            // The table stands beside it; of a crosstab all its numbers in one sentence help nobody.
            alt => match question.heads.len() {
                1 => format!("グラフ：{}。{}", chart.title, chart.described()),
                _ => format!("グラフ：{}。数は、となりの表のとおりです。", chart.title),
            },
            svg => format!("{at}.svg{}", end("")),
            png => format!("{at}.png{}", end("")),
            narrow => format!("{at}.svg{}", end("narrow=1")),
            width => wide.width,
            height => wide.height,
            narrow_width => narrow.width,
            narrow_height => narrow.height,
        }
    });
    context! {
        picture,
        href => format!("{here}/results/{path}{}", end("")),
        texts => (question.shape == Shape::Text && question.rows_of.is_none()).then(|| format!("{here}/texts/{path}")),
        ..Value::from(Serde(question.clone()))
    }
}

/// A question through the turns of its survey.
pub fn years(heads: &[TurnShown], options: &[OptionYears]) -> Value {
    let heads: Vec<Value> = heads
        .iter()
        .map(|head| {
            let year = wareki::fiscal_year(head.year, Width::Half)
                .unwrap_or_else(|_| head.year.to_string());
            context! { year, n => head.n, broken => head.broken.as_deref() }
        })
        .collect();
    context! { heads, options => Serde(options.to_vec()) }
}
