//! Areas: what the members give, from this server or as signed sheets, and the sums of it.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::{CommitError, Guard};

use super::{Act, Change, Counted, Event, Refusal, Year};
use crate::area::{Given, Member, Rejected, RollUp, Shared, Sheet, Why, key_of, shared, sums};
use crate::figure::{Figure, FigureBook};
use crate::municipality::Area;
use crate::pack::Pack;

/// The municipalities of a server, by slug.
pub type Neighbours = RwLock<BTreeMap<String, Arc<Year>>>;

/// The newest sheet of a municipality outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// When the sender made it.
    pub made_at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    /// A file: the sheet as it came, signature included.
    pub file: String,
}

/// Why a sheet was not received.
#[derive(Debug, thiserror::Error)]
pub enum NotReceived {
    #[error(transparent)]
    Rejected(#[from] Rejected),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Year {
    /// Tells it where the other municipalities of the server are.
    pub fn stand_beside(&self, neighbours: &Arc<Neighbours>) {
        let known = self.neighbours.write();
        *known.expect("no panic while they are held") = Arc::downgrade(neighbours);
    }

    /// Another municipality of the server.
    fn neighbour(&self, slug: &str) -> Option<Arc<Year>> {
        let neighbours = self.neighbours.read();
        let neighbours = neighbours
            .expect("no panic while they are held")
            .upgrade()?;
        let all = neighbours.read();
        let all = all.expect("nothing panics while the years are held");
        all.get(slug).cloned()
    }

    /// What this municipality gives away as of now, to be signed.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn sheet(&self, at: DateTime<Utc>) -> Result<Sheet, Refusal> {
        let name = &self.pack.municipality.name;
        Ok(Sheet::new(name, at, self.shared().await?))
    }

    async fn shared(&self) -> Result<Vec<Shared>, Refusal> {
        let counted = self.counted_here().await?;
        Ok(shared(&counted.pack, &counted.book))
    }

    /// Takes a sheet of a municipality outside. The same sheet once more changes nothing.
    ///
    /// # Errors
    /// It is not from a member of an area, not as it was signed, or older than what is there.
    pub async fn receive(&self, act: &Act, text: &str) -> Result<Sheet, NotReceived> {
        let sheet = Sheet::open(text, |name| key_of(&self.pack, name))?;
        loop {
            let (head, before) =
                self.state(|state| (state.head, state.received.get(&sheet.name).cloned()));
            let (file, write) = self.keep_file("figures.json", text.as_bytes()).await?;
            match before {
                Some(before) if before.file == file => return Ok(sheet),
                Some(before) if before.made_at >= sheet.made_at => {
                    return Err(Rejected::Older {
                        name: sheet.name,
                        newest: said(before.made_at),
                        made_at: said(sheet.made_at),
                    }
                    .into());
                }
                _ => {}
            }
            let change = Change {
                guards: vec![Guard::Head(head)],
                events: vec![Event::FiguresReceived {
                    member: sheet.name.clone(),
                    made_at: sheet.made_at,
                    file,
                }],
                writes: vec![write],
                ..Change::default()
            };
            match self.commit(act, change).await {
                // Something else was recorded in the meantime, perhaps a newer sheet.
                Err(Refusal::Commit(CommitError::Refused(_))) => self.catch_up().await?,
                other => return Ok(other.map(|()| sheet)?),
            }
        }
    }

    /// Every indicator with a concept in an area, each by year, the newest first.
    ///
    /// # Errors
    /// The store cannot be read, or the pack has no such area.
    pub async fn roll_ups(&self, area: &str) -> Result<Vec<RollUp>, Refusal> {
        let area = self.pack.municipality.area(area);
        let area = area.ok_or_else(|| Refusal::Unknown("その区域".to_owned()))?;
        let counted = self.counted_here().await?;
        self.sums(area, &counted.pack, &counted.book).await
    }

    /// Adds the sums of all areas to what was counted here.
    pub(super) async fn with_areas(&self, mut counted: Counted) -> Result<Counted, Refusal> {
        for area in &self.pack.municipality.areas {
            let sums = self.sums(area, &counted.pack, &counted.book).await?;
            let figures: Vec<Figure> = sums.iter().filter_map(RollUp::figure).collect();
            // The book is shared with whoever counted before: it is copied only for something to add.
            if !figures.is_empty() {
                let book = Arc::make_mut(&mut counted.book);
                figures.into_iter().for_each(|figure| book.add_sum(figure));
            }
        }
        Ok(counted)
    }

    async fn sums(
        &self,
        area: &Area,
        pack: &Pack,
        book: &FigureBook,
    ) -> Result<Vec<RollUp>, Refusal> {
        let mut given = Vec::new();
        for member in &area.formed_of {
            given.push(match member {
                Member::Here { slug } if slug == self.slug() => Given {
                    member: pack.municipality.name.clone(),
                    made_at: None,
                    figures: Ok(shared(pack, book)),
                },
                Member::Here { slug } => self.given_here(slug, area).await?,
                Member::Outside { name, key } => self.given_outside(name, key).await?,
            });
        }
        Ok(sums(pack, &area.id, &given))
    }

    /// What another municipality of this server gives to an area that its own pack names.
    async fn given_here(&self, slug: &str, area: &Area) -> Result<Given, Refusal> {
        let Some(other) = self.neighbour(slug) else {
            return Ok(Given {
                member: slug.to_owned(),
                made_at: None,
                figures: Err(Why::NotHere),
            });
        };
        let theirs = &other.pack.municipality;
        let agreed = theirs
            .area(&area.id)
            .is_some_and(|known| known.name == area.name);
        let figures = match agreed {
            true => {
                other.refresh().await?;
                Ok(other.shared().await?)
            }
            false => Err(Why::NotAgreed),
        };
        Ok(Given {
            member: theirs.name.clone(),
            made_at: None,
            figures,
        })
    }

    /// What a municipality outside has sent, if it is signed with the key that the pack has of it now.
    async fn given_outside(&self, name: &str, key: &str) -> Result<Given, Refusal> {
        let received = self.state(|state| state.received.get(name).cloned());
        let sheet = match received {
            Some(received) => {
                let text = String::from_utf8(self.file(&received.file).await?);
                text.ok().and_then(|text| {
                    Sheet::open(&text, |sender| (sender == name).then_some(key)).ok()
                })
            }
            None => None,
        };
        Ok(Given {
            member: name.to_owned(),
            made_at: sheet.as_ref().map(|sheet| sheet.made_at),
            figures: sheet.map(|sheet| sheet.figures).ok_or(Why::NothingReceived),
        })
    }
}

/// 2026年4月1日 12:00, in Japan.
fn said(at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&super::japan());
    at.format("%Y年%-m月%-d日 %H:%M").to_string()
}
