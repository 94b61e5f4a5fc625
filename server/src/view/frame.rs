//! What surrounds every page of the secretariat.

use minijinja::context;
use minijinja::value::Value;

use crate::access::Access;
use crate::app::App;
use crate::signed_in::SignedIn;
use crate::view::when;

/// The menu in the order of the year: id, title, address, least access.
const MENU: [(&str, &str, &str, Access); 9] = [
    ("home", "ホーム", "", Access::Viewer),
    ("surveys", "調査", "/surveys", Access::Viewer),
    ("design", "調査票", "/design", Access::Secretariat),
    ("map", "施策・指標マップ", "/map", Access::Viewer),
    ("meetings", "会議", "/meetings", Access::Viewer),
    ("ledgers", "台帳", "/ledgers", Access::Viewer),
    ("papers", "資料", "/papers", Access::Viewer),
    ("people", "担当者", "/people", Access::Viewer),
    ("settings", "管理", "/settings", Access::Administrator),
];

/// The frame of a page at `here`: an entry of the menu, or nothing of it.
pub fn frame(app: &App, signed: &SignedIn, here: &str) -> Value {
    let slug = signed.year.slug();
    let ledgers = !signed.year.kept_ledgers().is_empty();
    let shown = MENU
        .into_iter()
        .filter(|(id, .., least)| signed.access >= *least && (*id != "ledgers" || ledgers));
    let nav: Vec<Value> = shown
        .map(|(id, title, path, _)| {
            context! { title, href => format!("/{slug}{path}"), here => id == here }
        })
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
