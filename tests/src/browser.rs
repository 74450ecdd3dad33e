//! A browser without a screen or scripts: follows redirects, keeps cookies, fills in sign-in forms.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};

/// Pages that one sign-in may take.
const MOST_PAGES: usize = 20;

/// One user's browser.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    /// By name only: the tests have no two cookies of one name that matter at a time.
    cookies: BTreeMap<String, String>,
    seen: String,
}

impl Default for Browser {
    fn default() -> Self {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build();
        Self {
            client: client.expect("TLS roots"),
            cookies: BTreeMap::new(),
            seen: String::new(),
        }
    }
}

impl Browser {
    /// Goes to `url`, fills in each form on the way as the user `login`, and gives the address that begins with
    /// `until`, to which it was sent in the end.
    ///
    /// # Panics
    /// When it is sent nowhere like that.
    pub async fn sign_in(&mut self, url: &str, login: &str, until: &str) -> String {
        let answer = self.go(Method::GET, url, None).await;
        self.follow(answer, login, until).await
    }

    /// The same from an answer on.
    ///
    /// # Panics
    /// As [`sign_in`](Self::sign_in).
    pub async fn follow(&mut self, mut answer: Response, login: &str, until: &str) -> String {
        for _ in 0..MOST_PAGES {
            let here = answer.url().clone();
            let next = match answer.headers().get(LOCATION) {
                Some(location) => here
                    .join(location.to_str().expect("an address"))
                    .expect("an address"),
                None => {
                    let status = answer.status();
                    let page = self.read(answer).await;
                    let form = Form::find(&page)
                        .unwrap_or_else(|| panic!("{status}, no form to go on: {page}"));
                    let action = here.join(&form.action).expect("an address");
                    let body = form.filled_in(login);
                    answer = self.go(Method::POST, action.as_str(), Some(body)).await;
                    continue;
                }
            };
            if next.as_str().starts_with(until) {
                return next.into();
            }
            answer = self.go(Method::GET, next.as_str(), None).await;
        }
        panic!("{MOST_PAGES} pages and never at {until}");
    }

    /// The text of an answer.
    ///
    /// # Panics
    /// When it breaks off.
    pub async fn read(&mut self, answer: Response) -> String {
        let text = answer.text().await.expect("a whole answer");
        self.seen.push_str(&text);
        text
    }

    /// All that came to it so far: addresses, headers and the texts that were read.
    pub fn seen(&self) -> &str {
        &self.seen
    }

    /// One request under the cookies so far.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn go(&mut self, method: Method, url: &str, form: Option<String>) -> Response {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = self
            .client
            .request(method, url)
            .header(COOKIE, cookies.join("; "));
        if let Some(form) = form {
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form);
        }
        let answer = request.send().await.expect("an answer");
        self.seen
            .push_str(&format!("{url} {:?}\n", answer.headers()));
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let text = cookie.to_str().expect("a cookie");
            let pair = text.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                match value {
                    "" => self.cookies.remove(name.trim()),
                    _ => self
                        .cookies
                        .insert(name.trim().to_owned(), value.to_owned()),
                };
            }
        }
        answer
    }
}

/// The first form of a page.
struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

impl Form {
    fn find(page: &str) -> Option<Self> {
        let form = page.split("<form").nth(1)?.split("</form>").next()?;
        let (head, inside) = form.split_once('>')?;
        let fields = inside
            .split("<input")
            .skip(1)
            .filter_map(|input| {
                let input = input.split('>').next()?;
                Some((
                    attribute(input, "name")?,
                    attribute(input, "value").unwrap_or_default(),
                ))
            })
            .collect();
        Some(Self {
            action: attribute(head, "action").unwrap_or_default(),
            fields,
        })
    }

    /// What is empty in it is the user's name and password.
    fn filled_in(self, login: &str) -> String {
        let fields = self.fields.into_iter().map(|(name, value)| match &*name {
            "login" => (name, login.to_owned()),
            "password" => (name, "any".to_owned()),
            _ => (name, value),
        });
        let pairs: Vec<_> = fields
            .map(|(name, value)| format!("{name}={}", percent(&value)))
            .collect();
        pairs.join("&")
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!("{name}=\"")).nth(1)?;
    Some(value.split('"').next()?.replace("&amp;", "&"))
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut done, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => done.push(byte.into()),
            _ => done.push_str(&format!("%{byte:02X}")),
        }
        done
    })
}
