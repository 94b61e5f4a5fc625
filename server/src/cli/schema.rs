//! `meguri schema`: the JSON Schemas of a pack's files, for editors.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use engine::schema;

use super::{Failure, out};

/// Prints the JSON Schema of a kind of file; without one, the names of all kinds.
///
/// パックのファイルの JSON Schema を表示します。エディターの補完に使えます。種類を書かなければ、種類の一覧を表示します。
#[derive(Args)]
#[command(after_help = "例:  meguri schema map > map.schema.json\n     meguri schema --all schema")]
pub struct Schema {
    /// The kind of file.
    #[arg(value_name = "KIND", value_parser = PossibleValuesParser::new(schema::names()))]
    kind: Option<String>,
    /// Writes all of them into this folder.
    #[arg(long, value_name = "DIR", conflicts_with = "kind")]
    all: Option<PathBuf>,
}

impl Schema {
    pub fn run(self) -> Result<(), Failure> {
        match (self.kind, self.all) {
            (Some(kind), _) => print!("{}", schema::published(&kind).ok_or(Failure::Wrong)?),
            (None, Some(folder)) => {
                for name in schema::names() {
                    let text = schema::published(name).ok_or(Failure::Wrong)?;
                    let path = out::file(&folder, &format!("{name}.schema.json"), text.as_bytes())?;
                    println!("{}", path.display());
                }
            }
            (None, None) => schema::names().for_each(|name| println!("{name}")),
        }
        Ok(())
    }
}
