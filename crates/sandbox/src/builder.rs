//! Says how a sandbox is to be, and starts it.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::bank::Bank;
use crate::connection::{Cuttable, Cutter};
use crate::data::Data;
use crate::provider::{ProviderKey, check_jwks};
use crate::state::{Client, Observer, Sandboxed, Settings};
use crate::{
    Clock, Contract, Entry, Jwks, Running, StartError, SystemClock, Unauthorized, Website, gateway,
    provider,
};

/// Seconds that a token lives, as in Jack Henry's example.
const TOKEN_LIFETIME: u64 = 600;

/// The identity provider and the gateway, not yet started.
#[derive(Debug)]
pub struct Sandbox;

impl Sandbox {
    /// A sandbox on two free loopback ports, without a client, with the data of [`Data::default`].
    pub fn builder() -> Builder {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Builder {
            provider: free,
            gateway: free,
            clock: Box::new(SystemClock),
            clients: Vec::new(),
            websites: HashMap::new(),
            token_lifetime: TOKEN_LIFETIME,
            token_audience: None,
            observer: Box::new(|_| {}),
            unauthorized: Unauthorized::default(),
            data: Data::default(),
            contract: None,
            seed: 1,
            username: None,
        }
    }
}

/// What a sandbox is to be like.
pub struct Builder {
    provider: SocketAddr,
    gateway: SocketAddr,
    clock: Box<dyn Clock>,
    clients: Vec<(String, Jwks)>,
    websites: HashMap<String, Website>,
    token_lifetime: u64,
    token_audience: Option<String>,
    observer: Observer,
    unauthorized: Unauthorized,
    data: Data,
    contract: Option<Contract>,
    seed: u64,
    username: Option<(String, String)>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("provider", &self.provider)
            .field("gateway", &self.gateway)
            .field("token_lifetime", &self.token_lifetime)
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// Where the identity provider listens; port 0 takes a free one.
    #[must_use]
    pub fn provider_address(mut self, address: SocketAddr) -> Self {
        self.provider = address;
        self
    }

    /// Where the gateway listens; port 0 takes a free one.
    #[must_use]
    pub fn gateway_address(mut self, address: SocketAddr) -> Self {
        self.gateway = address;
        self
    }

    /// The clock by which assertions and tokens are judged.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Registers a client; see [`Running::register`].
    #[must_use]
    pub fn client(mut self, client_id: impl Into<String>, jwks: impl Into<Jwks>) -> Self {
        self.clients.push((client_id.into(), jwks.into()));
        self
    }

    /// Lets a registered client sign end users in, as any name with any password, at a page of the provider.
    #[must_use]
    pub fn website(mut self, client_id: impl Into<String>, website: Website) -> Self {
        self.websites.insert(client_id.into(), website);
        self
    }

    /// How long a token lives, in seconds; 600 unless set.
    #[must_use]
    pub fn token_lifetime(mut self, seconds: u64) -> Self {
        self.token_lifetime = seconds;
        self
    }

    /// The audience of the tokens, unless it is the gateway's origin; the gateway then refuses
    /// them as meant for another.
    #[must_use]
    pub fn token_audience(mut self, audience: impl Into<String>) -> Self {
        self.token_audience = Some(audience.into());
        self
    }

    /// Is told each decision as it is made, from the thread that answers; it must not block.
    #[must_use]
    pub fn observer(mut self, observer: impl Fn(&Entry) + Send + Sync + 'static) -> Self {
        self.observer = Box::new(observer);
        self
    }

    /// The form of the gateway's 401.
    #[must_use]
    pub fn unauthorized(mut self, form: Unauthorized) -> Self {
        self.unauthorized = form;
        self
    }

    /// What the gateway knows of customers and accounts.
    #[must_use]
    pub fn data(mut self, data: Data) -> Self {
        self.data = data;
        self
    }

    /// The contract that the gateway keeps in place of the sample's: each request is judged by its schemas, each answer
    /// is drawn from them unless a test sets it.
    #[must_use]
    pub fn contract(mut self, contract: Contract) -> Self {
        self.contract = Some(contract);
        self
    }

    /// What decides the answers that are drawn from a contract; the same number gives the same answers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Serves the old model, too: the same services at [`Running::legacy_url`], for messages with this user name and
    /// password in their security header.
    #[must_use]
    pub fn username_token(mut self, username: &str, password: &str) -> Self {
        self.username = Some((username.to_owned(), password.to_owned()));
        self
    }

    /// Starts both servers on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// If an address is not on loopback or taken, or a client's JWKS is no set of public keys.
    pub async fn start(self) -> Result<Running, StartError> {
        let provider = listen(self.provider).await?;
        let gateway = listen(self.gateway).await?;
        let sandbox = Arc::new(Sandboxed {
            clock: self.clock,
            issuer: origin(&provider, self.provider)?,
            gateway: origin(&gateway, self.gateway)?,
            key: ProviderKey::generate().ok_or(StartError::Key)?,
            settings: Settings {
                token_lifetime: self.token_lifetime,
                token_audience: self.token_audience,
                observer: self.observer,
                unauthorized: self.unauthorized,
                contract: self.contract,
                seed: self.seed,
                username: self.username,
            },
            clients: Mutex::new(clients(self.clients, self.websites)?),
            bank: Mutex::new(Bank::new(self.data)),
            used: Mutex::default(),
            issued: Mutex::default(),
            users: Mutex::default(),
            script: Mutex::default(),
            answers: Mutex::default(),
            log: Mutex::default(),
            received: Mutex::default(),
            counts: Default::default(),
        });
        let (stop, stopped) = watch::channel(());
        let servers = vec![
            serve(provider, provider::router(sandbox.clone()), stopped.clone()),
            serve(gateway, gateway::router(sandbox.clone()), stopped),
        ];
        Ok(Running::new(sandbox, stop, servers))
    }
}

/// What is registered of a client beside its keys.
pub(crate) fn client(client_id: &str, jwks: Jwks) -> Client {
    Client {
        jwks,
        institution_id: format!("sandbox-institution-of-{client_id}"),
        website: None,
    }
}

fn clients(
    listed: Vec<(String, Jwks)>,
    mut websites: HashMap<String, Website>,
) -> Result<HashMap<String, Client>, StartError> {
    listed
        .into_iter()
        .map(|(client_id, jwks)| match check_jwks(&jwks) {
            Ok(()) => {
                let mut client = client(&client_id, jwks);
                client.website = websites.remove(&client_id);
                Ok((client_id, client))
            }
            Err(source) => Err(StartError::Client { client_id, source }),
        })
        .collect()
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    if !address.ip().is_loopback() {
        return Err(StartError::NotLoopback { address });
    }
    TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Listen { address, source })
}

fn origin(listener: &TcpListener, address: SocketAddr) -> Result<String, StartError> {
    match listener.local_addr() {
        Ok(bound) => Ok(format!("http://{bound}")),
        Err(source) => Err(StartError::Listen { address, source }),
    }
}

fn serve(
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<()>,
) -> JoinHandle<()> {
    let service = router.into_make_service_with_connect_info::<Cutter>();
    let server = axum::serve(Cuttable(listener), service).with_graceful_shutdown(async move {
        // Resolves when told, and when the handle that could tell is gone.
        let _ = stopped.changed().await;
    });
    tokio::spawn(async move {
        // Accepting has no error that ends it; there is nobody to tell one to.
        let _ = server.await;
    })
}
