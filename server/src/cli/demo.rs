//! `meguri demo`: a year of the example municipality, from the questionnaire to the papers.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use clap::Args;
use engine::Files;
use engine::meeting::Content;
use engine::year::{Act, Door, Year};
use indicatif::{ProgressBar, ProgressStyle};

use super::serve::sign_in_link;
use super::{Data, Failure, Listen, Out, out, packs};
use crate::app::App;
use crate::clock::Clock;
use crate::story::{Story, play};
use crate::years::Years;
use crate::{admin, random, serving};

/// Plays a whole year with invented offices and answers, writes the papers, and serves the pages.
///
/// 架空の事業所と回答で一年を通し、次第・資料・集計・マップを書き出してから、画面を出します。
/// 途中で止めても、もう一度実行すれば続きから進みます。
#[derive(Args)]
#[command(after_help = "例:  meguri demo --no-serve --out out")]
pub struct Demo {
    /// Folder of the pack to play; its cases/year.json tells the story. Without it, the first pack in municipalities/ that has one.
    #[arg(long, value_name = "PACK")]
    pack: Option<PathBuf>,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    listen: Listen,
    /// Stop after writing the papers.
    #[arg(long)]
    no_serve: bool,
}

impl Demo {
    pub async fn run(self) -> Result<(), Failure> {
        let folder = match &self.pack {
            Some(folder) => folder.clone(),
            None => packs::all("municipalities".as_ref())?
                .into_iter()
                .find(|pack| pack.join("cases/year.json").is_file())
                .ok_or_else(|| {
                    anyhow!("cases/year.json のあるパックが municipalities にありません。")
                })?,
        };
        let bound = match self.no_serve {
            true => None,
            false => Some(serving::bind(&self.listen.listen).await?),
        };
        let steps = ProgressBar::new_spinner();
        steps.set_style(
            ProgressStyle::with_template("{spinner} {msg}").context("progress display")?,
        );
        steps.enable_steady_tick(std::time::Duration::from_millis(100));
        let say = |text: String| {
            // Without a terminal there is no spinner to print above.
            match steps.is_hidden() {
                true => eprintln!("✓ {text}"),
                false => steps.println(format!("✓ {text}")),
            }
        };
        steps.set_message("パックを調べています");
        let pack = packs::read(&folder)?;
        say(format!(
            "パック {} を調べました（調査{}、指標{}）",
            folder.display(),
            pack.surveys.len(),
            pack.map.indicators.len()
        ));
        let story = Story::read(&folder, &pack)?;

        let store = self.data.open().await?;
        let clock = Clock::story(story.starts(&pack));
        let (files, _) = Files::read(&folder)?;
        let pack = Arc::new(pack);
        let year = Year::open_revised(store.clone(), pack, &files, clock.now()).await?;
        let year = Arc::new(year);
        let slug = year.slug().to_owned();
        let address = self.listen.address.clone().unwrap_or_else(|| match &bound {
            Some((_, address)) => format!("http://{address}"),
            None => format!("http://{}", self.listen.listen),
        });
        let app = Arc::new(App {
            years: Years::from([(slug.clone(), year.clone())])
                .read_from([(slug.clone(), folder.clone())].into()),
            clock,
            address: address.clone(),
            post: None,
            backups: None,
        });
        play(&app, &year, &story, &|text| steps.set_message(text), &say).await?;
        steps.set_message("資料を書き出しています");
        let written = self.write(&year, &story).await?;
        say(format!(
            "{} に{}個のファイルを書き出しました",
            self.out.out.display(),
            written.len()
        ));
        steps.finish_and_clear();
        for path in &written {
            println!("{}", path.display());
        }
        let Some((listener, _)) = bound else {
            return Ok(());
        };
        let act = Act::new(app.clock.now(), "demo");
        let secretariat = sign_in_link(&year, &act).await?;
        let papers = random::token();
        year.make_link(&act, papers, Door::Papers).await?;
        eprintln!();
        eprintln!("事務局（一度だけ使えるサインイン）  {address}/{slug}/sign-in/{secretariat}");
        match respondent(&year).await {
            Some(door) => {
                let token = random::token();
                year.make_link(&act, token, door).await?;
                eprintln!("回答者のリンク                      {address}/{slug}/r/{token}");
            }
            None => {
                eprintln!("回答者のリンク                      いま受け付けている調査はありません")
            }
        }
        eprintln!("会議の資料                          {address}/{slug}/p/{papers}");
        eprintln!("\nCtrl+C で止まります。");
        if let Some(folder) = self.data.folder() {
            admin::listen(folder, store.clone())?;
        }
        Ok(serving::serve(app, store, listener).await?)
    }

    /// Everything under `out/`: the papers of each meeting, the tallies, the map.
    async fn write(&self, year: &Year, story: &Story) -> Result<Vec<PathBuf>, Failure> {
        let folder = &self.out.out;
        let mut paths = Vec::new();
        for meeting in &year.pack.agenda.meetings {
            let (draft, written) = match year.drafted(&meeting.id).await {
                Ok(draft) => {
                    let mut papers = Vec::new();
                    for paper in &draft.papers {
                        papers.push(year.written(&meeting.id, &paper.id).await?);
                    }
                    (draft, papers)
                }
                // A meeting that is still ahead: its 次第 as it would be drafted today.
                Err(_) => {
                    let draft = year.agenda_ahead(&story.turn(year), &meeting.id).await?;
                    let agenda = year
                        .written_now(&draft, |paper| paper.content == Content::Agenda)
                        .await?;
                    let proposed = agenda.into_iter().map(|mut written| {
                        written.paper.title.push_str("（案）");
                        written
                    });
                    (draft, proposed.collect())
                }
            };
            paths.extend(out::papers(folder, &year.pack, &draft, &written)?);
        }
        let counted = year.counted().await?;
        for (survey, answers) in &counted.by_survey() {
            if let Some(workbook) =
                engine::sheet::results(&counted.pack, survey, answers, &counted.book)
            {
                paths.push(out::file(
                    folder,
                    &format!("集計_{survey}.xlsx"),
                    &papers::xlsx(&workbook)?,
                )?);
            }
        }
        let svg = engine::picture::map(&counted.pack, &counted.book, None);
        paths.push(out::file(folder, "施策・指標マップ.svg", svg.as_bytes())?);
        Ok(paths)
    }
}

/// Somebody who is asked now and has not answered.
async fn respondent(year: &Year) -> Option<Door> {
    let open = year.state(|state| {
        state
            .surveys
            .iter()
            .filter(|(_, held)| held.is_open())
            .map(|(survey, _)| survey.clone())
            .collect::<Vec<_>>()
    });
    for survey in open {
        if let Some(respondent) = year.unanswered(&survey).await.into_iter().next() {
            return Some(Door::Survey { survey, respondent });
        }
    }
    None
}
