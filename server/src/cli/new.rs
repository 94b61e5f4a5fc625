//! `meguri new`: a small, complete pack to start from.

use std::path::PathBuf;

use chrono::{Datelike, Days, Months, NaiveDate};
use clap::Args;
use workflows::calendar::date_at;

use super::{Failure, out, packs};
use crate::clock::Clock;

/// Writes a small, complete, commented pack to start from.
///
/// 小さくて完全な、説明付きのパックを書きます。書いたものはそのまま check と simulate を通ります。
#[derive(Args)]
#[command(after_help = "例:  meguri new kasou --name 架空市")]
pub struct New {
    /// Name of the folder and of the address: lower-case letters, digits, hyphens.
    #[arg(value_name = "SLUG", value_parser = slug)]
    slug: String,
    /// Name of the municipality.
    #[arg(long, default_value = "架空市")]
    name: String,
    /// Month in which the survey opens; else the first that begins in four weeks or later.
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    opens: Option<NaiveDate>,
    /// Where the packs are.
    #[arg(long, value_name = "DIR", default_value = "municipalities")]
    out: PathBuf,
}

fn slug(text: &str) -> Result<String, String> {
    if engine::pack::is_slug(text) {
        Ok(text.to_owned())
    } else {
        Err(
            "半角の英小文字・数字・ハイフンで、40字までにしてください（assets は使えません）"
                .into(),
        )
    }
}

fn month(text: &str) -> Result<NaiveDate, String> {
    let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok();
    first
        .filter(|first| (2000..2100).contains(&first.year()))
        .ok_or("月を 2027-01 のように書いてください（2000年から2099年まで）".into())
}

/// Time enough to put one's own offices and questions into the pack.
fn first_month_from(today: NaiveDate) -> NaiveDate {
    let ready = today + Days::new(28);
    match ready.day0() {
        0 => ready,
        days => ready - Days::new(u64::from(days)) + Months::new(1),
    }
}

impl New {
    pub fn run(self) -> Result<(), Failure> {
        let folder = self.out.join(&self.slug);
        if folder.exists() {
            eprintln!(
                "{} はすでにあります。別の名にするか、そのフォルダーを移してください。",
                folder.display()
            );
            return Err(Failure::Wrong);
        }
        let opens = self
            .opens
            .unwrap_or_else(|| first_month_from(date_at(Clock::System.now())));
        for (path, text) in engine::pack::skeleton(&self.slug, &self.name, opens) {
            let path = folder.join(path);
            let (parent, name) = (
                path.parent().unwrap_or(&folder),
                path.file_name().unwrap_or_default(),
            );
            println!(
                "{}",
                out::file(parent, &name.to_string_lossy(), text.as_bytes())?.display()
            );
        }
        packs::read(&folder)?;
        eprintln!(
            "次は: meguri check {0}　meguri simulate {0}",
            folder.display()
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survey_opens_in_the_first_month_that_is_four_weeks_away() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        for (today, opens) in [
            ("2026-12-01", "2027-01-01"),
            ("2026-12-04", "2027-01-01"),
            ("2026-12-05", "2027-02-01"),
            ("2027-02-01", "2027-03-01"),
        ] {
            assert_eq!(first_month_from(day(today)), day(opens), "{today}");
        }
    }
}
