//! municipality.json: areas, bodies, roles, rosters and how papers are written here.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::area::Member;
use crate::body::Body;
use crate::figure::{Closeness, PercentStyle};

/// Everything about a municipality that does not change from survey to survey.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Municipality {
    /// Name of the folder and of the address: lower-case letters, digits, hyphens.
    pub slug: String,
    pub name: String,
    /// What in this pack is invented (架空) or inferred (推定).
    #[serde(default)]
    pub note: Option<String>,
    /// Printed at the foot of every paper, where offices and answers are invented.
    #[serde(default)]
    pub paper_footer: Option<String>,
    /// Whom respondents can ask, in one line: office, telephone. Without it, the first role.
    #[serde(default)]
    pub contact: Option<String>,
    pub areas: Vec<Area>,
    /// The area whose offices answer here.
    pub home_area: String,
    #[serde(default)]
    pub bodies: Vec<Body>,
    pub roles: Vec<Role>,
    #[serde(default)]
    pub rosters: Vec<RosterFormat>,
    #[serde(default)]
    pub calendar: Calendar,
}

/// A level of comparison: 市, 圏域, 県.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Area {
    pub id: String,
    pub name: String,
    /// The name within a sentence, where it differs.
    #[serde(default)]
    pub short: Option<String>,
    pub level: String,
    #[serde(default)]
    pub within: Option<String>,
    /// The municipalities whose figures are added up to the area's, this one among them where it
    /// is part of the area. Empty: figures of the area come from what others publish.
    #[serde(default)]
    pub formed_of: Vec<Member>,
}

/// Who acts. People are looked up by role when a task is shown, because in April they move.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Role {
    pub id: String,
    pub name: String,
    #[serde(default)]
    #[schemars(with = "Vec<HolderForm>")]
    pub holders: Vec<Holder>,
    /// What its holders may do in the pages. Without it, the first role has the administrator's access, every
    /// other a member's.
    #[serde(default)]
    pub access: Option<Access>,
}

/// Somebody who holds a role, from the first day to the last; without them, always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "HolderForm")]
pub struct Holder {
    pub name: String,
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

/// A holder as the file has it: just the name, or the name with days.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum HolderForm {
    Name(String),
    Dated(DatedHolder),
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DatedHolder {
    name: String,
    /// The first day; absent: longer than anybody remembers.
    #[serde(default)]
    from: Option<NaiveDate>,
    /// The last day; absent: nobody knows yet.
    #[serde(default)]
    until: Option<NaiveDate>,
}

impl From<HolderForm> for Holder {
    fn from(form: HolderForm) -> Holder {
        match form {
            HolderForm::Name(name) => Holder {
                name,
                ..Holder::default()
            },
            HolderForm::Dated(DatedHolder { name, from, until }) => Holder { name, from, until },
        }
    }
}

impl Holder {
    pub fn is_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && !self.is_past(day)
    }

    /// The last day was before this one.
    pub fn is_past(&self, day: NaiveDate) -> bool {
        self.until.is_some_and(|until| until < day)
    }
}

impl Role {
    /// Who holds it on a day.
    pub fn holders_on(&self, day: NaiveDate) -> impl Iterator<Item = &str> {
        let held = self.holders.iter().filter(move |holder| holder.is_on(day));
        held.map(|holder| holder.name.as_str())
    }

    pub fn is_held_by(&self, person: &str, day: NaiveDate) -> bool {
        self.holders_on(day).any(|holder| holder == person)
    }

    /// Everybody who holds it now, did so before or will.
    pub fn ever_held_by(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for holder in &self.holders {
            if !names.contains(&holder.name) {
                names.push(holder.name.clone());
            }
        }
        names
    }
}

/// What somebody may do in the pages of a municipality. Each level may do what those before it may.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// 閲覧: figures, map, results.
    Viewer,
    /// 委員・決裁者: also decides what is put to their role.
    Member,
    /// 部会・ブロックの取りまとめ: also records entries and returns.
    Coordinator,
    /// 事務局: also designs, asks, convenes.
    Secretariat,
    /// 管理者: also people, settings, retention.
    Administrator,
}

impl Access {
    pub const ALL: [Access; 5] = [
        Access::Viewer,
        Access::Member,
        Access::Coordinator,
        Access::Secretariat,
        Access::Administrator,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Access::Viewer => "閲覧",
            Access::Member => "委員・決裁者",
            Access::Coordinator => "取りまとめ",
            Access::Secretariat => "事務局",
            Access::Administrator => "管理者",
        }
    }
}

