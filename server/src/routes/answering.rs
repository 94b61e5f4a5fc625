//! Somebody who answers: what a link opens, how far it is, and the questions of its pages as they stand.

use std::collections::HashSet;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use engine::survey::Terms;
use engine::year::{Before, Door, Draft, Drafting, Receipt, Refusal, Token, Year};
use forms::{Examined, Marks, Questionnaire};
use minijinja::context;
use minijinja::value::{Serde, Value};

use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::view::field::{self, Field, Said, Typed};
use crate::view::inline::POLICY;
use crate::view::{answers, frame, question, when};

/// Who answers what: a respondent of a survey, or somebody who tries a questionnaire out.
pub struct Answering {
    pub year: Arc<Year>,
    pub survey: String,
    /// Nobody for a trial.
    pub respondent: Option<String>,
    /// The link's hash, which keeps two trials apart.
    pub hash: String,
    pub questionnaire: Arc<Questionnaire>,
    /// `/slug/r/link`
    pub here: String,
    /// Files are taken; the sample of a design keeps nothing.
    pub takes_files: bool,
    /// What was promised when the survey opened.
    pub terms: Terms,
    /// Of a response that was handed in.
    pub receipt: Option<Receipt>,
}

/// What somebody with a link can do now.
pub enum Way {
    /// Fill in, or correct what was handed in.
    Fill(Draft),
    /// Look at what was handed in.
    Receipt,
    /// It is over; what was typed is still there.
    Closed(Draft),
}

impl Answering {
    pub async fn open(app: &App, slug: &str, link: &str) -> Result<Answering, PageError> {
        let year = app.year(slug)?;
        let behind = match Self::behind(&year, slug, link).await {
            Err(PageError::Refused(Refusal::UnknownLink)) => Self::sample(app, &year, link).await,
            other => other,
        };
        match behind {
            Err(PageError::Refused(refusal)) => Err(no_entry(&year, refusal)),
            other => other,
        }
    }

    async fn behind(year: &Arc<Year>, slug: &str, link: &str) -> Result<Answering, PageError> {
        let token: Token = link.parse().map_err(|_| Refusal::UnknownLink)?;
        let (survey, respondent) = match year.leads_to(&token).await? {
            Door::Survey { survey, respondent } => (survey, Some(respondent)),
            Door::Trial { survey } => (survey, None),
            _ => return Err(Refusal::UnknownLink.into()),
        };
        let questionnaire = match &respondent {
            Some(_) => year.published(&survey).await?,
            // A questionnaire can be tried out before it is published.
            None => match year.published(&survey).await {
                Err(Refusal::NotOpen) => Arc::new(
                    year.pack
                        .questionnaire(&survey)
                        .ok_or(PageError::NotFound)?
                        .clone(),
                ),
                other => other?,
            },
        };
        let receipt = match &respondent {
            Some(respondent) => year.answered(&survey, respondent).await?,
            None => None,
        };
        Ok(Answering {
            takes_files: true,
            terms: year.terms(&survey),
            here: format!("/{slug}/r/{link}"),
            hash: token.hash(),
            year: year.clone(),
            survey,
            respondent,
            questionnaire,
            receipt,
        })
    }

    /// The sample of a questionnaire that is being designed, as far as it can be understood.
    async fn sample(app: &App, year: &Arc<Year>, link: &str) -> Result<Answering, PageError> {
        let token: Token = link.parse().map_err(|_| Refusal::UnknownLink)?;
        let form = year.sample(app.clock.now(), &token).await?;
        let form = form.ok_or(Refusal::UnknownLink)?;
        let path = engine::design::path(&form);
        let text = match year.design(&form).await? {
            Some(design) => design.document.to_string(),
            None => {
                let files = app.years.files(year).await?;
                files.get(&path).ok_or(PageError::NotFound)?.to_owned()
            }
        };
        let source = authoring::Source::json(path, &text);
        let source = source.map_err(|finding| Refusal::Findings(vec![finding]))?;
        let (questionnaire, _) = forms::sketch(&source);
        Ok(Answering {
            takes_files: false,
            terms: Terms::default(),
            here: format!("/{}/sample/{token}", year.slug()),
            hash: token.hash(),
            year: year.clone(),
            survey: form,
            respondent: None,
            questionnaire: Arc::new(questionnaire),
            receipt: None,
        })
    }

