//! Dates of a running cycle that people move, lists to which they add, and what happened so far.

use chrono::NaiveDate;
use workflows::{Actor, Command, Growing, Preview, Told};

use super::{Act, Refusal, Year};

/// A date field of a running cycle.
#[derive(Clone, Debug)]
pub struct DateField {
    pub id: String,
    pub title: String,
    pub on: NaiveDate,
    /// The date that the plan had when the cycle began, where it was moved since.
    pub planned: Option<NaiveDate>,
}

impl Year {
    /// The date fields of a cycle, the earliest first.
    ///
    /// # Errors
    /// There is no such cycle, or its plan cannot be read.
    pub async fn dates(&self, cycle: &str) -> Result<Vec<DateField>, Refusal> {
        let state = self.known(cycle)?;
        let plan = self.plan(cycle).await?;
        let fields = state.dates.into_iter().map(|(id, on)| DateField {
            title: plan.date_titles.get(&id).unwrap_or(&id).clone(),
            planned: plan
                .dates
                .get(&id)
                .copied()
                .filter(|planned| *planned != on),
            id,
            on,
        });
        let mut fields: Vec<DateField> = fields.collect();
        fields.sort_by(|a, b| (a.on, &a.id).cmp(&(b.on, &b.id)));
        Ok(fields)
    }

    /// What moving a date would bring about. Nothing is moved.
    ///
    /// # Errors
    /// There is no such cycle or date, or the cycle refuses.
    pub async fn preview_date(
        &self,
        act: &Act,
        cycle: &str,
        field: &str,
        to: NaiveDate,
    ) -> Result<Preview, Refusal> {
        let state = self.known(cycle)?;
        let plan = self.plan(cycle).await?;
        workflows::preview_date(&state, &plan, field, to, &self.calendar(), &act.for_cycle())
            .map_err(|refusal| Refusal::Cycle(refusal.to_string()))
    }

    /// Moves a date, and every date that hangs on it.
    ///
    /// # Errors
    /// There is no reason, or the cycle refuses.
    pub async fn move_date(
        &self,
        act: &Act,
        cycle: &str,
        field: &str,
        to: NaiveDate,
        by: Actor,
        reason: &str,
    ) -> Result<(), Refusal> {
        let reason = reason.trim().to_owned();
        if reason.is_empty() {
            return Err(Refusal::Cycle("日付を動かす理由を書いてください。".into()));
        }
        let command = Command::MoveDate {
            field: field.to_owned(),
            to,
            by,
            reason,
        };
        self.command(act, cycle, command).await
    }

    /// The lists of a cycle to which people may add now.
    ///
    /// # Errors
    /// There is no such cycle, or its plan cannot be read.
    pub async fn growing_lists(&self, cycle: &str) -> Result<Vec<Growing>, Refusal> {
        let plan = self.plan(cycle).await?;
        Ok(workflows::growing_lists(&self.known(cycle)?, &plan))
    }

    /// Adds an item to a list that may grow.
    ///
    /// # Errors
    /// The cycle refuses.
    pub async fn add_item(
        &self,
        act: &Act,
        cycle: &str,
        list: &str,
        item: &str,
        by: Actor,
    ) -> Result<(), Refusal> {
        let (list, item) = (list.to_owned(), item.trim().to_owned());
        self.command(act, cycle, Command::AddItem { list, item, by })
            .await
    }

    /// What happened in all cycles so far, the newest first, each with the title of its cycle.
    ///
    /// # Errors
    /// A plan or the journal cannot be read.
    pub async fn told(&self) -> Result<Vec<(String, Told)>, Refusal> {
        let cycles: Vec<String> = self.state(|state| state.cycles.keys().cloned().collect());
        let mut found = Vec::new();
        for cycle in cycles {
            let plan = self.plan(&cycle).await?;
            let records = self.records(&cycle).await?;
            let told = records
                .iter()
                .filter_map(|record| workflows::tell(&plan, record));
            found.extend(told.map(|told| (plan.title.clone(), told)));
        }
        // Of one moment, what was recorded last comes first too.
        found.reverse();
        found.sort_by_key(|(_, told)| std::cmp::Reverse(told.at));
        Ok(found)
    }

    fn known(&self, cycle: &str) -> Result<workflows::State, Refusal> {
        self.state(|state| state.cycles.get(cycle).cloned())
            .ok_or_else(|| Refusal::Unknown(format!("サイクル「{cycle}」")))
    }
}
