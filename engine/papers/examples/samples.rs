//! Writes the sample papers in every format into a folder, to be looked at:
//! `cargo run -p papers --example samples -- /tmp/papers`.

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder to write to")?);
    std::fs::create_dir_all(&folder)?;
    let papers = [
        ("agenda", samples::agenda()),
        ("report", samples::report()),
        ("proposal", samples::proposal()),
        ("appendix", samples::appendix()),
    ];
    for (name, document) in papers {
        let link = |id: &str| Some(format!("#{id}"));
        std::fs::write(
            folder.join(format!("{name}.html")),
            papers::html::page(&document, link),
        )?;
        std::fs::write(
            folder.join(format!("{name}.docx")),
            papers::docx(&document)?,
        )?;
        #[cfg(feature = "pdf")]
        std::fs::write(folder.join(format!("{name}.pdf")), papers::pdf(&document)?)?;
    }
    std::fs::write(
        folder.join("rates.xlsx"),
        papers::xlsx(&samples::workbook())?,
    )?;
    for (id, chart) in samples::charts() {
        std::fs::write(folder.join(format!("{id}.svg")), papers::svg(&chart))?;
    }
    Ok(())
}
