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

/// The files of a new pack: path within the pack and text.
pub fn skeleton(slug: &str, name: &str) -> impl Iterator<Item = (&'static str, String)> {
    FILES.iter().map(move |(path, text)| {
        (
            *path,
            text.replace("{{slug}}", slug).replace("{{name}}", name),
        )
    })
}
