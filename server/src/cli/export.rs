//! `meguri export`: everything of a municipality as JSON lines.

use clap::Args;

use super::source::Source;
use super::{Data, Failure};

/// Writes the journal, the values and the files of the store to stdout, as JSON lines.
///
/// 記録と回答をすべて JSON の行として標準出力に書きます。控えや引っ越しに使います。回答を含むので、取り扱いに注意してください。
#[derive(Args)]
#[command(after_help = "例:  meguri export --data data > hikae.jsonl")]
pub struct Export {
    #[command(flatten)]
    data: Data,
    /// One municipality only.
    #[arg(long, value_name = "SLUG")]
    municipality: Option<String>,
}

impl Export {
    pub async fn run(self) -> Result<(), Failure> {
        let source = Source::of(&self.data).await?;
        let mut out = std::io::BufWriter::new(std::io::stdout());
        let exported = source
            .export(self.municipality.as_deref(), &mut out)
            .await?;
        std::io::Write::flush(&mut out)?;
        eprintln!(
            "自治体{}、記録{}件、値{}件、ファイル{}件を書き出しました。",
            exported.municipalities, exported.records, exported.values, exported.files
        );
        Ok(())
    }
}
