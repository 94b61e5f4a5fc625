//! Nothing acknowledged is lost: every receipt against the store, after the server was killed.

use anyhow::{Context, Result, ensure};
use futures_executor::block_on;
use store::Store;

use super::pack::{TURN, office};
use super::respondent::{Receipt, is_of};
use super::scene::Scene;

/// # Errors
/// A response is missing or is not the one that was sent; there are others; the store has problems.
pub fn check(scene: &Scene, shown: &[Receipt]) -> Result<()> {
    let year = scene.open()?;
    let counted = year.state(|state| {
        state
            .surveys
            .get(TURN)
            .map_or(0, |held| held.responded.len())
    });
    ensure!(
        counted == shown.len(),
        "{} receipts were shown, {counted} responses are in the journal",
        shown.len()
    );
    for Receipt {
        office: number,
        number: receipt,
    } in shown
    {
        let id = office(*number);
        let kept = year
            .receipt(TURN, &id)
            .with_context(|| format!("{id} is not in the journal"))?;
        ensure!(
            kept.digest == *receipt || kept.number().as_ref() == Some(receipt),
            "{id}: receipt {receipt}, kept {}",
            kept.digest
        );
        let response =
            block_on(year.response(TURN, &id))?.with_context(|| format!("{id} has no response"))?;
        ensure!(
            is_of(&response.answers, *number),
            "{id} has the response of another office"
        );
    }
    drop(year);
    let problems = block_on(Store::open(&scene.data())?.verify(None))?;
    ensure!(problems.is_empty(), "{problems:?}");
    println!(
        "after SIGKILL: {counted} of {counted} acknowledged responses are in the store, and it verifies"
    );
    Ok(())
}
