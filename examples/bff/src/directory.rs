//! Which institutions a user may choose.

use castile::auth::ports::BoxFuture;

/// A bank or credit union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    /// `institution_id`, as `/me` names it.
    pub id: String,
    /// What the user reads.
    pub name: String,
}

/// Knows where users have accounts: the application's own data, not the identity provider's.
pub trait InstitutionDirectory: Send + Sync {
    /// The institutions to offer to the user with this `sub`.
    fn institutions<'a>(&'a self, subject: &'a str) -> BoxFuture<'a, Vec<Institution>>;
}

/// The same list for everybody.
#[derive(Debug, Clone)]
pub struct Fixed(pub Vec<Institution>);

impl InstitutionDirectory for Fixed {
    fn institutions<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Vec<Institution>> {
        Box::pin(std::future::ready(self.0.clone()))
    }
}
