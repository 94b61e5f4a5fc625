//! The day of a meeting and its minutes. Finished minutes put decisions into 経過 and what is left to do into the
//! ledger of follow-ups, from where it comes back to the next 次第 by itself.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use workflows::{Actor, Command, Per};

use super::compose::{DAY, MINUTES};
use super::respond::to_json;
use super::{Act, Change, Event, Refusal, Token, Year};
use crate::ledger::FOLLOW_UPS;
use crate::meeting::{Day, Draft, MinuteLine, Minutes, Outcome, Turnout};

/// The ledger of decisions (経過).
const CHRONICLE: &str = "chronicle";

/// The list of a plan whose items are what a meeting has decided to do.
const DECISIONS: &str = "meeting.decisions";

/// Characters of a title of an entry, and of an item of a plan.
const LONGEST_TITLE: usize = 200;
const LONGEST_ITEM: usize = 100;

impl Year {
    /// What was recorded on the day; before that the members of the body, of whom nobody has come yet.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn meeting_day(&self, meeting: &str) -> Result<Day, Refusal> {
        if let Some(file) = self.convened(meeting).day {
            return self.read_file(&file).await;
        }
        let on = self.drafted(meeting).await.ok().and_then(|draft| draft.on);
        let body = self.pack.agenda.meeting(meeting);
        let body = body.and_then(|meeting| self.pack.municipality.body(&meeting.body));
        let attendance = body.zip(on).map(|(body, on)| Day::expected(body, on));
        Ok(Day {
            attendance: attendance.unwrap_or_default(),
            ..Day::default()
        })
    }

    /// How many came, by the rule of the body.
    pub fn turnout(&self, meeting: &str, day: &Day) -> Turnout {
        let body = self.pack.agenda.meeting(meeting);
        let body = body.and_then(|meeting| self.pack.municipality.body(&meeting.body));
        day.turnout(body.and_then(|body| body.quorum.as_ref()))
    }

    pub fn day_seen(&self, meeting: &str) -> Option<String> {
        self.convened(meeting).day
    }

    /// Records who came. `seen`: the record that the page showed.
    ///
    /// # Errors
    /// Something is too long, or somebody else has recorded something since.
    pub async fn record_day(
        &self,
        act: &Act,
        meeting: &str,
        seen: Option<&str>,
        day: Day,
    ) -> Result<(), Refusal> {
        self.known_meeting(meeting)?;
        if self.convened(meeting).day.as_deref() != seen {
            return Err(Refusal::Overtaken);
        }
        let (file, write) = self.keep_file("day.json", &to_json(&day)?).await?;
        let (guard, names) = self.turn_over(meeting, DAY, seen, Some(&file)).await?;
        let change = Change {
            guards: vec![guard],
            events: vec![Event::DayRecorded {
                meeting: meeting.to_owned(),
                file,
            }],
            writes: vec![write, names],
            ..Change::default()
        };
        self.commit_over(act, change).await
    }

    /// The minutes with a line for each of the 次第.
    ///
    /// # Errors
    /// There is no 次第, or a file cannot be read.
    pub async fn minutes(&self, meeting: &str) -> Result<Minutes, Refusal> {
        let draft = self.drafted(meeting).await?;
        let written = match self.convened(meeting).minutes {
            Some(file) => self.read_file(&file).await?,
            None => Minutes::default(),
        };
        Ok(written.prefilled(&draft))
    }

    pub fn minutes_seen(&self, meeting: &str) -> Option<String> {
        self.convened(meeting).minutes
    }

    /// Keeps minutes. `seen`: those that the page showed.
    ///
    /// # Errors
    /// They are finished already, or somebody else has written since.
    pub async fn write_minutes(
        &self,
        act: &Act,
        meeting: &str,
        seen: Option<&str>,
        mut minutes: Minutes,
    ) -> Result<(), Refusal> {
        self.known_meeting(meeting)?;
        let convened = self.convened(meeting);
        if convened.minutes_finished_at.is_some() {
            return Err(Refusal::Cycle(
                "会議録は確定しています。直すには、先に確定を取り消してください。".into(),
            ));
        }
        if convened.minutes.as_deref() != seen {
            return Err(Refusal::Overtaken);
        }
        let before = self.minutes(meeting).await?.entries(CHRONICLE, FOLLOW_UPS);
        let now = minutes.entries(CHRONICLE, FOLLOW_UPS);
        minutes
            .gone
            .extend(before.into_iter().filter(|entry| !now.contains(entry)));
        self.keep_minutes(act, meeting, seen, &minutes, Vec::new())
            .await
    }

    async fn keep_minutes(
        &self,
        act: &Act,
        meeting: &str,
        seen: Option<&str>,
        minutes: &Minutes,
        more: Vec<Event>,
    ) -> Result<(), Refusal> {
        let (file, write) = self.keep_file("minutes.json", &to_json(minutes)?).await?;
        let (guard, names) = self.turn_over(meeting, MINUTES, seen, Some(&file)).await?;
        let mut events = vec![Event::MinutesWritten {
            meeting: meeting.to_owned(),
            file,
        }];
        events.extend(more);
        let change = Change {
            guards: vec![guard],
            events,
            writes: vec![write, names],
            ..Change::default()
        };
        self.commit_over(act, change).await
    }

    /// Finishes the minutes: decisions and follow-ups are entered, what was left over and is now done is closed.
    /// Interrupted, it goes on where it was.
    ///
    /// # Errors
    /// They are not written yet, a ledger refuses an entry, or somebody else has written since.
    pub async fn finish_minutes(
        &self,
        act: &Act,
        meeting: &str,
        seen: &str,
    ) -> Result<(), Refusal> {
        let convened = self.convened(meeting);
        if convened.minutes_finished_at.is_some() {
            return Ok(());
        }
        if convened.minutes.as_deref() != Some(seen) {
            return Err(Refusal::Overtaken);
        }
        let draft = self.drafted(meeting).await?;
        let mut minutes = self.minutes(meeting).await?;
        let entering = Entering {
            year: self,
            act,
            meeting,
            body: self.known_meeting(meeting)?.body.clone(),
            on: draft.on,
        };
        let mut events = Vec::new();
        for line in &mut minutes.lines {
            entering.line(line).await?;
            let minutes_of = line.line.strip_prefix("minutes/");
            if let Some(of) = minutes_of.filter(|_| line.outcome == Some(Outcome::Agreed)) {
                events.push(Event::MinutesApproved {
                    meeting: of.to_owned(),
                    in_meeting: meeting.to_owned(),
                });
            }
        }
        for gone in std::mem::take(&mut minutes.gone) {
            entering.take_back(&gone).await?;
        }
        self.tell_decisions(act, meeting, &minutes).await?;
        events.push(Event::MinutesFinished {
            meeting: meeting.to_owned(),
        });
        self.keep_minutes(act, meeting, Some(seen), &minutes, events)
            .await
    }

    /// Finished minutes are worked on again, until they are approved.
    ///
    /// # Errors
    /// They are approved.
    pub async fn reopen_minutes(&self, act: &Act, meeting: &str) -> Result<(), Refusal> {
        let convened = self.convened(meeting);
        if convened.minutes_approved_in.is_some() {
            return Err(Refusal::Cycle(
                "承認された会議録は直せません。次の会議録に訂正を書いてください。".into(),
            ));
        }
        if convened.minutes_finished_at.is_none() {
            return Ok(());
        }
        let change = Change {
            events: vec![Event::MinutesReopened {
                meeting: meeting.to_owned(),
            }],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// Minutes were approved in a later meeting of the same body.
    ///
    /// # Errors
    /// They are not finished, or the other meeting is not a later one of the body.
    pub async fn approve_minutes(
        &self,
        act: &Act,
        meeting: &str,
        in_meeting: &str,
    ) -> Result<(), Refusal> {
        let convened = self.convened(meeting);
        if convened.minutes_finished_at.is_none() {
            return Err(Refusal::Cycle("会議録はまだ確定していません。".into()));
        }
        let later = self.pack.agenda.meetings.iter();
        let this = self.known_meeting(meeting)?;
        let later = later
            .skip_while(|one| one.id != this.id)
            .skip(1)
            .any(|one| one.id == in_meeting && one.body == this.body);
        if !later {
            return Err(Refusal::Cycle(
                "会議録を承認した会議は、同じ会議体の後の会議から選んでください。".into(),
            ));
        }
        let change = Change {
            events: vec![Event::MinutesApproved {
                meeting: meeting.to_owned(),
                in_meeting: in_meeting.to_owned(),
            }],
            ..Change::default()
        };
        self.commit(act, change).await
    }

    /// Tells the cycle of a meeting what was decided to be done, where its plan has a list for that.
    async fn tell_decisions(
        &self,
        act: &Act,
        meeting: &str,
        minutes: &Minutes,
    ) -> Result<(), Refusal> {
        let cycle = self.turn_of(meeting);
        let running = self.state(|state| {
            let cycle = state.cycles.get(&cycle);
            cycle.is_some_and(|cycle| cycle.phase == workflows::Phase::Running)
        });
        if !running {
            return Ok(());
        }
        let plan = self.plan(&cycle).await?;
        let mut steps = plan.steps.iter();
        let Some(step) = steps.find(|step| step.per == Some(Per::List(DECISIONS.to_owned())))
        else {
            return Ok(());
        };
        let lines = minutes.lines.iter().flat_map(|line| &line.follow_ups);
        let mut items: Vec<String> = lines
            .map(|one| shortened(&one.what, LONGEST_ITEM))
            .collect();
        items.dedup();
        let commands: Vec<Command> = match step.open_until {
            Some(_) => {
                let by = Actor::new(act.by.clone(), "");
                let add = |item| Command::AddItem {
                    list: DECISIONS.to_owned(),
                    item,
                    by: by.clone(),
                };
                items.into_iter().map(add).collect()
            }
            None => vec![Command::SetList {
                list: DECISIONS.to_owned(),
                items,
            }],
        };
        for command in commands {
            match self.command(act, &cycle, command).await {
                // The plan does not take it any more: the ledger has it all the same.
                Ok(()) | Err(Refusal::Cycle(_)) => {}
                Err(broken) => return Err(broken),
            }
        }
        Ok(())
    }

    fn known_meeting(&self, meeting: &str) -> Result<&crate::agenda::Meeting, Refusal> {
        let known = self.pack.agenda.meeting(meeting);
        known.ok_or_else(|| Refusal::Unknown(format!("会議「{meeting}」")))
    }

    /// What a meeting has left to do, and what became of it: the entries of the ledger, in the order of the minutes.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn left_over(&self, meeting: &str) -> Result<Vec<crate::ledger::Entry>, Refusal> {
        let book = self.ledgers().await?;
        let entries = book.entries(FOLLOW_UPS).iter();
        let of = entries.filter(|entry| entry.answers.text("meeting") == Some(meeting));
        Ok(of.cloned().collect())
    }

    /// The papers about a meeting that was held: `minutes` or `attendance`.
    ///
    /// # Errors
    /// There is no such paper, no 次第, or a file cannot be read.
    pub async fn record_document(
        &self,
        meeting: &str,
        paper: &str,
    ) -> Result<papers::Document, Refusal> {
        let draft: Draft = self.drafted(meeting).await?;
        let day = self.meeting_day(meeting).await?;
        let turnout = self.turnout(meeting, &day);
        let records = crate::meeting::Records {
            pack: &self.pack,
            draft: &draft,
        };
        let document = match paper {
            "minutes" => records.minutes(&day, &turnout, &self.minutes(meeting).await?),
            "attendance" => records.attendance(&day, &turnout),
            _ => return Err(Refusal::Unknown(format!("資料「{paper}」"))),
        };
        document.map_err(Refusal::Findings)
    }
}

