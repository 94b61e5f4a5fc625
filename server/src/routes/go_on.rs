//! What follows when somebody has acted.

use engine::year::{Act, Year};

use crate::app::App;

/// Does what the plans ask for after somebody has acted. What the person did is stored already, so a
/// failure here is for the log and for the next turn, not for the person.
pub async fn go_on(app: &App, year: &Year, act: &Act) {
    if let Err(refusal) = year.work(act).await {
        tracing::error!(municipality = year.slug(), "{refusal}");
    }
    app.wake_post();
}
