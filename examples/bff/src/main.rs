//! Runs the backend against a sandbox of its own: `cargo run -p castile-bff`, then open what it prints.

use std::sync::Arc;

use castile::auth::oidc::{RelyingParty, Trust};
use castile::auth::{Algorithm, ClientSecret, TokenEndpoint};
use castile::http::connect::system_ports;
use castile::http::profile::Limits;
use castile_bff::{ACCOUNTS_READ, Fixed, Institution, Settings, router};
use castile_sandbox::{ClientKey, Sandbox, Website};
use url::Url;

const CLIENT: &str = "the-application";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let origin = format!("http://localhost:{}/", listener.local_addr()?.port());

    let key = ClientKey::generate()?;
    let secret = "a-secret-of-the-sandbox";
    let mut website = Website::new(format!("{origin}callback"));
    website.post_logout_redirect_uris = vec![format!("{origin}signed-out")];
    website.secret = Some(secret.to_owned());
    let sandbox = Sandbox::builder()
        .client(CLIENT, key.jwks())
        .website(CLIENT, website)
        .start()
        .await?;

    let ports = system_ports(Limits::default())?;
    let endpoint = TokenEndpoint::parse(&sandbox.token_endpoint())?;
    let trust = Trust::new(sandbox.provider_url(), endpoint)?;
    let provider = trust.discover(&*ports.http).await?;
    let auth = ClientSecret::basic(CLIENT, secret.to_owned().into())?;
    let party = RelyingParty::new(provider, Arc::new(auth), ports).with_algorithm(Algorithm::ES256);

    let institution = |id: &str, name: &str| Institution {
        id: id.to_owned(),
        name: name.to_owned(),
    };
    let settings = Settings {
        origin: Url::parse(&origin)?,
        party: Arc::new(party),
        directory: Arc::new(Fixed(vec![
            institution("011001276", "First Sandbox Bank"),
            institution("999999992", "Second Sandbox Credit Union"),
        ])),
        scope: format!("openid offline_access {ACCOUNTS_READ}"),
    };
    println!("{origin}  (any name, any password)");
    axum::serve(listener, router(settings)).await?;
    Ok(())
}
