//! What the answer of the revocation endpoint means (RFC 7009 section 2.2).

use http::Response;

use super::OidcError;
use crate::grant::reply::{refusal, retry_after};
use crate::{Error, Proof};

/// Status 200 is success, for unknown tokens too; 503 means later.
pub(super) fn read(answer: Response<Vec<u8>>, proof: &Proof) -> Result<(), OidcError> {
    let status = answer.status().as_u16();
    match status {
        200 => Ok(()),
        503 => Err(OidcError::RevokeLater {
            retry_after: retry_after(answer.headers()),
        }),
        _ => {
            let by_assertion = proof.fields().any(|(name, _)| name == "client_assertion");
            match refusal(answer, proof) {
                Error::Refused { error, .. }
                    if by_assertion
                        && matches!(
                            error.as_deref(),
                            Some("invalid_client" | "invalid_request" | "unauthorized_client")
                        ) =>
                {
                    Err(OidcError::RevokeNeedsSecret { status })
                }
                error => Err(error.into()),
            }
        }
    }
}
