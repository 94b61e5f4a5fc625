//! `meguri tally`: the counts of a survey.

use std::path::PathBuf;

use clap::Args;

use super::{Data, Failure, out, packs};

/// Prints the tally of a survey: every question, option, count and share, tab-separated.
///
/// 調査の集計を表示します。--xlsx を付けると、グラフ付きの Excel ファイルも書きます。
#[derive(Args)]
#[command(after_help = "例:  meguri tally municipalities/kasou discharge --data data")]
pub struct Tally {
    /// Folder of a pack.
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// A survey of the pack's surveys.json.
    #[arg(value_name = "SURVEY")]
    survey: String,
    #[command(flatten)]
    data: Data,
    /// Also write a workbook with the indicators, a native chart and the tally.
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
}

impl Tally {
    pub async fn run(self) -> Result<(), Failure> {
        let pack = packs::read(&self.pack)?;
        let Some(turn) = pack.survey(&self.survey).map(|survey| survey.turn()) else {
            let known: Vec<&str> = pack
                .surveys
                .iter()
                .map(|survey| survey.id.as_str())
                .collect();
            eprintln!(
                "調査「{}」はありません。あるのは {} です。",
                self.survey,
                known.join("、")
            );
            return Err(Failure::Wrong);
        };
        let year = packs::open(&self.data, &self.pack, pack).await?;
        let counted = year.counted().await?;
        let answers = counted.by_survey().remove(&turn).unwrap_or_default();
        println!("設問ID\t設問\t選択肢・項目\t件数\t割合\tn");
        for item in engine::meeting::tally_view(&counted.pack, &self.survey, &answers) {
            for option in &item.options {
                println!(
                    "{}\t{}\t{}\t{}\t{}\t{}",
                    item.path, item.title, option.label, option.count, option.share, item.n
                );
            }
            if let Some(numbers) = &item.numbers {
                println!(
                    "{}\t{}\t合計（{}）\t{}\t\t{}",
                    item.path, item.title, item.unit, numbers.sum, numbers.n
                );
            }
        }
        eprintln!("回答 {}件", answers.len());
        if let Some(path) = &self.xlsx {
            let workbook =
                engine::sheet::results(&counted.pack, &self.survey, &answers, &counted.book);
            let bytes = papers::xlsx(&workbook.ok_or(Failure::Wrong)?)?;
            let folder = path.parent().unwrap_or(std::path::Path::new("."));
            let name = path
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            eprintln!("{}", out::file(folder, &name, &bytes)?.display());
        }
        Ok(())
    }
}
