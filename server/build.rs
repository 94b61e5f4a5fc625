//! Puts the page templates and their English into the binary.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // A new file is noticed here; the routes take in the whole folder.
    println!("cargo::rerun-if-changed=assets");
    minijinja_embed::embed_templates!("templates");
    locales()
}

/// Writes the list of the files of `locales/en` with their texts.
fn locales() -> io::Result<()> {
    println!("cargo::rerun-if-changed=locales");
    let folder =
        Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where")).join("locales/en");
    let mut files: Vec<_> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    files.sort();
    let mut list = String::new();
    for file in files {
        let name = file.file_name().unwrap_or_default();
        writeln!(list, "    ({name:?}, include_str!({file:?})),")
            .expect("a string takes every text");
    }
    let text = format!(
        "/// The files of `server/locales/en`.\nstatic LOCALES: &[(&str, &str)] = &[\n{list}];\n"
    );
    let out = env::var_os("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&out).join("locales.rs"), text)
}
