//! What stands around the endpoint: OAuth metadata and the authorization endpoint. No credentials are sent,
//! no redirect is followed, and everything goes to the target itself, whatever the metadata name.

use url::{Url, form_urlencoded};

use super::judge::metadata::{Document, FORGED, Forged, Forgery};
use super::judge::origin::PublicOrigin;
use super::judge::redirect::{Asked, FOREIGN, LOOPBACK, Redirected};
use crate::target::world::{Reach, World};
use crate::transport::endpoint::Endpoint;
use crate::transport::until::Until;
use crate::wire::envelope::{Envelope, Header};
use crate::wire::json::{Json, parse};

/// The well-known name of the metadata of a protected resource (RFC 9728 section 3).
const RESOURCE: &str = "/.well-known/oauth-protected-resource";
/// The well-known name of the metadata of an authorization server (RFC 8414 section 3).
const SERVER: &str = "/.well-known/oauth-authorization-server";

/// A verifier is never sent, so that its challenge (RFC 7636 section 4.2) may be anything of its form.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The web side of a target.
pub(super) struct Web<'a> {
    world: &'a World,
    endpoint: &'a Endpoint,
    public: &'a PublicOrigin,
}

/// What was looked for, and what was found.
#[derive(Debug, Default)]
pub(super) struct Library {
    /// The paths that were asked for.
    pub(super) places: Vec<String>,
    /// The documents that were there.
    pub(super) documents: Vec<Document>,
}

/// An answer.
struct Fetched {
    status: Option<u16>,
    location: Option<String>,
    /// Its body, where it is a JSON object with status 200.
    json: Option<Json>,
}

impl<'a> Web<'a> {
    /// The web side of the target at this endpoint.
    pub(super) const fn new(
        world: &'a World,
        endpoint: &'a Endpoint,
        public: &'a PublicOrigin,
    ) -> Self {
        Self { world, endpoint, public }
    }

    /// The metadata of the endpoint as a protected resource.
    pub(super) async fn resources(&self) -> Library {
        self.library(RESOURCE, &[self.path(), String::new()]).await
    }

    /// The metadata of the authorization server: of those that the resource names at the target, of the
    /// endpoint, and of the whole target.
    pub(super) async fn servers(&self, resources: &Library) -> Library {
        let named = resources.documents.iter().flat_map(|document| {
            let servers = document.json.get("authorization_servers").and_then(Json::as_array);
            servers.unwrap_or_default().iter().filter_map(Json::as_str)
        });
        let own = named.filter_map(|server| Url::parse(server).ok()).filter(|url| self.is_own(url));
        let mut about: Vec<String> = own.take(2).map(|url| trimmed(url.path())).collect();
        about.extend([self.path(), String::new()]);
        self.library(SERVER, &about).await
    }

    async fn library(&self, name: &str, about: &[String]) -> Library {
        let mut library = Library::default();
        for about in about {
            let place = format!("{name}{about}");
            if library.places.contains(&place) {
                continue;
            }
            let fetched = self.fetch(&place, Vec::new()).await;
            if let Some(json) = fetched.json {
                let (place, about) = (place.clone(), about.clone());
                library.documents.push(Document { place, about, json });
            }
            library.places.push(place);
        }
        library
    }

    /// Asks for each document with each forgery.
    pub(super) async fn forge(&self, libraries: [&Library; 2]) -> Vec<Forged> {
        let mut all = Vec::new();
        for document in libraries.iter().filter_map(|library| library.documents.first()) {
            for forgery in Forgery::ALL {
                let Fetched { status, json, .. } =
                    self.fetch(&document.place, self.forgery(forgery)).await;
                let (place, plain) = (document.place.clone(), document.json.clone());
                all.push(Forged { place, forgery, plain, status, json });
            }
        }
        all
    }

