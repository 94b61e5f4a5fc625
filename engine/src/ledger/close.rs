//! Closing a month: not while an entry of it has no state.

use super::when::{japanese_month, month as first_day};
use super::{Book, Entry, Filter, Ledger};
use crate::pack::Pack;

/// Why a month stays open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("台帳「{0}」はありません。ledgers/ にある台帳の id を書いてください。")]
    Unknown(String),
    #[error("「{0}」は月ではありません。2025-06 のように書いてください。")]
    NotAMonth(String),
    #[error(
        "{ledger}の{month}は締められません。「{item}」のない記録が{}{unit}あります（{}）。すべてに「{item}」を付けてください。",
        .open.len(),
        .open.join("、")
    )]
    Open {
        ledger: String,
        /// 令和7年6月
        month: String,
        /// The title of the item that says how far an entry is.
        item: String,
        unit: String,
        /// Ids and titles of the entries without a state.
        open: Vec<String>,
    },
}

impl Book {
    /// Whether a month (`2025-06`) of a ledger can be closed.
    ///
    /// # Errors
    /// An entry of the month has no state, in a ledger with `must_before_close`; or there is no such ledger or month.
    pub fn close_month(&self, pack: &Pack, ledger: &str, month: &str) -> Result<(), Refused> {
        let known = pack.ledgers.get(ledger);
        let ledger = known.ok_or_else(|| Refused::Unknown(ledger.to_owned()))?;
        let first = first_day(month).ok_or_else(|| Refused::NotAMonth(month.to_owned()))?;
        let open: Vec<String> = self
            .without_state(ledger, month)
            .into_iter()
            .map(|entry| match ledger.title(entry) {
                title if title == entry.id => entry.id.clone(),
                title => format!("{} {title}", entry.id),
            })
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        Err(Refused::Open {
            ledger: ledger.name().to_owned(),
            month: japanese_month(first),
            item: ledger
                .state_item()
                .map_or("状態", |item| &item.title)
                .to_owned(),
            unit: ledger.definition.unit.clone(),
            open,
        })
    }

    /// The entries of a month that keep it open.
    pub fn without_state(&self, ledger: &Ledger, month: &str) -> Vec<&Entry> {
        let state = ledger.definition.state.as_ref();
        if !state.is_some_and(|state| state.must_before_close) {
            return Vec::new();
        }
        let filter = Filter {
            month: Some(month.to_owned()),
            ..Filter::default()
        };
        let mut entries = self.select(ledger, &filter);
        entries.retain(|entry| ledger.state(entry).is_none());
        entries
    }
}
