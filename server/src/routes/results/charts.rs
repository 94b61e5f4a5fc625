//! The chart of a question as a picture: for the page, and to put into a document of one's own.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::municipality::Access;
use engine::results::{chart, offered};

use super::super::{Path, own};
use super::{Wish, query_fields, responses, shown_of};
use crate::access::Routes;
use crate::app::App;
use crate::error::PageError;
use crate::signed_in::SignedIn;
use crate::view::results::{NARROW, WIDE};

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/surveys/{survey}/charts/{file}",
            Access::Viewer,
            "設問のグラフ（svg、png）",
            picture,
        )
        .takes(&[("narrow", "1：電話の幅で描く")])
}

async fn picture(
    State(_): State<Arc<App>>,
    Path((_, id, file)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let (item, format) = file.rsplit_once('.').ok_or(PageError::NotFound)?;
    let seen = signed.year.seen();
    let counted = signed.year.counted().await?;
    let responses = responses(&counted, &id)?;
    let subjects = offered(&responses);
    let wish = Wish::read(
        query.as_deref(),
        &subjects,
        &counted.pack,
        responses.survey,
        signed.access,
    );
    let shown = shown_of(&signed.year, seen, &responses, &subjects, &wish);
    let question = shown
        .questions
        .iter()
        .find(|question| question.path == item);
    let chart = question
        .and_then(|question| chart(question, wish.look))
        .ok_or(PageError::NotFound)?;
    match format {
        "svg" => {
            let narrow = own(&query_fields(query.as_deref()), "narrow") == "1";
            let drawn = papers::drawn(&chart, if narrow { NARROW } else { WIDE });
            Ok(([(CONTENT_TYPE, "image/svg+xml")], drawn.svg).into_response())
        }
        "png" => {
            let bytes = papers::png(&chart).map_err(PageError::broken)?;
            let name = format!("attachment; filename=\"{id}-{item}.png\"");
            let headers = [
                (CONTENT_TYPE, "image/png".to_owned()),
                (CONTENT_DISPOSITION, name),
            ];
            Ok((headers, bytes).into_response())
        }
        _ => Err(PageError::NotFound),
    }
}
