//! `GET /audit?since=SEQ&limit=N`: the latest records. It leaves no record itself.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;
use url::form_urlencoded;

use crate::audit::Trail;
use crate::sink::Page;
use crate::text::shown;

/// Records of one answer, at most.
const LIMIT: u64 = 1000;

#[derive(Debug, PartialEq, Eq)]
struct Query {
    since: u64,
    limit: u64,
}

/// Answers a query.
pub(crate) fn answer(trail: &Trail, query: Option<&str>) -> Response {
    match Query::read(query.unwrap_or_default()) {
        Ok(query) => {
            let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
            respond(StatusCode::OK, rendered(&trail.ring().since(query.since, limit), trail.lost()))
        }
        Err(message) => respond(StatusCode::BAD_REQUEST, json!({"error": message}).to_string()),
    }
}

/// The records are JSON texts already. `undelivered` is how many never reached the file or the webhook.
fn rendered(page: &Page, undelivered: u64) -> String {
    let records = page.records.join(",");
    let Page { next, lost, .. } = page;
    format!(r#"{{"records":[{records}],"next":{next},"lost":{lost},"undelivered":{undelivered}}}"#)
}

fn respond(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

impl Query {
    /// A limit beyond the greatest is lowered: `next` tells where to go on.
    fn read(text: &str) -> Result<Self, String> {
        let mut query = Self { since: 0, limit: LIMIT };
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let number = value.parse::<u64>();
            match (name.as_ref(), number) {
                ("since", Ok(number)) => query.since = number,
                ("limit", Ok(number)) if number > 0 => query.limit = number.min(LIMIT),
                ("since", _) => return Err("since must be a number from 0 on".to_owned()),
                ("limit", _) => return Err("limit must be a number from 1 on".to_owned()),
                (other, _) => {
                    return Err(format!("{} is neither since nor limit", shown(other, 80)));
                }
            }
        }
        Ok(query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries() {
        let read = |text| Query::read(text).map(|query| (query.since, query.limit));
        assert_eq!(read(""), Ok((0, 1000)));
        assert_eq!(read("since=5&limit=7"), Ok((5, 7)));
        assert_eq!(read("limit=5000"), Ok((0, 1000)));
        for text in ["since=-1", "since=x", "limit=0", "limit=", "from=1"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
