//! The keys that stand together wherever they stand, and the tables that one key leads to.

use super::{Key, Keys, LEGACY, OAUTH, OPERATION, OPERATION_OAUTH, SERVICE, Takes, key};

pub(in super::super) const DATES: Keys = &[&[
    key("requested", Takes::Date, "The bank was asked for a client."),
    key(
        "client_id_received",
        Takes::Date,
        "The bank gave the client id.",
    ),
    key(
        "jwks_registered",
        Takes::Date,
        "The JWKS URL was registered for the client.",
    ),
    key(
        "jxchange_authorized",
        Takes::Date,
        "Jack Henry tied the client to jXchange.",
    ),
]];

pub(in super::super) const EGRESS: Keys = &[&[
    key(
        "proxy",
        Takes::ProxyUrl,
        "The HTTP proxy that https connections go through: http://HOST:PORT or https://HOST:PORT.",
    ),
    key(
        "proxy_username",
        Takes::Text,
        "The user name that the proxy asks for.",
    ),
    key(
        "proxy_password",
        Takes::Secret,
        "Where the proxy's password lies.",
    ),
    key(
        "roots",
        Takes::Path,
        "A PEM file of authorities that are trusted beside the system's, relative to this one.",
    ),
    key(
        "only_roots",
        Takes::Switch,
        "Whether no authority but those in roots is trusted; false by default.",
    ),
    key(
        "client_certificate",
        Takes::Secret,
        "Where the client certificate lies: PEM, certificate chain and private key in one.",
    ),
    key(
        "tls",
        Takes::Word(&["1.2", "1.3"], "\"1.2\" or \"1.3\""),
        "The oldest version of TLS that is spoken; 1.2 by default.",
    ),
    key(
        "gzip",
        Takes::Switch,
        "Whether the gateway may pack its answers; false by default.",
    ),
    key(
        "token_direct",
        Takes::Switch,
        "Whether the token endpoint is reached without all this; false by default.",
    ),
]];
pub(super) const EFFECTS_ABOUT: &str = "What operations do, by name, where contract or name do not say it right: write, or \
    read-may-repeat for one that changes nothing though it looks as if.";

pub(super) const IDENTITY: &[Key] = &[
    key(
        "inst_rt_id",
        Takes::Id,
        "InstRtId: the routing number, in quotes, for leading zeros count.",
    ),
    key(
        "inst_env",
        Takes::Text,
        "InstEnv, for example TEST or PROD; the gateway takes its absence for PROD.",
    ),
    key(
        "product",
        Takes::Text,
        "The product that is registered with the institution.",
    ),
    key(
        "state",
        Takes::Word(&["legacy", "shadow", "oauth"], "legacy, shadow or oauth"),
        "Which model carries the traffic.",
    ),
    key(
        "institution_id",
        Takes::Text,
        "The claim institutionId that tokens must have, if they have one.",
    ),
    key(
        "overrides",
        Takes::Ids,
        "The values of OvrrdInstRtId that messages may carry, besides inst_rt_id.",
    ),
    key(
        "journal",
        Takes::Path,
        "A file in which each write is noted before it is sent, relative to this one.",
    ),
];

pub(super) const CLIENT: &[Key] = &[
    key("client_id", Takes::Id, "The OAuth client."),
    key(
        "key",
        Takes::PrivateKey,
        "Where the private key lies that proves the client.",
    ),
    key(
        "jwks_url",
        Takes::Url,
        "Where Jack Henry reads the client's public keys.",
    ),
    key(
        "key_passphrase",
        Takes::Secret,
        "Where the passphrase of an encrypted key lies.",
    ),
    key(
        "client_secret",
        Takes::Secret,
        "In place of key: where a shared secret lies.",
    ),
];

const LEGACY_TABLE: &str = "The endpoint of the old model: user name and password in the message.";
const OAUTH_TABLE: &str = "The endpoint of the new model: a bearer token.";

pub(super) const MODELS: &[Key] = &[
    key("legacy", Takes::Table(LEGACY), LEGACY_TABLE),
    key("oauth", Takes::Table(OAUTH), OAUTH_TABLE),
];

pub(super) const OPERATION_MODELS: &[Key] = &[
    key("legacy", Takes::Table(LEGACY), LEGACY_TABLE),
    key("oauth", Takes::Table(OPERATION_OAUTH), OAUTH_TABLE),
];

pub(super) const WAY: &[Key] = &[key(
    "egress",
    Takes::Table(EGRESS),
    "How connections leave: proxy, roots, client certificate.",
)];

/// What is compared, and what is kept of what was seen.
pub(super) const SEEN: &[Key] = &[
    key(
        "shadow",
        Takes::Table(SHADOW),
        "How reads are repeated under OAuth in state shadow.",
    ),
    key(
        "evidence",
        Takes::Path,
        "A folder that keeps what was seen of each profile, for castile status and migrate report.",
    ),
];

