//! How long the parts of a year take, on the first pack that tells the story of one.
//!
//! Reading and checking the pack, the dry run of its cycle with what is made of it, counting the answers of its cases, the papers of
//! its first meeting, and 10,000 invented responses (the cases' answers drawn again and again by a fixed
//! sequence) counted and written to .xlsx.

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use engine::figure::{AnswersOf, FigureBook, FigureSource};
use engine::forecast::{forecast, rehearsed};
use engine::ledger::Book;
use engine::meeting::{self, Draft, Facts, Known};
use engine::pack::Cycle;
use engine::picture::{Strip, timeline};
use engine::{Files, Pack};
use forms::Answers;
use serde_json::Value;

/// Responses in the large export.
const MANY: usize = 10_000;

/// Checked answers by survey and respondent.
type Given = BTreeMap<String, BTreeMap<String, Answers>>;

fn folder() -> PathBuf {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../municipalities");
    let mut folders: Vec<PathBuf> = fs::read_dir(packs)
        .expect("municipalities")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.sort();
    folders
        .into_iter()
        .find(|folder| folder.join("cases/year.json").is_file())
        .expect("a pack with a story")
}

fn read(files: &Files) -> Pack {
    Pack::read(files).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// The answers that the pack's cases hand in.
fn given(pack: &Pack, folder: &Path) -> Given {
    let text = |name: &str| fs::read_to_string(folder.join("cases").join(name)).expect(name);
    let story: Value = serde_json::from_str(&text("year.json")).expect("cases/year.json");
    let mut given = Given::new();
    for responses in story["responses"].as_array().expect("responses") {
        let survey = responses["survey"].as_str().expect("a survey");
        let questionnaire = pack.questionnaire(survey).expect("its questionnaire");
        for line in text(responses["file"].as_str().expect("a file")).lines() {
            let line: Value = serde_json::from_str(line).expect("a response");
            let answers: Answers =
                serde_json::from_value(line["answers"].clone()).expect("answers");
            let respondent = line["respondent"]
                .as_str()
                .expect("a respondent")
                .to_owned();
            given
                .entry(survey.to_owned())
                .or_default()
                .insert(respondent, questionnaire.examine(&answers).answers);
        }
    }
    given
}

fn borrowed(given: &Given) -> BTreeMap<String, AnswersOf<'_>> {
    let surveys = given.iter();
    surveys
        .map(|(survey, answers)| (survey.clone(), by_respondent(answers)))
        .collect()
}

fn by_respondent(answers: &BTreeMap<String, Answers>) -> AnswersOf<'_> {
    let pairs = answers.iter().map(|(id, answers)| (id.as_str(), answers));
    pairs.collect()
}

fn counted(pack: &Pack, answers: &BTreeMap<String, AnswersOf<'_>>) -> FigureBook {
    let mut book = FigureBook::published(pack);
    for (id, answers) in answers {
        let survey = pack.survey(id).expect("a survey of the pack");
        book.count(
            pack,
            &FigureSource {
                survey,
                version: 1,
                answers,
            },
        );
    }
    book
}

/// The papers of a meeting in all formats; how many bytes they have.
fn papers(facts: &Facts<'_>, draft: &Draft) -> usize {
    let written = draft.papers.iter().map(|paper| {
        let written = meeting::write(facts, draft, paper).expect("a paper");
        let document = written.document(draft).expect("a document");
        let docx = papers::docx(&document).expect("docx").len();
        #[cfg(feature = "pdf")]
        let pdf = papers::pdf(&document).expect("pdf").len();
        #[cfg(not(feature = "pdf"))]
        let pdf = 0;
        docx + pdf + papers::html::page(&document, |_| None).len()
    });
    written.sum()
}

fn pack(c: &mut Criterion) {
    let folder = folder();
    c.bench_function("read and check the pack", |b| {
        b.iter(|| read(&Files::read(black_box(&folder)).expect("its files").0));
    });
    let pack = read(&Files::read(&folder).expect("its files").0);
    let cycle = pack.cycles.first().expect("a cycle");
    c.bench_function("dry run of the fiscal year", |b| {
        b.iter(|| black_box(&pack).dry_run(cycle).expect("a timeline"));
    });
    c.bench_function("dry run with meetings, surveys and burden", |b| {
        b.iter(|| forecast(black_box(&pack), &[cycle], None).expect("a forecast"));
    });
    c.bench_function("dry run as text and picture", |b| {
        b.iter(|| {
            let forecast = forecast(black_box(&pack), &[cycle], None).expect("a forecast");
            let mut strip = Strip::new("", None);
            for turn in &forecast.cycles {
                strip.add(&turn.plan, &turn.entries);
            }
            (forecast.to_string(), timeline(&strip))
        });
    });
    c.bench_function("invented responses and the Markdown of all papers", |b| {
        b.iter(|| rehearsed(black_box(&pack), cycle, None, 1).expect("papers"));
    });
}

