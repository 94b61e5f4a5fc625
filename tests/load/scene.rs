//! A scene: a temporary folder with the pack and a store in which the survey is open and every
//! office has its link.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, ensure};
use chrono::{DateTime, TimeZone, Utc};
use engine::year::{Act, Door, Source, Submission, Token, Year};
use engine::{Files, Pack};
use forms::Questionnaire;
use futures_executor::block_on;
use futures_util::future::try_join_all;
use store::Store;

use super::pack::Closes;
use super::{pack, respondent};

/// Who works at the desk, as the skeleton names them.
const SECRETARY: &str = "山田 花子（架空）";

/// Links that are minted together: they share a sync of the disk.
const AT_ONCE: usize = 256;

pub struct Scene {
    folder: tempfile::TempDir,
    /// The secret part of the link of each office.
    pub tokens: Vec<String>,
    pub questionnaire: Questionnaire,
}

impl Scene {
    /// Writes the pack, opens the survey and mints the links.
    ///
    /// # Errors
    /// The pack has findings, or the store cannot be written.
    pub fn prepare(offices: usize, pages: usize, closes: Closes) -> Result<Scene> {
        let folder = tempfile::tempdir()?;
        pack::write(&folder.path().join("pack"), offices, pages, closes)?;
        let year = open(folder.path())?;
        let questionnaire = year
            .pack
            .questionnaire(pack::SURVEY)
            .context("the questionnaire")?
            .clone();
        let act = Act::by_meguri(before());
        block_on(async {
            year.start_cycle(&act, pack::CYCLE, workflows::Actor::new("load", "事務局"))
                .await?;
            year.work(&act).await?;
            for first in (0..offices).step_by(AT_ONCE) {
                let some = (first..offices.min(first + AT_ONCE)).map(|number| {
                    let door = Door::Survey {
                        survey: pack::TURN.to_owned(),
                        respondent: pack::office(number),
                    };
                    year.make_link(&act, token(number), door)
                });
                try_join_all(some).await?;
            }
            Ok::<_, engine::year::Refusal>(())
        })?;
        let open = year.state(|state| {
            state
                .surveys
                .get(pack::TURN)
                .is_some_and(|held| held.is_open())
        });
        ensure!(open, "the survey is not open");
        let tokens = (0..offices)
            .map(|number| token(number).to_string())
            .collect();
        Ok(Scene {
            folder,
            tokens,
            questionnaire,
        })
    }

    /// Everybody has answered, and somebody at the desk has a link to sign in: its secret part.
    ///
    /// # Errors
    /// An answer is refused.
    pub fn answered(&self) -> Result<String> {
        let year = self.open()?;
        let link = token(self.tokens.len());
        block_on(async {
            for first in (0..self.tokens.len()).step_by(AT_ONCE) {
                let some = first..self.tokens.len().min(first + AT_ONCE);
                try_join_all(some.map(async |number| {
                    let office = pack::office(number);
                    let act = Act::new(before(), &office);
                    let answers = respondent::answers(&self.questionnaire, number);
                    let submission = Submission {
                        answers: serde_json::from_value(answers.into())?,
                        source: Source::Web,
                        apart: None,
                    };
                    year.submit(&act, pack::TURN, &office, submission).await?;
                    Ok::<_, anyhow::Error>(())
                }))
                .await?;
            }
            let door = Door::SignIn {
                person: SECRETARY.to_owned(),
            };
            year.make_link(&Act::by_meguri(before()), link, door)
                .await?;
            Ok::<_, anyhow::Error>(())
        })?;
        Ok(link.to_string())
    }

    pub fn pack(&self) -> PathBuf {
        self.folder.path().join("pack")
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Opens the store in this process. No server may be running on it.
    ///
    /// # Errors
    /// The pack or the store cannot be read.
    pub fn open(&self) -> Result<Year> {
        open(self.folder.path())
    }
}

fn open(folder: &Path) -> Result<Year> {
    let (files, findings) = Files::read(&folder.join("pack"))?;
    ensure!(findings.is_empty(), "{findings:?}");
    let pack = Pack::read(&files).map_err(|findings| anyhow!("{findings:?}"))?;
    Ok(block_on(Year::open(
        Store::open(&folder.join("data"))?,
        Arc::new(pack),
        before(),
    ))?)
}

/// The links are guessable: nobody else uses them.
fn token(number: usize) -> Token {
    Token::new((number as u128 + 1).to_be_bytes())
}

/// Long before the server's clock, so that time never goes back.
fn before() -> DateTime<Utc> {
    Utc.timestamp_opt(1_577_836_800, 0)
        .single()
        .expect("2020-01-01 is an instant")
}