/// A list of those asked (対象者名簿) and the meaning of its columns.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RosterFormat {
    pub id: String,
    pub file: String,
    /// The column that names a respondent (管理番号).
    pub key: String,
    pub name_column: String,
    /// The column with the address for mail. A cell may be empty: the office is asked by other means.
    #[serde(default)]
    pub mail: Option<String>,
    /// The columns that are the address for the post, one a line: 郵便番号, 住所. They stand above the name
    /// in the window of an envelope.
    #[serde(default)]
    pub postal: Vec<String>,
    pub columns: Vec<Column>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Column {
    pub id: String,
    /// The heading in the file.
    pub title: String,
    /// The codes allowed in the column and what they mean; empty: free text.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// style.json: how this municipality's papers look.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PaperStyle {
    /// Numbering, indentation and digits: what the paper writers need.
    #[schemars(with = "serde_json::Value")]
    pub layout: papers::Style,
    pub percent: PercentStyle,
    pub difference: crate::figure::Difference,
    pub closeness: Closeness,
    /// Counts from 1 up to below this are hidden from those who do not see the single returns, and from what is
    /// published of a survey's results.
    #[serde(default)]
    #[schemars(range(min = 2, max = 1000))]
    pub hide_below: Option<u64>,
    /// The note under a table with the previous year in brackets; `{前年}` is the year, as in Ｒ４.
    pub previous_year_note: String,
}

/// Days on which the office is closed beside weekends, national holidays and 12/29–1/3.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Calendar {
    #[serde(default)]
    pub closed: Vec<NaiveDate>,
}

impl Municipality {
    pub fn area(&self, id: &str) -> Option<&Area> {
        self.areas.iter().find(|area| area.id == id)
    }

    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles
            .iter()
            .find(|role| role.name == name || role.id == name)
    }

    /// The roles that a person holds on a day, each with what it allows. A role that has no holders at all is held
    /// by whoever is called by its name, so that a new pack can be used before anybody is named.
    pub fn roles_of<'a>(
        &'a self,
        person: &'a str,
        day: NaiveDate,
    ) -> impl Iterator<Item = (&'a Role, Access)> {
        let held = self.roles.iter().enumerate().filter(move |(_, role)| {
            let named = role.is_held_by(person, day);
            named || (role.holders.is_empty() && role.name == person)
        });
        held.map(|(at, role)| (role, self.access_of_role(at)))
    }

    /// What a person may do on a day: the most that one of their roles allows; nothing without a role.
    pub fn access_of(&self, person: &str, day: NaiveDate) -> Option<Access> {
        self.roles_of(person, day).map(|(_, access)| access).max()
    }

    /// What the holders of a role may do; `at` is its place in the list.
    pub fn access_of_role(&self, at: usize) -> Access {
        let usual = match at {
            0 => Access::Administrator,
            _ => Access::Member,
        };
        let own = self.roles.get(at).and_then(|role| role.access);
        own.unwrap_or(usual)
    }

    /// The first day from `day` on, on which nobody who is named may administer.
    pub fn without_administrator(&self, day: NaiveDate) -> Option<NaiveDate> {
        let roles = self.roles.iter().enumerate();
        let roles = roles.filter(|(at, _)| self.access_of_role(*at) == Access::Administrator);
        let roles: Vec<&Role> = roles.map(|(_, role)| role).collect();
        // Only a last day can leave a day without anybody.
        let holders = roles.iter().flat_map(|role| &role.holders);
        let after = holders.filter_map(|holder| holder.until?.succ_opt());
        let mut days: Vec<NaiveDate> = after.filter(|after| *after > day).chain([day]).collect();
        days.sort_unstable();
        let nobody = |day: &NaiveDate| {
            let mut roles = roles.iter();
            !roles.any(|role| role.holders_on(*day).any(|name| !name.trim().is_empty()))
        };
        days.into_iter().find(nobody)
    }

    /// Whom respondents can ask: what the pack says, or who acts first.
    pub fn contact(&self) -> String {
        let first = || self.roles.first().map_or("事務局", |role| &role.name);
        let contact = self.contact.clone();
        contact.unwrap_or_else(|| format!("{} {}", self.name, first()))
    }

    pub fn roster_format(&self, id: &str) -> Option<&RosterFormat> {
        self.rosters.iter().find(|format| format.id == id)
    }

    pub fn body(&self, id: &str) -> Option<&Body> {
        self.bodies.iter().find(|body| body.id == id)
    }
}

impl Area {
    /// The name as it stands in a sentence.
    pub fn in_sentence(&self) -> &str {
        self.short.as_deref().unwrap_or(&self.name)
    }
}
