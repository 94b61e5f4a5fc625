//! Where the boxes of the map stand.

use std::collections::BTreeMap;

use super::text::wrap;
use crate::figure::{Amount, Figure, FigureBook, FigureKey};
use crate::pack::Pack;

pub const BOX_WIDTH: i32 = 270;
pub const LINE: i32 = 19;
const GAP_X: i32 = 80;
const GAP_Y: i32 = 14;
const MARGIN: i32 = 16;
const TOP: i32 = 48;
/// Characters in a line of a box, in halves.
const TEXT_WIDTH: usize = 36;

pub struct Layout {
    pub width: i32,
    pub height: i32,
    pub columns: Vec<(i32, String)>,
    pub boxes: Vec<Box>,
    pub arrows: Vec<(Place, Place)>,
}

/// A node with its text broken into lines.
#[derive(Clone)]
pub struct Box {
    pub id: String,
    pub column: usize,
    pub x: i32,
    pub y: i32,
    pub height: i32,
    pub title: Vec<String>,
    pub scenes: Vec<String>,
    pub indicators: Vec<Shown>,
}

/// An indicator in a box: name and newest value.
#[derive(Clone)]
pub struct Shown {
    pub lines: Vec<String>,
    pub key: Option<FigureKey>,
}

#[derive(Clone, Copy)]
pub struct Place {
    pub x: i32,
    pub y: i32,
    pub height: i32,
}

impl Layout {
    pub fn of(pack: &Pack, book: &FigureBook, scene: Option<&str>) -> Layout {
        let layers = &pack.map.layers;
        let mut columns: Vec<Vec<Box>> = layers
            .iter()
            .enumerate()
            .map(|(column, layer)| {
                let nodes = pack.map.nodes.iter().filter(|node| node.layer == layer.id);
                let nodes = nodes.filter(|node| {
                    scene.is_none_or(|scene| node.scenes.iter().any(|own| own == scene))
                });
                nodes.map(|node| boxed(pack, book, node, column)).collect()
            })
            .collect();
        untangle(pack, &mut columns);
        let tallest = columns
            .iter()
            .map(|column| stacked(column))
            .max()
            .unwrap_or(0);
        for (index, column) in columns.iter_mut().enumerate() {
            let x = MARGIN + i32::try_from(index).unwrap_or(0) * (BOX_WIDTH + GAP_X);
            // Shorter columns stand in the middle of their neighbours.
            let mut y = TOP + (tallest - stacked(column)) / 2;
            for node in column {
                (node.x, node.y) = (x, y);
                y += node.height + GAP_Y;
            }
        }
        let boxes: Vec<Box> = columns.into_iter().flatten().collect();
        let count = i32::try_from(layers.len()).unwrap_or(0);
        let names = layers.iter().enumerate().map(|(index, layer)| {
            (
                MARGIN + i32::try_from(index).unwrap_or(0) * (BOX_WIDTH + GAP_X),
                layer.name.clone(),
            )
        });
        Layout {
            width: 2 * MARGIN + count * BOX_WIDTH + (count - 1).max(0) * GAP_X,
            height: TOP + tallest + MARGIN,
            columns: names.collect(),
            arrows: arrows(pack, &boxes),
            boxes,
        }
    }
}

fn stacked(column: &[Box]) -> i32 {
    (column.iter().map(|node| node.height + GAP_Y).sum::<i32>() - GAP_Y).max(0)
}

fn boxed(pack: &Pack, book: &FigureBook, node: &crate::map::Node, column: usize) -> Box {
    let scene = |id: &String| {
        pack.map
            .scenes
            .iter()
            .find(|scene| scene.id == *id)
            .map(|scene| scene.name.as_str())
    };
    let scenes: Vec<&str> = node.scenes.iter().filter_map(scene).collect();
    let title = wrap(&node.title, TEXT_WIDTH);
    let scenes = if scenes.is_empty() {
        Vec::new()
    } else {
        wrap(&format!("〔{}〕", scenes.join("・")), TEXT_WIDTH + 6)
    };
    let indicators: Vec<Shown> = node
        .indicators
        .iter()
        .filter_map(|id| shown(pack, book, id))
        .collect();
    let lines = title.len()
        + scenes.len()
        + indicators
            .iter()
            .map(|shown| shown.lines.len())
            .sum::<usize>();
    Box {
        id: node.id.clone(),
        column,
        x: 0,
        y: 0,
        height: 18 + LINE * i32::try_from(lines).unwrap_or(1),
        title,
        scenes,
        indicators,
    }
}

/// 退院時連携率 78.1%(76.1%): the home area's newest value and the year before.
fn shown(pack: &Pack, book: &FigureBook, id: &str) -> Option<Shown> {
    let indicator = pack.map.indicator(id)?;
    let home = &pack.municipality.home_area;
    let newest = book
        .newest(id, home)
        .and_then(|year| book.of(id, home, year));
    let text = match newest {
        None => {
            let decision = indicator.decision.as_deref().unwrap_or("値なし");
            format!("{} （{decision}）", indicator.name)
        }
        Some(figure) => {
            let percent = |figure: &Figure| {
                let unit = match figure.amount {
                    Amount::Count(_) => indicator.unit.as_str(),
                    Amount::Hidden => "",
                    _ => "%",
                };
                format!("{}{unit}", figure.printed(pack.percent(id)))
            };
            let year = figure.key.year;
            let before = book.of(id, home, year - 1);
            let before = before.filter(|_| indicator.broken(year - 1, year).is_none());
            let before = before.map_or(String::new(), |before| format!("({})", percent(before)));
            format!("{} {}{before}", indicator.name, percent(figure))
        }
    };
    Some(Shown {
        lines: wrap(&text, TEXT_WIDTH),
        key: newest.map(|figure| figure.key.clone()),
    })
}

/// Orders each column by where its causes stand in the column before, so that fewer arrows cross.
fn untangle(pack: &Pack, columns: &mut [Vec<Box>]) {
    let mut positions: BTreeMap<String, usize> = BTreeMap::new();
    for column in columns {
        let cause = |id: &str| {
            let from: Vec<usize> = pack
                .map
                .nodes
                .iter()
                .filter(|node| node.leads_to.iter().any(|to| to == id))
                .filter_map(|node| positions.get(&node.id).copied())
                .collect();
            // A thousandth of a place is fine enough; nothing before it leaves a box where it is.
            (!from.is_empty()).then(|| from.iter().sum::<usize>() * 1000 / from.len())
        };
        let mut ranked: Vec<(usize, Box)> = column
            .drain(..)
            .enumerate()
            .map(|(at, node)| (cause(&node.id).unwrap_or(at * 1000), node))
            .collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        for (index, (_, node)) in ranked.into_iter().enumerate() {
            positions.insert(node.id.clone(), index);
            column.push(node);
        }
    }
}

fn arrows(pack: &Pack, boxes: &[Box]) -> Vec<(Place, Place)> {
    let place = |id: &str| {
        boxes.iter().find(|node| node.id == id).map(|node| Place {
            x: node.x,
            y: node.y,
            height: node.height,
        })
    };
    pack.map
        .nodes
        .iter()
        .flat_map(|node| {
            node.leads_to
                .iter()
                .map(move |to| (node.id.as_str(), to.as_str()))
        })
        .filter_map(|(from, to)| Some((place(from)?, place(to)?)))
        .collect()
}
