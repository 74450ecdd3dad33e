//! A bank whose customers, and a caller whose secrets, are all canaries.

use std::path::Path;
use std::sync::Arc;

use castile::auth::TokenSource as _;
use castile::http::{Config, ConfigError, Profile, connect};
use castile_sandbox::data::{Account, Customer, Data, Posting};
use castile_sandbox::{ClientKey, Running, Sandbox};
use castile_tests::Scripted;
use tempfile::TempDir;

use crate::forms::Canary;
use crate::witness::Witness;

pub(crate) const USER: &str = "canary-user/7+x@bank.invalid";
pub(crate) const PASSWORD: &str = "canary-pass/word+77";
pub(crate) const CUSTOMER: &str = "CANARYCUST/0+7";
pub(crate) const NAME: &str = "Wilhelmina & Canarius/7+";
pub(crate) const ACCOUNT: &str = "7770001119998";
pub(crate) const BALANCE: &str = "91919191.91";
pub(crate) const TAX_ID: &str = "7771119998";
pub(crate) const MASK: &str = "*****canary-mask/9+";
pub(crate) const PHONE: &str = "5557771119997";
pub(crate) const MAIL: &str = "canary.mail/7+@home.invalid";
pub(crate) const STREET: &str = "77 Canary Row/Top+";
pub(crate) const STRANGER: &str = "CANARYNOBODY/0+8";
pub(crate) const ANSWERED: &str = "canary-in-an-answer/7+";
pub(crate) const GIVEN_TOKEN: &str = "canary-given-token/7+";
pub(crate) const WRITTEN_SECRET: &str = "canary-written-into-toml/7+";

pub(crate) const SHARED_SECRET: &str = "canary:shared/secret +&7";
pub(crate) const PASSPHRASE: &str = "canary pass/phrase+7";
pub(crate) const CODE: &str = "canary-code-of-a-sign-in-7";

/// The peers, the caller's folder, and all that must not be printed.
pub(crate) struct World {
    pub(crate) sandbox: Running,
    pub(crate) folder: TempDir,
    pub(crate) profile: Arc<Profile>,
    config: String,
    canaries: Vec<Canary>,
}

impl World {
    pub(crate) async fn open() -> Self {
        let key = ClientKey::generate().expect("randomness");
        let sandbox = Sandbox::builder()
            .client("the-client", key.jwks())
            .data(data())
            .start()
            .await
            .expect("loopback");
        let folder = tempfile::tempdir().expect("a temporary folder");
        write_private(&folder.path().join("key.pem"), key.private_pem());
        let config = sandbox.castile_toml("the-client", Path::new("key.pem"));
        let profile = Config::parse(&config, folder.path().join("castile.toml"))
            .and_then(|config| config.profile("sandbox"))
            .expect("as the sandbox writes it");
        let mut canaries = vec![
            Canary::new("the user name", USER),
            Canary::new("the password", PASSWORD),
            Canary::new("the customer's number", CUSTOMER),
            Canary::new("the customer's name", NAME),
            Canary::new("the account", ACCOUNT),
            Canary::new("the balance", BALANCE),
            Canary::new("the tax number", TAX_ID),
            Canary::new("the mask of it", MASK),
            Canary::new("the telephone", PHONE),
            Canary::new("the mail address", MAIL),
            Canary::new("the street", STREET),
            Canary::new("the customer who is none", STRANGER),
            Canary::new("a value in an answer", ANSWERED),
            Canary::new("a token of a false endpoint", GIVEN_TOKEN),
            Canary::new("a secret written into the file", WRITTEN_SECRET),
            Canary::new("a shared secret", SHARED_SECRET),
            Canary::new("a passphrase", PASSPHRASE),
            Canary::new("an authorization code", CODE),
        ];
        let pem = key.private_pem().lines();
        let lines = pem.filter(|line| !line.starts_with('-') && line.len() == 64);
        canaries.extend(lines.map(|line| Canary::new("the private key", line)));
        assert_eq!(canaries.len(), 18 + 2, "the key's file has another form");
        Self {
            sandbox,
            folder,
            profile,
            config,
            canaries,
        }
    }

    pub(crate) fn canaries(&self) -> &[Canary] {
        &self.canaries
    }

