//! Key files that cannot be used: each with its code and a way out.

use super::*;

fn refused(file: impl AsRef<[u8]>) -> KeyError {
    let error = LocalSigner::read(file.as_ref()).expect_err("refused");
    assert!(KeyError::CODES.contains(&error.code()));
    assert!(error.remedy().len() > 20);
    error
}

/// A PKCS#1 key whose modulus has this many bits; its other numbers do not matter.
fn rsa_of_bits(bits: usize) -> Vec<u8> {
    let mut modulus = vec![0xff; bits / 8];
    modulus.insert(0, 0);
    let mut body = vec![0x02, 1, 0];
    body.extend(element(0x02, &modulus));
    for _ in 0..7 {
        body.extend([0x02, 1, 3]);
    }
    element(0x30, &body)
}

fn element(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).expect("short").to_be_bytes();
    [&[tag, 0x82], &length[..], value].concat()
}

#[test]
fn keys_of_the_wrong_kind_are_named() {
    let random = SystemRandom::new();
    let p384 =
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random).expect("a key");
    let ed25519 = Ed25519KeyPair::generate_pkcs8(&random).expect("a key");
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, p384.as_ref()).expect("a key");
    let sec1 = AsDer::<EcPrivateKeyRfc5915Der<'_>>::as_der(&pair.private_key()).expect("DER");
    let key = pem("PRIVATE KEY", &p256_pkcs8());

    for (file, expected) in [
        (pem("ENCRYPTED PRIVATE KEY", b"0"), KeyError::Encrypted),
        (
            String::from(
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----",
            ),
            KeyError::LegacyEncryption,
        ),
        (
            pem("RSA PRIVATE KEY", &rsa_of_bits(1024)),
            KeyError::TooSmall {
                bits: 1024,
                least: 2048,
            },
        ),
        (
            pem("RSA PRIVATE KEY", &rsa_of_bits(16_384)),
            KeyError::TooLarge {
                bits: 16_384,
                most: 8192,
            },
        ),
        (
            pem("PRIVATE KEY", p384.as_ref()),
            KeyError::WrongCurve { found: "P-384" },
        ),
        (
            pem("EC PRIVATE KEY", sec1.as_ref()),
            KeyError::WrongCurve { found: "P-384" },
        ),
        (
            pem("PRIVATE KEY", ed25519.as_ref()),
            KeyError::WrongKind { found: "Ed25519" },
        ),
        (
            pem("OPENSSH PRIVATE KEY", b"0"),
            KeyError::WrongKind {
                found: "in OpenSSH's own form",
            },
        ),
        (pem("PUBLIC KEY", b"0"), KeyError::NotPrivate),
        (pem("RSA PUBLIC KEY", b"0"), KeyError::NotPrivate),
        (pem("CERTIFICATE", b"0"), KeyError::Certificate),
        (format!("{key}{key}"), KeyError::Several { count: 2 }),
        (
            String::from(r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#),
            KeyError::NotPrivate,
        ),
        (
            String::from(r#"{"kty":"EC","crv":"P-384","x":"AA","y":"AA","d":"AA"}"#),
            KeyError::WrongCurve { found: "P-384" },
        ),
        (
            String::from(r#"{"kty":"oct","k":"AA"}"#),
            KeyError::WrongKind {
                found: "a shared secret",
            },
        ),
        (
            format!(
                r#"{{"kty":"RSA","n":"{}","e":"AQAB","d":"AA"}}"#,
                URL_SAFE_NO_PAD.encode([0xff; 128])
            ),
            KeyError::TooSmall {
                bits: 1024,
                least: 2048,
            },
        ),
    ] {
        assert_eq!(refused(&file), expected, "{file}");
    }
}

#[test]
fn what_is_no_key_at_all_is_unreadable() {
    for file in [
        &b""[..],
        b"garbage",
        b"\x30\x82\x00\x10\xff\xfe",
        b"{}",
        b"{\"keys\":[]}",
        b"{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"AA\"}",
        b"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"!\",\"y\":\"AA\",\"d\":\"AA\"}",
        b"-----BEGIN PRIVATE KEY-----",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        b"-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        b"-----BEGIN STRANGE PRIVATE KEY-----\nAAAA\n-----END STRANGE PRIVATE KEY-----",
        b"-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----",
    ] {
        assert_eq!(
            refused(file).code(),
            "key-unreadable",
            "{}",
            String::from_utf8_lossy(file)
        );
    }
}

#[test]
fn a_damaged_key_is_refused_at_any_place() {
    for (label, whole) in [
        ("PRIVATE KEY", p256_pkcs8()),
        ("PRIVATE KEY", rsa_pkcs8().to_vec()),
    ] {
        for end in (0..whole.len()).step_by(7) {
            let code = refused(pem(label, &whole[..end])).code();
            assert!(matches!(code, "key-unreadable" | "key-damaged"), "{code}");
        }
    }
    // One wrong bit in a prime: the numbers no longer belong together.
    let mut rsa = rsa_pkcs8().to_vec();
    let place = rsa.len() - 20;
    rsa[place] ^= 1;
    assert_eq!(refused(pem("PRIVATE KEY", &rsa)).code(), "key-damaged");
}

#[test]
fn a_kid_must_be_writable() {
    let signer = read(&pem("PRIVATE KEY", &p256_pkcs8()));
    for key_id in ["", "a\nb"] {
        let error = signer.clone().with_key_id(key_id).expect_err("refused");
        assert_eq!(error, KeyError::KeyId);
    }
}

/// Made by `openssl pkcs8 -topk8` from a P-256 key, with `-v2 aes-256-cbc`, `-v2 des3 -v2prf hmacWithSHA1` and `-scrypt`;
/// the passphrase is `open sesame`. A key that guards nothing.
const ENCRYPTED: &str = include_str!("encrypted.pem");

fn encrypted() -> Vec<&'static str> {
    ENCRYPTED
        .split_inclusive("-----END ENCRYPTED PRIVATE KEY-----\n")
        .collect()
}

#[test]
fn an_encrypted_key_is_read_with_its_passphrase_only() {
    let files = encrypted();
    assert_eq!(files.len(), 3);
    let mut thumbprints = Vec::new();
    for (n, file) in files.into_iter().enumerate() {
        let read =
            |passphrase: &str| LocalSigner::read_encrypted(file.as_bytes(), passphrase.as_bytes());
        // Line ends are tried on the first, which takes least work.
        let (right, wrong): (&[&str], &[&str]) = match n {
            0 => (
                &["open sesame", "open sesame\n", "open sesame\r\n"],
                &["", "open", "open sesame\n\n"],
            ),
            _ => (&["open sesame"], &["open"]),
        };
        for passphrase in right {
            let signer = read(passphrase).expect("the passphrase");
            thumbprints.push(signer.thumbprint().expect("a thumbprint"));
        }
        assert_eq!(refused(file), KeyError::Encrypted);
        for wrong in wrong {
            assert_eq!(read(wrong).expect_err("wrong"), KeyError::Passphrase);
        }
    }
    thumbprints.dedup();
    assert_eq!(thumbprints.len(), 1, "one key in three files");
    let plain = pem("PRIVATE KEY", &p256_pkcs8());
    LocalSigner::read_encrypted(plain.as_bytes(), b"x")
        .expect("a passphrase too many does no harm");
}

#[test]
fn an_encryption_without_bounds_is_refused_before_any_work() {
    let der = super::super::pem::blocks(encrypted()[0]).expect("PEM")[0]
        .der()
        .expect("base64");
    // PBKDF2's iteration count 2048 becomes 0x7fff…: INTEGER of two bytes, here made larger in a copy with its lengths.
    let place = der
        .windows(4)
        .position(|window| window == [0x02, 0x02, 0x08, 0x00])
        .expect("2048");
    let mut huge = der.to_vec();
    huge.splice(place..place + 4, [0x02, 0x04, 0x7f, 0xff, 0xff, 0xff]);
    // All lengths around it grow by two; they are one-byte lengths but for the outermost.
    for at in 0..place {
        let (tag, length) = (huge[at], usize::from(huge[at + 1]));
        if tag == 0x30
            && length < 0x80
            && at + 2 + length + 2 > place
            && at + 2 + length <= huge.len()
            && at > 2
        {
            huge[at + 1] += 2;
        }
    }
    huge[2] += 2;
    let file = pem("ENCRYPTED PRIVATE KEY", &huge);
    let error = LocalSigner::read_encrypted(file.as_bytes(), b"open sesame").expect_err("refused");
    assert_eq!(error, KeyError::Encryption);
    let error = LocalSigner::read_encrypted(pem("ENCRYPTED PRIVATE KEY", b"0").as_bytes(), b"x");
    assert_eq!(error.expect_err("no PKCS#8"), KeyError::Encryption);
}
