//! A profile written in code, under the same checks as one in a file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use toml::{Table, Value};

use super::{Config, ConfigError, Place, Profile, SecretRef, State};

/// What stands for the file in messages.
const ORIGIN: &str = "(code)";

/// A profile that is being written in code: every key of a file by its name, and methods for those that each needs.
///
/// What is written twice has its last value. Relative paths start in the working directory.
///
/// ```
/// use std::time::Duration;
///
/// use castile_http::Config;
/// use castile_http::profile::{Draft, SecretRef, State};
///
/// let first = Draft::new("first-bank-test")
///     .institution("011001276", "TEST")
///     .product("loan-portal")
///     .client("4b1f0c5e", SecretRef::File("keys/first-bank.pem".into()))
///     .oauth("https://gateway.example/jxchange/2008/ServiceGateway/OAuth/ServiceGateway.svc")
///     .set("oauth.timeout", Duration::from_secs(30))
///     .set("operation.XferAdd.client_id", "77aa01");
/// let second = Draft::new("second-bank")
///     .institution("011001277", "PROD")
///     .product("loan-portal")
///     .state(State::Legacy)
///     .legacy("https://gateway.example/ServiceGateway.svc", "someone", SecretRef::Env("PASSWORD".into()));
/// let config = Config::of([first, second])?;
/// let profile = config.profile("first-bank-test")?;
/// assert_eq!(profile.for_operation("Transfer", "XferAdd").client.as_ref().unwrap().client_id, "77aa01");
///
/// // What a file may not say, code may not either.
/// let error = Draft::new("a").institution("011001276", "").build().unwrap_err();
/// assert_eq!(error.code(), "config-bad-value");
/// # Ok::<_, castile_http::ConfigError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a draft is no profile before `build` or `Config::of`"]
pub struct Draft {
    name: String,
    table: Table,
    /// The first value that no file could hold, by its key.
    unwritable: Option<String>,
}

impl Draft {
    /// An empty profile of this name, in state `oauth`.
    pub fn new(name: impl Into<String>) -> Self {
        let draft = Self {
            name: name.into(),
            table: Table::new(),
            unwritable: None,
        };
        draft.state(State::Oauth)
    }

    /// `inst_rt_id` and `inst_env`.
    pub fn institution(self, inst_rt_id: &str, inst_env: &str) -> Self {
        self.set("inst_rt_id", inst_rt_id).set("inst_env", inst_env)
    }

    /// `product`.
    pub fn product(self, product: &str) -> Self {
        self.set("product", product)
    }

    /// `state`.
    pub fn state(self, state: State) -> Self {
        self.set("state", state.to_string())
    }

    /// `client_id` and `key`.
    pub fn client(self, client_id: &str, key: SecretRef) -> Self {
        self.set("client_id", client_id).set("key", key)
    }

    /// The address of the new model.
    pub fn oauth(self, url: &str) -> Self {
        self.set("oauth.url", url)
    }

    /// The address of the old model, and who is named in its security header.
    pub fn legacy(self, url: &str, username: &str, password: SecretRef) -> Self {
        self.set("legacy.url", url)
            .set("legacy.username", username)
            .set("legacy.password", password)
    }

    /// Any key by the names that lead to it in a file, with dots between them.
    pub fn set(mut self, key: &str, value: impl Into<Setting>) -> Self {
        match value.into().0 {
            Some(value) => put(&mut self.table, key, value),
            None => self.unwritable = self.unwritable.or_else(|| Some(key.to_owned())),
        }
        self
    }

    /// The profile, for itself.
    ///
    /// # Errors
    /// As [`Config::of`].
    pub fn build(self) -> Result<Arc<Profile>, ConfigError> {
        let name = self.name.clone();
        Config::of([self])?.profile(&name)
    }
}

