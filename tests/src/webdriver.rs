//! A headless Chromium, driven through its own driver (W3C WebDriver).

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// Long enough for a busy machine.
const LIMIT: Duration = Duration::from_secs(90);

/// How often an element is looked for within that time.
const ROUNDS: u32 = 1800;

/// How a reference to an element is marked in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with a profile of its own; it ends when this is dropped.
#[derive(Debug)]
pub struct Chromium {
    driver: Child,
    client: reqwest::Client,
    session: String,
    /// The browser's profile; goes with this value.
    _profile: TempDir,
}

impl Chromium {
    /// Starts driver and browser.
    ///
    /// # Panics
    /// When they do not start.
    pub async fn start(driver: &Path) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let port = port(&mut driver);
        let client = reqwest::Client::builder().no_proxy().timeout(LIMIT).build();
        let client = client.expect("TLS roots");
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-proxy-server",
            // The provider's page would fetch a font from elsewhere.
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
        ];
        let mut arguments: Vec<_> = arguments.map(str::to_owned).into();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": arguments }
        } } });
        let mut this = Self {
            driver,
            client,
            session: format!("http://127.0.0.1:{port}/session"),
            _profile: profile,
        };
        let started = this.command("POST", "", Some(capabilities)).await;
        let id = started["sessionId"].as_str().expect("a session");
        this.session = format!("{}/{id}", this.session);
        this
    }

    /// Goes to an address.
    ///
    /// # Panics
    /// When the browser does not, as with all that follows.
    pub async fn go(&self, url: &str) {
        self.command("POST", "/url", Some(json!({ "url": url })))
            .await;
    }

    /// The address of the page.
    ///
    /// # Panics
    /// When the browser does not tell.
    pub async fn url(&self) -> String {
        text(self.command("GET", "/url", None).await)
    }

    /// The page as it stands.
    ///
    /// # Panics
    /// When the browser does not tell.
    pub async fn source(&self) -> String {
        text(self.command("GET", "/source", None).await)
    }

    /// What a script of the page would get.
    ///
    /// # Panics
    /// When the browser does not run it.
    pub async fn script(&self, source: &str) -> Value {
        let body = json!({ "script": source, "args": [] });
        self.command("POST", "/execute/sync", Some(body)).await
    }

    /// The cookies of the page, those too that no script can read.
    ///
    /// # Panics
    /// When the browser does not tell.
    pub async fn cookies(&self) -> Vec<Value> {
        let cookies = self.command("GET", "/cookie", None).await;
        cookies.as_array().expect("a list").clone()
    }

    /// Types into the element that a CSS selector finds.
    ///
    /// # Panics
    /// When it is not there within a minute and a half.
    pub async fn type_into(&self, selector: &str, keys: &str) {
        let element = self.find(selector).await;
        self.command(
            "POST",
            &format!("/element/{element}/clear"),
            Some(json!({})),
        )
        .await;
        let body = json!({ "text": keys });
        self.command("POST", &format!("/element/{element}/value"), Some(body))
            .await;
    }

    /// Clicks on the element that a CSS selector finds.
    ///
    /// # Panics
    /// When it is not there within a minute and a half.
    pub async fn click(&self, selector: &str) {
        let element = self.find(selector).await;
        self.command(
            "POST",
            &format!("/element/{element}/click"),
            Some(json!({})),
        )
        .await;
    }

    /// Waits until the element that a CSS selector finds is there; gives its text.
    ///
    /// # Panics
    /// When it is not there within a minute and a half.
    pub async fn text(&self, selector: &str) -> String {
        let element = self.find(selector).await;
        text(
            self.command("GET", &format!("/element/{element}/text"), None)
                .await,
        )
    }

    async fn find(&self, selector: &str) -> String {
        let body = json!({ "using": "css selector", "value": selector });
        for _ in 0..ROUNDS {
            let found = self.ask("POST", "/elements", Some(body.clone())).await;
            if let Some(id) = found["value"][0][ELEMENT].as_str() {
                return id.to_owned();
            }
            tokio::time::sleep(LIMIT / ROUNDS).await;
        }
        let (url, page) = (self.url().await, self.source().await);
        panic!("no {selector} at {url}: {page}");
    }

    async fn command(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let mut answer = self.ask(method, path, body).await;
        let value = answer["value"].take();
        assert!(
            value["error"].is_null(),
            "{path}: {} {}",
            value["error"],
            value["message"]
        );
        value
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let method = method.parse().expect("a method");
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.session));
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let answer = request.send().await.expect("the driver answers");
        let bytes = answer.bytes().await.expect("a whole answer");
        serde_json::from_slice(&bytes).expect("JSON")
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Asked to, the driver takes the browser with it; killed, it would leave it behind.
        let (address, path) = self.session["http://".len()..]
            .split_once('/')
            .unwrap_or((&self.session, ""));
        if let Ok(mut stream) = std::net::TcpStream::connect(address) {
            use std::io::{Read as _, Write as _};
            let request =
                format!("DELETE /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
            let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
            let _ = stream.write_all(request.as_bytes());
            let _ = stream.read(&mut [0; 64]);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The port that the driver says it listens on.
fn port(driver: &mut Child) -> u16 {
    let mut stdout = BufReader::new(driver.stdout.take().expect("stdout is piped"));
    let (tell, hear) = mpsc::channel();
    // It goes on reading to the end, so that the driver never writes to nobody.
    std::thread::spawn(move || {
        let mut line = String::new();
        while stdout.read_line(&mut line).is_ok_and(|read| read > 0) {
            if let Some((_, rest)) = line.split_once("successfully on port ") {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                // Nobody listens once the limit has passed.
                let _ = tell.send(digits.parse());
            }
            line.clear();
        }
    });
    match hear.recv_timeout(LIMIT) {
        Ok(Ok(port)) => port,
        _ => {
            let _ = driver.kill();
            panic!("chromedriver did not start");
        }
    }
}

fn text(value: Value) -> String {
    value.as_str().expect("a text").to_owned()
}