    pub fn whose(&self) -> Drafting<'_> {
        match &self.respondent {
            Some(respondent) => Drafting::Respondent(respondent),
            None => Drafting::Trial(&self.hash),
        }
    }

    /// Who acts in the journal.
    pub fn by(&self) -> &str {
        self.respondent.as_deref().unwrap_or("trial")
    }

    pub async fn draft(&self) -> Result<Draft, PageError> {
        Ok(self.year.draft_of(&self.survey, self.whose()).await?)
    }

    /// What can be done now. Somebody who tries a questionnaire out can always fill in.
    ///
    /// # Errors
    /// The survey has not begun.
    pub async fn way(&self) -> Result<Way, PageError> {
        let draft = self.draft().await?;
        if self.respondent.is_none() {
            return Ok(Way::Fill(draft));
        }
        let open = self.year.check_open(&self.survey);
        match (open, &self.receipt) {
            (Ok(()), Some(_)) if draft.corrects.is_some() => Ok(Way::Fill(draft)),
            (_, Some(_)) => Ok(Way::Receipt),
            (Ok(()), None) => Ok(Way::Fill(draft)),
            (Err(Refusal::Closed), None) => Ok(Way::Closed(draft)),
            (Err(other), None) => Err(no_entry(&self.year, other)),
        }
    }

    /// The draft to fill in, or the page that there is instead.
    pub async fn filling(&self, app: &App) -> Result<Result<Draft, Response>, PageError> {
        Ok(match self.way().await? {
            Way::Fill(draft) => Ok(draft),
            Way::Receipt => Err(Redirect::to(&format!("{}/receipt", self.here)).into_response()),
            Way::Closed(draft) => Err(self.closed(app, &draft.answers).await?),
        })
    }

    pub async fn frame(&self, app: &App) -> Result<Value, PageError> {
        let survey = self.year.pack.survey(&self.survey);
        let roster = self.year.roster(&self.survey).await;
        let respondent = self
            .respondent
            .as_deref()
            .and_then(|id| roster.as_ref()?.respondent(id));
        let closes = self.year.closes_on(&self.survey).await?;
        Ok(context! {
            municipality => self.year.pack.municipality.name.as_str(),
            contact => self.year.pack.municipality.contact(),
            here => self.here.as_str(),
            trial => self.respondent.is_none(),
            anonymous => self.terms.anonymous,
            correctable => self.terms.correctable,
            correcting => self.receipt.is_some(),
            results => self.year.is_handed_back(&self.survey),
            promised => self.terms.handed_back,
            story => frame::story(app),
            survey => context! {
                name => survey.map_or(self.questionnaire.title(), |survey| survey.name.as_str()),
                title => self.questionnaire.title(),
                description => self.questionnaire.description(),
                respondent => respondent.map(|respondent| respondent.name.as_str()),
                closes => closes.map(when::day).filter(|_| self.respondent.is_some()),
            },
        })
    }

    /// The page (from 1) on which the item of a path stands.
    pub fn page_of(&self, path: &str) -> usize {
        let root = field::root(path);
        let pages = self.questionnaire.pages();
        pages
            .iter()
            .position(|page| page.items.iter().any(|id| id.as_str() == root))
            .map_or(1, |index| index + 1)
    }

    pub fn issues(&self, examined: &Examined, severity: &str) -> Vec<Value> {
        let issues = examined
            .issues
            .iter()
            .map(|issue| (field::said(issue), self.page_of(&issue.item)));
        issues
            .filter(|(said, _)| said.severity == severity)
            .map(|(Said { message, field, .. }, page)| context! { message, field, page => format!("{page}?checked") })
            .collect()
    }

    /// The questions that these answers put on a page (from 1).
    pub fn questions(&self, number: usize, typed: &Typed<'_>) -> Vec<Field> {
        let page = number
            .checked_sub(1)
            .and_then(|index| self.questionnaire.pages().get(index));
        let items = page.into_iter().flat_map(|page| &page.items);
        items
            .filter_map(|id| typed.field(self.questionnaire.item(id.as_str())?))
            .collect()
    }

    pub async fn page(
        &self,
        app: &App,
        number: usize,
        draft: &Draft,
        why: &Shown,
    ) -> Result<Page, PageError> {
        let all = self.questionnaire.pages();
        let page = number
            .checked_sub(1)
            .and_then(|index| all.get(index))
            .ok_or(PageError::NotFound)?;
        let mut examined = self.questionnaire.examine(&draft.answers);
        if let Shown::Refused(issue) = why {
            examined.issues.push((**issue).clone());
        }
        let typed = Typed {
            answers: &draft.answers,
            examined: &examined,
            strict: matches!(why, Shown::Checked | Shown::Refused(_)),
        };
        let items: HashSet<&str> = page.items.iter().map(|id| id.as_str()).collect();
        let mut fields = self.questions(number, &typed);
        let base = base(draft, &fields);
        let shown = field::inputs(&fields).join(" ");
        let files = fields
            .iter_mut()
            .filter(|field| self.takes_files && field.kind == "file");
        for field in files {
            field.files = format!("{}/{number}/files", self.here);
            if let Some(file) = &mut field.file {
                file.href = format!("{}/files/{}", self.here, field.name);
            }
        }
        self.beside(draft, &mut fields).await?;
        let titles = all
            .iter()
            .enumerate()
            .map(|(index, page)| context! { number => index + 1, title => page.title.as_str() });
        let elsewhere = match why {
            Shown::Elsewhere(ids) => self.named(ids),
            _ => Vec::new(),
        };
        let wrong = match why {
            // What is said about a file is what the page is shown for; the rest has its time.
            Shown::Refused(issue) => vec![field::said(issue)],
            _ => typed.wrong(&items),
        };
        pages::page(
            "respond/page.html",
            context! {
                page => context! { number, title => page.title.as_str(), last => number == all.len() },
                pages => titles.collect::<Vec<_>>(),
                shown,
                base,
                unsent => matches!(why, Shown::Unsent),
                fields => question::questions(fields)?,
                grown => matches!(why, Shown::Grown),
                elsewhere,
                wrong => Serde(wrong),
                ..self.frame(app).await?
            },
        )
    }

    /// Items by their titles, with the way to them.
    pub fn named(&self, ids: &[String]) -> Vec<Value> {
        let items = ids.iter().filter_map(|id| self.questionnaire.item(id));
        items
            .map(|item| {
                let (id, page) = (item.id.as_str(), self.page_of(item.id.as_str()));
                context! { title => field::title(item), field => field::id(id), page, name => id }
            })
            .collect()
    }

    /// Puts beside the questions what was answered the last time, and what another device had answered.
    async fn beside(&self, draft: &Draft, fields: &mut [Field]) -> Result<(), PageError> {
        for displaced in &draft.displaced {
            let item = self.questionnaire.item(&displaced.item);
            let field = fields.iter_mut().find(|field| field.name == displaced.item);
            let (Some(item), Some(field)) = (item, field) else {
                continue;
            };
            let said = self
                .year
                .displaced(&self.survey, self.whose(), displaced)
                .await?;
            field.displaced.push(field::Other {
                act: format!("other:{}:{}", displaced.item, displaced.round),
                at: displaced.at.map(when::short),
                lines: answers::lines(item, &said, &displaced.item),
            });
        }
        let Some(respondent) = &self.respondent else {
            return Ok(());
        };
        if let Some(before) = self.year.before(&self.survey, respondent).await? {
            for field in fields {
                field.last = self.last(&before, &field.name);
            }
        }
        Ok(())
    }

    /// What was answered the last time to the item of the same concept.
    fn last(&self, before: &Before, item: &str) -> Option<field::Last> {
        let concept = self.questionnaire.item(item)?.concept.as_deref()?;
        let mut items = before.questionnaire.items().iter();
        let then = items.find(|item| item.concept.as_deref() == Some(concept))?;
        let id = then.id.as_str();
        (!before.answers.is_blank(id)).then(|| field::Last {
            year: when::fiscal_year(before.survey_year),
            lines: answers::lines(then, &before.answers, id),
        })
    }
}