impl Config {
    /// A configuration of profiles written in code, with the checks that a file undergoes: each for itself, and all
    /// against each other.
    ///
    /// # Errors
    /// As [`Config::parse`]; places are lines of what the file would be.
    pub fn of(drafts: impl IntoIterator<Item = Draft>) -> Result<Self, ConfigError> {
        let mut text = String::from("version = 1\n");
        for draft in drafts {
            if let Some(key) = draft.unwritable {
                return Err(ConfigError::BadValue {
                    place: Place {
                        file: Path::new(ORIGIN).into(),
                        line: 1,
                        column: 1,
                    },
                    key,
                    expected: "text in Unicode, or a number that a file could hold",
                });
            }
            // Each in a document of its own, so that a name that comes twice is seen and not overwritten.
            let inner = Table::from_iter([(draft.name, Value::Table(draft.table))]);
            text.push_str(
                &Table::from_iter([("profile".to_owned(), Value::Table(inner))]).to_string(),
            );
            text.push('\n');
        }
        Self::parse(&text, ORIGIN)
    }
}

fn put(table: &mut Table, key: &str, value: Value) {
    let Some((first, rest)) = key.split_once('.') else {
        table.insert(key.to_owned(), value);
        return;
    };
    let inner = table
        .entry(first)
        .or_insert_with(|| Value::Table(Table::new()));
    if !inner.is_table() {
        *inner = Value::Table(Table::new());
    }
    if let Value::Table(inner) = inner {
        put(inner, rest, value);
    }
}

/// The value of a key in a [`Draft`].
#[derive(Debug, Clone)]
pub struct Setting(Option<Value>);

impl From<&str> for Setting {
    fn from(text: &str) -> Self {
        Self(Some(text.into()))
    }
}

impl From<String> for Setting {
    fn from(text: String) -> Self {
        Self(Some(text.into()))
    }
}

impl From<&Path> for Setting {
    fn from(path: &Path) -> Self {
        Self(path.to_str().map(Value::from))
    }
}

impl From<bool> for Setting {
    fn from(switch: bool) -> Self {
        Self(Some(switch.into()))
    }
}

impl From<u32> for Setting {
    fn from(number: u32) -> Self {
        Self(Some(i64::from(number).into()))
    }
}

impl From<f64> for Setting {
    fn from(number: f64) -> Self {
        Self(Some(number.into()))
    }
}

/// In whole milliseconds.
impl From<Duration> for Setting {
    fn from(time: Duration) -> Self {
        Self(Some(format!("{}ms", time.as_millis()).into()))
    }
}

impl From<Date> for Setting {
    fn from(date: Date) -> Self {
        // The forms of both are RFC 3339's.
        Self(date.to_string().parse().ok().map(Value::Datetime))
    }
}

impl<const N: usize> From<[&str; N]> for Setting {
    fn from(texts: [&str; N]) -> Self {
        Self(Some(Value::Array(texts.map(Value::from).into())))
    }
}

impl From<SecretRef> for Setting {
    fn from(secret: SecretRef) -> Self {
        Self(reference(&secret))
    }
}

