//! A server built with the Rust SDK as its users build one, on a free port of the loopback.

use std::thread;
use std::time::Duration;

use axum::serve::ListenerExt;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{CallToolResult, ContentBlock};
use rmcp::transport::streamable_http_server::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::{ServerHandler, schemars, tool, tool_handler, tool_router};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::time::sleep;

/// How long a call takes: of two that come together, none is over before the other has come. What
/// the SDK does then with two equal ids would else be chance.
const MOMENT: Duration = Duration::from_millis(50);

/// Starts it with all settings as the SDK has them, until the test binary ends.
///
/// It has one thread, so that messages are taken in the order in which they come.
pub(super) fn serve() -> String {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    // Else each event waits for the acknowledgement of the one before it.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    thread::spawn(move || runtime.block_on(async { axum::serve(listener, router()).await }));
    url
}

fn router() -> axum::Router {
    let service = StreamableHttpService::<_, LocalSessionManager>::new(
        || Ok(Tools),
        Default::default(),
        Default::default(),
    );
    axum::Router::new().nest_service("/mcp", service)
}

struct Tools;

#[derive(Deserialize, schemars::JsonSchema)]
struct Text {
    text: String,
}

#[derive(Deserialize, schemars::JsonSchema)]
struct Pause {
    milliseconds: u64,
}

#[tool_router]
impl Tools {
    #[tool(description = "Returns the text")]
    async fn echo(&self, Parameters(Text { text }): Parameters<Text>) -> String {
        sleep(MOMENT).await;
        text
    }

    #[tool(description = "Fails")]
    async fn soft_error(&self) -> CallToolResult {
        CallToolResult::error(vec![ContentBlock::text("it failed, as it should")])
    }

    #[tool(description = "Waits, then returns")]
    async fn slow(&self, Parameters(Pause { milliseconds }): Parameters<Pause>) -> String {
        sleep(Duration::from_millis(milliseconds)).await;
        format!("waited {milliseconds} ms")
    }
}

#[tool_handler(name = "rmcp", version = "3.9.0")]
impl ServerHandler for Tools {}
