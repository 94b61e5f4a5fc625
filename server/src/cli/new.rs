//! `meguri new`: a small, complete pack to start from.

use std::path::PathBuf;

use clap::Args;

use super::{Failure, out, packs};

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
        for (path, text) in engine::pack::skeleton(&self.slug, &self.name) {
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
