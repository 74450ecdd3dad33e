//! Many institutions in one process, each with a key of its own.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use castile::http::Config;
use castile::http::connect::Pool;

/// Prints what looking up a profile costs, and what all of them hold.
pub(crate) fn run(counts: &[usize]) {
    for &count in counts {
        let folder = tempfile::tempdir().expect("a folder");
        let text = configuration(count, folder.path());
        let before = resident();
        let config = Config::parse(&text, folder.path().join("castile.toml")).expect("readable");
        assert_eq!(config.profiles().count(), count);

        let names: Vec<String> = (0..count).map(|n| name(n * 7_919 % count)).collect();
        let (rounds, start) = (400_000 / count.min(400_000), Instant::now());
        for name in names.iter().cycle().take(rounds * count) {
            let profile = config.profile(black_box(name)).expect("it is there");
            assert_eq!(profile.inst_rt_id.len(), 9);
        }
        let lookup = start.elapsed().as_nanos() as f64 / (rounds * count) as f64;

        let pool = Pool::new();
        let held: Vec<_> = config
            .profiles()
            .map(|profile| pool.token_source(profile).expect("a key"))
            .collect();
        assert!(held.iter().all(|cache| cache.fresh().is_none()));
        let held_kib = resident().saturating_sub(before);
        println!(
            "{count:>6} institutions: lookup {lookup:.0} ns; profiles, keys and token caches {:.1} KiB each, {} MiB in all",
            held_kib as f64 / count as f64,
            held_kib / 1024,
        );
    }
}

fn name(n: usize) -> String {
    format!("bank-{n}")
}

fn configuration(count: usize, folder: &Path) -> String {
    let mut text = String::from("version = 1\n");
    for n in 0..count {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let der = key.to_pkcs8v1().expect("DER");
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der.as_ref())
        );
        write_private(&folder.join(format!("{n}.pem")), &pem);
        let _ = write!(
            text,
            "[profile.{}]\ninst_rt_id = \"{n:09}\"\ninst_env = \"TEST\"\nproduct = \"p\"\nstate = \"oauth\"\n\
             client_id = \"client-{n}\"\nkey = {{ file = \"{n}.pem\" }}\n[profile.{}.oauth]\n\
             url = \"https://gateway.invalid\"\ntoken_endpoint = \"https://login.invalid/token\"\n",
            name(n),
            name(n)
        );
    }
    text
}

fn write_private(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("ours");
    }
}

/// Memory of this process in KiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}
