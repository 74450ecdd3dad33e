//! The keys that each table of a configuration may have.

pub(super) const TOP_KEYS: &[&str] = &["version", "include", "defaults", "profile"];
pub(super) const PROFILE_KEYS: &[&str] = &[
    "inst_rt_id",
    "inst_env",
    "product",
    "state",
    "client_id",
    "key",
    "jwks_url",
    "legacy",
    "oauth",
];
pub(super) const LEGACY_KEYS: &[&str] = &[
    "url",
    "audit_usr_id",
    "audit_ws_id",
    "valid_consm_name",
    "valid_consm_prod",
    "jx_ver",
    "username",
    "password",
    "connect_timeout",
    "timeout",
];
pub(super) const OAUTH_KEYS: &[&str] = &[
    "url",
    "audit_usr_id",
    "audit_ws_id",
    "valid_consm_name",
    "valid_consm_prod",
    "jx_ver",
    "token_endpoint",
    "scope",
    "audience",
    "algorithm",
    "key_id",
    "repeat_writes_on_401",
    "connect_timeout",
    "timeout",
];
