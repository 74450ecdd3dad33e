//! A backend for its frontend that signs end users in at Jack Henry.
//!
//! The browser holds one opaque cookie; state, PKCE verifier and all tokens stay on the server.
//! A user signs in without an institution first, chooses one of those that an [`InstitutionDirectory`] offers, and is
//! sent to authorize again for that one; only when `/me` names the same institution is the user let in.
//! Each route says which scope it needs; each that changes something needs the session's CSRF token.
//!
//! | Route | Needs |
//! |---|---|
//! | `GET /` | |
//! | `GET /login`, `GET /callback`, `GET /signed-out` | |
//! | `GET`, `POST /institutions` | a user |
//! | `GET /api/me` | an institution |
//! | `GET /api/accounts` | an institution, `https://jackhenry.com/account-services/accounts.read` |
//! | `POST /api/transfers` | an institution, `https://jackhenry.com/account-services/transfers.write` |
//! | `POST /logout` | |

mod cookie;
mod directory;
mod page;
mod problem;
mod routes;
mod settings;
mod visits;

pub use directory::{Fixed, Institution, InstitutionDirectory};
pub use routes::router;
pub use settings::{ACCOUNTS_READ, Settings, TRANSFERS_WRITE};
