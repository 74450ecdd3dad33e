//! Client authentication by a signed assertion (`private_key_jwt`, RFC 7523 section 2.2).

use std::sync::Arc;

use crate::assertion::{AssertionId, AssertionPolicy};
use crate::fingerprint::Fingerprint;
use crate::key_choice::Fixed;
use crate::ports::{BoxFuture, Clock, Random};
use crate::{ClientAuth, Error, KeyChoice, Proof, Signer, TokenEndpoint};

/// The `client_assertion_type` of a JWT.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Proves the client with a new assertion for each HTTP attempt: servers accept a `jti` once.
pub struct PrivateKeyJwt {
    policy: AssertionPolicy,
    keys: Arc<dyn KeyChoice>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl PrivateKeyJwt {
    /// Assertions by `policy`, signed by `signer`.
    pub fn new(
        policy: AssertionPolicy,
        signer: Arc<dyn Signer>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self::following(policy, Arc::new(Fixed(signer)), clock, random)
    }

    /// Assertions by `policy`, each signed by the key that `keys` names at that time.
    pub fn following(
        policy: AssertionPolicy,
        keys: Arc<dyn KeyChoice>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        policy.warn_of_compatibility();
        Self {
            policy,
            keys,
            clock,
            random,
        }
    }

    async fn signed(&self, endpoint: &TokenEndpoint, signer: &dyn Signer) -> Result<Proof, Error> {
        let mut id = [0; 16];
        self.random.fill(&mut id)?;
        let assertion = self
            .policy
            .unsigned(
                signer.algorithm(),
                signer.key_id(),
                endpoint,
                self.clock.now(),
                AssertionId(id),
            )?
            .sign(signer)
            .await?;
        Ok(Proof::new(vec![
            ("client_assertion_type", String::from(JWT_BEARER).into()),
            ("client_assertion", assertion.into_secret()),
        ])
        .with_key_id(signer.key_id()))
    }
}

impl ClientAuth for PrivateKeyJwt {
    fn prove<'a>(&'a self, endpoint: &'a TokenEndpoint) -> BoxFuture<'a, Result<Proof, Error>> {
        Box::pin(async move { self.signed(endpoint, &*self.keys.signer()).await })
    }

    fn client_id(&self) -> &str {
        self.policy.client_id()
    }

    fn fingerprint(&self) -> u64 {
        let signer = self.keys.signer();
        Fingerprint::of("private_key_jwt")
            .with(&format!("{:?}", signer.algorithm()))
            .with(signer.key_id())
            .with(&signer.public_thumbprint().unwrap_or_default())
            .with(&format!("{:?}", self.policy))
            .number()
    }

    fn prove_again<'a>(
        &'a self,
        endpoint: &'a TokenEndpoint,
        refused: &'a Proof,
    ) -> BoxFuture<'a, Result<Option<Proof>, Error>> {
        Box::pin(async move {
            let other = refused
                .key_id()
                .and_then(|refused| self.keys.fallback(self.client_id(), refused));
            match other {
                None => Ok(None),
                Some(signer) => self.signed(endpoint, &*signer).await.map(Some),
            }
        })
    }
}

impl std::fmt::Debug for PrivateKeyJwt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let signer = self.keys.signer();
        f.debug_struct("PrivateKeyJwt")
            .field("policy", &self.policy)
            .field("algorithm", &signer.algorithm())
            .field("key_id", &signer.key_id())
            .finish_non_exhaustive()
    }
}
