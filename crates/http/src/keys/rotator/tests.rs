//! Rotations on a disk that can stop at every point, under a clock that is moved by hand.

use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, SystemTime};

use castile_auth::KeyChoice as _;
use castile_auth::keys::{KeySource as _, RotatingKeys};
use castile_auth::ports::{BoxFuture, TokenHttpError};

use super::*;
use crate::keys::{FileKeys, JwksHandler, write_new};

/// The hands of a clock that stands still until it is moved.
#[derive(Default)]
struct Hands(Mutex<Duration>);

impl Hands {
    fn wait(&self, seconds: u64) {
        *self.0.lock().unwrap() += Duration::from_secs(seconds);
    }
}

impl Clock for Hands {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000) + *self.0.lock().unwrap()
    }

    fn steady(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

/// A web server for the document: what the handler answers, or a status.
struct Web {
    handler: Option<JwksHandler>,
    status: Mutex<u16>,
}

impl TokenHttp for Web {
    fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, TokenHttpError>> {
        let (parts, body) = match &self.handler {
            Some(handler) => handler.answer(&request).into_parts(),
            None => http::Response::new(crate::Body::whole("")).into_parts(),
        };
        let body = body.as_whole().unwrap().to_vec();
        let mut answer = http::Response::from_parts(parts, body);
        let status = *self.status.lock().unwrap();
        *answer.status_mut() = http::StatusCode::from_u16(status).unwrap();
        Box::pin(std::future::ready(Ok(answer)))
    }
}

struct Bank {
    folder: tempfile::TempDir,
    clock: Arc<Hands>,
    web: Arc<Web>,
}

impl Bank {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = NewKey::generate(KeyKind::P256).unwrap();
        let path = folder.path().join("bank.pem");
        write_new(&path, key.pem()).unwrap();
        let store = Store::of(path);
        let handler = JwksHandler::open(vec![(store, KeyOptions::default())]).unwrap();
        Self {
            folder,
            clock: Arc::default(),
            web: Arc::new(Web {
                handler: Some(handler),
                status: Mutex::new(200),
            }),
        }
    }

    fn store(&self) -> Store {
        Store::of(self.folder.path().join("bank.pem"))
    }

    fn rotator(&self) -> Rotator {
        let options = KeyOptions::default();
        Rotator::new(self.store(), options, self.web.clone(), self.clock.clone())
    }

    /// Stops after so many writes to the disk.
    fn stopping_after(&self, points: usize) -> Rotator {
        let mut rotator = self.rotator();
        rotator.store.disk.points_left = Some(Arc::new(AtomicUsize::new(points)));
        rotator
    }

    fn keys(&self) -> FileKeys {
        FileKeys::open(self.store(), KeyOptions::default()).unwrap()
    }
}

fn clients() -> Vec<Affected> {
    ["first", "second"]
        .map(|name| Affected {
            client_id: name.to_owned(),
            jwks_url: String::from("https://vendor.example/jwks.json"),
        })
        .to_vec()
}

async fn code(rotator: &Rotator) -> &'static str {
    rotator.step(&clients()).await.unwrap_err().code()
}

#[tokio::test]
async fn a_rotation_waits_where_it_must_and_running_processes_follow() {
    let bank = Bank::open();
    let rotator = bank.rotator();
    let keys = bank.keys();
    let old = keys.active().current.key_id().to_owned();

    let state = rotator.step(&clients()).await.unwrap();
    assert_eq!(state.kind(), StageKind::Published);
    assert_eq!(keys.active().current.key_id(), old);
    let state = rotator.step(&clients()).await.unwrap();
    assert_eq!(state.kind(), StageKind::Seen);
    bank.clock.wait(89);
    assert_eq!(code(&rotator).await, "rotation-too-early");
    assert_eq!(keys.active().current.key_id(), old);
    bank.clock.wait(1);
    let state = rotator.step(&clients()).await.unwrap();
    assert_eq!(state.kind(), StageKind::Signing);
    let new = state.active().public.kid().unwrap();
    assert_ne!(new, old);
    let active = keys.active();
    assert_eq!(active.current.key_id(), new);
    assert_eq!(active.previous.as_ref().unwrap().key_id(), old);

    // The old key once, for a server that has not fetched the document.
    let choice = RotatingKeys::new(Arc::new(bank.keys()));
    assert_eq!(choice.fallback("first", new).unwrap().key_id(), old);
    assert!(choice.fallback("first", new).is_none());
    assert!(choice.fallback("second", new).is_some());
    assert!(choice.fallback("third", &old).is_none());

    assert_eq!(code(&rotator).await, "rotation-too-early");
    bank.clock.wait(330);
    let state = rotator.step(&clients()).await.unwrap();
    assert_eq!(state.kind(), StageKind::Settled);
    assert_eq!(state.document().unwrap().keys().len(), 1);
    assert!(keys.active().previous.is_none());
    // What starts anew with the old configuration signs with the new key.
    assert_eq!(bank.keys().active().current.key_id(), new);
}

