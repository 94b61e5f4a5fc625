//! map.json and maps/: a later version of the map says what became of each id of the version before.

use std::collections::BTreeMap;

use authoring::{Finding, Source};

use super::super::files::stem;
use super::super::read::{Parts, Read};
use super::dangling;
use crate::map::{Change, Map, Since};

pub(super) fn check(parts: &Parts) -> Vec<Finding> {
    let Some(present) = &parts.map else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut earlier: BTreeMap<u32, &Map> = BTreeMap::new();
    for (path, read) in &parts.maps {
        let version = read.value.version;
        let fits = stem(path).parse() == Ok(version) && version < present.value.version;
        if fits {
            earlier.insert(version, &read.value);
        } else {
            findings.push(read.source.finding(
                "pack.map_version",
                "/version",
                format!(
                    "この版は{version}ですが、ファイルの名は {path}、今の map.json は第{}版です。",
                    present.value.version
                ),
                "旧版は maps/<版の番号>.json に置き、map.json の version をそれより大きくしてください。",
            ));
        }
    }
    for read in parts.maps.iter().map(|(_, read)| read).chain([present]) {
        if read.value.version > 1 {
            findings.extend(correspondence(read, &earlier));
        }
    }
    findings
}

fn correspondence(read: &Read<Map>, earlier: &BTreeMap<u32, &Map>) -> Vec<Finding> {
    let (source, map) = (&read.source, &read.value);
    let before = map.version - 1;
    let missing = |at: &str, what: String, todo: String| {
        vec![source.finding("pack.map_without_correspondence", at, what, todo)]
    };
    let Some(old) = earlier.get(&before) else {
        let what = format!(
            "第{}版のマップですが、その前の第{before}版がありません。",
            map.version
        );
        let todo = format!(
            "第{before}版を maps/{before}.json に残し、since に旧版との対応を書いてください。"
        );
        return missing("/version", what, todo);
    };
    let Some(since) = map.since.as_ref().filter(|since| since.version == before) else {
        let what = format!("第{before}版との対応がありません。");
        let todo =
            format!("since に \"version\": {before} と、旧版との対応（changes）を書いてください。");
        let at = if map.since.is_some() {
            "/since/version"
        } else {
            "/version"
        };
        return missing(at, what, todo);
    };
    let changes = Changes {
        source,
        since,
        old,
        new: map,
    };
    let mut findings = changes.ends();
    findings.extend(changes.uncovered());
    findings
}

struct Changes<'a> {
    source: &'a Source,
    since: &'a Since,
    old: &'a Map,
    new: &'a Map,
}

impl Changes<'_> {
    /// Each change has the ends that its kind has, and they are there.
    fn ends(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (index, change) in self.since.changes.iter().enumerate() {
            let at = format!("/since/changes/{index}");
            let kind = change.kind.label();
            if change.kind.ends() != (change.from.is_some(), change.to.is_some()) {
                let needed = match change.kind.ends() {
                    (true, false) => "from だけ",
                    (false, true) => "to だけ",
                    _ => "from と to の両方",
                };
                findings.push(self.source.finding(
                    "pack.map_change",
                    &at,
                    format!("「{kind}」には {needed}を書きます。"),
                    "from は旧版の id、to は新版の id です。",
                ));
            }
            for (field, map, id) in [
                ("from", self.old, &change.from),
                ("to", self.new, &change.to),
            ] {
                let Some(id) = id else { continue };
                if !map.ids().any(|known| known == id) {
                    let what = format!("第{}版の指標やマップの項目", map.version);
                    let at = format!("{at}/{field}");
                    findings.push(dangling(self.source, &at, &what, id, map.ids()));
                }
            }
        }
        findings
    }

    /// Ids of either version of which nothing is said; one that both have goes on as it was.
    fn uncovered(&self) -> Vec<Finding> {
        let gone = uncovered(self.old, self.new, &self.since.changes, |change| {
            &change.from
        });
        let come = uncovered(self.new, self.old, &self.since.changes, |change| &change.to);
        let finding = |ids: Vec<&str>, what: &str, todo: &str| {
            let said = format!("{what}：{}。", ids.join("、"));
            let code = "pack.map_without_correspondence";
            (!ids.is_empty()).then(|| self.source.finding(code, "/since/changes", said, todo))
        };
        let gone = finding(
            gone,
            &format!(
                "第{}版にあって、どうなったかが書かれていないものがあります",
                self.old.version
            ),
            "since の changes に、新版のどれになったか（continued、redefined、merged、split）か、廃止（abolished）と書いてください。",
        );
        let come = finding(
            come,
            &format!(
                "第{}版にあって、どこから来たかが書かれていないものがあります",
                self.new.version
            ),
            "since の changes に、旧版のどれから来たかか、新設（new）と書いてください。",
        );
        gone.into_iter().chain(come).collect()
    }
}

fn uncovered<'a>(
    map: &'a Map,
    other: &Map,
    changes: &[Change],
    end: impl Fn(&Change) -> &Option<String>,
) -> Vec<&'a str> {
    let named = |id: &str| {
        changes
            .iter()
            .any(|change| end(change).as_deref() == Some(id))
    };
    let kept = |id: &str| other.ids().any(|known| known == id);
    map.ids().filter(|id| !named(id) && !kept(id)).collect()
}
