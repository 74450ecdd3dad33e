//! Keys and causes, with the certified oidc-provider as the judge.

mod causes;
mod rotation;
