//! `meguri schema`: the JSON Schemas of a pack's files, for editors.

use clap::Args;
use engine::schema::Kind;

use super::Failure;

/// Prints the JSON Schema of a kind of file.
///
/// パックのファイルの JSON Schema を表示します。エディターの補完に使えます。
#[derive(Args)]
#[command(after_help = "例:  meguri schema map > map.schema.json")]
pub struct Schema {
    /// municipality, surveys, map, history, agenda, questionnaire or cycle.
    #[arg(value_name = "KIND", value_parser = ["municipality", "surveys", "map", "history", "agenda", "papers", "frame", "style", "questionnaire", "cycle"])]
    kind: String,
}

impl Schema {
    pub fn run(self) -> Result<(), Failure> {
        match self.kind.as_str() {
            "questionnaire" => print!("{}", forms::SCHEMA),
            "cycle" => print!("{}", workflows::SCHEMA),
            name => {
                let kind = Kind::ALL
                    .into_iter()
                    .find(|kind| kind.name() == name)
                    .ok_or(Failure::Wrong)?;
                println!("{}", serde_json::to_string_pretty(&kind.schema())?);
            }
        }
        Ok(())
    }
}
