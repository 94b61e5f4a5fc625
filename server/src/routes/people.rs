//! People of the office: who holds which role from when to when, and what somebody who is away has delegated.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;
use chrono::NaiveDate;
use engine::municipality::{Access as Level, Holder, Role};
use engine::people::{PeopleChange, changed};
use engine::year::{Delegation, Door};
use minijinja::context;
use minijinja::value::{Serde, Value};

use super::{Form, Path, own};
use crate::access::{Access, Routes};
use crate::app::App;
use crate::error::PageError;
use crate::pages::{self, Page};
use crate::random;
use crate::signed_in::SignedIn;
use crate::view::frame::frame;
use crate::view::when;

pub fn routes() -> Routes {
    Routes::new()
        .get("/{slug}/people", Access::Viewer, "担当者と役割", show)
        .get(
            "/{slug}/people/of/{person}",
            Access::Administrator,
            "担当者ひとりの役割とサインイン",
            show_person,
        )
        .post(
            "/{slug}/people/holders",
            Access::Administrator,
            "担当者に役割を付ける、期間を変える",
            hold,
        )
        .takes(&[
            ("role", "役割の id"),
            ("name", "担当者の名前"),
            ("from", "始まりの日（空なら初めから）"),
            ("until", "終わりの日（空なら決めない）"),
        ])
        .post(
            "/{slug}/people/holders/remove",
            Access::Administrator,
            "担当者を役割から外す",
            remove,
        )
        .takes(&[("role", "役割の id"), ("name", "担当者の名前")])
        .post(
            "/{slug}/people/access",
            Access::Administrator,
            "役割の権限を変える",
            allow,
        )
        .takes(&[("role", "役割の id"), ("access", "権限（空なら通常）")])
        .post(
            "/{slug}/people/links",
            Access::Administrator,
            "サインイン用のリンクを作る",
            sign_in_link,
        )
        .takes(&[("person", "担当者の名前")])
        .post(
            "/{slug}/people/sign-out",
            Access::Administrator,
            "担当者のすべての画面をサインアウトする",
            sign_out,
        )
        .takes(&[("person", "担当者の名前")])
        .post(
            "/{slug}/people/leave",
            Access::Administrator,
            "担当者を外し、サインインを止める",
            leave,
        )
        .takes(&[("person", "担当者の名前"), ("sure", "yes")])
        .post(
            "/{slug}/people/reading-link",
            Access::Secretariat,
            "委員用のリンクを作る",
            reading_link,
        )
        .post(
            "/{slug}/people/delegations",
            Access::Secretariat,
            "代決を決める",
            delegate,
        )
        .takes(&[
            ("role", "役割"),
            ("from", "任せる人"),
            ("to", "代わりに決める人"),
            ("until", "終わりの日"),
            ("reason", "理由"),
        ])
        .post(
            "/{slug}/people/delegations/end",
            Access::Secretariat,
            "代決を終える",
            end_delegation,
        )
        .takes(&[("role", "役割"), ("from", "任せた人")])
}

async fn show(State(app): State<Arc<App>>, signed: SignedIn) -> Result<Page, PageError> {
    let year = &signed.year;
    let today = app.act("").today();
    let municipality = &year.pack.municipality;
    let accounts = year.state(|state| state.accounts.clone());
    let roles: Vec<Value> = municipality
        .roles
        .iter()
        .enumerate()
        .map(|(at, role)| {
            let holders = role.holders.iter().filter(|holder| !holder.is_past(today));
            let holders: Vec<Value> = holders
                .map(|holder| {
                    context! {
                        address => address(year.slug(), &holder.name),
                        password => accounts.get(&holder.name).is_some_and(|a| a.password_at.is_some()),
                        codes => accounts.get(&holder.name).is_some_and(|a| a.codes),
                        ..held(holder, today)
                    }
                })
                .collect();
            let access = municipality.access_of_role(at);
            context! {
                id => role.id.as_str(), name => role.name.as_str(), holders,
                access => access.label(), own_access => role.access.map(level_id).unwrap_or_default(),
            }
        })
        .collect();
    let delegations = year.delegations(today).into_iter();
    let delegations: Vec<Value> = delegations
        .map(|one| context! { until_day => when::day(one.until), ..Value::from(Serde(one)) })
        .collect();
    pages::page(
        "desk/people.html",
        context! {
            roles,
            levels => levels(),
            people => Serde(people(&signed, today)),
            delegations,
            today => today.to_string(),
            administrator => signed.access >= Access::Administrator,
            secretariat => signed.access >= Access::Secretariat,
            ..frame(&app, &signed, "people")
        },
    )
}

