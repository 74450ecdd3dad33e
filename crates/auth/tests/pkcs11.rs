//! Keys that stay in a PKCS#11 token sign what the same keys in files verify: SoftHSM, in a process of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use castile_auth::{LocalSigner, Pkcs11Signer, Signer as _};
use jsonwebtoken::DecodingKey;

const TEST: &str = "keys_in_a_token_sign_what_their_copies_verify";
const PIN: &str = "1234";

/// Where Debian and others install SoftHSM.
const MODULES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

/// SoftHSM finds its configuration through the environment, so that the test calls itself with one set.
#[test]
fn keys_in_a_token_sign_what_their_copies_verify() {
    let module = MODULES.iter().map(Path::new).find(|path| path.exists());
    let has = |tool: &str| Command::new(tool).arg("--version").output().is_ok();
    let (Some(module), true) = (module, has("softhsm2-util")) else {
        return not_run("no SoftHSM; Debian: apt-get install softhsm2");
    };
    if !has("openssl") {
        return not_run("no openssl; Debian: apt-get install openssl");
    }
    if let Some(folder) = std::env::var_os("CASTILE_SOFTHSM") {
        return sign_in(&PathBuf::from(folder), module);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    std::fs::create_dir(path.join("tokens")).expect("a folder");
    let configuration = path.join("softhsm2.conf");
    let tokens = format!("directories.tokendir = {}\n", path.join("tokens").display());
    std::fs::write(&configuration, tokens).expect("written");
    let run = |program: &Path, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(path);
        command.env("SOFTHSM2_CONF", &configuration);
        let output = command.env("CASTILE_SOFTHSM", path).output().expect("runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{program:?} {arguments:?}: {said}{told}"
        );
    };
    let (hsm, openssl) = (Path::new("softhsm2-util"), Path::new("openssl"));
    let login = ["--pin", PIN];
    run(
        hsm,
        &[
            &[
                "--init-token",
                "--free",
                "--label",
                "bank",
                "--so-pin",
                "5678",
            ],
            &login[..],
        ]
        .concat(),
    );
    for (label, id, parameters) in [
        ("rsa", "01", ["RSA", "rsa_keygen_bits:2048"]),
        ("ec", "02", ["EC", "ec_paramgen_curve:P-256"]),
    ] {
        let file = format!("{label}.pem");
        let [algorithm, option] = parameters;
        run(
            openssl,
            &[
                "genpkey",
                "-algorithm",
                algorithm,
                "-pkeyopt",
                option,
                "-out",
                &file,
            ],
        );
        let import = [
            "--import", &file, "--token", "bank", "--label", label, "--id", id,
        ];
        run(hsm, &[&import[..], &login].concat());
    }
    let this = std::env::current_exe().expect("a test");
    run(&this, &["--exact", TEST]);
}

fn sign_in(folder: &Path, module: &Path) {
    let pin = || String::from(PIN).into();
    for label in ["rsa", "ec"] {
        let signer = Pkcs11Signer::open(module, "bank", label, pin()).expect("a key");
        let file = std::fs::read(folder.join(format!("{label}.pem"))).expect("its copy");
        let copy = LocalSigner::read(&file).expect("a key");
        assert_eq!(
            signer.key_id(),
            copy.key_id(),
            "the thumbprint is the key's"
        );
        assert_eq!(signer.algorithm(), copy.algorithm());
        assert!(!format!("{signer:?}").contains(PIN));
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let public = DecodingKey::from_jwk(&copy.public_jwk().expect("public")).expect("a key");
        for input in [&b"one"[..], b"two"] {
            let signature = runtime.block_on(signer.sign(input)).expect("a signature");
            let text = {
                use base64::Engine as _;
                base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&signature.0)
            };
            let verified = jsonwebtoken::crypto::verify(&text, input, &public, copy.algorithm());
            assert!(verified.expect("a judgement"), "{label}");
        }
    }
    let open = |token, key, pin: &str| {
        Pkcs11Signer::open(module, token, key, String::from(pin).into())
            .expect_err("refused")
            .to_string()
    };
    assert!(open("other", "rsa", PIN).contains("no PKCS#11 token"));
    assert!(open("bank", "none", PIN).contains("key pair"));
}

/// Writes down that the test did not run, for the list that `cargo xtask test` ends with.
fn not_run(reason: &str) {
    eprintln!("NOT RUN {TEST}: {reason}");
    if let Some(list) = std::env::var_os("CASTILE_NOT_RUN") {
        let file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(list);
        let line = format!("pkcs11::{TEST}\t{reason}\n");
        let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
        written.expect("the list can be written");
    }
}
