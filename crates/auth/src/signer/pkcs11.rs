//! Signs with a private key that stays in a PKCS#11 token: an HSM, a smart card, SoftHSM.

use std::future::poll_fn;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::task::{Poll, Waker};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as Pkcs11Error, RvError};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use jsonwebtoken::Algorithm;
use zeroize::Zeroizing;

use super::der;
use crate::ports::BoxFuture;
use crate::{Error, KeyError, Signature, Signer};

/// A key in a PKCS#11 token, which signs on a thread of its own: tokens take their time, and nobody else's.
///
/// RSA keys sign PS256, P-256 keys ES256. The `kid` is the RFC 7638 thumbprint of the public key, which must lie in
/// the token too, under the same label.
#[derive(Clone)]
pub struct Pkcs11Signer {
    jobs: mpsc::Sender<Job>,
    algorithm: Algorithm,
    key_id: Arc<str>,
    thumbprint: Arc<str>,
}

/// Why a key in a PKCS#11 token cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Pkcs11Fault {
    /// The module, the token or the key refused.
    #[error("the PKCS#11 token refused")]
    Token(#[from] Pkcs11Error),
    /// No token has this label.
    #[error("no PKCS#11 token has this label")]
    NoToken,
    /// Not exactly one private key, with its public key, has this label.
    #[error("the token holds not exactly one key pair with this label")]
    NoKey,
    /// The key is neither RSA of at least 2048 bits nor P-256.
    #[error("the key is neither RSA of at least 2048 bits nor P-256")]
    WrongKind,
    /// The PIN that was given is not text in UTF-8.
    #[error("the PIN of the PKCS#11 token is not text in UTF-8")]
    PinNotText,
    /// The thread that signs could not be started, or has ended.
    #[error("the thread that signs has ended")]
    Ended,
}

impl Pkcs11Fault {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        use RvError::{PinExpired, PinIncorrect, PinInvalid, PinLenRange, PinLocked};
        match self {
            Self::Token(Pkcs11Error::LibraryLoading(_)) => "pkcs11-module",
            Self::Token(Pkcs11Error::Pkcs11(PinLocked, _)) => "pkcs11-pin-locked",
            Self::Token(Pkcs11Error::Pkcs11(
                PinIncorrect | PinInvalid | PinLenRange | PinExpired,
                _,
            ))
            | Self::PinNotText => "pkcs11-pin",
            Self::Token(_) => "pkcs11-refused",
            Self::NoToken => "pkcs11-no-token",
            Self::NoKey => "pkcs11-no-key",
            Self::WrongKind => "pkcs11-wrong-kind",
            Self::Ended => "pkcs11-ended",
        }
    }
}

struct Job {
    input: Vec<u8>,
    slip: Arc<Slip>,
}

/// What became of a job.
type Outcome = Result<Vec<u8>, Arc<Pkcs11Fault>>;

/// Where the signature will be.
#[derive(Default)]
struct Slip(Mutex<(Option<Outcome>, Option<Waker>)>);

impl Slip {
    fn fill(&self, outcome: Outcome) {
        let waker = {
            let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            place.0.get_or_insert(outcome);
            place.1.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // Changes nothing if there is an outcome; otherwise nobody waits for ever.
        self.slip.fill(Err(Arc::new(Pkcs11Fault::Ended)));
    }
}

impl Pkcs11Signer {
    /// Opens `module` (the vendor's shared library), logs in to the token labelled `token`, finds the key labelled `key`.
    ///
    /// Blocks. The PIN is not kept.
    ///
    /// # Errors
    /// See [`Pkcs11Fault`].
    pub fn open(
        module: &Path,
        token: &str,
        key: &str,
        pin: Zeroizing<String>,
    ) -> Result<Self, Pkcs11Fault> {
        let context = Pkcs11::new(module)?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // Another signer of this process came first.
            Ok(()) | Err(Pkcs11Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(error.into()),
        }
        let mut slot = None;
        for candidate in context.get_slots_with_token()? {
            if context.get_token_info(candidate)?.label().trim_end() == token {
                slot = Some(candidate);
            }
        }
        let session = context.open_ro_session(slot.ok_or(Pkcs11Fault::NoToken)?)?;
        match session.login(UserType::User, Some(&AuthPin::new(pin.as_str().into()))) {
            Ok(()) | Err(Pkcs11Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(error.into()),
        }
        let (handle, algorithm, members) = find(&session, key)?;
        let thumbprint = digest::digest(&digest::SHA256, members.as_bytes());
        let key_id: Arc<str> = URL_SAFE_NO_PAD.encode(thumbprint).into();
        let (jobs, queue) = mpsc::channel::<Job>();
        std::thread::Builder::new()
            .name(String::from("pkcs11"))
            .spawn(move || {
                // Ends with the last clone of the signer, and the session with it.
                for job in queue {
                    job.slip.fill(sign(&session, handle, algorithm, &job.input));
                }
            })
            .map_err(|_| Pkcs11Fault::Ended)?;
        Ok(Self {
            jobs,
            algorithm,
            thumbprint: Arc::clone(&key_id),
            key_id,
        })
    }

    /// The same if it signs with `algorithm`: PS256 for an RSA key, ES256 for a P-256 key.
    ///
    /// # Errors
    /// When the key signs with another one.
    pub fn with_algorithm(self, algorithm: Algorithm) -> Result<Self, KeyError> {
        if self.algorithm == algorithm {
            return Ok(self);
        }
        Err(KeyError::Algorithm {
            asked: algorithm,
            key: match self.algorithm {
                Algorithm::PS256 => "RSA (PKCS#11)",
                _ => "P-256 (PKCS#11)",
            },
        })
    }

    /// The same key under another `kid`.
    ///
    /// # Errors
    /// When `key_id` is empty or holds control characters.
    pub fn with_key_id(mut self, key_id: impl Into<String>) -> Result<Self, KeyError> {
        self.key_id = super::read::key_id(key_id.into())?.into();
        Ok(self)
    }
}

impl Signer for Pkcs11Signer {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn key_id(&self) -> &str {
        &self.key_id
    }

