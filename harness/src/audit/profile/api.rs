//! How a product's query API for records is asked, and where its answers keep what.
//!
//! Makes requests' texts; sends none.

use super::pointer::Pointer;
use super::template::{Body, Hole, Template};
use super::values::Seconds;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// How a query API is asked. The default is what the reference gateway has: `GET ?since=N&limit=1000` answers
/// `{"records": [...], "next": N, "lost": 0}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "ApiText")]
pub struct Api {
    /// The HTTP method.
    pub method: ApiMethod,
    /// The query of the URL, by name, beside what the URL has itself.
    pub parameters: BTreeMap<String, Template>,
    /// The body of a POST.
    pub body: Option<Body>,
    /// How one page leads to the next.
    pub paging: Paging,
    /// Where the answer keeps its records: a JSON pointer to an array.
    pub records: Pointer,
    /// Where it keeps the place from which to read on.
    pub next: Pointer,
    /// Where it counts records that were asked for and are gone; only for [`Paging::Cursor`].
    pub lost: Pointer,
    /// The member of a record by which it is known again; none for its whole text.
    pub key: Option<Pointer>,
    /// Records that are asked for at once.
    pub limit: u32,
    overlap: Seconds,
    interval: Seconds,
}

/// The HTTP method of a query API.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
pub enum ApiMethod {
    /// GET.
    #[default]
    Get,
    /// POST.
    Post,
}

/// How one page leads to the next.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Paging {
    /// By a place among all records, from which every poll reads on.
    #[default]
    Cursor,
    /// By a token, which leads through the pages of one poll.
    Token,
    /// By the number of records to pass over.
    Offset,
    /// By the number of the page, from 1.
    Page,
}

impl Api {
    /// How much later than its time a record may be written.
    #[must_use]
    pub const fn overlap(&self) -> Duration {
        self.overlap.0
    }

    /// The least time between two requests.
    #[must_use]
    pub const fn interval(&self) -> Duration {
        self.interval.0
    }

    /// Whether a request names this.
    fn asks(&self, hole: Hole) -> bool {
        let parameters = self.parameters.values().any(|template| template.has(hole));
        parameters || self.body.as_ref().is_some_and(|body| body.has(hole))
    }
}

impl Default for Api {
    fn default() -> Self {
        // A test holds that it is one.
        let parsed = ApiText::default().checked();
        parsed.unwrap_or_else(|_| Self {
            method: ApiMethod::Get,
            parameters: BTreeMap::new(),
            body: None,
            paging: Paging::Cursor,
            records: Pointer::member("records"),
            next: Pointer::member("next"),
            lost: Pointer::member("lost"),
            key: None,
            limit: LIMIT,
            overlap: Seconds(Duration::ZERO),
            interval: Seconds(Duration::ZERO),
        })
    }
}

/// Records that are asked for at once, unless a profile says otherwise.
const LIMIT: u32 = 1000;

/// How much later than its time a record may be written, unless a profile says otherwise.
const OVERLAP: Duration = Duration::from_secs(30);

/// [`Api`] as written, before its cross-checks.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApiText {
    #[serde(default)]
    method: ApiMethod,
    parameters: Option<BTreeMap<String, Template>>,
    body: Option<Body>,
    #[serde(default)]
    paging: Paging,
    records: Option<Pointer>,
    next: Option<Pointer>,
    lost: Option<Pointer>,
    key: Option<Pointer>,
    limit: Option<u32>,
    overlap: Option<Seconds>,
    interval: Option<Seconds>,
}

impl ApiText {
    fn checked(self) -> Result<Api, String> {
        let own = |name: &str, text: &str| Some((name.to_owned(), Template::parse(text).ok()?));
        // Names of query parameters are the product's own: only those of the reference gateway are known.
        let usual = match (self.paging, &self.body) {
            (Paging::Cursor, None) => [own("since", "{cursor}"), own("limit", "{limit}")],
            _ => [None, None],
        };
        if self.lost.is_some() && self.paging != Paging::Cursor {
            return Err(
                "`lost` is counted only with paging = \"cursor\": other pages are read again"
                    .to_owned(),
            );
        }
        let api = Api {
            method: self.method,
            parameters: self.parameters.unwrap_or_else(|| usual.into_iter().flatten().collect()),
            body: self.body,
            paging: self.paging,
            records: self.records.unwrap_or_else(|| Pointer::member("records")),
            next: self.next.unwrap_or_else(|| Pointer::member("next")),
            lost: self.lost.unwrap_or_else(|| Pointer::member("lost")),
            key: self.key,
            limit: self.limit.unwrap_or(LIMIT),
            overlap: self.overlap.unwrap_or(Seconds(OVERLAP)),
            interval: self.interval.unwrap_or(Seconds(Duration::ZERO)),
        };
        api.check().map(|()| api)
    }
}

impl Api {
    fn check(&self) -> Result<(), String> {
        if self.body.is_some() && self.method == ApiMethod::Get {
            return Err("a `body` needs method = \"POST\"".to_owned());
        }
        if !(1..=100_000).contains(&self.limit) {
            return Err("`limit` is a number of records from 1 to 100000".to_owned());
        }
        let places = [("records", &self.records), ("next", &self.next), ("lost", &self.lost)];
        if let Some((name, _)) = places.iter().find(|(_, place)| !place.is_exact()) {
            return Err(format!("`{name}` is a JSON pointer, without **/"));
        }
        let (hole, paging) = match self.paging {
            Paging::Cursor => (Hole::Cursor, "cursor"),
            Paging::Token => (Hole::Cursor, "token"),
            Paging::Offset => (Hole::Offset, "offset"),
            Paging::Page => (Hole::Page, "page"),
        };
        if self.asks(hole) {
            return Ok(());
        }
        Err(format!(
            "paging = \"{paging}\" needs {} in `parameters` or `body`: without it every page is the first",
            hole.as_str()
        ))
    }
}

impl TryFrom<ApiText> for Api {
    type Error = String;

    fn try_from(text: ApiText) -> Result<Self, String> {
        text.checked()
    }
}
