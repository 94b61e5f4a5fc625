//! What a timeline shows: lanes by role and by the product, gathered from the entries of cycles.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use workflows::simulate::{Entry, EntryKind};
use workflows::{Key, Kind, Plan, StepId};

/// Lanes and their marks, and where today is. Without `today` everything is drawn as it is planned.
#[derive(Clone, Debug)]
pub struct Strip {
    pub title: String,
    pub lanes: Vec<Lane>,
    pub today: Option<NaiveDate>,
}

#[derive(Clone, Debug)]
pub struct Lane {
    pub name: String,
    pub marks: Vec<Mark>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub shape: Shape,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub text: String,
    pub step: Option<StepId>,
    /// Items of one step that happen together are one mark.
    pub items: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A collection of answers.
    Bar,
    /// A meeting.
    Diamond,
    /// Something that a person does, or that happens outside.
    Tick,
    /// Something that the product does.
    Dot,
}

const MEETINGS: &str = "会議";
const SURVEYS: &str = "調査";
const OUTSIDE: &str = "外から";
const PRODUCT: &str = "めぐり";

impl Strip {
    pub fn new(title: impl Into<String>, today: Option<NaiveDate>) -> Strip {
        let lane = |name: &str| Lane {
            name: name.to_owned(),
            marks: Vec::new(),
        };
        Strip {
            title: title.into(),
            lanes: [MEETINGS, SURVEYS, OUTSIDE, PRODUCT].map(lane).into(),
            today,
        }
    }

    /// Adds what happened, or will, in a cycle. A collection that has not closed lasts until its last entry.
    pub fn add(&mut self, plan: &Plan, entries: &[Entry]) {
        let last = entries.iter().map(|entry| entry.on).max();
        let mut open: BTreeMap<&Key, &Entry> = BTreeMap::new();
        for entry in entries {
            let Some(key) = &entry.step else { continue };
            let (lane, shape) = match entry.kind {
                EntryKind::Opened => {
                    open.entry(key).or_insert(entry);
                    continue;
                }
                EntryKind::Closed => {
                    let from = open.remove(key).map_or(entry.on, |opened| opened.on);
                    self.mark(plan, SURVEYS, Shape::Bar, (from, entry.on), entry);
                    continue;
                }
                EntryKind::Signal if meets(plan, key) => (MEETINGS, Shape::Diamond),
                EntryKind::Signal => (OUTSIDE, Shape::Tick),
                EntryKind::Task | EntryKind::Approval | EntryKind::SentBack => {
                    (entry.role.as_deref().unwrap_or(OUTSIDE), Shape::Tick)
                }
                EntryKind::Effect | EntryKind::Compute | EntryKind::Gate | EntryKind::Carried => {
                    (PRODUCT, Shape::Dot)
                }
                _ => continue,
            };
            self.mark(plan, lane, shape, (entry.on, entry.on), entry);
        }
        for opened in open.into_values() {
            let to = last.unwrap_or(opened.on);
            self.mark(plan, SURVEYS, Shape::Bar, (opened.on, to), opened);
        }
    }

    fn mark(
        &mut self,
        plan: &Plan,
        lane: &str,
        shape: Shape,
        (from, to): (NaiveDate, NaiveDate),
        entry: &Entry,
    ) {
        let at = self.lanes.iter().position(|known| known.name == lane);
        let at = at.unwrap_or_else(|| {
            // Roles stand above what nobody has to do.
            let at = self.lanes.len().saturating_sub(2);
            let (name, marks) = (lane.to_owned(), Vec::new());
            self.lanes.insert(at, Lane { name, marks });
            at
        });
        let step = entry.step.as_ref().map(|key| &key.step);
        let marks = &mut self.lanes[at].marks;
        let mut together = marks.iter_mut().rev().take_while(|mark| mark.to == to);
        let same =
            |mark: &&mut Mark| (mark.shape, mark.from, mark.step.as_ref()) == (shape, from, step);
        if let Some(step) = step
            && let Some(mark) = together.find(same)
        {
            mark.items += 1;
            mark.text = format!("{}（{}件）", plan.title_of(step), mark.items);
            return;
        }
        marks.push(Mark {
            shape,
            from,
            to,
            text: entry.title.clone(),
            step: step.cloned(),
            items: 1,
        });
    }

    /// The same without what is over; what goes on begins today.
    pub(super) fn ahead(&self) -> Strip {
        let mut strip = self.clone();
        if let Some(today) = self.today {
            for lane in &mut strip.lanes {
                lane.marks.retain(|mark| mark.to >= today);
                for mark in &mut lane.marks {
                    mark.from = mark.from.max(today);
                }
            }
        }
        strip
    }

    /// Lanes that have something to show.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.iter().filter(|lane| !lane.marks.is_empty())
    }

    /// The first and the last day.
    pub(super) fn span(&self) -> Option<(NaiveDate, NaiveDate)> {
        let marks = || self.lanes.iter().flat_map(|lane| &lane.marks);
        let first = marks().map(|mark| mark.from).chain(self.today).min()?;
        let last = marks().map(|mark| mark.to).chain(self.today).max()?;
        Some((first, last))
    }

    /// 「会議2回、調査2回、令和5年10月～令和6年11月」, for those who do not see the picture.
    pub fn description(&self) -> String {
        let count = |name: &str| {
            let lanes = self.lanes.iter().filter(|lane| lane.name == name);
            lanes.map(Lane::items).sum::<u32>()
        };
        let Some((first, last)) = self.span() else {
            return "予定はありません。".to_owned();
        };
        let mut text = format!(
            "{}から{}まで。会議{}回、調査{}回。",
            crate::forecast::day(first),
            crate::forecast::day(last),
            count(MEETINGS),
            count(SURVEYS)
        );
        let fixed = [MEETINGS, SURVEYS, OUTSIDE, PRODUCT];
        for lane in self
            .shown()
            .filter(|lane| !fixed.contains(&lane.name.as_str()))
        {
            text.push_str(&format!("{}の仕事{}件。", lane.name, lane.items()));
        }
        if let Some(today) = self.today {
            text.push_str(&format!("今日は{}。", crate::forecast::day(today)));
        }
        text
    }
}

impl Lane {
    fn items(&self) -> u32 {
        self.marks.iter().map(|mark| mark.items).sum()
    }
}

fn meets(plan: &Plan, key: &Key) -> bool {
    plan.step(key.step.as_str()).is_some_and(|step| {
        matches!(&step.kind, Kind::WaitFor { signal, .. } if signal == crate::year::MEETING_CLOSED)
    })
}
