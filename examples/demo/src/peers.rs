//! The sandbox, and a client of it made from a castile.toml as a user's would be.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use castile::auth::TokenSource;
use castile::http::stack::{self, Raw, Typed};
use castile::http::{Body, Config, EgressTransport, connect};
use castile::{Client, Header};
use castile_sandbox::{ClientKey, Running, Sandbox};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, Request, Uri};

use crate::script::Failure;

const CLIENT_ID: &str = "demo-client";

/// Both peers, and both ways to them under one token cache.
pub(crate) struct Peers {
    pub(crate) sandbox: Running,
    /// For generated types.
    pub(crate) client: Client<Arc<Typed<EgressTransport>>>,
    /// For messages as they are: adds the token, leaves the message alone.
    pub(crate) unchanged: Arc<Typed<EgressTransport>>,
    /// For old messages: cuts the security header, adds the token.
    pub(crate) rewriting: Raw<EgressTransport>,
    url: Uri,
}

impl Peers {
    pub(crate) async fn start() -> Result<Self, Failure> {
        let key = ClientKey::generate()?;
        let sandbox = Sandbox::builder()
            .client(CLIENT_ID, key.jwks())
            .start()
            .await?;

        let folder = tempfile::tempdir()?;
        let mut key_file = tempfile::NamedTempFile::new_in(folder.path())?;
        key_file.write_all(key.private_pem().as_bytes())?;
        let toml = sandbox.castile_toml(CLIENT_ID, key_file.path());
        let profile = Config::parse(&toml, folder.path().join(Path::new("castile.toml")))?
            .profile("sandbox")?;
        let (_, oauth) = profile.in_oauth()?;
        let url: Uri = oauth.url.as_str().parse()?;

        let tokens: Arc<dyn TokenSource> = Arc::new(connect::token_source(&profile)?);
        let transport = || EgressTransport::new(oauth.limits);
        let typed = stack::typed(connect::plan(&profile, tokens.clone())?, transport()?);
        let typed = Arc::new(typed);
        Ok(Self {
            client: Client::new(url.clone(), typed.clone()).with_header(Header::of(&profile)),
            unchanged: typed,
            rewriting: stack::raw(connect::plan(&profile, tokens)?, transport()?),
            sandbox,
            url,
        })
    }

    /// An HTTP request as an old client sends it.
    pub(crate) fn request(&self, action: &'static str, envelope: &'static str) -> Request<Body> {
        let mut request = Request::new(Body::whole(envelope));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.url.clone();
        let headers = request.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/xml; charset=utf-8"),
        );
        headers.insert(
            HeaderName::from_static("soapaction"),
            HeaderValue::from_static(action),
        );
        request
    }
}
