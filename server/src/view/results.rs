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
            alt => format!("グラフ：{}。{}", chart.title, chart.described()),
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
