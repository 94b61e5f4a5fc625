//! `meguri handover`: the 引継書 of a role or a person.

use std::path::PathBuf;

use clap::Args;
use engine::year::Act;

use super::{Data, Failure, Out, out, packs};
use crate::clock::Clock;

/// Writes what somebody who takes over has to know, as .docx, .pdf and .html.
///
/// 引継書を書き出します。開いている仕事、決まったこと、知っておく人、これから三か月の予定が入ります。
#[derive(Args)]
#[command(
    after_help = "例:  meguri handover municipalities/kasou --role 事務局 --out out\n     meguri handover municipalities/kasou --person \"山田 花子\" --out out"
)]
pub struct Handover {
    /// Folder of a pack.
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// A role of the pack.
    #[arg(long, value_name = "ROLE", required_unless_present = "person")]
    role: Option<String>,
    /// A person, with all roles that they hold.
    #[arg(long, value_name = "NAME", conflicts_with = "role")]
    person: Option<String>,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    out: Out,
}

impl Handover {
    pub async fn run(self) -> Result<(), Failure> {
        let of = self.role.or(self.person).unwrap_or_default();
        let year = packs::open(&self.data, &self.pack, packs::read(&self.pack)?).await?;
        let act = Act::by_meguri(Clock::System.now());
        let handover = year.handover(&act, &of).await;
        let document = handover.and_then(|handover| {
            let document = handover.document(&year.pack);
            document.map_err(engine::year::Refusal::Findings)
        });
        let document = document.map_err(|refusal| {
            eprintln!("{refusal}");
            Failure::Wrong
        })?;
        let name = format!("引継書_{}", of.replace(['/', '\\'], "_"));
        for path in out::document(&self.out.out, &name, &document)? {
            println!("{}", path.display());
        }
        Ok(())
    }
}
