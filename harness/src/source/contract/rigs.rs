//! The rigs of sources that need nothing but this process.

use super::{Rig, holds};
use crate::source::{Access, Locator, Source};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A file, and how it is named.
struct File {
    path: PathBuf,
    locator: Locator,
    _folder: tempfile::TempDir,
}

impl File {
    fn new(locator: impl Fn(PathBuf) -> Locator) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("audit.jsonl");
        std::fs::write(&path, "").expect("written");
        Self { locator: locator(path.clone()), path, _folder: folder }
    }

    fn append(&self, text: &[u8]) {
        let mut file = OpenOptions::new().append(true).open(&self.path).expect("a file");
        file.write_all(text).expect("written");
    }
}

impl Rig for File {
    async fn open(&mut self) -> Source {
        Source::open(&self.locator, Access::default()).await.expect("opened")
    }

    async fn write(&mut self, records: &[String]) {
        let text: String = records.iter().map(|record| format!("{record}\n")).collect();
        self.append(text.as_bytes());
    }

    async fn write_garbage(&mut self) -> bool {
        self.append(b"no \xff record\n");
        true
    }
}

#[tokio::test]
async fn a_file() {
    holds(File::new(Locator::Jsonl)).await;
}

#[tokio::test]
async fn a_command() {
    // From the fourth line on: `tail` may start after the first ones that come.
    holds(File::new(|path| Locator::Exec(format!("tail -n +4 -F {}", path.display())))).await;
}

/// A query API as the reference gateway has it.
struct Api {
    records: Arc<Mutex<Vec<String>>>,
    url: String,
}

impl Api {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let url = format!("http://{}/audit", listener.local_addr().expect("an address"));
        let records = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&records);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                answer(stream, &kept).await;
            }
        });
        Self { records, url }
    }
}

async fn answer(mut stream: TcpStream, records: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let since = head.split("since=").nth(1).unwrap_or_default();
    let since: String = since.chars().take_while(char::is_ascii_digit).collect();
    let body = {
        let records = records.lock().expect("not poisoned");
        let start = since.parse().unwrap_or(0).min(records.len());
        let end = (start + 1000).min(records.len());
        format!(r#"{{"records":[{}],"next":{end}}}"#, records[start..end].join(","))
    };
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    // A poll that was given up has hung up.
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
}

impl Rig for Api {
    async fn open(&mut self) -> Source {
        let locator = Locator::Http(self.url.clone());
        Source::open(&locator, Access::default()).await.expect("opened")
    }

    async fn write(&mut self, records: &[String]) {
        self.records.lock().expect("not poisoned").extend_from_slice(records);
    }

    async fn write_garbage(&mut self) -> bool {
        false
    }
}

#[tokio::test]
async fn a_query_api() {
    holds(Api::new().await).await;
}
