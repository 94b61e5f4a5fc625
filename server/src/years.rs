//! The municipalities of a server. A pack that was edited is taken up without stopping the server.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use authoring::Finding;
use chrono::{DateTime, Utc};
use engine::Pack;
use engine::year::{Neighbours, Year};

use crate::cli::findings;
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

    /// The pack of a municipality as it is in its folder now, or what is wrong with it there.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn pack_now(&self, year: &Year) -> Result<Result<Arc<Pack>, Vec<Finding>>, PageError> {
        let Some(folder) = self.folders.get(year.slug()) else {
            return Ok(Ok(year.pack.clone()));
        };
        let found = findings(folder).map_err(|error| PageError::Broken(Arc::new(error)))?;
        Ok(found.map(|pack| match pack.digest == year.pack.digest {
            true => year.pack.clone(),
            false => Arc::new(pack),
        }))
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
