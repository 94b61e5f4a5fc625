//! The municipalities of a server. A pack that was edited is taken up without stopping the server.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use authoring::Finding;
use chrono::{DateTime, Utc};
use engine::year::{Act, Neighbours, Refusal, Year};
use engine::{Files, Pack};

use crate::error::PageError;

pub struct Years {
    /// Each of them knows the others: areas add up the figures of several.
    running: Arc<Neighbours>,
    /// Where the packs are, by slug.
    folders: BTreeMap<String, PathBuf>,
}

impl Years {
    /// With the folders of the packs, by slug; a pack without one stays as it is.
    pub fn read_from(self, folders: BTreeMap<String, PathBuf>) -> Years {
        Years { folders, ..self }
    }

    pub fn get(&self, slug: &str) -> Option<Arc<Year>> {
        self.running
            .read()
            .expect("nothing panics while the years are held")
            .get(slug)
            .cloned()
    }

    pub fn all(&self) -> Vec<Arc<Year>> {
        let running = self.running.read();
        let running = running.expect("nothing panics while the years are held");
        running.values().cloned().collect()
    }

    /// The texts of a municipality's pack as they are now: its folder, and what the pages have changed.
    ///
    /// # Errors
    /// The folder or the store cannot be read, or this server has no folder for it.
    pub async fn files(&self, year: &Year) -> Result<Files, PageError> {
        let folder = self.folders.get(year.slug()).ok_or(PageError::NoFolder)?;
        let (mut files, wrong) = Files::read(folder).map_err(PageError::broken)?;
        if !wrong.is_empty() {
            return Err(Refusal::Findings(wrong).into());
        }
        files.lay_over(year.revisions().await?);
        Ok(files)
    }

    /// The pack of a municipality as it is now, or what is wrong with it.
    ///
    /// # Errors
    /// The folder or the store cannot be read.
    pub async fn pack_now(
        &self,
        year: &Year,
    ) -> Result<Result<Arc<Pack>, Vec<Finding>>, PageError> {
        let files = match self.files(year).await {
            Ok(files) => files,
            Err(PageError::NoFolder) => return Ok(Ok(year.pack.clone())),
            Err(PageError::Refused(Refusal::Findings(wrong))) => return Ok(Err(wrong)),
            Err(error) => return Err(error),
        };
        Ok(
            Pack::read(&files).map(|pack| match pack.digest == year.pack.digest {
                true => year.pack.clone(),
                false => Arc::new(pack),
            }),
        )
    }

    /// Changes files of the pack: lays these texts over its folder, where they make a whole pack with the rest, and
    /// goes on with it. Nothing removes the file of that path.
    ///
    /// # Errors
    /// [`Refusal::Findings`] with everything that would be wrong; nothing is stored then. Somebody else was quicker.
    pub async fn revise(
        &self,
        year: &Arc<Year>,
        act: &Act,
        changes: Vec<(String, Option<String>)>,
    ) -> Result<Arc<Year>, PageError> {
        let seen = year.state(|state| state.revised.clone());
        let mut files = self.files(year).await?;
        files.lay_over(changes.clone());
        let pack = Pack::read(&files).map_err(Refusal::Findings)?;
        if pack.municipality.slug != year.slug() {
            return Err(PageError::BadRequest(
                "slug はアドレスとデータの名前なので、ここでは変えられません。",
            ));
        }
        year.revise(act, &seen, &changes).await?;
        self.take_up(year, Arc::new(pack), act.at).await
    }

    /// Takes up what another process has changed in the pack.
    ///
    /// # Errors
    /// The folder or the store cannot be read.
    pub async fn renewed(&self, year: &Arc<Year>, at: DateTime<Utc>) -> Result<(), PageError> {
        if year.is_outdated()
            && let Ok(pack) = self.pack_now(year).await?
        {
            self.take_up(year, pack, at).await?;
        }
        Ok(())
    }

    /// Goes on with this pack.
    ///
    /// # Errors
    /// The store refuses.
    pub async fn take_up(
        &self,
        year: &Arc<Year>,
        pack: Arc<Pack>,
        at: DateTime<Utc>,
    ) -> Result<Arc<Year>, PageError> {
        if Arc::ptr_eq(&pack, &year.pack) || pack.municipality.slug != year.slug() {
            return Ok(year.clone());
        }
        let year = Arc::new(year.with_pack(pack, at).await?);
        year.stand_beside(&self.running);
        self.running
            .write()
            .expect("nothing panics while the years are held")
            .insert(year.slug().to_owned(), year.clone());
        Ok(year)
    }
}

impl FromIterator<(String, Arc<Year>)> for Years {
    fn from_iter<T: IntoIterator<Item = (String, Arc<Year>)>>(years: T) -> Years {
        let years: BTreeMap<String, Arc<Year>> = years.into_iter().collect();
        let running = Arc::new(Neighbours::new(years.clone()));
        for year in years.values() {
            year.stand_beside(&running);
        }
        Years {
            running,
            folders: BTreeMap::new(),
        }
    }
}

impl<const N: usize> From<[(String, Arc<Year>); N]> for Years {
    fn from(years: [(String, Arc<Year>); N]) -> Years {
        years.into_iter().collect()
    }
}
