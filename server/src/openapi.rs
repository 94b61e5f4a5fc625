//! The API document: every route of the list as an OpenAPI operation. What a page shows is what it answers as
//! JSON, so the document is made from the same list that guards the routes and cannot leave one out.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, Components, ComponentsBuilder, Object, ObjectBuilder,
    SchemaType, Type,
};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Content, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Paths, Ref, RefOr, Required,
    ResponseBuilder, Schema, ServerBuilder,
};

use crate::access::Listed;
use crate::signed_in::COOKIE_NAME;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// What an address ends with when its answer is a file, and the type of it.
const FILES: [(&str, &str); 9] = [
    (".svg", "image/svg+xml"),
    (
        "{workbook}",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        ".docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (".pdf", "application/pdf"),
    (".csv", "text/csv"),
    (".zip", "application/zip"),
    (".tar", "application/x-tar"),
    (".json", "application/json"),
];

/// The errors of every route, by status.
const ERRORS: [(&str, &str, &str); 8] = [
    ("400", "BadRequest", "読めない内容が送られた"),
    (
        "401",
        "SignInNeeded",
        "サインインしていない、またはトークンが使えない",
    ),
    (
        "403",
        "NotAllowed",
        "してよいことの範囲を超えている、または画面の合い札がない",
    ),
    ("404", "NotFound", "そのようなものはない"),
    ("409", "Conflict", "いまはできない。理由は message にある"),
    ("413", "TooLarge", "1 MB を超えている"),
    (
        "422",
        "NotAccepted",
        "直すところがある。issues か message にある",
    ),
    (
        "503",
        "Unavailable",
        "保存できたかどうかを確かめられない。同じ内容をもう一度送ってよい",
    ),
];

/// The document of these routes on a server at this address.
pub fn document(list: &[Listed], address: &str) -> OpenApi {
    let mut paths = Paths::new();
    let mut tags = BTreeSet::new();
    for route in list {
        let method = match route.method {
            Method::POST => HttpMethod::Post,
            _ => HttpMethod::Get,
        };
        tags.insert(area(route.path));
        let item = PathItem::new(method, operation(route));
        match paths.paths.get_mut(route.path) {
            Some(known) => known.merge_operations(item),
            None => {
                paths.paths.insert(route.path.to_owned(), item);
            }
        }
    }
    let license = LicenseBuilder::new()
        .name("MIT OR Apache-2.0")
        .identifier(Some("MIT OR Apache-2.0"));
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("めぐり（Meguri）")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "画面ですることは、すべて同じアドレスの API です。Accept: application/json を付けると、画面に出るものが JSON で返ります。",
                ))
                .license(Some(license.build())),
        )
        .servers(Some([ServerBuilder::new().url(address).build()]))
        .paths(paths)
        .components(Some(components()))
        .tags(Some(tags.into_iter().map(|tag| TagBuilder::new().name(tag).build())))
        .build()
}

/// The part of the API to which an address belongs: what comes after the municipality.
pub fn area(path: &str) -> &str {
    let mut parts = path.split('/').skip(1);
    match parts.next() {
        Some("{slug}") => match parts.next() {
            None => "home",
            // An address that begins with the secret of a link.
            Some("api") => "r",
            Some(area) => area,
        },
        Some(area) => area,
        None => "home",
    }
}

fn operation(route: &Listed) -> Operation {
    let mut operation = OperationBuilder::new()
        .operation_id(Some(id(route)))
        .summary(Some(route.what))
        .tag(area(route.path));
    for name in names(route.path) {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(meaning(name))
            .schema(Some(text("")));
        operation = operation.parameter(parameter);
    }
    if route.method == Method::POST {
        operation = operation.request_body(Some(body(route)));
        operation = operation
            .response("200", answer("行ったあとの画面", route))
            .response(
                "303",
                ResponseBuilder::new().description("行った。続きのアドレスは Location にある"),
            );
    } else {
        for (name, what) in route.takes {
            let parameter = ParameterBuilder::new()
                .name(*name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(*what))
                .schema(Some(text("")));
            operation = operation.parameter(parameter);
        }
        operation = operation
            .response("200", answer(route.what, route))
            .response(
                "303",
                ResponseBuilder::new().description("続きのアドレスは Location にある"),
            );
    }
    for (status, name, _) in ERRORS {
        let response = Ref::from_response_name(name);
        operation = operation.response(status, RefOr::<utoipa::openapi::Response>::Ref(response));
    }
    if let Some(least) = route.access {
        let none: [&str; 0] = [];
        operation = operation
            .security(SecurityRequirement::new("token", none))
            .security(SecurityRequirement::new("session", none))
            .description(Some(format!("「{}」以上の方が行えます。", least.label())))
            .extensions(Some(
                ExtensionsBuilder::new()
                    .add("x-access", json!(least))
                    .build(),
            ));
    }
    operation.build()
}

