//! `meguri simulate`: the year before it happens.

mod all;

use std::path::{Path, PathBuf};

use clap::Args;
use engine::Pack;
use engine::forecast::{Comparison, Forecast, forecast, rehearsed};
use engine::pack::Cycle;
use engine::picture::{Strip, timeline};

use super::{Failure, out, packs, say};

/// Runs a year dry: every date, who has what to do in which month, who is asked how much, and what is missing.
///
/// 一年を試算します。人も回答も仮のもので、何も保存しません。
#[derive(Args)]
#[command(
    after_help = "例:  meguri simulate municipalities/kasou --json | jq .tasks\n     meguri simulate municipalities/kasou --year 2027 --svg year.svg --drafts drafts"
)]
pub struct Simulate {
    /// Folders of packs.
    #[arg(value_name = "PACK", required_unless_present = "all")]
    packs: Vec<PathBuf>,
    /// The fiscal year (年度) to move the dates to, in Western years.
    #[arg(long, value_name = "YEAR")]
    year: Option<i32>,
    /// One cycle of each pack; all of them without this.
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// Another pack, to be put beside the first.
    #[arg(long, value_name = "PACK", conflicts_with_all = ["all", "svg", "drafts"])]
    compare: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Also draw the timeline of the first pack into this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Also write the papers of every meeting, from invented answers, into this folder.
    #[arg(long, value_name = "DIR")]
    drafts: Option<PathBuf>,
    /// The seed of the invented answers: the same seed gives the same papers.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// One table with a line for each pack; without packs, for all in municipalities/.
    #[arg(long, conflicts_with_all = ["cycle", "svg", "drafts"])]
    all: bool,
}

impl Simulate {
    pub fn run(self) -> Result<(), Failure> {
        if self.all {
            return all::run(self.packs, self.year, self.json);
        }
        let mut read = Vec::new();
        for folder in &self.packs {
            let pack = packs::read(folder)?;
            let forecast = self.forecast(&pack)?;
            read.push((pack, forecast));
        }
        let Some((pack, first)) = read.first() else {
            return Ok(());
        };
        if let Some(file) = &self.svg {
            let mut strip = Strip::new(title(first), None);
            for turn in &first.cycles {
                strip.add(&turn.plan, &turn.entries);
            }
            let (folder, name) = (file.parent(), file.file_name().unwrap_or_default());
            let folder = folder.unwrap_or(Path::new(""));
            out::file(folder, &name.to_string_lossy(), timeline(&strip).as_bytes())?;
        }
        if let Some(folder) = &self.drafts {
            self.drafts(pack, folder)?;
        }
        if let Some(other) = &self.compare {
            let names = [self.packs.first().unwrap_or(other), other].map(|folder| named(folder));
            let other = self.forecast(&packs::read(other)?)?;
            return show(&Comparison::of(first, &other, names), self.json);
        }
        match read.as_slice() {
            [(_, one)] => show(one, self.json),
            several if self.json => {
                let several: Vec<&Forecast> = several.iter().map(|(_, one)| one).collect();
                println!("{}", serde_json::to_string_pretty(&several)?);
                Ok(())
            }
            several => several.iter().try_for_each(|(_, one)| show(one, false)),
        }
    }

    fn forecast(&self, pack: &Pack) -> Result<Forecast, Failure> {
        let cycles = self.cycles(pack)?;
        forecast(pack, &cycles, self.year).map_err(refused)
    }

    fn cycles<'a>(&self, pack: &'a Pack) -> Result<Vec<&'a Cycle>, Failure> {
        let wanted = |cycle: &&Cycle| self.cycle.as_ref().is_none_or(|id| *id == cycle.id);
        let cycles: Vec<&Cycle> = pack.cycles.iter().filter(wanted).collect();
        if cycles.is_empty() {
            let known: Vec<&str> = pack.cycles.iter().map(|cycle| cycle.id.as_str()).collect();
            eprintln!("サイクルがありません。あるのは {} です。", known.join("、"));
            return Err(Failure::Wrong);
        }
        Ok(cycles)
    }

    /// A folder for each meeting; the paths go to stderr, because stdout has the forecast.
    fn drafts(&self, pack: &Pack, folder: &Path) -> Result<(), Failure> {
        for cycle in self.cycles(pack)? {
            let (meetings, failed) =
                rehearsed(pack, cycle, self.year, self.seed).map_err(refused)?;
            for meeting in &meetings {
                let folder = folder.join(&meeting.meeting);
                for path in out::papers(&folder, pack, &meeting.draft, &meeting.written)? {
                    eprintln!("{}", path.display());
                }
            }
            if failed > 0 {
                eprintln!(
                    "{failed}件の回答は、調査票の条件を満たす組み合わせが見つからず、作れませんでした。"
                );
            }
        }
        Ok(())
    }
}

/// The folder of a pack: two plans of one municipality have the same name.
fn named(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or(folder.as_os_str());
    name.to_string_lossy().into_owned()
}

fn title(forecast: &Forecast) -> String {
    let titles: Vec<&str> = forecast
        .cycles
        .iter()
        .map(|turn| turn.title.as_str())
        .collect();
    format!("{}　{}（試算）", forecast.municipality, titles.join("、"))
}

fn show<T: serde::Serialize + std::fmt::Display>(value: &T, json: bool) -> Result<(), Failure> {
    let text = match json {
        true => serde_json::to_string_pretty(value)? + "\n",
        false => value.to_string(),
    };
    say(&text)
}

fn refused(findings: Vec<authoring::Finding>) -> Failure {
    findings.iter().for_each(|finding| eprintln!("{finding}"));
    Failure::Wrong
}
