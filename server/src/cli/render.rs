//! `meguri render`: the papers of a meeting, or a paper by itself, as files.

use std::path::PathBuf;

use clap::Args;
use engine::year::Act;

use super::{Data, Failure, Out, out, packs};
use crate::clock::Clock;

/// Writes the papers of a meeting, or a paper by itself, as .docx, .pdf and .html.
///
/// 会議の次第と資料を書き出します。送付済みの会議は送付したときの内容、それより前はいまの数字で書きます。資料の id を書くと、その資料だけをいまの記録で書きます。
#[derive(Args)]
#[command(
    after_help = "例:  meguri render municipalities/kasou committee-1 --out out\n     meguri render municipalities/kasou schedule --year 2026 --out out"
)]
pub struct Render {
    /// Folder of a pack.
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// A meeting of the pack's agenda.json, or a paper of the pack or of the base.
    #[arg(value_name = "MEETING")]
    meeting: String,
    /// The fiscal year (年度) that a paper by itself is about, in Western years.
    #[arg(long, value_name = "YEAR")]
    year: Option<i32>,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    out: Out,
}

impl Render {
    pub async fn run(self) -> Result<(), Failure> {
        let pack = packs::read(&self.pack)?;
        let year = packs::open(&self.data, &self.pack, pack).await?;
        let stored = year.state(|state| {
            state
                .meetings
                .get(&self.meeting)
                .is_some_and(|m| m.handout.is_some())
        });
        let is_meeting = year.pack.agenda.meeting(&self.meeting).is_some();
        let outcome = if stored {
            self.stored(&year).await
        } else if !is_meeting && year.pack.paper(&self.meeting).is_some() {
            let act = Act::by_meguri(Clock::System.now());
            let alone = year.alone(&act, &self.meeting, self.year).await;
            alone.map(|(draft, written)| (vec![written], draft))
        } else {
            self.now(&year).await
        };
        let (papers, draft) = outcome.map_err(|refusal| {
            eprintln!("{refusal}");
            Failure::Wrong
        })?;
        for path in out::papers(&self.out.out, &year.pack, &draft, &papers)? {
            println!("{}", path.display());
        }
        Ok(())
    }

    async fn stored(
        &self,
        year: &engine::year::Year,
    ) -> Result<(Vec<engine::meeting::Written>, engine::meeting::Draft), engine::year::Refusal>
    {
        let draft = year.drafted(&self.meeting).await?;
        let mut papers = Vec::new();
        for paper in &draft.papers {
            papers.push(year.written(&self.meeting, &paper.id).await?);
        }
        Ok((papers, draft))
    }

    async fn now(
        &self,
        year: &engine::year::Year,
    ) -> Result<(Vec<engine::meeting::Written>, engine::meeting::Draft), engine::year::Refusal>
    {
        let cycle = year.pack.cycle_of(&self.meeting);
        let cycle = cycle.map(|cycle| cycle.turn()).unwrap_or_default();
        let draft = year.agenda(&cycle, &self.meeting).await?;
        Ok((year.written_now(&draft, |_| true).await?, draft))
    }
}
