//! The application as the authorization server knows it: signs users in, asks about them, signs them out.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::Algorithm;
use url::Url;
use zeroize::Zeroizing;

use super::exchange::Exchange;
use super::pushed;
use super::{
    AuthorizationRequest, Expected, Logout, OidcError, Pending, Provider, ProviderKeys, Pushed,
    UserInfo, UserTokens, VerifiedJwt, authorize, callback, revoke,
};
use crate::grant::reply::{self, Tokens};
use crate::ports::Ports;
use crate::{AccessToken, ClientAuth, Error, SenderConstraint};

/// A client of one issuer that signs users in by the code flow with PKCE.
pub struct RelyingParty {
    provider: Provider,
    auth: Arc<dyn ClientAuth>,
    keys: ProviderKeys,
    algorithm: Algorithm,
    constraint: Option<Arc<dyn SenderConstraint>>,
    pub(super) ports: Ports,
}

impl RelyingParty {
    /// The client of `auth` at `provider`. ID tokens must be signed with RS256, the default of OpenID Connect.
    pub fn new(provider: Provider, auth: Arc<dyn ClientAuth>, ports: Ports) -> Self {
        Self {
            keys: ProviderKeys::new(
                provider.keys.clone(),
                ports.http.clone(),
                ports.clock.clone(),
            ),
            provider,
            auth,
            algorithm: Algorithm::RS256,
            constraint: None,
            ports,
        }
    }

    /// The same with ID tokens of another algorithm (`id_token_signed_response_alg`): PS256 or ES256.
    #[must_use]
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// The same with tokens that are bound to a key.
    #[must_use]
    pub fn with_constraint(mut self, constraint: Arc<dyn SenderConstraint>) -> Self {
        self.constraint = Some(constraint);
        self
    }

    /// The issuer's metadata.
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// What each call under the users' tokens must prove besides.
    pub fn constraint(&self) -> Option<&Arc<dyn SenderConstraint>> {
        self.constraint.as_ref()
    }

    /// The steady clock, for [`Pushed::redirect`].
    pub fn steady(&self) -> Duration {
        self.ports.clock.steady()
    }

    /// Where the browser is to go, with all parameters in the address. Prefer [`push`](Self::push).
    ///
    /// # Errors
    /// No randomness.
    pub fn begin(&self, request: &AuthorizationRequest) -> Result<(Url, Pending), OidcError> {
        let pending = self.pending(request)?;
        let parameters = self.parameters(request, &pending);
        let parameters = parameters
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        Ok((
            authorize::url(&self.provider.authorization, parameters),
            pending,
        ))
    }

    /// Pushes the request to the server first (RFC 9126), so that no address holds any of it.
    ///
    /// # Errors
    /// The server's refusal, also one that is HTML; a server without such an endpoint.
    pub async fn push(&self, request: &AuthorizationRequest) -> Result<Pushed, OidcError> {
        let endpoint = self.provider.pushed.as_ref().ok_or(OidcError::Endpoint {
            endpoint: "pushed_authorization_request_endpoint",
        })?;
        let pending = self.pending(request)?;
        let parameters = self.parameters(request, &pending);
        let fields: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let asked = self.steady();
        let (answer, proof) = self
            .exchange()
            .post(endpoint.url(), &self.provider.token, &fields)
            .await?;
        if !matches!(answer.status().as_u16(), 200 | 201) {
            return Err(reply::refusal(answer, &proof).into());
        }
        let (request_uri, lifetime) = pushed::read(answer.body()).ok_or(OidcError::Unreadable {
            what: "the answer to the pushed request",
            reason: "no request_uri or no expires_in",
        })?;
        Ok(Pushed {
            authorization: self.provider.authorization.clone(),
            client_id: self.auth.client_id().to_owned(),
            request_uri,
            asked,
            lifetime,
            pending,
        })
    }

