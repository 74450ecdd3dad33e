//! Client authentication by a signed assertion (`private_key_jwt`, RFC 7523 section 2.2).

use std::sync::Arc;

use crate::assertion::{AssertionId, AssertionPolicy};
use crate::ports::{BoxFuture, Clock, Random};
use crate::{ClientAuth, Error, Proof, Signer, TokenEndpoint};

/// The `client_assertion_type` of a JWT.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Proves the client with a new assertion for each HTTP attempt: servers accept a `jti` once.
pub struct PrivateKeyJwt {
    policy: AssertionPolicy,
    signer: Arc<dyn Signer>,
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
        Self {
            policy,
            signer,
            clock,
            random,
        }
    }
}

impl ClientAuth for PrivateKeyJwt {
    fn prove<'a>(&'a self, endpoint: &'a TokenEndpoint) -> BoxFuture<'a, Result<Proof, Error>> {
        Box::pin(async move {
            let mut id = [0; 16];
            self.random.fill(&mut id)?;
            let assertion = self
                .policy
                .unsigned(
                    self.signer.algorithm(),
                    self.signer.key_id(),
                    endpoint,
                    self.clock.now(),
                    AssertionId(id),
                )?
                .sign(&*self.signer)
                .await?;
            Ok(Proof::new(vec![
                ("client_assertion_type", String::from(JWT_BEARER).into()),
                ("client_assertion", assertion.into_secret()),
            ]))
        })
    }
}

impl std::fmt::Debug for PrivateKeyJwt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrivateKeyJwt")
            .field("policy", &self.policy)
            .field("algorithm", &self.signer.algorithm())
            .field("key_id", &self.signer.key_id())
            .finish_non_exhaustive()
    }
}
