//! `meguri serve`: the pages for everybody.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use engine::Files;
use engine::year::{Act, Door, Year};

use super::{Data, Failure, Listen, packs};
use crate::app::App;
use crate::clock::Clock;
use crate::post::MailServer;
use crate::years::Years;
use crate::{admin, backups, random, serving};

/// Serves the pages of the secretariat and of the respondents, and runs the cycles.
///
/// 事務局と回答者の画面を出し、サイクルを進めます。サイクルがまだなければ始めます。
#[derive(Args)]
#[command(
    after_help = "例:  meguri serve municipalities/kasou --data data --listen 0.0.0.0:8080 --address https://meguri.example.jp"
)]
pub struct Serve {
    /// Folders of packs; without any, all in municipalities/.
    #[arg(value_name = "PACK")]
    packs: Vec<PathBuf>,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    listen: Listen,
    /// Folder for one backup a day (控えの置き場所). The newest 14 are kept.
    #[arg(long, value_name = "DIR", env = "MEGURI_BACKUPS")]
    backups: Option<PathBuf>,
    #[command(flatten)]
    mail: MailServer,
}

impl Serve {
    pub async fn run(self) -> Result<(), Failure> {
        let folders = match self.packs.is_empty() {
            true => packs::all("municipalities".as_ref())?,
            false => self.packs.clone(),
        };
        let packs = folders
            .iter()
            .map(|folder| packs::read(folder))
            .collect::<Result<Vec<_>, _>>()?;
        let post = self.mail.post()?.map(Arc::new);
        let (listener, bound) = serving::bind(&self.listen.listen).await?;
        let address = self
            .listen
            .address
            .clone()
            .unwrap_or_else(|| format!("http://{bound}"));
        let store = self.data.open().await?;
        let clock = Clock::System;
        let mut years = BTreeMap::new();
        let mut read_from = BTreeMap::new();
        for (folder, pack) in folders.into_iter().zip(packs) {
            let slug = pack.municipality.slug.clone();
            let (files, _) = Files::read(&folder)?;
            let pack = Arc::new(pack);
            let year = Year::open_revised(store.clone(), pack, &files, clock.now()).await?;
            let act = Act::new(clock.now(), "serve");
            for cycle in year.pack.own_cycles() {
                year.start_cycle(&act, &cycle.id, workflows::Actor::new("meguri", "システム"))
                    .await?;
            }
            let link = sign_in_link(&year, &act).await?;
            eprintln!(
                "{}：事務局のサインイン（一度だけ使えます）  {address}/{slug}/sign-in/{link}",
                year.pack.municipality.name
            );
            read_from.insert(slug.clone(), folder);
            if years.insert(slug.clone(), Arc::new(year)).is_some() {
                eprintln!(
                    "{slug} という名のパックが2つあります。municipality.json の slug を分けてください。"
                );
                return Err(Failure::Wrong);
            }
        }
        if let Some(folder) = self.data.folder() {
            admin::listen(folder, store.clone())?;
        }
        eprintln!("{address} で待っています。Ctrl+C で止まります。");
        let app = Arc::new(App {
            years: years.into_iter().collect::<Years>().read_from(read_from),
            clock,
            address,
            post,
            backups: self.backups.clone(),
        });
        if let Some(folder) = self.backups {
            tokio::spawn(backups::daily(app.clone(), store.clone(), folder));
        }
        Ok(serving::serve(app, store, listener).await?)
    }
}

/// A one-time link for the first holder of the first role: the secretariat.
pub async fn sign_in_link(
    year: &Year,
    act: &Act,
) -> Result<engine::year::Token, engine::year::Refusal> {
    let role = year.pack.municipality.roles.first();
    let person = role
        .and_then(|role| role.holders_on(act.today()).next())
        .map(str::to_owned)
        .or_else(|| role.map(|role| role.name.clone()))
        .unwrap_or_else(|| "事務局".to_owned());
    let token = random::token();
    year.make_link(act, token, Door::SignIn { person }).await?;
    Ok(token)
}
