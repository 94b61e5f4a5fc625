//! Reading a pack: shape first, then meaning, every finding of every file at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use authoring::{Finding, Source};
use forms::Questionnaire;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::files::stem;
use super::ledgers::Ledgers;
use super::{Cycle, Files, Pack, Surveys, check, remark};
use crate::agenda::{Agenda, OwnPaper, Papers};
use crate::figure::Figure;
use crate::frame::Frame;
use crate::history::{History, Print};
use crate::map::{Countings, Map};
use crate::municipality::{Municipality, PaperStyle};
use crate::roster::Roster;
use crate::schema::Kind;
use crate::survey::Survey;

/// A JSON file of the pack, read into its type, with its text for the lines of later findings.
pub(super) struct Read<T> {
    pub source: Source,
    pub value: T,
}

/// Everything that could be read, for the checks of meaning. Parts that are broken are absent and
/// already reported.
pub(super) struct Parts {
    pub municipality: Read<Municipality>,
    pub style: Option<PaperStyle>,
    pub frame: Option<Frame>,
    /// Papers of its own, then those of the base.
    pub papers: Vec<OwnPaper>,
    pub surveys: Option<Read<Surveys>>,
    pub map: Option<Read<Map>>,
    /// Earlier versions of the map, by path.
    pub maps: Vec<(String, Read<Map>)>,
    pub ledgers: Ledgers,
    pub agenda: Option<Read<Agenda>>,
    pub history: Vec<(String, Read<History>)>,
    pub forms: BTreeMap<String, Questionnaire>,
    /// Forms that are there but could not be read.
    pub broken_forms: Vec<String>,
    pub questionnaires: BTreeMap<String, Questionnaire>,
    pub rosters: BTreeMap<String, Roster>,
    pub countings: Countings,
    pub cycles: Vec<Cycle>,
    pub templates: BTreeMap<String, String>,
}

impl Pack {
    /// Reads and checks a pack.
    ///
    /// # Errors
    /// Everything that is wrong in any file, sorted by file and line.
    pub fn read(files: &Files) -> Result<Pack, Vec<Finding>> {
        let files = &files.on_base();
        let mut reader = Reader {
            files,
            findings: Vec::new(),
        };
        let parts = reader.parts();
        let mut findings = reader.findings;
        let Some(parts) = parts else {
            return Err(sorted(findings));
        };
        findings.extend(check::all(&parts));
        let remarks = remark::all(&parts);
        // A file that is broken has been reported; a pack without it is not a pack.
        let (Some(surveys), Some(map), Some(agenda), Some(style), Some(frame), true) = (
            parts.surveys,
            parts.map,
            parts.agenda,
            parts.style,
            parts.frame,
            findings.is_empty(),
        ) else {
            return Err(sorted(findings));
        };
        let pack = Arc::new(Pack {
            municipality: parts.municipality.value,
            style,
            frame,
            papers: parts.papers,
            questionnaires: parts.questionnaires,
            surveys: surveys.value.surveys,
            rosters: parts.rosters,
            asked: BTreeMap::new(),
            codings: BTreeMap::new(),
            maps: parts
                .maps
                .into_iter()
                .map(|(_, read)| (read.value.version, read.value))
                .collect(),
            map: map.value,
            countings: parts.countings,
            published: published(&parts.history),
            prints: prints(&parts.history),
            remarks,
            ledgers: parts.ledgers.read,
            watches: parts.ledgers.watching,
            agenda: agenda.value,
            cycles: parts.cycles,
            templates: parts.templates,
            digest: digest(files),
        });
        // Only a pack in which everything refers to something can be tried out.
        let mut findings = crate::meeting::rehearse(&pack);
        findings.extend(crate::letter::rehearse(&pack));
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(Arc::into_inner(pack).expect("a rehearsal keeps nothing of the pack"))
    }
}

pub(super) struct Reader<'a> {
    pub files: &'a Files,
    pub findings: Vec<Finding>,
}

