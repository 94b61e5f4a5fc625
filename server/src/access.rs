//! Who may do what. Every route is listed with the least access that it asks for, and one layer holds
//! every request to it: a route without a line here cannot be reached.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
pub use engine::municipality::Access;

use crate::app::{App, LARGEST_REQUEST};
use crate::error::PageError;
use crate::signed_in::SignedIn;
use crate::typed::{is_form, refused, shown_back};

/// A route as the API document describes it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub method: Method,
    /// With `{names}` for what varies.
    pub path: &'static str,
    /// The least access; without it the address carries its own secret or nothing is secret.
    pub access: Option<Access>,
    /// What it shows or does, in Japanese.
    pub what: &'static str,
    /// The fields that it reads, each with what it means.
    pub takes: &'static [(&'static str, &'static str)],
}

/// Routes with their list.
#[derive(Default)]
pub struct Routes {
    router: Router<Arc<App>>,
    list: Vec<Listed>,
}

impl Routes {
    pub fn new() -> Routes {
        Routes::default()
    }

    /// A page for those who are signed in with at least this access.
    pub fn get<H: Handler<T, Arc<App>>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        what: &'static str,
        handler: H,
    ) -> Routes {
        self.listed(Method::GET, path, Some(access), what, get(handler))
    }

    /// An act of those who are signed in with at least this access.
    pub fn post<H: Handler<T, Arc<App>>, T: 'static>(
        self,
        path: &'static str,
        access: Access,
        what: &'static str,
        handler: H,
    ) -> Routes {
        self.listed(Method::POST, path, Some(access), what, post(handler))
    }

    /// A page that needs no sign-in.
    pub fn open_get<H: Handler<T, Arc<App>>, T: 'static>(
        self,
        path: &'static str,
        what: &'static str,
        handler: H,
    ) -> Routes {
        self.listed(Method::GET, path, None, what, get(handler))
    }

    /// An act that needs no sign-in.
    pub fn open_post<H: Handler<T, Arc<App>>, T: 'static>(
        self,
        path: &'static str,
        what: &'static str,
        handler: H,
    ) -> Routes {
        self.listed(Method::POST, path, None, what, post(handler))
    }

    /// The fields that the route added last reads.
    pub fn takes(mut self, fields: &'static [(&'static str, &'static str)]) -> Routes {
        if let Some(last) = self.list.last_mut() {
            last.takes = fields;
        }
        self
    }

    pub fn merge(mut self, other: Routes) -> Routes {
        self.router = self.router.merge(other.router);
        self.list.extend(other.list);
        self
    }

    /// The list, for the API document and for tests that try every route.
    pub fn list(&self) -> &[Listed] {
        &self.list
    }

    pub(crate) fn into_router(self) -> (Router<Arc<App>>, Guarded) {
        let mut least = Least::new();
        for route in &self.list {
            let methods = least.entry(route.path).or_default();
            methods.push((route.method.clone(), route.access));
        }
        (self.router, Guarded(Arc::new(least)))
    }

    fn listed(
        mut self,
        method: Method,
        path: &'static str,
        access: Option<Access>,
        what: &'static str,
        handler: MethodRouter<Arc<App>>,
    ) -> Routes {
        self.router = self.router.route(path, handler);
        self.list.push(Listed {
            method,
            path,
            access,
            what,
            takes: &[],
        });
        self
    }
}

/// By address, then by method.
type Least = HashMap<&'static str, Vec<(Method, Option<Access>)>>;

/// The least access of every route.
#[derive(Clone)]
pub(crate) struct Guarded(Arc<Least>);

/// Lets through who may, and hands the handler who it is. Rights are looked up anew for every request:
/// who lost a role while a page was open is refused.
pub(crate) async fn guard(
    State((app, guarded)): State<(Arc<App>, Guarded)>,
    mut request: Request,
    next: Next,
) -> Response {
    let method = match *request.method() {
        Method::HEAD => Method::GET,
        ref method => method.clone(),
    };
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map_or("", |path| path.as_str());
    // What is not in the list answers by itself that there is no such page or method.
    let methods = guarded.0.get(path).into_iter().flatten();
    let mut least = methods
        .filter(|(of, _)| *of == method)
        .map(|(_, access)| *access);
    if let Some(Some(least)) = least.next() {
        match SignedIn::of(&app, request.uri(), request.headers()).await {
            Ok(signed) if signed.access >= least => {
                if method == Method::POST && is_form(&request) {
                    request = match own_form(&app, &signed, request).await {
                        Ok(request) => request,
                        Err(refused) => return *refused,
                    };
                }
                request.extensions_mut().insert(signed);
            }
            Ok(_) => return refused(&app, PageError::NotAllowed(least), request).await,
            Err(error) => return refused(&app, error, request).await,
        }
    }
    next.run(request).await
}

/// Lets a form through that was made for this session. One that was made for an earlier session of the same person
/// is refused as one of another site is, but what was typed into it is shown back.
async fn own_form(
    app: &App,
    signed: &SignedIn,
    request: Request,
) -> Result<Request, Box<Response>> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_REQUEST).await else {
        return Err(Box::new(PageError::TooLarge.into_response()));
    };
    let fields: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    if let Err(error) = signed.check(&fields) {
        let shown = shown_back(
            app,
            error,
            &parts.uri,
            parts.extensions.get::<MatchedPath>(),
            &fields,
        );
        return Err(Box::new(shown));
    }
    Ok(Request::from_parts(parts, Body::from(body)))
}
