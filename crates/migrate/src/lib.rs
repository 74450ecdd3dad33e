//! What has to change when a code base moves from WS-Security to OAuth, and how far the move is.
//!
//! [`Scanner`] turns the text of one file into [`Finding`]s by tables of patterns, one table for each family of
//! languages; [`walk`] finds the files. Neither ever gives out what stands in a file: a finding names a rule, a place
//! and a construct of the table. [`report`] turns facts about profiles into pages.
//!
//! ```
//! use castile_migrate::{Language, Scanner};
//!
//! let scanner = Scanner::new()?;
//! let found = scanner.scan(r#"client.setSecurity(new soap.WSSecurity(user, password));"#, Language::JavaScript);
//! assert_eq!(found.findings[0].rule.id, "wsse-code");
//! assert_eq!((found.findings[0].line, found.findings[0].column), (1, 29));
//! # Ok::<(), castile_migrate::Error>(())
//! ```

mod baseline;
mod error;
mod finding;
mod language;
mod layer;
pub mod report;
mod rule;
mod rules;
mod sarif;
mod scan;
mod walk;

pub use baseline::{Baseline, fingerprint, fingerprints};
pub use error::Error;
pub use finding::{FileFindings, Finding};
pub use language::Language;
pub use rule::{Level, Rule, rules};
pub use sarif::sarif;
pub use scan::{FINDINGS_LIMIT, Found, Scanner};
pub use walk::{FILE_LIMIT, Skipped, Walked, walk};
