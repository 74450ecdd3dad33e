//! Which errors of a refused call the provider shall pass over.

/// Codes of a fault that its caller chose to override, for one more call of the same operation.
///
/// Made by [`Error::overrides`](crate::Error::overrides), spent by
/// [`Call::with_overrides`](crate::Call::with_overrides). Nothing makes one by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overrides {
    service: &'static str,
    operation: &'static str,
    codes: Vec<String>,
    tracking_ids: Vec<String>,
}

impl Overrides {
    pub(crate) fn new(
        (service, operation): (&'static str, &'static str),
        codes: Vec<String>,
        tracking_ids: Vec<String>,
    ) -> Self {
        Self {
            service,
            operation,
            codes,
            tracking_ids,
        }
    }

    /// The codes, in the order in which they were chosen.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(String::as_str)
    }

    pub(crate) fn operation(&self) -> &'static str {
        self.operation
    }

    /// Whether they may go with that operation: the one that was refused, or the one that was judged by its `Validate`.
    pub(crate) fn is_for(&self, service: &str, operation: &str) -> bool {
        let judged = self.operation.strip_suffix("Validate");
        self.service == service && (self.operation == operation || judged == Some(operation))
    }

    pub(crate) fn into_tracking_ids(self) -> Vec<String> {
        self.tracking_ids
    }
}

/// Why nothing can be overridden.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OverrideError {
    /// The call was not refused by the provider, or may have happened all the same: it must not be sent again.
    #[error("the call was not refused by a fault of the provider, so there is nothing to override")]
    NotRefused,
    /// No code was named.
    #[error("no code was named")]
    NoCode,
    /// The fault has no such code.
    #[error("the fault does not name the code {code:?}")]
    OtherCode {
        /// The code, as the caller named it.
        code: String,
    },
}

impl OverrideError {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotRefused => "override-not-refused",
            Self::NoCode => "override-no-code",
            Self::OtherCode { .. } => "override-other-code",
        }
    }

    /// Who must act.
    pub fn blame(&self) -> castile_auth::Blame {
        castile_auth::Blame::Caller
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_are_for_what_was_refused_or_judged() {
        let of = |operation| {
            let codes = vec!["1".to_owned()];
            Overrides::new(("Transaction", operation), codes, Vec::new())
        };
        for (refused, service, operation, is_for) in [
            ("XferAdd", "Transaction", "XferAdd", true),
            ("XferAddValidate", "Transaction", "XferAdd", true),
            ("XferAddValidate", "Transaction", "XferAddValidate", true),
            ("XferAdd", "Transaction", "XferAddValidate", false),
            ("XferAdd", "Transaction", "TrnAdd", false),
            ("XferAdd", "Customer", "XferAdd", false),
        ] {
            assert_eq!(of(refused).is_for(service, operation), is_for, "{refused}");
        }
    }
}