    fn forgery(&self, forgery: Forgery) -> Vec<Header> {
        let proto = if self.endpoint.is_tls() { "http" } else { "https" };
        let forwarded_proto = Header::new("X-Forwarded-Proto", proto);
        match forgery {
            Forgery::ForwardedHost => {
                vec![Header::new("X-Forwarded-Host", FORGED), forwarded_proto]
            }
            Forgery::ForwardedProto => vec![forwarded_proto],
            Forgery::Forwarded => {
                vec![Header::new("Forwarded", format!("host={FORGED};proto={proto}"))]
            }
            Forgery::Host => vec![Header::new("Host", FORGED)],
        }
    }

    /// The authorization endpoints that the metadata name, as they name them: those of the target. One at
    /// an internal host is taken for the target's: it is the origin that is wrong.
    pub(super) fn authorization(&self, servers: &Library) -> Result<Vec<Url>, String> {
        let named = |document: &Document| {
            Url::parse(document.json.get("authorization_endpoint")?.as_str()?).ok()
        };
        let named: Vec<Url> = servers.documents.iter().filter_map(named).collect();
        let is_own = |url: &&Url| self.is_own(url) || self.public.hides(url);
        let mut urls: Vec<Url> = named.iter().filter(is_own).cloned().collect();
        urls.dedup();
        match (urls.is_empty(), named.first()) {
            (false, _) => Ok(urls),
            (true, None) => Err("the metadata names no authorization endpoint".to_owned()),
            (true, Some(url)) => {
                let host = url.host_str().unwrap_or_default();
                Err(format!("the authorization endpoint is at {host}, where nothing is sent"))
            }
        }
    }

    /// Asks an authorization endpoint to redirect to every foreign place, and to the loopback.
    pub(super) async fn redirect(&self, url: Url) -> Asked {
        let mut foreign = Vec::new();
        for asked in FOREIGN {
            foreign.push(self.redirected(&url, asked).await);
        }
        let allowed = self.redirected(&url, LOOPBACK).await;
        let reached = Url::parse(&self.endpoint.origin()).ok();
        Asked { own: std::iter::once(url).chain(reached).collect(), foreign, allowed }
    }

    async fn redirected(&self, url: &Url, asked: &'static str) -> Redirected {
        let Fetched { status, location, .. } = self.fetch(&asking(url, asked), Vec::new()).await;
        Redirected { asked, status, location }
    }

    /// Asks the target for a path, with these headers and no credentials.
    async fn fetch(&self, path: &str, more: Vec<Header>) -> Fetched {
        let nothing = Fetched { status: None, location: None, json: None };
        let Reach::Http(client) = &self.world.reach else { return nothing };
        if let Some(pace) = &self.world.pace {
            pace.wait().await;
        }
        let mut headers = vec![Header::new("Accept", "application/json")];
        headers.extend(more);
        let envelope = Envelope {
            method: "GET".to_owned(),
            path: Some(path.to_owned()),
            headers,
            body: Vec::new(),
        };
        let mut lane = client.lane();
        let delivery = lane.exchange(&envelope, self.world.deadline, Until::End).await;
        let Some(response) = delivery.response else { return nothing };
        let json = (response.status == 200).then(|| parse(&response.body).ok()).flatten();
        Fetched {
            status: Some(response.status),
            location: response.header("location"),
            json: json.filter(|json| json.as_object().is_some()),
        }
    }

    /// Whether a URL is the target, as it is reached or as it is called.
    fn is_own(&self, url: &Url) -> bool {
        url.origin().ascii_serialization() == self.endpoint.origin() || self.public.is_of(url)
    }

    /// The path of the endpoint, without a slash at its end and without its query.
    pub(super) fn path(&self) -> String {
        trimmed(self.endpoint.path().split('?').next().unwrap_or_default())
    }
}

/// Path and query of an authorization request (RFC 6749 section 4.1.1) with this `redirect_uri`.
fn asking(url: &Url, redirect_uri: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(url.query().unwrap_or_default().to_owned());
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "gauntlet"),
        ("state", "gauntlet"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("redirect_uri", redirect_uri),
    ] {
        query.append_pair(name, value);
    }
    format!("{}?{}", url.path(), query.finish())
}

fn trimmed(path: &str) -> String {
    path.trim_end_matches('/').to_owned()
}
