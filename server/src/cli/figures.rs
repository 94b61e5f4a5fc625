//! `meguri figures`: what a municipality gives to its areas, signed.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use engine::area::SecretKey;

use super::{Data, Failure, packs};
use crate::clock::Clock;

/// Writes the municipality's figures that have a concept to stdout, signed.
///
/// concept のある指標の数値（自分の区域、全年度）に署名して標準出力に書きます。個々の回答は入りません。受け取る側は meguri receive で読み込みます。
#[derive(Args)]
#[command(
    after_help = "例:  meguri figures municipalities/kasou --data data --sign kasou.secret > kasou.figures.json"
)]
pub struct Figures {
    /// Folder of a pack.
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// The secret key that `meguri keygen` has made.
    #[arg(long, value_name = "FILE")]
    sign: PathBuf,
    #[command(flatten)]
    data: Data,
}

impl Figures {
    pub async fn run(self) -> Result<(), Failure> {
        let shown = self.sign.display();
        let text =
            std::fs::read_to_string(&self.sign).with_context(|| format!("{shown} を読めません"))?;
        let key = SecretKey::read(&text).map_err(|error| anyhow::anyhow!("{shown}：{error}"))?;
        let year = packs::open(&self.data, &self.pack, packs::read(&self.pack)?).await?;
        let sheet = year.sheet(Clock::System.now()).await?;
        if sheet.figures.is_empty() {
            eprintln!("渡せる数値がありません。map.json の指標に concept を書いてください。");
            return Err(Failure::Wrong);
        }
        print!("{}", sheet.signed(&key));
        eprintln!(
            "「{}」の数値{}件を書き出しました。公開鍵は {} です。",
            sheet.name,
            sheet.figures.len(),
            key.public()
        );
        Ok(())
    }
}
