//! The tally and the answers as files to take away.

use std::collections::BTreeMap;

use axum::extract::RawQuery;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::municipality::Access;
use engine::results::{Encoding, Export, Masker, Responses, csv, long, wide, workbook};
use engine::year::Counted;
use papers::{Sheet, Workbook};

use super::super::{Path, own};
use super::{query_fields, responses, shield};
use crate::access::Routes;
use crate::error::PageError;
use crate::signed_in::SignedIn;

/// The encoding of a file in CSV.
const ENCODING: &[(&str, &str)] = &[(
    "encoding",
    "cp932：Shift_JIS（CP932）。なければ UTF-8（BOM付き）",
)];

type OfSurvey = Path<(String, String)>;

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/{slug}/surveys/{survey}/tally.xlsx",
            Access::Viewer,
            "調査の集計（Excel）",
            tally,
        )
        .get(
            "/{slug}/surveys/{survey}/answers.xlsx",
            Access::Secretariat,
            "回答とコード表（Excel）",
            answers,
        )
        .get(
            "/{slug}/surveys/{survey}/answers.csv",
            Access::Secretariat,
            "回答（CSV）",
            answers_csv,
        )
        .takes(ENCODING)
        .get(
            "/{slug}/surveys/{survey}/answers-long.csv",
            Access::Secretariat,
            "回答の縦持ち（CSV）",
            long_csv,
        )
        .takes(ENCODING)
}

async fn tally(Path((_, id)): OfSurvey, signed: SignedIn) -> Result<Response, PageError> {
    let counted = signed.year.counted().await?;
    let survey = counted.pack.survey(&id).ok_or(PageError::NotFound)?;
    // The workbook has every count.
    if shield(&counted.pack, survey, signed.access, false)
        .below
        .is_some()
    {
        return Err(PageError::NotAllowed(Access::Secretariat));
    }
    let answers = counted
        .by_survey()
        .remove(&survey.turn())
        .unwrap_or_default();
    let workbook = engine::sheet::results(&counted.pack, &id, &answers, &counted.book);
    xlsx(&workbook.ok_or(PageError::NotFound)?, &id)
}

async fn answers(Path((_, id)): OfSurvey, signed: SignedIn) -> Result<Response, PageError> {
    let counted = signed.year.counted().await?;
    let all = responses(&counted, &id)?;
    xlsx(
        &with_export(&signed, &counted, &all, workbook),
        &format!("{id}-answers"),
    )
}

async fn answers_csv(
    Path((_, id)): OfSurvey,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let counted = signed.year.counted().await?;
    let all = responses(&counted, &id)?;
    let first = with_export(&signed, &counted, &all, |export| {
        wide(export).into_iter().next()
    });
    as_csv(
        &first.ok_or(PageError::NotFound)?,
        &format!("{id}-answers"),
        query.as_deref(),
    )
}

async fn long_csv(
    Path((_, id)): OfSurvey,
    RawQuery(query): RawQuery,
    signed: SignedIn,
) -> Result<Response, PageError> {
    let counted = signed.year.counted().await?;
    let all = responses(&counted, &id)?;
    let sheet = with_export(&signed, &counted, &all, long);
    as_csv(&sheet, &format!("{id}-answers-long"), query.as_deref())
}

fn with_export<T>(
    signed: &SignedIn,
    counted: &Counted,
    responses: &Responses<'_>,
    make: impl FnOnce(&Export<'_>) -> T,
) -> T {
    let pack = &counted.pack;
    let masker = Masker::new(pack, pack.roster(responses.survey));
    let none = BTreeMap::new();
    let turn = responses.survey.turn();
    let held = signed
        .year
        .state(|state| state.surveys.get(&turn).cloned())
        .unwrap_or_default();
    let sources = held
        .responded
        .iter()
        .map(|(id, responded)| (id.as_str(), responded.source.label()));
    make(&Export {
        responses,
        codings: pack.codings.get(&responses.survey.id).unwrap_or(&none),
        masker: &masker,
        sources: sources.collect(),
    })
}

fn xlsx(workbook: &Workbook, name: &str) -> Result<Response, PageError> {
    let bytes = papers::xlsx(workbook).map_err(PageError::broken)?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file(bytes, kind, &format!("{name}.xlsx")))
}

fn as_csv(sheet: &Sheet, name: &str, query: Option<&str>) -> Result<Response, PageError> {
    let encoding = match own(&query_fields(query), "encoding") {
        "cp932" => Encoding::Cp932,
        _ => Encoding::Utf8,
    };
    let kind = match encoding {
        Encoding::Utf8 => "text/csv; charset=utf-8",
        Encoding::Cp932 => "text/csv; charset=windows-31j",
    };
    let bytes = csv(sheet, encoding).map_err(PageError::Unwritable)?;
    Ok(file(bytes, kind, &format!("{name}.csv")))
}

fn file(bytes: Vec<u8>, kind: &str, name: &str) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, bytes).into_response()
}
