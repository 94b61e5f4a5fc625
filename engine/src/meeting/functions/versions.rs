//! Versions of the map in a template: `changes()` lists what became of each box and indicator since the
//! version before, by kind, as `{kind, label, from, to, note}`; nothing for the first version.

use minijinja::Environment;
use minijinja::value::{Serde, Value};
use serde_json::json;

use super::Look;

pub(super) fn register(environment: &mut Environment<'_>, look: &Look) {
    let l = look.clone();
    environment.add_function("changes", move || {
        let map = &l.pack.map;
        let before = map
            .since
            .as_ref()
            .and_then(|since| l.pack.maps.get(&since.version));
        let changed = before.map(|before| map.changed(before)).unwrap_or_default();
        let changed = changed.into_iter().map(|change| {
            json!({
                "kind": change.kind,
                "kind_label": change.kind.label(),
                "from": change.from,
                "to": change.to,
                "note": change.note,
            })
        });
        Value::from(Serde(changed.collect::<Vec<_>>()))
    });
}
