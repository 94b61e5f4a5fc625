//! What surrounds every page of the secretariat.

use minijinja::context;
use minijinja::value::Value;

use crate::access::Access;
use crate::app::App;
use crate::signed_in::SignedIn;
use crate::view::when;

/// The frame of a page at `here` (home, map, surveys, ledgers, papers, people, settings, or nothing of the menu).
pub fn frame(app: &App, signed: &SignedIn, here: &str) -> Value {
    let slug = signed.year.slug();
    let nav = [
        ("home", "ホーム", ""),
        ("map", "施策・指標マップ", "/map"),
        ("surveys", "調査", "/surveys"),
        ("ledgers", "台帳", "/ledgers"),
        ("papers", "資料", "/papers"),
        ("people", "担当者", "/people"),
        ("settings", "管理", "/settings"),
    ];
    let ledgers = !signed.year.kept_ledgers().is_empty();
    let administrator = signed.access >= Access::Administrator;
    let nav: Vec<Value> = nav
        .into_iter()
        .filter(|(id, ..)| match *id {
            "ledgers" => ledgers,
            "settings" => administrator,
            _ => true,
        })
        .map(|(id, title, path)| context! { title, href => format!("/{slug}{path}"), here => id == here })
        .collect();
    context! {
        slug,
        municipality => signed.year.pack.municipality.name.as_str(),
        person => signed.person.as_str(),
        csrf => signed.csrf(),
        nav,
        story => story(app),
    }
}

/// The time of a demo, for the line that says that it is one.
pub fn story(app: &App) -> Option<String> {
    app.clock.is_story().then(|| when::moment(app.clock.now()))
}
