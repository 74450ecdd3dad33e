//! By which model a message goes that somebody sends by hand.

use std::borrow::Cow;

use castile_envelope::{Document, Security, UsernameToken};
use castile_http::connect::{Pool, TypedStated};
use castile_http::profile::State;
use castile_http::{ConfigError, Error, Profile};
use url::Url;

/// By the new model in state `oauth`, else by the old one; a shadow repeats nothing of it.
pub(super) struct Way<'p> {
    profile: Cow<'p, Profile>,
    url: Url,
}

impl<'p> Way<'p> {
    /// # Errors
    /// [`ConfigError::Lacks`] what the model needs.
    pub(super) fn of(profile: &'p Profile) -> Result<Self, ConfigError> {
        if profile.state == State::Oauth {
            let (_, oauth) = profile.in_oauth()?;
            let url = oauth.url.clone();
            let profile = Cow::Borrowed(profile);
            return Ok(Self { profile, url });
        }
        let profile = profile.with_state(State::Legacy)?;
        let Some(legacy) = &profile.legacy else {
            return Err(ConfigError::Lacks {
                profile: profile.name.clone(),
                state: State::Legacy,
                part: "[legacy]",
            });
        };
        let url = legacy.url.clone();
        let profile = Cow::Owned(profile);
        Ok(Self { profile, url })
    }

    /// The profile in the state that the message goes in.
    pub(super) fn profile(&self) -> &Profile {
        &self.profile
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The stack of a typed client.
    ///
    /// Blocks while it reads the key or the password.
    pub(super) fn connect(&self, pool: &Pool) -> Result<TypedStated, Error> {
        pool.typed_stated(&self.profile)
    }

    /// Whether a token goes with the message.
    pub(super) fn has_token(&self) -> bool {
        self.profile.state == State::Oauth
    }

    /// The envelope with the login that the old model adds; user name and password are not even read for it.
    pub(super) fn shown<'e>(
        &self,
        envelope: &'e [u8],
        content_type: Option<&str>,
        in_place: &str,
    ) -> Cow<'e, [u8]> {
        let legacy = self.profile.legacy.as_ref();
        let has_login = legacy.is_some_and(|legacy| legacy.username.is_some());
        if self.has_token() || !has_login {
            return envelope.into();
        }
        let token = UsernameToken {
            username: in_place,
            password: in_place,
            created: None,
            must_understand: false,
        };
        let document = Document::of(content_type);
        match document.and_then(|document| document.security(envelope, &token)) {
            Ok(Security::Missing(insertion)) => insertion.apply(envelope).into(),
            Ok(_) | Err(_) => envelope.into(),
        }
    }
}
