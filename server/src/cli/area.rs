//! `meguri area`: the figures of an area, added up from its members'.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::{Data, Failure, packs};

/// Prints the figures of an area: the sum, what each member has given, and who is missing for which reason.
///
/// 区域の数値を、構成市町村の件数から足して表示します。割合は足さず、平均もしません。足りない市町村と理由も示します。
#[derive(Args)]
#[command(after_help = "例:  meguri area municipalities/kasou region --data data")]
pub struct Area {
    /// Folder of a pack.
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// An area of the pack's municipality.json.
    #[arg(value_name = "AREA")]
    area: String,
    /// The survey year (年度), in Western years; without it, the newest of each indicator.
    #[arg(long, value_name = "YEAR")]
    year: Option<i32>,
    #[command(flatten)]
    data: Data,
}

impl Area {
    pub async fn run(self) -> Result<(), Failure> {
        let pack = packs::read(&self.pack)?;
        let areas = &pack.municipality.areas;
        let formed = areas
            .iter()
            .any(|area| area.id == self.area && !area.formed_of.is_empty());
        if !formed {
            let with_members = areas.iter().filter(|area| !area.formed_of.is_empty());
            let known: Vec<&str> = with_members.map(|area| area.id.as_str()).collect();
            eprintln!(
                "「{}」という、formed_of のある区域がありません。あるのは {} です。",
                self.area,
                if known.is_empty() {
                    "0件".to_owned()
                } else {
                    known.join("、")
                }
            );
            return Err(Failure::Wrong);
        }
        let year = packs::open(&self.data, &self.pack, pack).await?;
        let mut sums = year.roll_ups(&self.area).await?;
        // The newest year of an indicator comes first.
        let mut seen = BTreeSet::new();
        sums.retain(|sum| match self.year {
            Some(year) => sum.key.year == year,
            None => seen.insert(sum.key.indicator.clone()),
        });
        if sums.is_empty() {
            eprintln!(
                "足せる数値がありません。map.json の指標の concept と、--year を確かめてください。"
            );
            return Err(Failure::Wrong);
        }
        print!("{}", engine::area::table(&year.pack, &sums));
        Ok(())
    }
}
