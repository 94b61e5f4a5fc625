//! The texts of a pack, by path. The one place where a pack touches the disk.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use authoring::Finding;

/// A pack's files as text: path within the pack, with `/`, to content.
#[derive(Clone, Debug, Default)]
pub struct Files(pub BTreeMap<String, String>);

/// Endings of the files that make up a pack. Others (pictures, notes) are left alone.
const ENDINGS: [&str; 5] = ["json", "rhai", "csv", "md", "jsonl"];

/// Where the letters are: here `.txt` belongs to the pack too.
const LETTERS: &str = "templates/mail";

impl Files {
    /// Reads a folder and the folders in it.
    ///
    /// # Errors
    /// The folder cannot be read. A file that is not UTF-8 is a finding, not an error.
    pub fn read(folder: &Path) -> io::Result<(Files, Vec<Finding>)> {
        let (mut files, mut findings) = (BTreeMap::new(), Vec::new());
        let mut waiting = vec![folder.to_owned()];
        while let Some(current) = waiting.pop() {
            for entry in std::fs::read_dir(current)? {
                let path = entry?.path();
                if path.is_dir() {
                    waiting.push(path);
                    continue;
                }
                let Ok(inside) = path.strip_prefix(folder) else {
                    continue;
                };
                let ending = path.extension().and_then(|e| e.to_str());
                let known = ending.is_some_and(|ending| {
                    ENDINGS.contains(&ending) || (ending == "txt" && inside.starts_with(LETTERS))
                });
                let Some(name) = inside.to_str().filter(|_| known) else {
                    continue;
                };
                let name = name.replace('\\', "/");
                match String::from_utf8(std::fs::read(&path)?) {
                    Ok(text) => {
                        files.insert(name, text);
                    }
                    Err(_) => findings.push(Finding::new(
                        "pack.wrong_encoding",
                        name,
                        None,
                        "文字コードが UTF-8 ではありません。",
                        "UTF-8 で保存し直してください（Excel では「CSV UTF-8」）。",
                    )),
                }
            }
        }
        Ok((Files(files), findings))
    }

    /// Lays texts over these; nothing removes the file of that path.
    pub fn lay_over(&mut self, texts: impl IntoIterator<Item = (String, Option<String>)>) {
        for (path, text) in texts {
            match text {
                Some(text) => self.0.insert(path, text),
                None => self.0.remove(&path),
            };
        }
    }

    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Files in a folder with an ending, in order of their names.
    pub fn in_folder<'a>(
        &'a self,
        folder: &'a str,
        ending: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter(move |(path, _)| {
                path.strip_prefix(folder)
                    .and_then(|rest| rest.strip_prefix('/'))
                    .is_some_and(|rest| {
                        !rest.contains('/')
                            && rest
                                .strip_suffix(ending)
                                .is_some_and(|stem| stem.ends_with('.'))
                    })
            })
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// Whether a file of a pack can stand at this path: within the pack, and with an ending that belongs to it.
pub fn is_path(path: &str) -> bool {
    let plain = |part: &str| {
        let odd =
            |c: char| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
        !part.is_empty() && !part.starts_with('.') && !part.contains(odd)
    };
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let known =
        ENDINGS.contains(&ending) || (ending == "txt" && path.starts_with(&format!("{LETTERS}/")));
    known && path.len() <= 200 && path.split('/').all(plain)
}

/// `forms/discharge.json` → `discharge`.
pub fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::is_path;

    #[test]
    fn a_file_stays_within_its_pack() {
        for path in [
            "map.json",
            "forms/調査.json",
            "templates/mail/reminder.txt",
            "cycles/annual.rhai",
        ] {
            assert!(is_path(path), "{path}");
        }
        for path in [
            "",
            "/map.json",
            "../map.json",
            "a/../map.json",
            "a//map.json",
            ".map.json",
            "map",
            "map.exe",
            "notes.txt",
            "a\\b.json",
            "C:a.json",
            "a\n.json",
        ] {
            assert!(!is_path(path), "{path}");
        }
    }
}
