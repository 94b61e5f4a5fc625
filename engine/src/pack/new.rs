//! A small, complete pack to start from.

const FILES: [(&str, &str); 11] = [
    ("README.md", include_str!("../../skeleton/README.md")),
    (
        "municipality.json",
        include_str!("../../skeleton/municipality.json"),
    ),
    ("surveys.json", include_str!("../../skeleton/surveys.json")),
    (
        "forms/discharge.json",
        include_str!("../../skeleton/forms/discharge.json"),
    ),
    ("map.json", include_str!("../../skeleton/map.json")),
    ("agenda.json", include_str!("../../skeleton/agenda.json")),
    (
        "cycles/annual.json",
        include_str!("../../skeleton/cycles/annual.json"),
    ),
    (
        "cycles/annual.rhai",
        include_str!("../../skeleton/cycles/annual.rhai"),
    ),
    (
        "rosters/offices.csv",
        include_str!("../../skeleton/rosters/offices.csv"),
    ),
    (
        "history/2025.json",
        include_str!("../../skeleton/history/2025.json"),
    ),
    (".gitignore", "out/\ndata/\n"),
];

/// The files of a new pack: path within the pack and text. Any name is fine.
pub fn skeleton(slug: &str, name: &str) -> impl Iterator<Item = (&'static str, String)> {
    // A line break would end the comments in which the name stands.
    let plain = name.replace(char::is_control, " ");
    let quoted = serde_json::Value::from(plain.as_str()).to_string();
    let in_json = quoted[1..quoted.len() - 1].to_owned();
    let slug = slug.to_owned();
    FILES.iter().map(move |(path, text)| {
        let name = if path.ends_with(".json") {
            &in_json
        } else {
            &plain
        };
        (
            *path,
            text.replace("{{slug}}", &slug).replace("{{name}}", name),
        )
    })
}