/// Entering what minutes say into the ledgers.
struct Entering<'a> {
    year: &'a Year,
    act: &'a Act,
    meeting: &'a str,
    body: String,
    on: Option<NaiveDate>,
}

impl Entering<'_> {
    async fn line(&self, line: &mut MinuteLine) -> Result<(), Refusal> {
        let (of, title) = (line.line.clone(), line.title.clone());
        for decision in &mut line.decisions {
            let fields = json!({
                "title": shortened(&title, LONGEST_TITLE), "kind": "decision", "text": decision.what, "source": "会議録",
            });
            let known = decision.entry.take();
            let once = self.once(&of, "decision", &decision.what);
            decision.entry = Some(self.enter(CHRONICLE, once, known, fields).await?);
        }
        for follow_up in &mut line.follow_ups {
            let mut fields = json!({
                "title": shortened(&follow_up.what, LONGEST_TITLE), "kind": "follow_up", "meeting": self.meeting,
                "text": format!("{title}について"), "source": "会議録",
            });
            if !follow_up.owner.is_empty() {
                fields["owner"] = follow_up.owner.clone().into();
            }
            if let Some(due) = follow_up.due {
                fields["due"] = due.to_string().into();
            }
            let known = follow_up.entry.take();
            if known.is_none() {
                fields["state"] = "open".into();
            }
            let once = self.once(&of, "follow_up", &follow_up.what);
            follow_up.entry = Some(self.enter(FOLLOW_UPS, once, known, fields).await?);
        }
        self.come_back(line).await
    }

    /// A line that was put off comes back; one that had come back and is done does not.
    async fn come_back(&self, line: &mut MinuteLine) -> Result<(), Refusal> {
        let postponed = line.outcome == Some(Outcome::Postponed);
        let earlier = line
            .line
            .strip_prefix(FOLLOW_UPS)
            .and_then(|rest| rest.strip_prefix('/'));
        let entry = earlier.map(str::to_owned).or_else(|| line.entry.clone());
        match (entry, line.outcome) {
            (Some(entry), outcome) => {
                let state = match outcome {
                    None | Some(Outcome::Postponed) => "open",
                    Some(Outcome::Withdrawn) => "dropped",
                    Some(_) => "done",
                };
                let entry = json!({ "id": entry, "state": state });
                self.year.enter(self.act, FOLLOW_UPS, entry).await?;
            }
            (None, _) if postponed => {
                let fields = json!({
                    "title": shortened(&line.title, LONGEST_TITLE), "kind": "postponed", "state": "open",
                    "meeting": self.meeting, "source": "会議録",
                });
                let once = self.once(&line.line, "postponed", "");
                line.entry = Some(self.enter(FOLLOW_UPS, once, None, fields).await?);
            }
            (None, _) => {}
        }
        Ok(())
    }

    /// An entry whose words are not in the minutes any more.
    async fn take_back(&self, gone: &str) -> Result<(), Refusal> {
        let Some((ledger, id)) = gone.split_once('/') else {
            return Ok(());
        };
        let change = match ledger {
            FOLLOW_UPS => json!({ "id": id, "state": "dropped" }),
            _ => json!({ "id": id, "title": "（会議録から取り消した決定）" }),
        };
        self.year.enter(self.act, ledger, change).await?;
        Ok(())
    }

    async fn enter(
        &self,
        ledger: &str,
        once: Token,
        known: Option<String>,
        fields: Value,
    ) -> Result<String, Refusal> {
        let mut fields: Map<String, Value> = fields.as_object().cloned().unwrap_or_default();
        fields.insert("body".into(), self.body.as_str().into());
        if let Some(on) = self.on {
            fields.insert("on".into(), on.to_string().into());
        }
        let entry = match known {
            Some(id) => {
                fields.insert("id".into(), id.into());
                self.year.enter(self.act, ledger, fields.into()).await?
            }
            None => self.year.enter_new(self.act, ledger, &once, fields).await?,
        };
        Ok(entry.id)
    }

    /// The same words of the same line of the same meeting are entered once, also after an interruption.
    fn once(&self, line: &str, kind: &str, words: &str) -> Token {
        let digest = Sha256::digest([self.meeting, line, kind, words].join("\n"));
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        Token::new(half)
    }
}

/// The first line of a text, at most so many characters of it.
fn shortened(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most - 1) {
        Some((at, _)) if line.chars().count() > most => format!("{}…", &line[..at]),
        _ => line,
    }
}
