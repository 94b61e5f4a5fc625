//! Somebody who does what a page says, in a folder of their own with a pack as `meguri new` writes it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::block::Block;
use super::likeness::compare;
use crate::running::{Server, meguri, send, sign_in};

/// The pack that the pages write on.
const PACK: &str = "municipalities/kasou";

pub struct Desk {
    folder: TempDir,
    /// A file has been written since the pack was last checked.
    untried: bool,
    server: Option<Serving>,
}

/// A server that runs, the cookie of who has signed in, and what the page shows of its messages.
struct Serving {
    server: Server,
    cookie: String,
    shown: Option<(String, String)>,
}

impl Desk {
    pub fn new(fresh: bool) -> Desk {
        let desk = Desk {
            folder: tempfile::tempdir().expect("a folder"),
            untried: false,
            server: None,
        };
        if fresh {
            desk.run("meguri new kasou --name 架空市 --opens 2026-12");
        }
        desk
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(PACK).join(file)
    }

    fn command(&self, words: &[&str]) -> (i32, String, String) {
        let output = meguri()
            .args(words)
            .current_dir(self.folder.path())
            .output();
        let output = output.expect("meguri runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let code = output.status.code().expect("an exit code");
        (code, text(output.stdout), text(output.stderr))
    }

    fn run(&self, line: &str) -> (i32, String, String) {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[0], "meguri", "only meguri is run: {line}");
        self.command(&words[1..])
    }

    /// Writes a block over the pack's file, or into it where the block says `into=` or `at=`.
    pub fn write(&mut self, block: &Block) {
        let (file, text) = match block.value("file") {
            Some(file) => (file, self.text(file, block)),
            None => (
                "cycles/annual.rhai",
                format!("fn plan(c) {{[\n{}]}}\n", block.text),
            ),
        };
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
        self.untried = true;
    }

    fn text(&self, file: &str, block: &Block) -> String {
        let (pointer, text) = match (block.value("into"), block.value("at")) {
            (None, None) => return block.text.clone(),
            (Some(pointer), _) => (pointer.trim_end_matches('/'), format!("{{{}}}", block.text)),
            (None, Some(pointer)) => (pointer, block.text.clone()),
        };
        let value: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{block}: {error}"));
        let before = fs::read_to_string(self.path(file));
        let before = before.unwrap_or_else(|_| panic!("{block}: no {file}"));
        let mut whole: Value = serde_json::from_str(&before).expect("JSON");
        match (block.says("into"), value) {
            (true, Value::Object(fields)) => {
                let object = whole.pointer_mut(pointer).and_then(Value::as_object_mut);
                object
                    .unwrap_or_else(|| panic!("{block}: {file} has no object {pointer}"))
                    .extend(fields);
            }
            (_, value) => {
                let (list, place) = pointer.rsplit_once('/').expect("a pointer");
                let list = whole.pointer_mut(list).and_then(Value::as_array_mut);
                let list =
                    list.unwrap_or_else(|| panic!("{block}: {file} has no list for {pointer}"));
                match place {
                    "-" => list.push(value),
                    place => list[place.parse::<usize>().expect("a number")] = value,
                }
            }
        }
        format!("{whole:#}\n")
    }

    /// What the page has written so far is a pack without findings.
    pub fn check(&mut self, after: &dyn std::fmt::Display) {
        if std::mem::take(&mut self.untried) {
            let (code, out, err) = self.command(&["check", PACK]);
            assert_eq!(
                code, 0,
                "{after}: what stands above is refused:\n{out}{err}"
            );
        }
    }

    /// Does a wrong thing, sees the findings, and takes it back.
    pub fn wrong(&mut self, block: &Block, shown: &Block) {
        self.check(block);
        let file = block
            .value("file")
            .unwrap_or("cycles/annual.rhai")
            .to_owned();
        let before = fs::read(self.path(&file)).ok();
        self.write(block);
        let (code, out, err) = self.command(&["check", PACK]);
        assert_eq!(code, 1, "{block}: nothing is wrong with it:\n{out}{err}");
        compare(&shown.text, &out).unwrap_or_else(|why| panic!("{shown}: {why}"));
        match before {
            Some(before) => fs::write(self.path(&file), before).expect("written"),
            None => fs::remove_file(self.path(&file)).expect("removed"),
        }
        self.untried = false;
    }

