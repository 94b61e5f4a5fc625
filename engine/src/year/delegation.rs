//! 代決: somebody decides for the holder of a role, until the end of a day.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Act, Change, Event, Refusal, Year};

/// Characters of a reason.
const LONGEST_REASON: usize = 500;

/// Who decides for whom. Whether `from` still holds the role is asked whenever it is used: on April 1 people
/// move, and what they delegated goes with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// The name of the role.
    pub role: String,
    pub from: String,
    pub to: String,
    /// The last day.
    pub until: NaiveDate,
    pub reason: String,
}

impl Year {
    /// The delegations in force on a day.
    pub fn delegations(&self, today: NaiveDate) -> Vec<Delegation> {
        let all = self.state(|state| state.delegations.clone());
        let holds = |delegation: &Delegation| self.holds(&delegation.role, &delegation.from, today);
        let in_force = |delegation: &Delegation| today <= delegation.until && holds(delegation);
        all.into_iter().filter(in_force).collect()
    }

    /// For whom a person decides in a role.
    pub(super) fn represented(&self, today: NaiveDate, role: &str, person: &str) -> Option<String> {
        let delegations = self.delegations(today).into_iter();
        let mut own = delegations.filter(|one| one.role == role && one.to == person);
        own.next().map(|delegation| delegation.from)
    }

    pub(super) fn holds(&self, role: &str, person: &str, today: NaiveDate) -> bool {
        let role = self.pack.municipality.role(role);
        role.is_some_and(|role| role.is_held_by(person, today))
    }

    /// Lets somebody decide for the holder of a role. An earlier delegation of the same holder ends.
    ///
    /// # Errors
    /// Somebody or the role is unknown, the end is past or more than a year away, there is no reason, or it
    /// would be passed on a second time (再代決).
    pub async fn delegate(&self, act: &Act, delegation: Delegation) -> Result<(), Refusal> {
        if let Some(why) = self.objection(act.today(), &delegation) {
            return Err(Refusal::Cycle(why));
        }
        let event = Event::DelegationMade(delegation);
        self.commit_event(act, event).await
    }

    /// Ends a delegation before its day.
    ///
    /// # Errors
    /// It is not in force.
    pub async fn end_delegation(&self, act: &Act, role: &str, from: &str) -> Result<(), Refusal> {
        let known = |one: &Delegation| one.role == role && one.from == from;
        if !self.delegations(act.today()).iter().any(known) {
            let what = format!("{from}さんの{role}の代決は、すでに終わっています。");
            return Err(Refusal::Cycle(what));
        }
        let (role, from) = (role.to_owned(), from.to_owned());
        self.commit_event(act, Event::DelegationEnded { role, from })
            .await
    }

    async fn commit_event(&self, act: &Act, event: Event) -> Result<(), Refusal> {
        let change = Change {
            events: vec![event],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    fn objection(&self, today: NaiveDate, delegation: &Delegation) -> Option<String> {
        let Delegation {
            role,
            from,
            to,
            until,
            reason,
        } = delegation;
        let known = self.pack.municipality.roles.iter();
        if !known.clone().any(|one| one.name == *role) {
            return Some(format!(
                "役割「{role}」はありません。一覧から選んでください。"
            ));
        }
        let in_force = self.delegations(today);
        let of_role = || in_force.iter().filter(|one| one.role == *role);
        if !self.holds(role, from, today) {
            return Some(match of_role().find(|one| one.to == *from) {
                Some(one) => format!(
                    "{from}さんは{}さんの代決者です。代決をさらに別の人に任せることはできません。{}さんが改めて決めてください。",
                    one.from, one.from
                ),
                None => format!(
                    "{from}さんは{role}ではありません。{role}を受け持っている人を選んでください。"
                ),
            });
        }
        let person = |one: &crate::municipality::Role| one.is_held_by(to, today);
        if !known.clone().any(person) {
            return Some(format!(
                "{to}さんは担当者の中にいません。一覧から選ぶか、municipality.json の holders に加えてください。"
            ));
        }
        if from == to {
            return Some("本人を代決者にはできません。別の人を選んでください。".to_owned());
        }
        if let Some(one) = of_role().find(|one| one.from == *to) {
            return Some(format!(
                "{to}さんは{role}の代決を{}さんに任せています。代決をさらに別の人に任せることはできません。",
                one.to
            ));
        }
        if of_role().any(|one| one.to == *from) {
            return Some(format!(
                "{from}さんは{role}の代決者になっています。先にその代決を終えてください。"
            ));
        }
        if self.holds(role, to, today) {
            return Some(format!(
                "{to}さんも{role}です。代決を決めなくても決裁できます。"
            ));
        }
        if *until < today {
            return Some("終わりの日が過ぎています。今日以後の日にしてください。".to_owned());
        }
        let longest = today.checked_add_months(Months::new(12));
        if longest.is_none_or(|longest| *until > longest) {
            return Some("代決は1年までです。終わりの日を1年以内にしてください。".to_owned());
        }
        match reason.trim().chars().count() {
            0 => Some("代決の理由を書いてください。".to_owned()),
            1..=LONGEST_REASON => None,
            _ => Some(format!("理由は{LONGEST_REASON}字までにしてください。")),
        }
    }
}