    fn public_thumbprint(&self) -> Option<String> {
        Some(self.thumbprint.to_string())
    }

    fn sign<'a>(&'a self, input: &'a [u8]) -> BoxFuture<'a, Result<Signature, Error>> {
        let slip = Arc::new(Slip::default());
        let job = Job {
            input: input.to_vec(),
            slip: Arc::clone(&slip),
        };
        // A job that cannot be sent is dropped, and its slip filled.
        let _ = self.jobs.send(job);
        Box::pin(poll_fn(move |context| {
            let mut place = slip.0.lock().unwrap_or_else(PoisonError::into_inner);
            match place.0.take() {
                Some(Ok(signature)) => Poll::Ready(Ok(Signature(signature))),
                Some(Err(fault)) => Poll::Ready(Err(Error::Sign(fault))),
                None => {
                    place.1 = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        }))
    }
}

impl std::fmt::Debug for Pkcs11Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pkcs11Signer")
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// The one private key of this label, its algorithm, and the members of its public key that RFC 7638 hashes.
fn find(session: &Session, label: &str) -> Result<(ObjectHandle, Algorithm, String), Pkcs11Fault> {
    let one = |class| {
        let template = [
            Attribute::Class(class),
            Attribute::Label(label.as_bytes().to_vec()),
        ];
        match session.find_objects(&template)?.as_slice() {
            [one] => Ok(*one),
            _ => Err(Pkcs11Fault::NoKey),
        }
    };
    let private = one(ObjectClass::PRIVATE_KEY)?;
    let public = one(ObjectClass::PUBLIC_KEY)?;
    let wanted = [
        AttributeType::KeyType,
        AttributeType::Modulus,
        AttributeType::PublicExponent,
        AttributeType::EcParams,
        AttributeType::EcPoint,
    ];
    let (mut kind, mut n, mut e, mut curve, mut point) = (None, None, None, None, None);
    for attribute in session.get_attributes(public, &wanted)? {
        match attribute {
            Attribute::KeyType(found) => kind = Some(found),
            Attribute::Modulus(bytes) => n = Some(bytes),
            Attribute::PublicExponent(bytes) => e = Some(bytes),
            Attribute::EcParams(bytes) => curve = Some(bytes),
            Attribute::EcPoint(bytes) => point = Some(bytes),
            _ => {}
        }
    }
    let text = |bytes: &[u8]| {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        URL_SAFE_NO_PAD.encode(&bytes[zeros..])
    };
    match (kind, n, e, curve, point) {
        (Some(KeyType::RSA), Some(n), Some(e), ..)
            if der::bits(&n) >= super::read::LEAST_RSA_BITS =>
        {
            let members = format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text(&e), text(&n));
            Ok((private, Algorithm::PS256, members))
        }
        // id prime256v1, and the point as OCTET STRING (04 41) of an uncompressed point (04, x, y).
        (Some(KeyType::EC), .., Some(curve), Some(point))
            if curve == b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07" =>
        {
            let point = point.strip_prefix(b"\x04\x41").unwrap_or(&point);
            let Some((4, xy)) = point.split_first().filter(|(_, xy)| xy.len() == 64) else {
                return Err(Pkcs11Fault::WrongKind);
            };
            let (x, y) = xy.split_at(32);
            let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
            let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
            Ok((private, Algorithm::ES256, members))
        }
        _ => Err(Pkcs11Fault::WrongKind),
    }
}

fn sign(
    session: &Session,
    key: ObjectHandle,
    algorithm: Algorithm,
    input: &[u8],
) -> Result<Vec<u8>, Arc<Pkcs11Fault>> {
    let pss = PkcsPssParams {
        hash_alg: MechanismType::SHA256,
        mgf: PkcsMgfType::MGF1_SHA256,
        // As long as the hash (RFC 7518 section 3.5).
        s_len: 32.into(),
    };
    let signed = match algorithm {
        Algorithm::PS256 => session.sign(&Mechanism::Sha256RsaPkcsPss(pss), key, input),
        // Many tokens hash no message for ECDSA; the signature is x and y already (RFC 7518 section 3.4).
        _ => {
            let hash = digest::digest(&digest::SHA256, input);
            session.sign(&Mechanism::Ecdsa, key, hash.as_ref())
        }
    };
    signed.map_err(|error| Arc::new(Pkcs11Fault::Token(error)))
}