    /// Exchanges the code of a callback, whose query is given as it came, for tokens.
    ///
    /// # Errors
    /// A callback of another sign-in or another issuer, the server's refusal, an ID token that is not to be believed.
    pub async fn complete(&self, pending: Pending, query: &str) -> Result<UserTokens, OidcError> {
        let code = callback::code(query, &pending, &self.provider)?;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &pending.redirect_uri),
            ("code_verifier", &pending.verifier),
            ("client_id", self.auth.client_id()),
        ];
        let (tokens, started) = self.tokens(&fields).await?;
        let id_token = tokens.id_token.ok_or(OidcError::JwtMalformed {
            reason: "there is no ID token",
        })?;
        let nonce = Some(pending.nonce.as_str());
        let access_token = tokens.grant.access_token.clone();
        let identity = self.identity(&id_token, nonce, &access_token).await?;
        Ok(UserTokens {
            access_token: access(access_token, &tokens.grant, 1, started, &pending.scope),
            refresh_token: tokens.refresh_token,
            id_token,
            identity,
        })
    }

    /// What the server gives for a refresh token, which is used up by it. Never two at once:
    /// [`Session`](super::Session).
    pub(super) async fn refresh(
        &self,
        refresh_token: &str,
    ) -> Result<(Tokens, Duration), OidcError> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
            ("client_id", self.auth.client_id()),
        ];
        match self.tokens(&fields).await {
            Err(OidcError::Exchange(Error::Refused {
                error: Some(code), ..
            })) if code == "invalid_grant" => Err(OidcError::SessionEnded),
            outcome => outcome,
        }
    }

    /// The tokens after `old`, of what a refresh brought.
    pub(super) async fn renewed(
        &self,
        old: &UserTokens,
        (tokens, started): (Tokens, Duration),
    ) -> Result<UserTokens, OidcError> {
        let access_token = tokens.grant.access_token.clone();
        let (id_token, identity) = match tokens.id_token {
            None => (old.id_token.clone(), old.identity.clone()),
            Some(id_token) => {
                let identity = self.identity(&id_token, None, &access_token).await?;
                // OpenID Connect Core section 12.2.
                if identity.subject() != old.identity.subject() {
                    return Err(OidcError::Subject);
                }
                (id_token, identity)
            }
        };
        let generation = old.access_token.generation() + 1;
        let scope = old.access_token.scope().unwrap_or_default();
        Ok(UserTokens {
            access_token: access(access_token, &tokens.grant, generation, started, scope),
            // A server that does not rotate gives none: the old one stays good.
            refresh_token: tokens.refresh_token.or_else(|| old.refresh_token.clone()),
            id_token,
            identity,
        })
    }

    /// What the server says at `/me` about the user of `tokens`.
    ///
    /// # Errors
    /// An answer about another user, no answer, no such endpoint.
    pub async fn user_info(&self, tokens: &UserTokens) -> Result<UserInfo, OidcError> {
        let endpoint = self.provider.userinfo.as_ref().ok_or(OidcError::Endpoint {
            endpoint: "userinfo_endpoint",
        })?;
        let answer = self
            .exchange()
            .get(endpoint.url(), &tokens.access_token)
            .await?;
        UserInfo::read(answer, tokens.identity.subject())
    }

    /// Revokes a refresh token (and with it, at most servers, all that came of it) or an access token.
    ///
    /// # Errors
    /// [`OidcError::RevokeLater`] on 503; [`OidcError::RevokeNeedsSecret`] when an assertion is refused there.
    pub async fn revoke(&self, token: &str, hint: &str) -> Result<(), OidcError> {
        let endpoint = self
            .provider
            .revocation
            .as_ref()
            .ok_or(OidcError::Endpoint {
                endpoint: "revocation_endpoint",
            })?;
        let fields = [
            ("token", token),
            ("token_type_hint", hint),
            ("client_id", self.auth.client_id()),
        ];
        let (answer, proof) = self
            .exchange()
            .post(endpoint.url(), &self.provider.token, &fields)
            .await?;
        revoke::read(answer, &proof)
    }

    /// Where the browser is to go to sign out at the server too.
    ///
    /// # Errors
    /// A server without such an endpoint.
    pub fn logout_url(&self, logout: Logout<'_>) -> Result<Url, OidcError> {
        let endpoint = self
            .provider
            .end_session
            .as_ref()
            .ok_or(OidcError::Endpoint {
                endpoint: "end_session_endpoint",
            })?;
        Ok(logout.url(endpoint, self.auth.client_id()))
    }

    fn pending(&self, request: &AuthorizationRequest) -> Result<Pending, OidcError> {
        let (redirect_uri, scope) = (request.redirect_uri.clone(), request.scope.clone());
        Ok(Pending::new(&*self.ports.random, redirect_uri, scope)?)
    }

    fn parameters(
        &self,
        request: &AuthorizationRequest,
        pending: &Pending,
    ) -> Vec<(&'static str, String)> {
        request.parameters(
            self.auth.client_id(),
            &pending.state,
            &pending.nonce,
            &pending.challenge(),
        )
    }

    /// The answer of the token endpoint, and when it was asked.
    async fn tokens(&self, fields: &[(&str, &str)]) -> Result<(Tokens, Duration), OidcError> {
        let started = self.steady();
        let endpoint = &self.provider.token;
        let (answer, proof) = self
            .exchange()
            .post(endpoint.url(), endpoint, fields)
            .await?;
        let token_type = self
            .constraint
            .as_ref()
            .map_or("Bearer", |key| key.token_type());
        Ok((reply::read(answer, &proof, token_type)?, started))
    }

    async fn identity(
        &self,
        id_token: &str,
        nonce: Option<&str>,
        access_token: &Zeroizing<String>,
    ) -> Result<VerifiedJwt, OidcError> {
        let expected = Expected {
            issuer: &self.provider.issuer,
            audience: self.auth.client_id(),
            algorithm: self.algorithm,
            nonce,
            access_token: Some(access_token),
        };
        VerifiedJwt::verify(id_token, expected, &self.keys, self.ports.clock.now()).await
    }

    fn exchange(&self) -> Exchange<'_> {
        Exchange {
            auth: &*self.auth,
            constraint: self.constraint.as_deref(),
            http: &*self.ports.http,
        }
    }
}

fn access(
    secret: Zeroizing<String>,
    grant: &crate::Grant,
    generation: u64,
    started: Duration,
    requested: &str,
) -> AccessToken {
    let expires_at = grant.expires_in.map(|life| started + life);
    AccessToken::new(secret, generation, expires_at)
        .with_lifetime(grant.expires_in)
        .with_scope(Some(requested.into()), grant.scope.clone())
}

impl std::fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelyingParty")
            .field("issuer", &self.provider.issuer)
            .field("client_id", &self.auth.client_id())
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