async fn show_person(
    State(app): State<Arc<App>>,
    Path((_, person)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Page, PageError> {
    let year = &signed.year;
    let today = app.act("").today();
    let municipality = &year.pack.municipality;
    let mut of_person = Vec::new();
    for role in &municipality.roles {
        for holder in role.holders.iter().filter(|one| one.name == person) {
            of_person.push(context! {
                role => role.id.as_str(), title => role.name.as_str(),
                past => holder.is_past(today), ..held(holder, today)
            });
        }
    }
    let known = year.state(|state| state.accounts.get(&person).cloned());
    if of_person.is_empty() && known.is_none() {
        return Err(PageError::NotFound);
    }
    let others: Vec<Value> = municipality
        .roles
        .iter()
        .filter(|role| !role.holders.iter().any(|one| one.name == person))
        .map(|role| context! { id => role.id.as_str(), name => role.name.as_str() })
        .collect();
    let known = known.unwrap_or_default();
    pages::page(
        "desk/person.html",
        context! {
            name => person.as_str(),
            roles => of_person,
            others,
            access => municipality.access_of(&person, today).map(Level::label),
            password_at => known.password_at.map(when::moment),
            codes => known.codes,
            last_at => known.last_signed_in_at.map(when::moment),
            sessions => year.session_count(app.clock.now(), &person).await?,
            me => person == signed.person,
            ..frame(&app, &signed, "people")
        },
    )
}

async fn hold(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let name = own(&fields, "name").trim().to_owned();
    let change = PeopleChange::Hold {
        role: own(&fields, "role").to_owned(),
        holder: Holder {
            name: name.clone(),
            from: day(own(&fields, "from"))?,
            until: day(own(&fields, "until"))?,
        },
    };
    change_people(&app, &signed, &change).await?;
    Ok(Redirect::to(&address(signed.year.slug(), &name)))
}

async fn remove(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let change = PeopleChange::Remove {
        role: own(&fields, "role").to_owned(),
        name: own(&fields, "name").to_owned(),
    };
    change_people(&app, &signed, &change).await?;
    Ok(to_people(&signed))
}

async fn allow(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let wanted = own(&fields, "access");
    let access = Level::ALL
        .into_iter()
        .find(|level| level_id(*level) == wanted);
    if access.is_none() && !wanted.is_empty() {
        return Err(PageError::BadRequest("権限は一覧から選んでください。"));
    }
    let role = own(&fields, "role").to_owned();
    change_people(&app, &signed, &PeopleChange::Allow { role, access }).await?;
    Ok(to_people(&signed))
}

/// Somebody goes: no role from today on, no password, no session.
async fn leave(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    if own(&fields, "sure") != "yes" {
        return Err(PageError::BadRequest(
            "外すときは、確かめたことのしるしを付けてから押してください。",
        ));
    }
    let person = own(&fields, "person").to_owned();
    let act = app.act(&signed.person);
    let change = PeopleChange::Leave {
        name: person.clone(),
        from: act.today(),
    };
    change_people(&app, &signed, &change).await?;
    signed.year.close_account(&act, &person).await?;
    Ok(to_people(&signed))
}

async fn change_people(
    app: &App,
    signed: &SignedIn,
    change: &PeopleChange,
) -> Result<(), PageError> {
    let act = app.act(&signed.person);
    let files = app.years.files(&signed.year).await?;
    let text = files.get("municipality.json").ok_or(PageError::NotFound)?;
    let text = changed(text, act.today(), change)?;
    let changes = vec![("municipality.json".to_owned(), Some(text))];
    app.years.revise(&signed.year, &act, changes).await?;
    Ok(())
}

async fn sign_out(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let person = own(&fields, "person");
    let act = app.act(&signed.person);
    signed.year.end_sessions(&act, person, None).await?;
    Ok(Redirect::to(&address(signed.year.slug(), person)))
}

/// A one-time link for somebody who holds a role, now or later.
async fn sign_in_link(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Page, PageError> {
    let person = own(&fields, "person").to_owned();
    let today = app.act("").today();
    let holds = |role: &Role| {
        let mut holders = role.holders.iter();
        holders.any(|holder| holder.name == person && !holder.is_past(today))
    };
    if !signed.year.pack.municipality.roles.iter().any(holds) {
        return Err(PageError::NotFound);
    }
    let token = random::token();
    let door = Door::SignIn {
        person: person.clone(),
    };
    signed
        .year
        .make_link(&app.act(&signed.person), token, door)
        .await?;
    let link = format!("{}/{slug}/sign-in/{token}", app.address);
    let what = "このリンクは一度だけ使えます。ご本人にお渡しください。開いた画面で、次から使うログイン名とパスワードを決められます。リンクが表示されるのは、この画面だけです。";
    shown(
        &app,
        &signed,
        &format!("{person} のサインイン用リンク"),
        what,
        &link,
    )
}

/// 代決. Whether it is possible is for the engine to say.
async fn delegate(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let of = |name: &str| own(&fields, name).to_owned();
    let until = of("until").parse().map_err(|_| {
        PageError::BadRequest(
            "代決の終わりの日を、カレンダーから選ぶか 2026-06-05 の形で書いてください。",
        )
    })?;
    let delegation = Delegation {
        role: of("role"),
        from: of("from"),
        to: of("to"),
        until,
        reason: of("reason"),
    };
    let act = app.act(&signed.person);
    signed.year.delegate(&act, delegation).await?;
    Ok(to_people(&signed))
}

async fn end_delegation(
    State(app): State<Arc<App>>,
    signed: SignedIn,
    Form(fields): Form,
) -> Result<Redirect, PageError> {
    let act = app.act(&signed.person);
    let (role, from) = (own(&fields, "role"), own(&fields, "from"));
    signed.year.end_delegation(&act, role, from).await?;
    Ok(to_people(&signed))
}

/// A link for the members of the committee: the papers that were sent out.
async fn reading_link(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    signed: SignedIn,
    _: Form,
) -> Result<Page, PageError> {
    let token = random::token();
    signed
        .year
        .make_link(&app.act(&signed.person), token, Door::Papers)
        .await?;
    let link = format!("{}/{slug}/p/{token}", app.address);
    let what =
        "このリンクを知っている人は、送付済みの次第と資料を読めます。この画面でだけ表示されます。";
    shown(&app, &signed, "委員が資料を読むリンク", what, &link)
}

fn shown(
    app: &App,
    signed: &SignedIn,
    title: &str,
    what: &str,
    link: &str,
) -> Result<Page, PageError> {
    pages::page(
        "desk/given_link.html",
        context! { title, what, link, ..frame(app, signed, "people") },
    )
}

/// Everybody who holds a role today, once.
fn people(signed: &SignedIn, today: NaiveDate) -> Vec<&str> {
    let roles = signed.year.pack.municipality.roles.iter();
    let mut people: Vec<&str> = Vec::new();
    for person in roles.flat_map(|role| role.holders_on(today)) {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    people
}

/// A holder with the days as the forms have them, and in words.
fn held(holder: &Holder, today: NaiveDate) -> Value {
    let text = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let days = match (holder.from, holder.until) {
        (Some(from), Some(until)) => format!("{}から{}まで", when::day(from), when::day(until)),
        (Some(from), None) => format!("{}から", when::day(from)),
        (None, Some(until)) => format!("{}まで", when::day(until)),
        (None, None) => String::new(),
    };
    context! {
        name => holder.name.as_str(),
        from => text(holder.from),
        until => text(holder.until),
        days,
        later => holder.from.is_some_and(|from| today < from),
    }
}

/// The page of a person.
fn address(slug: &str, person: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(person.as_bytes()).collect();
    format!("/{slug}/people/of/{}", encoded.replace('+', "%20"))
}

fn levels() -> Vec<Value> {
    Level::ALL
        .into_iter()
        .map(|level| context! { id => level_id(level), label => level.label() })
        .collect()
}

fn level_id(level: Level) -> &'static str {
    match level {
        Level::Viewer => "viewer",
        Level::Member => "member",
        Level::Coordinator => "coordinator",
        Level::Secretariat => "secretariat",
        Level::Administrator => "administrator",
    }
}

fn day(text: &str) -> Result<Option<NaiveDate>, PageError> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            PageError::BadRequest("日付は、カレンダーから選ぶか 2026-04-01 の形で書いてください。")
        }),
    }
}

fn to_people(signed: &SignedIn) -> Redirect {
    Redirect::to(&format!("/{}/people", signed.year.slug()))
}