/// Every pack of the repository, one after the other: what `meguri simulate --all` does in two threads.
fn all(c: &mut Criterion) {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../municipalities");
    let folders = fs::read_dir(packs).expect("municipalities");
    let mut folders: Vec<PathBuf> = folders
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.retain(|folder| folder.join("municipality.json").is_file());
    let dry_run = |folder: &PathBuf| {
        let pack = read(&Files::read(folder).expect("its files").0);
        let cycles: Vec<&Cycle> = pack.cycles.iter().collect();
        forecast(&pack, &cycles, None)
            .expect("a forecast")
            .meetings
            .len()
    };
    let name = format!("{} packs read, checked and dry-run", folders.len());
    c.bench_function(&name, |b| {
        b.iter(|| folders.iter().map(dry_run).sum::<usize>());
    });
}

fn figures(c: &mut Criterion) {
    let folder = folder();
    let pack = Arc::new(read(&Files::read(&folder).expect("its files").0));
    let given = given(&pack, &folder);
    let answers = borrowed(&given);
    let (survey, most) = answers
        .iter()
        .max_by_key(|(_, answers)| answers.len())
        .expect("answers");
    c.bench_function(&format!("all indicators, {} responses", most.len()), |b| {
        b.iter(|| counted(black_box(&pack), &answers));
    });
    c.bench_function(&format!("tally, {} responses", most.len()), |b| {
        b.iter(|| meeting::tally_view(black_box(&pack), survey, most));
    });

    let book = Arc::new(counted(&pack, &answers));
    let facts = Facts {
        pack: pack.clone(),
        book,
        ledgers: Arc::new(Book::shipped(&pack)),
        answers: &answers,
    };
    let first = pack.agenda.meetings.first().expect("a meeting");
    let parameters = &pack.cycles.first().expect("a cycle").parameters;
    let known = Known {
        closed: std::slice::from_ref(survey),
        ledgers: &facts.ledgers,
        on: parameters.date(&first.on).expect("a date"),
    };
    let draft = meeting::draft(&pack, parameters, &first.id, &known).expect("a draft");
    // The first paper pays for parsing the fonts and the typesetter's library: measured once.
    let start = std::time::Instant::now();
    let bytes = papers(&facts, &draft);
    println!(
        "first run, fonts included: {} papers, {bytes} bytes: {:?}",
        draft.papers.len(),
        start.elapsed()
    );
    c.bench_function(
        &format!("{} papers of the first meeting", draft.papers.len()),
        |b| {
            b.iter(|| papers(black_box(&facts), &draft));
        },
    );
}

/// The pack with a roster of `count` offices: those it has, again and again, under new ids.
fn enlarged(folder: &Path, survey: &str, count: usize) -> Pack {
    let mut files = Files::read(folder).expect("its files").0;
    let pack = read(&files);
    let roster = pack
        .survey(survey)
        .and_then(|survey| pack.roster(survey))
        .expect("a roster");
    let format = pack
        .municipality
        .rosters
        .iter()
        .find(|format| format.id == roster.id)
        .expect("its format");
    let titles: Vec<&str> = format
        .columns
        .iter()
        .map(|column| column.title.as_str())
        .collect();
    let mut csv = format!("{}\n", titles.join(","));
    for (number, office) in roster.respondents.iter().cycle().take(count).enumerate() {
        let cells = format
            .columns
            .iter()
            .map(|column| match column.id == format.key {
                true => format!("B{number}"),
                false => office.columns[&column.id].clone(),
            });
        csv.push_str(&format!("{}\n", cells.collect::<Vec<_>>().join(",")));
    }
    files.0.insert(format.file.clone(), csv);
    read(&files)
}

fn export(c: &mut Criterion) {
    let folder = folder();
    let pack = read(&Files::read(&folder).expect("its files").0);
    let given = given(&pack, &folder);
    let (survey, cases) = given
        .iter()
        .max_by_key(|(_, answers)| answers.len())
        .expect("answers");
    let pack = enlarged(&folder, survey, MANY);
    let cases: Vec<&Answers> = cases.values().collect();
    // A linear congruential sequence from a fixed seed: the same draw in every run.
    let mut seed = 20_230_601_u64;
    let drawn: Vec<(String, &Answers)> = (0..MANY)
        .map(|number| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(seed >> 33).expect("31 bits") % cases.len();
            (format!("B{number}"), cases[at])
        })
        .collect();
    let answers: BTreeMap<String, AnswersOf<'_>> = [(
        survey.clone(),
        drawn
            .iter()
            .map(|(id, answers)| (id.as_str(), *answers))
            .collect(),
    )]
    .into();
    let mut group = c.benchmark_group("10,000 responses");
    group.sample_size(10);
    group.bench_function("all indicators", |b| {
        b.iter(|| counted(black_box(&pack), &answers))
    });
    group.bench_function("tally", |b| {
        b.iter(|| meeting::tally_view(black_box(&pack), survey, &answers[survey]))
    });
    group.bench_function("counted and written to xlsx", |b| {
        b.iter(|| {
            let book = counted(black_box(&pack), &answers);
            let workbook =
                engine::sheet::results(&pack, survey, &answers[survey], &book).expect("a workbook");
            papers::xlsx(&workbook).expect("xlsx")
        });
    });
    group.finish();
}

criterion_group!(benches, pack, all, figures, export);
criterion_main!(benches);