#[tokio::test]
async fn nothing_signs_with_a_key_that_is_not_published() {
    let bank = Bank::open();
    let rotator = bank.rotator();
    assert_eq!(
        rotator.step(&[]).await.unwrap_err().code(),
        "rotation-no-clients"
    );
    rotator.step(&clients()).await.unwrap();
    for (status, expected) in [(404, "jwks-status"), (302, "jwks-status")] {
        *bank.web.status.lock().unwrap() = status;
        assert_eq!(code(&rotator).await, expected);
    }
    *bank.web.status.lock().unwrap() = 200;
    rotator.step(&clients()).await.unwrap();
    bank.clock.wait(90);
    *bank.web.status.lock().unwrap() = 500;
    assert_eq!(code(&rotator).await, "jwks-status");
    assert_eq!(rotator.status().unwrap().kind(), StageKind::Seen);
    // Nor with a file that holds another key than was published.
    *bank.web.status.lock().unwrap() = 200;
    let next = rotator.status().unwrap().next().unwrap().file.clone();
    let other = NewKey::generate(KeyKind::P256).unwrap();
    std::fs::write(bank.store().file(&next), other.pem()).unwrap();
    assert_eq!(code(&rotator).await, "rotation-state");
}

#[tokio::test]
async fn a_url_that_nobody_may_trust_is_not_asked() {
    let bank = Bank::open();
    let rotator = bank.rotator();
    for url in [
        "http://vendor.example/jwks.json",
        "ftp://127.0.0.1/",
        "https://u:p@host/",
    ] {
        let client = Affected {
            client_id: String::from("c"),
            jwks_url: url.to_owned(),
        };
        let refused = rotator.step(&[client]).await.unwrap_err();
        assert_eq!(refused.code(), "jwks-insecure-url", "{url}");
    }
    assert_eq!(rotator.status().unwrap().kind(), StageKind::Settled);
    let files = std::fs::read_dir(bank.folder.path()).unwrap();
    let made = files.filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".pem")
    });
    assert_eq!(made.count(), 1, "no key is made in vain");
}

#[tokio::test]
async fn two_processes_do_not_rotate_at_once() {
    let bank = Bank::open();
    let held = bank.store().lock().unwrap();
    assert_eq!(code(&bank.rotator()).await, "rotation-locked");
    assert_eq!(
        bank.rotator().withdraw().unwrap_err().code(),
        "rotation-locked"
    );
    drop(held);
    assert!(bank.rotator().step(&clients()).await.is_ok());
}

#[tokio::test]
async fn wherever_the_machine_stops_the_rotation_goes_on() {
    for points in 0..40 {
        let bank = Bank::open();
        let old = bank.keys().active().current.key_id().to_owned();
        let watching = bank.keys();
        let stopping = bank.stopping_after(points);
        let mut stopped = false;
        let mut settled = false;
        // Each step of the whole way, one of which is cut off.
        for _ in 0..60 {
            let going_on = bank.rotator();
            let rotator = if stopped { &going_on } else { &stopping };
            match rotator.step(&clients()).await {
                Ok(_) => {}
                Err(KeysError::Rotation(RotationError::TooEarly { .. })) => bank.clock.wait(30),
                Err(KeysError::Unwritable { .. }) => stopped = true,
                Err(error) => panic!("after {points} points: {error:?}"),
            }
            // Whatever was cut off: a process that runs and one that starts sign with a published key.
            let state = bank.rotator().status().unwrap();
            let document = state.document().unwrap();
            for keys in [&watching, &bank.keys()] {
                let signs = keys.active();
                assert!(document.by_kid(signs.current.key_id()).next().is_some());
            }
            settled = state.kind() == StageKind::Settled && state.number() == 1;
            if settled {
                break;
            }
        }
        assert!(settled, "after {points} points");
        assert_ne!(watching.active().current.key_id(), old);
        if !stopped {
            assert_eq!(points, 19, "as DESIGN.md says");
            return;
        }
    }
    panic!("the machine stopped each time");
}

#[tokio::test]
async fn a_compromised_key_is_withdrawn_at_once() {
    let bank = Bank::open();
    let keys = bank.keys();
    let old = keys.active().current.key_id().to_owned();
    let state = bank.rotator().withdraw().unwrap();
    assert_eq!(state.kind(), StageKind::Withdrawn);
    assert_ne!(keys.active().current.key_id(), old);
    assert!(keys.active().previous.is_none());
    assert!(state.document().unwrap().by_kid(&old).next().is_none());
    assert_eq!(code(&bank.rotator()).await, "rotation-too-early");
    bank.clock.wait(90);
    let state = bank.rotator().step(&clients()).await.unwrap();
    assert_eq!(state.kind(), StageKind::Settled);
}

#[test]
fn what_cannot_be_read_changes_nothing() {
    let bank = Bank::open();
    let keys = bank.keys();
    let before = keys.active().current.key_id().to_owned();
    // A state that is none, and one that is cut off.
    for text in ["", "{", "null"] {
        std::fs::write(bank.store().state_file(), text).unwrap();
        assert_eq!(keys.active().current.key_id(), before);
    }
    std::fs::remove_file(bank.store().state_file()).unwrap();
    std::fs::write(bank.store().key_file(), "no key").unwrap();
    assert_eq!(keys.active().current.key_id(), before);
    // A key file that is replaced by hand is followed too.
    let other = NewKey::generate(KeyKind::P256).unwrap();
    std::fs::write(bank.store().key_file(), other.pem()).unwrap();
    let after = keys.active().current.key_id().to_owned();
    assert_ne!(after, before);
    assert_eq!(bank.keys().active().current.key_id(), after);
}

#[test]
fn a_key_is_for_its_owner_alone_and_never_overwritten() {
    let bank = Bank::open();
    let path = bank.store().key_file().to_owned();
    let before = std::fs::read(&path).unwrap();
    let refused = write_new(&path, "other").unwrap_err();
    assert_eq!(refused.code(), "key-file-exists");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
