//! Reads for which institution an access token was issued.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

/// The claim `institutionId` of an access token that is a JWT; `None` for any other.
///
/// The signature is not looked at: the token came from the provider itself, and the gateway verifies it.
pub(crate) fn institution_id(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claims {
        #[serde(rename = "institutionId")]
        institution_id: Option<Value>,
    }
    let mut parts = token.split('.');
    let (_, claims, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let claims = zeroize::Zeroizing::new(URL_SAFE_NO_PAD.decode(claims).ok()?);
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    Some(match claims.institution_id? {
        Value::String(id) => id,
        // A number names an institution too; what else it may be is not the one expected.
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claim_is_read_from_a_jwt_only() {
        let claims = |text: &str| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(text));
        let found = |text: &str| institution_id(&claims(text));
        assert_eq!(
            found(r#"{"institutionId":"a-1","sub":"x"}"#).as_deref(),
            Some("a-1")
        );
        assert_eq!(found(r#"{"sub":"x"}"#), None);
        assert_eq!(found(r#"{"institutionId":null}"#), None);
        assert_eq!(found(r#"{"institutionId":7}"#).as_deref(), Some("7"));
        assert_eq!(
            found(r#"{"institutionId":["a"]}"#).as_deref(),
            Some(r#"["a"]"#)
        );
        assert_eq!(found("no json"), None);
        for opaque in ["", "abc", "a.b", "e30.!!.c", "a.b.c.d"] {
            assert_eq!(institution_id(opaque), None, "{opaque}");
        }
    }
}
