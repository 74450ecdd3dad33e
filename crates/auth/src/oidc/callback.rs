//! What comes back from the authorization endpoint (RFC 6749 section 4.1.2, RFC 9207).

use zeroize::Zeroizing;

use super::{OidcError, Pending, Provider};

/// The code in a callback, once it is known to belong to `pending` and to come from `provider`.
pub(super) fn code(
    query: &str,
    pending: &Pending,
    provider: &Provider,
) -> Result<Zeroizing<String>, OidcError> {
    let [mut code, mut state, mut issuer, mut error] = [const { None }; 4];
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let slot = match &*name {
            "code" => &mut code,
            "state" => &mut state,
            "iss" => &mut issuer,
            "error" => &mut error,
            _ => continue,
        };
        if slot.replace(Zeroizing::new(value.into_owned())).is_some() {
            return Err(OidcError::CallbackMalformed);
        }
    }
    // First: what is not of this sign-in says nothing about it.
    if !state.is_some_and(|state| pending.is_of(&state)) {
        return Err(OidcError::CallbackState);
    }
    let from_it = issuer.as_ref().map(|issuer| **issuer == provider.issuer);
    if from_it == Some(false) || (from_it.is_none() && provider.names_itself) {
        return Err(OidcError::CallbackIssuer);
    }
    if let Some(error) = error {
        let is_code = (1..=64).contains(&error.len())
            && error
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        return Err(OidcError::CallbackRefused {
            error: is_code.then(|| error.to_string()),
        });
    }
    code.filter(|code| !code.is_empty())
        .ok_or(OidcError::CallbackMalformed)
}