/// `get-slug-surveys-survey`: a name for programs that make functions of the document.
fn id(route: &Listed) -> String {
    let words = route.path.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    format!(
        "{}-{}",
        route.method.as_str().to_lowercase(),
        words.join("-")
    )
}

/// The `{names}` of an address.
pub fn names(path: &str) -> Vec<&str> {
    let parts = path.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name.trim_start_matches('*'))
        .collect()
}

fn meaning(name: &str) -> Option<&'static str> {
    Some(match name {
        "slug" => "市町村（フォルダーの名）",
        "survey" => "調査の id、またはその回（discharge-2026）",
        "respondent" => "管理番号",
        "workbook" => "管理番号と .xlsx",
        "cycle" => "サイクルの回（annual-2026）",
        "meeting" => "会議の id",
        "ledger" => "台帳の id",
        "link" => "リンクの秘密の部分",
        _ => return None,
    })
}

fn body(route: &Listed) -> RequestBody {
    let mut fields = ObjectBuilder::new();
    for (name, what) in route.takes {
        fields = fields.property(*name, text(what));
    }
    let fields = fields
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .build();
    let multipart = route.takes.iter().any(|(name, _)| *name == "file");
    let kinds = match multipart {
        true => &["multipart/form-data"][..],
        false => &[FORM, JSON][..],
    };
    let body = RequestBodyBuilder::new().description(Some(
        "画面から送るときは合い札（_csrf）も要ります。トークンで送るときは要りません。JSON は平たいオブジェクトで、同じ名の項目が複数あるときは配列にします。",
    ));
    let content = |body: RequestBodyBuilder, kind: &&str| {
        body.content(*kind, Content::new(Some(fields.clone())))
    };
    kinds.iter().fold(body, content).build()
}

fn answer(what: &str, route: &Listed) -> ResponseBuilder {
    let response = ResponseBuilder::new().description(what);
    let file = FILES
        .iter()
        .find(|(ending, _)| route.path.ends_with(ending));
    match file {
        Some((_, kind)) => response.content(*kind, Content::new(Some(Schema::from(Object::new())))),
        None => response
            .content(JSON, Content::new(Some(free())))
            .content("text/html", Content::new(Some(text("画面")))),
    }
}

/// What the page shows, by English names.
fn free() -> Schema {
    ObjectBuilder::new()
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .build()
        .into()
}

fn text(what: &str) -> Schema {
    let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    let text = match what {
        "" => text,
        what => text.description(Some(what)),
    };
    text.build().into()
}

fn components() -> Components {
    let issue = ObjectBuilder::new()
        .description(Some("直すところ"))
        .property("item", text("設問（hospitals.2.coordinated のように）"))
        .property("code", text("種類。docs/errors.md にある"))
        .property("severity", text("error か warning"))
        .property("message", text("何をどう直すか"));
    let error = ObjectBuilder::new()
        .description(Some("できなかった理由"))
        .property(
            "message",
            text("何が、なぜできなかったか、どうすればよいか"),
        )
        .property(
            "reference",
            nullable("記録の番号。こちらの不具合のときだけ"),
        )
        .property(
            "contact",
            nullable("問い合わせ先。回答の入口を開けないときだけ"),
        )
        .property(
            "issues",
            ArrayBuilder::new().items(Ref::from_schema_name("Issue")),
        );
    let session = ApiKey::Cookie(ApiKeyValue::with_description(
        COOKIE_NAME,
        "画面でサインインした人",
    ));
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("管理者が「APIトークン」の画面で作る"));
    let mut components = ComponentsBuilder::new()
        .schema("Issue", issue)
        .schema("Error", error)
        .security_scheme("session", SecurityScheme::ApiKey(session))
        .security_scheme("token", SecurityScheme::Http(token.build()));
    for (_, name, what) in ERRORS {
        let content = Content::new(Some(Ref::from_schema_name("Error")));
        let response = ResponseBuilder::new()
            .description(what)
            .content(JSON, content);
        components = components.response(name, response.build());
    }
    components.build()
}

fn nullable(what: &str) -> Schema {
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
        .description(Some(what))
        .build()
        .into()
}