pub(super) const SHADOW: Keys = &[&[
    key(
        "rate",
        Takes::Rate,
        "The share of the reads, as 0.1 or \"1/10\"; a tenth by default.",
    ),
    key(
        "max_in_flight",
        Takes::Count,
        "How many may be repeated at once; what comes on top is dropped and counted. 4 by default.",
    ),
    key(
        "timeout",
        Takes::Duration,
        "For one repetition, token included; 30 s by default.",
    ),
    key(
        "ignore",
        Takes::Ids,
        "What may differ: names of elements, or the ends of their paths, as \"Hdr/Id\".",
    ),
]];

/// Of one profile, never by default.
pub(super) const OWN: &[Key] = &[
    key("effects", Takes::Effects, EFFECTS_ABOUT),
    key(
        "dates",
        Takes::Table(DATES),
        "What happened when, in the life of the registration.",
    ),
    key(
        "service",
        Takes::Tables(SERVICE),
        "What differs for a service, by its name.",
    ),
    key(
        "operation",
        Takes::Tables(OPERATION),
        "What differs for an operation, by its name; nearer than its service.",
    ),
];

pub(super) const ADDRESS: &[Key] = &[key(
    "url",
    Takes::Url,
    "The service address: https, or http on loopback.",
)];

pub(super) const HEADER: &[Key] = &[
    key(
        "audit_usr_id",
        Takes::Text,
        "AuditUsrId of jXchangeHdr: who acts.",
    ),
    key(
        "audit_ws_id",
        Takes::Text,
        "AuditWsId of jXchangeHdr: from where.",
    ),
    key(
        "valid_consm_name",
        Takes::Text,
        "ValidConsmName of jXchangeHdr: the consumer in Jack Henry's table.",
    ),
    key(
        "valid_consm_prod",
        Takes::Text,
        "ValidConsmProd of jXchangeHdr: its product in Jack Henry's table.",
    ),
    key(
        "jx_ver",
        Takes::Text,
        "JxVer of jXchangeHdr; the gateway fills in its own when absent.",
    ),
];

pub(super) const LIMITS: &[Key] = &[
    key(
        "connect_timeout",
        Takes::Duration,
        "Until a connection stands, TLS included; 10 s by default.",
    ),
    key(
        "timeout",
        Takes::Duration,
        "Until the whole answer is there, token and repetition included; 60 s by default.",
    ),
    key(
        "answer_limit",
        Takes::Size,
        "The longest answer, as bytes or with a unit, unpacked; 64 MiB by default.",
    ),
];

pub(super) const TOKENS: &[Key] = &[
    key(
        "token_endpoint",
        Takes::Url,
        "Where tokens are fetched; Jack Henry Identity's by default.",
    ),
    key(
        "issuer",
        Takes::Url,
        "The authorization server's identifier, of the token endpoint's origin.",
    ),
    key(
        "audience",
        Takes::Text,
        "The assertion's aud: any text, or token_endpoint (the default) or issuer for what these are.",
    ),
    key(
        "audience_in_array",
        Takes::Switch,
        "Whether aud is an array of one; false by default.",
    ),
    key(
        "assertion_type",
        Takes::Word(
            &["none", "JWT", "client-authentication+jwt"],
            "none, JWT or client-authentication+jwt",
        ),
        "The assertion's typ; JWT by default.",
    ),
    key(
        "assertion_lifetime",
        Takes::Lifetime,
        "How long an assertion lives: whole seconds from 1s to 300s; 60s by default.",
    ),
    key(
        "compat_exp_in_milliseconds",
        Takes::Switch,
        "For compatibility only: exp in milliseconds. Warns.",
    ),
    key(
        "dpop",
        Takes::Switch,
        "Whether tokens are bound to a key of the process (DPoP, RFC 9449); false by default.",
    ),
    key(
        "refusals",
        Takes::Path,
        "A file that keeps across restarts which clients were refused, relative to this one.",
    ),
];

/// What makes a client's proof and its tokens.
pub(super) const PROOF: &[Key] = &[
    key(
        "scope",
        Takes::Text,
        "The scope asked for; openid by default.",
    ),
    key(
        "resource",
        Takes::Text,
        "The resource that tokens are for (RFC 8707).",
    ),
    key(
        "client_auth",
        Takes::Word(
            &[
                "private_key_jwt",
                "client_secret_basic",
                "client_secret_post",
            ],
            "private_key_jwt, client_secret_basic or client_secret_post",
        ),
        "How the client proves itself.",
    ),
    key(
        "algorithm",
        Takes::Word(&["ES256", "PS256", "RS256"], "ES256, PS256 or RS256"),
        "The assertion's algorithm; the key's own by default.",
    ),
    key(
        "key_id",
        Takes::Text,
        "The assertion's kid; the key's thumbprint by default.",
    ),
    key(
        "repeat_writes_on_401",
        Takes::Switch,
        "Whether a write answered 401 is repeated once without proof that it was refused unprocessed; false by default.",
    ),
];

pub(super) const CREDENTIALS: &[Key] = &[
    key(
        "username",
        Takes::Text,
        "The user name of the security header.",
    ),
    key("password", Takes::Secret, "Where its password lies."),
];
