//! Refuses files that others can read or write, where the system has permission bits.
//!
//! Windows keeps access lists instead: reading them needs `unsafe` calls that this crate forbids, so nothing is
//! examined there, which [`PERMISSIONS_EXAMINED`] tells.

use std::fs::Metadata;
use std::path::Path;

use super::ConfigError;

/// Whether files that others can write (configurations, lists of authorities) or read (keys, passwords) are refused.
///
/// So it is on Unix. Elsewhere, Windows above all, no access list is examined: who installs the program sees to it that
/// nobody else can write the configuration or read the keys.
pub const PERMISSIONS_EXAMINED: bool = cfg!(unix);

/// A secret is its owner's alone.
pub(super) fn refuse_exposed(path: &Path, metadata: &Metadata) -> Result<(), ConfigError> {
    match bits(metadata) & 0o077 {
        0 => Ok(()),
        _ => Err(ConfigError::SecretExposed {
            path: path.to_owned(),
            mode: bits(metadata),
        }),
    }
}

/// Who can write a configuration, or the list of whom it trusts, can send tokens and messages where he likes.
pub(crate) fn refuse_writable(path: &Path, metadata: &Metadata) -> Result<(), ConfigError> {
    match bits(metadata) & 0o022 {
        0 => Ok(()),
        _ => Err(ConfigError::Writable {
            path: path.to_owned(),
            mode: bits(metadata),
        }),
    }
}

#[cfg(unix)]
fn bits(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;

    metadata.permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn bits(_: &Metadata) -> u32 {
    0
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use crate::Config;

    #[test]
    fn a_configuration_or_include_that_others_can_write_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (main, included) = (
            folder.path().join("castile.toml"),
            folder.path().join("a.toml"),
        );
        fs::write(&main, "version = 1\ninclude = [\"a.toml\"]\n").unwrap();
        fs::write(&included, "").unwrap();
        let set = |path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        for path in [&main, &included] {
            for mode in [0o664, 0o646, 0o666, 0o620] {
                set(path, mode);
                let error = Config::read(&main).unwrap_err();
                assert_eq!(error.code(), "config-writable", "{mode:o}");
                assert!(error.to_string().contains(&format!("{mode:o}")), "{error}");
            }
            for mode in [0o644, 0o400] {
                set(path, mode);
                Config::read(&main).unwrap();
            }
        }
    }
}