/// Whoever cannot get in has to know whom to ask. That the store is away is another matter.
pub fn no_entry(year: &Year, refusal: Refusal) -> PageError {
    use Refusal::{Closed, EndedLink, NotOpen, SpentLink, UnknownLink, Withdrawn};
    match refusal {
        Closed | EndedLink | NotOpen | SpentLink | UnknownLink | Withdrawn => PageError::NoEntry {
            refusal,
            contact: year.pack.municipality.contact(),
        },
        other => other.into(),
    }
}

/// What a page was filled in on: the round of the draft, and a mark of each question as it is shown.
pub fn base(draft: &Draft, fields: &[Field]) -> String {
    format!("{} {}", draft.round, Marks::of(&field::untouched(fields)))
}

/// Why a page is shown.
pub enum Shown {
    /// To be filled in.
    Plainly,
    /// To be put right: also what is missing is named.
    Checked,
    /// The answers brought up further questions.
    Grown,
    /// Another device has changed these items.
    Elsewhere(Vec<String>),
    /// A file was chosen, and not sent.
    Unsent,
    /// A file was not taken.
    Refused(Box<forms::Issue>),
}

/// A page of the respondent: its style stands in it, which its policy allows by hash.
pub fn shown(status: StatusCode, page: Page) -> Response {
    let mut response = (status, page).into_response();
    let policy = HeaderValue::from_static(&POLICY);
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// Something typed on this page is wrong. What is only missing can still be filled in later.
pub fn wrong_here(answering: &Answering, page: usize, typed: &Typed<'_>) -> bool {
    let items = answering.questionnaire.pages().get(page);
    let items: HashSet<&str> = items
        .iter()
        .flat_map(|page| &page.items)
        .map(|id| id.as_str())
        .collect();
    !typed.wrong(&items).is_empty()
}

/// The first of these questions that the page did not show when it was sent.
pub fn grown(now: &[Field], fields: &[(String, String)]) -> Option<String> {
    // A program that sends answers does not say what it showed; it knows the questions.
    let (_, before) = fields.iter().find(|(name, _)| name == "_shown")?;
    let before: HashSet<&str> = before.split(' ').collect();
    field::inputs(now)
        .into_iter()
        .find(|name| !before.contains(name))
        .map(field::id)
}
