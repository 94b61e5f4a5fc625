//! The preview as a clerk reads it.

use std::fmt;

use chrono::NaiveDate;

use super::{
    Choice, DateOf, EffectAtOnce, FieldChange, Moved, Named, Preview, TaskChange, ValueChange,
};
use crate::calendar::written;

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "進み方は変わりません。");
        }
        let choices = ("取りやめるかどうかを決めるもの", lines(&self.choices));
        for (title, lines) in self.parts().into_iter().chain([choices]) {
            if !lines.is_empty() {
                writeln!(f, "{title}")?;
                lines.iter().try_for_each(|line| writeln!(f, "  {line}"))?;
            }
        }
        Ok(())
    }
}

fn lines<T: fmt::Display>(of: &[T]) -> Vec<String> {
    of.iter().map(ToString::to_string).collect()
}

impl Preview {
    /// Titles, each with its sentences; without what has to be chosen.
    pub fn parts(&self) -> Vec<(&'static str, Vec<String>)> {
        let ends = self
            .ends
            .then(|| "このサイクルは、すべて終わったことになります。".to_owned());
        let people = (!self.people.is_empty()).then(|| self.people.join("、"));
        let parts = [
            ("日付", lines(&self.fields)),
            ("条件", lines(&self.values)),
            ("予定の変更", lines(&self.moved)),
            ("増えるもの", lines(&self.added)),
            ("なくなるもの", lines(&self.removed)),
            ("変わるもの", lines(&self.changed)),
            ("すぐに出る依頼・取り下げる依頼", lines(&self.tasks)),
            ("すぐに行われること", lines(&self.effects)),
            ("終わり", ends.into_iter().collect()),
            ("関わる人", people.into_iter().collect()),
            ("確かめること", lines(&self.findings)),
        ];
        parts
            .into_iter()
            .filter(|(_, lines)| !lines.is_empty())
            .collect()
    }

    /// Nothing that anybody would notice.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
            && self.values.is_empty()
            && self.moved.is_empty()
            && self.added.is_empty()
            && self.removed.is_empty()
            && self.changed.is_empty()
            && self.tasks.is_empty()
            && self.effects.is_empty()
            && self.choices.is_empty()
            && !self.ends
    }
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = &self.title;
        match (self.from, self.to, self.outvoted) {
            (_, Some(to), Some(outvoted)) => write!(
                f,
                "{title}: 動かした{}のまま（新しい計画では{}）",
                written(to),
                written(outvoted)
            ),
            (from, to, _) => write!(f, "{title}: {} → {}", day(from), day(to)),
        }
    }
}

impl fmt::Display for ValueChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let none = || "なし".to_owned();
        let (from, to) = (self.from.clone(), self.to.clone());
        let (from, to) = (from.unwrap_or_else(none), to.unwrap_or_else(none));
        write!(f, "{}: {from} → {to}", self.title)
    }
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.what {
            DateOf::Opens => "始まり",
            DateOf::Due => "期限",
            DateOf::Closes => "締切",
        };
        let (from, to) = (day(self.from), day(self.to));
        write!(f, "「{}」の{what}: {from} → {to}", self.title)
    }
}

fn day(on: Option<NaiveDate>) -> String {
    on.map_or("なし".to_owned(), written)
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

impl fmt::Display for TaskChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.offered {
            "依頼する"
        } else {
            "取り下げる"
        };
        write!(f, "{}: {}を{what}", self.role, self.title)
    }
}

impl fmt::Display for EffectAtOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}（{}", self.title, self.name)?;
        if !self.args.is_empty() {
            write!(f, " {}", self.args.join(" "))?;
        }
        f.write_str("）")
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}（{}）: {}", self.title, self.key, self.standing)
    }
}