    pub(crate) fn watch(&mut self, name: &str, value: &str) {
        self.canaries.push(Canary::new(name, value));
    }

    /// The profile with one address replaced by another.
    pub(crate) fn profile_with(&self, old: &str, new: &str) -> Arc<Profile> {
        let text = self.config.replace(old, new);
        assert_ne!(text, self.config, "nothing to replace");
        Config::parse(&text, self.folder.path().join("castile.toml"))
            .and_then(|config| config.profile("sandbox"))
            .expect("only an address has changed")
    }

    /// What is said of the configuration with one part replaced by a wrong one.
    pub(crate) fn refused_with(&self, old: &str, new: &str) -> ConfigError {
        let text = self.config.replace(old, new);
        assert_ne!(text, self.config, "nothing to replace");
        Config::parse(&text, self.folder.path().join("castile.toml")).expect_err("refused")
    }

    pub(crate) fn profile_at(&self, gateway: &Scripted) -> Arc<Profile> {
        self.profile_with(&self.sandbox.gateway_url("ServiceGateway"), gateway.url())
    }

    /// Takes a token, and has it watched from then on.
    pub(crate) async fn take_token(&mut self, witness: &mut Witness) {
        let source = connect::token_source(&self.profile).expect("a usable key");
        witness.debug("an empty TokenCache", &source);
        let token = source.token().await.expect("a token");
        witness.debug("an AccessToken", &token);
        witness.debug("a full TokenCache", &source);
        witness.debug("CacheState", &source.state());
        let parts: Vec<_> = token.reveal().split('.').collect();
        assert_eq!(parts.len(), 3);
        self.watch("an access token", token.reveal());
        self.watch("the claims of an access token", parts[1]);
        self.watch("the signature of an access token", parts[2]);
        // Proxies and clients take tokens of their own: their beginning is the same.
        self.watch("any access token", &token.reveal()[..20]);
    }

    /// Shows the peers and what the caller holds.
    pub(crate) fn show(&self, witness: &mut Witness) {
        witness.debug("Running", &self.sandbox);
        witness.debug("the sandbox's log", &self.sandbox.log());
        for entry in self.sandbox.log() {
            witness.display("the sandbox's log", &entry);
        }
        let received = self.sandbox.requests();
        witness.debug("what the sandbox received", &received);
        witness.debug("Transfers", &self.sandbox.transfers());
        witness.debug("the sandbox's data", &data());
        witness.debug("Profile", &self.profile);

        // They did travel: a canary that nobody carried proves nothing.
        let bodies: Vec<_> = received
            .iter()
            .map(|request| request.body.clone())
            .collect();
        let bodies = String::from_utf8_lossy(&bodies.concat()).into_owned();
        for (name, value) in [
            ("customer", CUSTOMER),
            ("account", ACCOUNT),
            ("tax number", TAX_ID),
            ("stranger", STRANGER),
        ] {
            assert!(bodies.contains(value), "no request carried the {name}");
        }
        // In AuthenUsrCred of one typed request, which is payload, and in no header of an old one.
        assert_eq!(bodies.matches(PASSWORD).count(), 1);
    }
}

fn data() -> Data {
    let mut data = Data::default();
    data.customers.push(Customer {
        id: CUSTOMER.to_owned(),
        common_name: NAME.to_owned(),
        first_name: NAME.to_owned(),
        last_name: NAME.to_owned(),
        kind: "Ind".to_owned(),
        phone: PHONE.to_owned(),
        email: MAIL.to_owned(),
        street: STREET.to_owned(),
        city: "Soapstone".to_owned(),
        state: "MO".to_owned(),
        postal_code: "00000".to_owned(),
        tax_id_mask: MASK.to_owned(),
    });
    data.accounts.push(Account {
        id: ACCOUNT.to_owned(),
        kind: "D".to_owned(),
        customer: CUSTOMER.to_owned(),
        product_code: "1".to_owned(),
        product: "Checking".to_owned(),
        balance: 9_191_919_191,
        held: 0,
        restriction: None,
        postings: vec![Posting {
            date: "2026-01-01".to_owned(),
            amount: 9_191_919_191,
            description: NAME.to_owned(),
            check: None,
            transfer: None,
        }],
    });
    data
}

pub(crate) fn write_private(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file in the folder");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("ours");
    }
}