fn reference(secret: &SecretRef) -> Option<Value> {
    let (kind, value) = match secret {
        SecretRef::File(path) => ("file", path.to_str()?.into()),
        SecretRef::Env(name) => ("env", name.as_str().into()),
        SecretRef::Command(words) => ("command", words.clone().into()),
        SecretRef::Pkcs11(key) => {
            let table = Table::from_iter([
                ("module".to_owned(), key.module.to_str()?.into()),
                ("token".to_owned(), key.token.as_str().into()),
                ("label".to_owned(), key.label.as_str().into()),
                ("pin".to_owned(), reference(&key.pin)?),
            ]);
            ("pkcs11", Value::Table(table))
        }
    };
    Some(Value::Table(Table::from_iter([(kind.to_owned(), value)])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::TokenKey;

    fn draft(name: &str, id: &str) -> Draft {
        Draft::new(name)
            .institution(id, "TEST")
            .product("p")
            .client("c", SecretRef::Env("K".into()))
            .oauth("https://gw.example/s")
    }

    #[test]
    fn code_says_what_a_file_says() {
        let command = SecretRef::Command(vec!["vault".into(), "read \"it\"".into()]);
        let in_token = SecretRef::Pkcs11(TokenKey {
            module: "/usr/lib/softhsm.so".into(),
            token: "t".into(),
            label: "l".into(),
            pin: Box::new(SecretRef::Env("PIN".into())),
        });
        let profile = draft("a.b \"c\"", "011001276")
            .client("0042", in_token.clone())
            .set("overrides", ["1", "02"])
            .set("oauth.timeout", Duration::from_millis(1500))
            .set("oauth.repeat_writes_on_401", true)
            .set("oauth.answer_limit", 2048)
            .set("dates.requested", jiff::civil::date(2026, 9, 1))
            .set("egress.proxy", "http://p.example:1")
            .set("egress.proxy_username", "u")
            .set("egress.proxy_password", command.clone())
            .set("egress.roots", Path::new("roots.pem"))
            .set("shadow.rate", 0.5)
            .set("service.Image.oauth.url", "https://images.example/s")
            .build()
            .unwrap();
        assert_eq!(profile.name, "a.b \"c\"");
        let (client, oauth) = profile.in_oauth().unwrap();
        assert_eq!((&*client.client_id, &client.key), ("0042", &in_token));
        assert_eq!(profile.overrides, ["1", "02"]);
        assert_eq!(oauth.limits.total, Duration::from_millis(1500));
        assert_eq!(oauth.limits.answer, 2048);
        assert!(oauth.repeat_writes_on_401);
        assert_eq!(profile.dates.requested, Some(jiff::civil::date(2026, 9, 1)));
        let proxy = profile.egress.proxy.as_ref().unwrap();
        assert_eq!(proxy.password, Some(command));
        assert_eq!(
            profile.egress.roots.as_deref(),
            Some(Path::new("roots.pem"))
        );
        let image = profile.for_operation("Image", "DocImgInq");
        assert_eq!(
            image.oauth.as_ref().unwrap().url.host_str(),
            Some("images.example")
        );
    }

    #[test]
    fn code_is_refused_what_a_file_is_refused() {
        let one = |draft: Draft| draft.build().unwrap_err();
        for (error, code) in [
            (one(Draft::new("a")), "config-missing-key"),
            (
                one(draft("a", "1").institution("1", " ")),
                "config-bad-value",
            ),
            (
                one(draft("a", "1").oauth("http://gw.example/s")),
                "config-insecure-url",
            ),
            (
                one(draft("a", "1").set("key", "-----BEGIN canary")),
                "config-inline-secret",
            ),
            (
                one(draft("a", "1").set("oauth.tiemout", 1)),
                "config-unknown-key",
            ),
            (
                one(draft("a", "1").set("oauth.timeout", Duration::ZERO)),
                "config-bad-value",
            ),
            (
                Config::of([draft("a", "1"), draft("b", "1")]).unwrap_err(),
                "config-duplicate-identity",
            ),
            (
                Config::of([draft("a", "1"), draft("a", "2")]).unwrap_err(),
                "config-duplicate-key",
            ),
        ] {
            assert_eq!(error.code(), code, "{error}");
            assert!(error.to_string().starts_with("(code):"), "{error}");
            assert!(
                !format!("{error} {error:?}").contains("canary"),
                "{error:?}"
            );
        }
        assert!(Config::of([]).unwrap().profiles().next().is_none());
        Config::of([draft("a", "1"), draft("b", "2")]).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_no_file_could_name_is_refused() {
        use std::os::unix::ffi::OsStrExt as _;

        let path = Path::new(std::ffi::OsStr::from_bytes(b"\xff"));
        let error = draft("a", "1")
            .set("key", SecretRef::File(path.into()))
            .build();
        assert_eq!(error.unwrap_err().code(), "config-bad-value");
    }
}