impl Reader<'_> {
    fn parts(&mut self) -> Option<Parts> {
        let municipality: Option<Read<Municipality>> =
            self.json("municipality.json", Kind::Municipality);
        let surveys: Option<Read<Surveys>> = self.json("surveys.json", Kind::Surveys);
        let mut map: Option<Read<Map>> = self.json("map.json", Kind::Map);
        let style: Option<Read<PaperStyle>> = self.json("style.json", Kind::Style);
        let frame: Option<Read<Frame>> = self.json("frame.json", Kind::Frame);
        if let (Some(map), Some(frame)) = (&mut map, &frame) {
            map.value.stand_in(&frame.value);
        }
        let agenda: Option<Read<Agenda>> = self.json("agenda.json", Kind::Agenda);
        let papers = self.papers(agenda.as_ref());
        let maps = self.folder("maps", Kind::Map);
        let history = self.folder("history", Kind::History);
        let (forms, broken_forms) = self.forms();
        let municipality = municipality?;
        let rosters = self.rosters(&municipality.value);
        let questionnaires = self.questionnaires(&forms, surveys.as_ref(), agenda.as_ref());
        let ledgers = self.ledgers(&forms, frame.as_ref().map(|read| &read.value));
        let countings = self.countings(map.as_ref(), &questionnaires, &ledgers.read);
        let cycles = self.cycles(&municipality.value);
        let templates = self.templates();
        Some(Parts {
            municipality,
            style: style.map(|read| read.value),
            frame: frame.map(|read| read.value),
            papers,
            surveys,
            map,
            maps,
            ledgers,
            agenda,
            history,
            forms,
            broken_forms,
            questionnaires,
            rosters,
            countings,
            cycles,
            templates,
        })
    }

    /// Takes a value, or notes why there is none.
    pub(super) fn take<T>(&mut self, result: Result<T, Vec<Finding>>) -> Option<T> {
        result
            .map_err(|findings| self.findings.extend(findings))
            .ok()
    }

    pub(super) fn json<T: DeserializeOwned>(&mut self, path: &str, kind: Kind) -> Option<Read<T>> {
        let Some(text) = self.files.get(path) else {
            self.findings.push(Finding::new(
                "pack.missing_file",
                path,
                None,
                "ファイルがありません。",
                "`meguri new` が書くひな型から写して作ってください。",
            ));
            return None;
        };
        let source = self.take(Source::json(path, text).map_err(|finding| vec![finding]))?;
        let shape = source.shape(&kind.validator());
        if !shape.is_empty() {
            self.findings.extend(shape);
            return None;
        }
        let value = serde_json::from_value(source.value().clone()).map_err(|error| {
            // The one value that the schema leaves to another crate.
            let at = if kind == Kind::Style { "/layout" } else { "" };
            vec![source.finding(
                "pack.shape",
                at,
                format!("読めない値があります（{error}）。"),
                "この中の綴りと値を、`meguri new` が書くひな型と比べてください。",
            )]
        });
        Some(Read {
            value: self.take(value)?,
            source,
        })
    }

    /// Those of the agenda, then those of papers.json that have another id.
    fn papers(&mut self, agenda: Option<&Read<Agenda>>) -> Vec<OwnPaper> {
        let shared: Option<Read<Papers>> = self.json("papers.json", Kind::Papers);
        let mut papers = agenda.map_or_else(Vec::new, |read| read.value.papers.clone());
        for paper in shared.into_iter().flat_map(|read| read.value.papers) {
            if !papers.iter().any(|own| own.id == paper.id) {
                papers.push(paper);
            }
        }
        papers
    }

    /// All JSON files of a folder, in the order of their names.
    fn folder<T: DeserializeOwned>(&mut self, folder: &str, kind: Kind) -> Vec<(String, Read<T>)> {
        let paths: Vec<String> = self
            .files
            .in_folder(folder, "json")
            .map(|(path, _)| path.to_owned())
            .collect();
        paths
            .into_iter()
            .filter_map(|path| Some((path.clone(), self.json(&path, kind)?)))
            .collect()
    }

    fn forms(&mut self) -> (BTreeMap<String, Questionnaire>, Vec<String>) {
        let (mut forms, mut broken) = (BTreeMap::new(), Vec::new());
        for (path, text) in self.files.in_folder("forms", "json") {
            let read = Source::json(path, text)
                .map_err(|finding| vec![finding])
                .and_then(|source| forms::read(&source));
            match self.take(read) {
                Some(form) => {
                    forms.insert(stem(path).to_owned(), form);
                }
                None => broken.push(stem(path).to_owned()),
            }
        }
        (forms, broken)
    }

    fn rosters(&mut self, municipality: &Municipality) -> BTreeMap<String, Roster> {
        let mut rosters = BTreeMap::new();
        for format in &municipality.rosters {
            let read = match self.files.get(&format.file) {
                Some(text) => Roster::read(format, text),
                None => Err(vec![Finding::new(
                    "pack.missing_file",
                    format.file.as_str(),
                    None,
                    format!("名簿「{}」のファイルがありません。", format.id),
                    "ファイルを置くか、municipality.json の rosters から外してください。",
                )]),
            };
            if let Some(roster) = self.take(read) {
                rosters.insert(format.id.clone(), roster);
            }
        }
        rosters
    }

    /// The questionnaire of each survey: its own forms, then those of the discussion items that
    /// ride on it.
    fn questionnaires(
        &mut self,
        forms: &BTreeMap<String, Questionnaire>,
        surveys: Option<&Read<Surveys>>,
        agenda: Option<&Read<Agenda>>,
    ) -> BTreeMap<String, Questionnaire> {
        let mut questionnaires = BTreeMap::new();
        for survey in surveys.iter().flat_map(|read| &read.value.surveys) {
            let names = forms_of(survey, agenda.map(|read| &read.value));
            let parts: Option<Vec<&Questionnaire>> =
                names.iter().map(|name| forms.get(name)).collect();
            // An unknown form is reported by check::surveys.
            let joined = match parts.as_deref() {
                None | Some([]) => continue,
                Some([one]) => Ok((*one).clone()),
                Some(_) if !self.asked_once(&names, forms) => continue,
                Some(parts) => {
                    let version = parts.iter().map(|part| part.version()).max().unwrap_or(1);
                    forms::join(&survey.id, version, &survey.name, parts)
                }
            };
            if let Some(questionnaire) = self.take(joined) {
                questionnaires.insert(survey.id.clone(), questionnaire);
            }
        }
        questionnaires
    }

    /// Whether no item stands in two forms of a survey; reports those that do.
    fn asked_once(&mut self, names: &[String], forms: &BTreeMap<String, Questionnaire>) -> bool {
        let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
        let mut findings = Vec::new();
        for name in names {
            for item in forms.get(name).iter().flat_map(|form| form.items()) {
                let Some(first) = owners.insert(item.id.as_str(), name) else {
                    continue;
                };
                let path = format!("forms/{name}.json");
                let source = Source::json(path.as_str(), self.files.get(&path).unwrap_or_default());
                findings.extend(source.ok().map(|source| {
                    source.finding(
                        "form.duplicate_id",
                        &format!("/properties/{}", item.id),
                        format!(
                            "設問 {} は、一緒に尋ねる調査票 forms/{first}.json にもあります。",
                            item.id
                        ),
                        "どちらかの調査票で設問のIDを変えてください。",
                    )
                }));
            }
        }
        let once = findings.is_empty();
        self.findings.extend(findings);
        once
    }

    fn templates(&mut self) -> BTreeMap<String, String> {
        let mut templates = BTreeMap::new();
        let papers = self.files.in_folder("templates", "md");
        let letters = self.files.in_folder("templates/mail", "txt");
        for (path, text) in papers.chain(letters) {
            let name = path.trim_start_matches("templates/");
            templates.insert(name.to_owned(), text.to_owned());
        }
        templates
    }
}

/// The forms that a survey asks: its own, then those that join it, each once.
pub(crate) fn forms_of(survey: &Survey, agenda: Option<&Agenda>) -> Vec<String> {
    let mut names = survey.forms.clone();
    let requests = agenda.iter().flat_map(|agenda| agenda.requests());
    for (_, request) in requests.filter(|(_, request)| request.survey() == survey.id) {
        if !names.iter().any(|name| name == request.form()) {
            names.push(request.form().to_owned());
        }
    }
    names
}

fn published(history: &[(String, Read<History>)]) -> Vec<Figure> {
    history
        .iter()
        .flat_map(|(file, read)| read.value.figures(file))
        .collect()
}

fn prints(history: &[(String, Read<History>)]) -> Vec<Print> {
    let files = history.iter().map(|(_, read)| &read.value);
    files.flat_map(History::prints).collect()
}

fn digest(files: &Files) -> String {
    let mut hasher = Sha256::new();
    for (path, text) in files
        .0
        .iter()
        .filter(|(path, _)| !path.starts_with("cases/"))
    {
        for part in [path, text] {
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort();
    findings.dedup();
    findings
}