    /// Types the lines, and compares what appears with the block below.
    pub fn type_in(&mut self, block: &Block, shown: Option<&Block>) {
        self.check(block);
        if block.text.starts_with("meguri serve") {
            return self.serve(block, shown);
        }
        self.stop();
        let mut said = String::new();
        for line in block.text.lines() {
            let (code, out, err) = self.run(line);
            let wanted = i32::from(block.says("wrong"));
            assert_eq!(code, wanted, "{block}: {line}\n{out}{err}");
            said.push_str(&out);
            said.push_str(&err);
        }
        if let Some(shown) = shown {
            compare(&shown.text, &said).unwrap_or_else(|why| panic!("{shown}: {why}"));
        }
    }

    /// Starts the server; its pages are looked at below, its messages when it stops.
    fn serve(&mut self, block: &Block, shown: Option<&Block>) {
        assert_eq!(
            block.text,
            format!("meguri serve {PACK}\n"),
            "{block}: another pack"
        );
        self.stop();
        let folder = self.folder.path();
        let server = Server::start(&folder.join(PACK), &folder.join("data"), "warn");
        self.server = Some(Serving {
            cookie: sign_in(&server),
            server,
            shown: shown.map(|shown| (shown.text.clone(), shown.to_string())),
        });
    }

    /// Opens a page of the running server, as the secretariat, and reads it.
    pub fn open(&self, shown: &Block, page: &str) {
        let serving = self.server.as_ref();
        let Serving { server, cookie, .. } =
            serving.unwrap_or_else(|| panic!("{shown}: nobody serves"));
        let cookie = [("cookie", cookie.as_str())];
        let get = |path: &str| {
            send(&server.address, "GET", path, &cookie, b"")
                .expect("an answer")
                .text
        };
        let text = match page.strip_suffix("/trial") {
            None => get(page),
            Some(survey) => {
                let token = get(survey);
                let token = token
                    .split("name=\"_csrf\" value=\"")
                    .nth(1)
                    .and_then(|rest| rest.split('"').next());
                let body = format!("_csrf={}", token.expect("a form"));
                let reply = send(&server.address, "POST", page, &cookie, body.as_bytes())
                    .expect("an answer");
                let place = reply
                    .text
                    .lines()
                    .find_map(|line| line.strip_prefix("location: "));
                get(place.unwrap_or_else(|| panic!("{shown}: {}", reply.text)))
            }
        };
        let text = visible(&text);
        let mut rest = text.as_str();
        for line in shown.text.lines() {
            rest = rest
                .split_once(line)
                .unwrap_or_else(|| panic!("{shown}: no “{line}” in:\n{text}"))
                .1;
        }
    }

    /// Has a paper written, by a case, and reads it.
    pub fn paper(&mut self, shown: &Block, paper: &str) {
        self.check(shown);
        let lines: Vec<&str> = shown.text.lines().filter(|line| !line.is_empty()).collect();
        let mut step = json!({ "paper": paper, "has": lines });
        for name in ["year", "on", "meeting"] {
            if let Some(value) = shown.value(name) {
                step[name] = value
                    .parse::<i32>()
                    .map_or_else(|_| json!(value), |year| json!(year));
            }
        }
        let case = self.path("cases/shown.case.json");
        fs::create_dir_all(case.parent().expect("a folder")).expect("made");
        fs::write(
            &case,
            json!({ "what": "shown", "steps": [step] }).to_string(),
        )
        .expect("written");
        let (code, out, err) = self.command(&["cases", PACK]);
        assert_eq!(code, 0, "{shown}:\n{out}{err}");
        fs::remove_file(case).expect("removed");
    }

    fn stop(&mut self) {
        let Some(Serving { server, shown, .. }) = self.server.take() else {
            return;
        };
        let said = server.kill();
        if let Some((lines, place)) = shown {
            compare(&lines, &said).unwrap_or_else(|why| panic!("{place}: {why}"));
        }
    }

    pub fn leave(mut self, page: &Path) {
        self.check(&page.display());
        self.stop();
    }
}

/// What a page says, without its tags.
fn visible(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let mut text = String::new();
    for part in body.split('<').skip(1) {
        let said = part.split_once('>').map_or("", |(_, said)| said);
        text.push_str(said);
    }
    text
}
