//! Examining and mending a copy of a data folder.

use std::fs::{self, File};
use std::path::Path;

use crate::doctor::{Mended, Remedy, Report};
use crate::embedded::copy::Copy;
use crate::embedded::verify::journals;
use crate::embedded::{Embedded, database, frame, layout, open, prefixed, read_head};
use crate::error::StoreError;
use crate::file::io_error;
use crate::record::{Head, Record};

pub(crate) fn examine(dir: &Path) -> Result<Report, StoreError> {
    let _lock = existing(dir)?;
    let copy = Copy::of(dir, ".examining")?;
    report(&copy)
}

pub(crate) fn mend(dir: &Path) -> Result<Mended, StoreError> {
    let _lock = existing(dir)?;
    let copy = Copy::of(dir, ".mending")?;
    let (opened, refused) = open_anyway(&copy)?;
    let mut remedies = mend_heads(&opened.db)?;
    opened.db.flush().map_err(database("保存"))?;
    // Its threads let go of the files before the copy is renamed.
    drop(opened);
    if let Some(StoreError::Truncated {
        acknowledged,
        found,
        ..
    }) = refused
    {
        remedies.push(Remedy::Acknowledged {
            before: acknowledged,
            now: found,
        });
    }
    let left = copy.leftovers.iter().cloned();
    remedies.extend(left.map(|path| Remedy::Leftover { path }));
    let mut left = report(&copy)?;
    left.leftovers.clear();
    let before = if remedies.is_empty() {
        None
    } else {
        Some(copy.take_the_place_of(dir)?)
    };
    Ok(Mended {
        remedies,
        left,
        before,
    })
}

/// Takes the folder for this process, if there is a store in it.
fn existing(dir: &Path) -> Result<File, StoreError> {
    let database = dir.join("db");
    fs::metadata(&database).map_err(io_error("使用", &database))?;
    open::lock(dir)
}

/// Opens the copy even when acknowledged writes are lost; then also says so.
fn open_anyway(copy: &Copy) -> Result<(open::Opened, Option<StoreError>), StoreError> {
    match open::open(&copy.dir) {
        Err(lost @ StoreError::Truncated { .. }) => {
            let number = copy.dir.join("acknowledged");
            fs::remove_file(&number).map_err(io_error("削除", &number))?;
            Ok((open::open(&copy.dir)?, Some(lost)))
        }
        other => Ok((other?, None)),
    }
}

fn report(copy: &Copy) -> Result<Report, StoreError> {
    let mut report = Report {
        municipalities: Vec::new(),
        refused: None,
        problems: Vec::new(),
        leftovers: copy.leftovers.clone(),
    };
    let read = |report: &mut Report| -> Result<(), StoreError> {
        let (opened, refused) = open_anyway(copy)?;
        report.refused = refused;
        drop(opened);
        let store = Embedded::open(&copy.dir)?;
        report.problems = store.verify(None)?;
        report.municipalities = readable_heads(&store)?;
        Ok(())
    };
    match read(&mut report) {
        // Of the copy, and not of the store: no room, no permission.
        Err(error @ StoreError::Io { .. }) => return Err(error),
        Err(error) => report.refused = Some(error),
        Ok(()) => {}
    }
    Ok(report)
}

fn readable_heads(store: &Embedded) -> Result<Vec<(String, Head)>, StoreError> {
    let mut heads = Vec::new();
    for name in journals(&store.0.tree)? {
        // A damaged one stands among the problems.
        if let Ok(head) = store.head(&name) {
            heads.push((name, head));
        }
    }
    Ok(heads)
}

/// Sets heads that are missing, damaged or not at the last record of a journal whose chain holds.
fn mend_heads(db: &sled::Tree) -> Result<Vec<Remedy>, StoreError> {
    let mut remedies = Vec::new();
    for municipality in journals(db)? {
        let Some(end) = end(db, &municipality)? else {
            continue;
        };
        let name = layout::head(&municipality);
        let stated = db.get(&name).map_err(database("読み込み"))?;
        let stated = stated.and_then(|framed| read_head(name.as_bytes(), &framed).ok());
        if stated.as_ref() == Some(&end) {
            continue;
        }
        let content = serde_json::to_vec(&end).expect("a head is a number and a string");
        db.insert(&name, frame::seal(&name, &content))
            .map_err(database("保存"))?;
        remedies.push(Remedy::Head {
            municipality,
            before: stated.map(|head| head.seq),
            now: end.seq,
        });
    }
    Ok(remedies)
}

/// The head that a journal should have. `None` when it has no record or its chain breaks.
fn end(db: &sled::Tree, municipality: &str) -> Result<Option<Head>, StoreError> {
    let mut head = Head::start();
    for (entry, framed) in prefixed(db, &layout::journal(municipality))? {
        let record = frame::open(&entry, &framed)
            .and_then(|content| Record::from_bytes(content, municipality, head.seq + 1));
        match record.ok().and_then(|record| head.follow(&record)) {
            Some(next) => head = next,
            None => return Ok(None),
        }
    }
    Ok((head.seq > 0).then_some(head))
}
