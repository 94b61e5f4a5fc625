//! How long the papers of a meeting take: 次第 and 資料 in Word, PDF and HTML, and what they are made of.

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use papers::Document;

fn write(document: &Document) -> usize {
    let html = papers::html::html(document, |id| Some(format!("/figures/{id}")));
    let docx = papers::docx(document).expect("a sample");
    #[cfg(feature = "pdf")]
    let pdf = papers::pdf(document).expect("a sample").len();
    #[cfg(not(feature = "pdf"))]
    let pdf = 0;
    html.len() + docx.len() + pdf
}

fn papers(c: &mut Criterion) {
    // The first paper pays for parsing the fonts and the typesetter's library: measured once, by hand.
    let start = std::time::Instant::now();
    black_box(write(&samples::agenda()) + write(&samples::report()));
    println!(
        "first run, fonts included: agenda and report in docx, pdf and html: {:?}",
        start.elapsed()
    );

    c.bench_function("read the report", |b| {
        b.iter(|| black_box(samples::report()))
    });
    c.bench_function("agenda and report in docx, pdf and html", |b| {
        b.iter(|| black_box(write(&samples::agenda()) + write(&samples::report())));
    });
    let (report, proposal, appendix) =
        (samples::report(), samples::proposal(), samples::appendix());
    c.bench_function("report as docx", |b| {
        b.iter(|| papers::docx(black_box(&report)))
    });
    c.bench_function("proposal without charts as docx", |b| {
        b.iter(|| papers::docx(black_box(&proposal)))
    });
    #[cfg(feature = "pdf")]
    c.bench_function("report as pdf", |b| {
        b.iter(|| papers::pdf(black_box(&report)))
    });
    #[cfg(feature = "pdf")]
    c.bench_function("four pages as pdf", |b| {
        b.iter(|| papers::pdf(black_box(&appendix)))
    });
    c.bench_function("four pages as docx", |b| {
        b.iter(|| papers::docx(black_box(&appendix)))
    });
    let workbook = samples::workbook();
    c.bench_function("workbook with two charts", |b| {
        b.iter(|| papers::xlsx(black_box(&workbook)))
    });
    c.bench_function("report as html", |b| {
        b.iter(|| papers::html::html(black_box(&report), |_| None))
    });
}

criterion_group!(benches, papers);
criterion_main!(benches);
