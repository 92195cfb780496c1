//! The rig of a query API that finds records by their time and pages by offset.

use super::{Rig, holds};
use crate::audit::profile::Profile;
use crate::source::{Access, Locator, Source};
use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

type Store = Arc<Mutex<Vec<String>>>;

struct Offset {
    records: Store,
    url: String,
}

async fn page(State(store): State<Store>, uri: Uri) -> String {
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let query: HashMap<String, usize> =
        query.into_owned().map(|(name, value)| (name, value.parse().expect("a number"))).collect();
    let store = store.lock().expect("not poisoned");
    let start = query["skip"].min(store.len());
    let end = (start + query["take"]).min(store.len());
    format!(r#"{{"data":{{"rows":[{}]}}}}"#, store[start..end].join(","))
}

impl Offset {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let url = format!("http://{}/rows", listener.local_addr().expect("an address"));
        let records = Store::default();
        let router = Router::new().fallback(page).with_state(Arc::clone(&records));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { records, url }
    }
}

impl Rig for Offset {
    async fn open(&mut self) -> Source {
        let api = "[api]\npaging = \"offset\"\nrecords = \"/data/rows\"\nkey = \"/n\"\nlimit = 700\n\
                   parameters = { skip = \"{offset}\", take = \"{limit}\" }\n";
        let text = format!("{}\n{api}", include_str!("../../../profiles/reference.toml"));
        let profile = Profile::parse(&text, "rig").expect("a profile");
        let access = Access { profile: Some(&profile), ..Access::default() };
        Source::open(&Locator::Http(self.url.clone()), access).await.expect("opened")
    }

    async fn write(&mut self, records: &[String]) {
        self.records.lock().expect("not poisoned").extend_from_slice(records);
    }

    async fn write_garbage(&mut self) -> bool {
        false
    }
}

#[tokio::test]
async fn a_query_api_by_offset() {
    holds(Offset::new().await).await;
}
