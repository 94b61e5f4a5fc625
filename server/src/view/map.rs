//! The 施策・指標マップ as a list: what its picture shows, in words.

use engine::figure::FigureBook;
use engine::map::{Named, Node};
use engine::pack::Pack;
use minijinja::context;
use minijinja::value::Value;

use super::figure::printed;

/// Scenes to choose from, and the layers with their boxes.
pub fn page(pack: &Pack, book: &FigureBook, slug: &str, scene: Option<&Named>) -> Value {
    let chosen = scene.map(|scene| scene.id.as_str());
    let here = format!("/{slug}/map");
    let shown =
        |node: &&Node| chosen.is_none_or(|scene| node.scenes.iter().any(|own| own == scene));
    let used = |scene: &&Named| {
        pack.map
            .nodes
            .iter()
            .any(|node| node.scenes.contains(&scene.id))
    };
    let scenes = pack.map.scenes.iter().filter(used).map(|scene| {
        context! {
            title => scene.name.as_str(),
            href => format!("{here}?scene={}", scene.id),
            here => chosen == Some(scene.id.as_str()),
        }
    });
    let all = context! { title => "すべての場面", href => here.as_str(), here => chosen.is_none() };
    let scenes: Vec<Value> = std::iter::once(all).chain(scenes).collect();
    let layers: Vec<Value> = pack
        .map
        .layers
        .iter()
        .map(|layer| {
            let nodes = pack.map.nodes.iter().filter(|node| node.layer == layer.id);
            let nodes: Vec<Value> = nodes
                .filter(shown)
                .map(|one| node(pack, book, slug, one))
                .collect();
            context! { name => layer.name.as_str(), nodes }
        })
        .collect();
    context! { scenes, scene => scene.map(|scene| scene.name.as_str()), layers }
}

fn node(pack: &Pack, book: &FigureBook, slug: &str, node: &Node) -> Value {
    let scenes = pack
        .map
        .scenes
        .iter()
        .filter(|scene| node.scenes.contains(&scene.id));
    let scenes: Vec<String> = scenes.map(|scene| scene.name.clone()).collect();
    let leads_to = node.leads_to.iter().filter_map(|id| pack.map.title_of(id));
    let leads_to: Vec<String> = leads_to.map(str::to_owned).collect();
    let home = &pack.municipality.home_area;
    let indicators: Vec<Value> = node
        .indicators
        .iter()
        .filter_map(|id| pack.map.indicator(id))
        .map(|indicator| {
            let newest = book.newest(&indicator.id, home);
            let figure = newest.and_then(|year| book.of(&indicator.id, home, year));
            context! {
                name => indicator.name.as_str(),
                href => format!("/{slug}/indicators/{}", indicator.id),
                value => figure.map(|figure| printed(pack, indicator, figure)),
                figure => figure.map(|figure| format!("/{slug}/figures/{}", figure.key)),
                decision => indicator.decision.as_deref(),
            }
        })
        .collect();
    context! { title => node.title.as_str(), scenes, indicators, leads_to, note => node.note.as_deref() }
}
