//! What is wrong with an entry, for the person who types it in: at the item, without what only authors need.

use authoring::Finding;

use super::{Entry, Ledger};

impl Ledger {
    /// The item that a finding of [`super::Book::enter`] is about, where it is about one, and the sentence.
    pub fn fault<'a>(&'a self, entry: &Entry, finding: &Finding) -> (Option<&'a str>, String) {
        let definition = &self.definition;
        let item = match finding.code {
            "pack.entry_stage" => definition.state.as_ref().map(|state| &state.item),
            "pack.item_mark" => definition.marks.as_ref().map(|marks| &marks.mark),
            _ => {
                let dates = definition.when.iter();
                let references = [
                    &definition.again,
                    &definition.after,
                    &definition.from,
                    &definition.body,
                    &definition.scenes,
                    &definition.indicator,
                ];
                let mut items = dates.chain(references.into_iter().flatten());
                // The answer that it quotes.
                items.find(|item| {
                    let typed = entry.answers.typed(item);
                    let mut quoted = typed.iter().map(|typed| format!("「{typed}」"));
                    quoted.any(|quoted| finding.what.contains(&quoted))
                })
            }
        };
        let named = format!("{}の記録「{}」: ", self.name(), entry.id);
        let what = finding.what.strip_prefix(&named).unwrap_or(&finding.what);
        (item.map(String::as_str), format!("{what}{}", finding.todo))
    }
}
