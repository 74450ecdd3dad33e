//! The steps of a rotation, in order and out of it.

use super::*;
use crate::LocalSigner;
use crate::keys::{KeyKind, NewKey};

const NOW: SystemTime = UNIX_EPOCH;

fn key(file: &str) -> NamedKey {
    let pem = NewKey::generate(KeyKind::P256).unwrap();
    let signer = LocalSigner::read(pem.pem().as_bytes()).unwrap();
    NamedKey {
        file: file.to_owned(),
        public: PublicKey::of(&signer).unwrap(),
    }
}

fn later(seconds: u64) -> SystemTime {
    NOW + Duration::from_secs(seconds)
}

fn clients() -> Vec<Affected> {
    ["first", "second"]
        .map(|name| Affected {
            client_id: name.to_owned(),
            jwks_url: format!("https://vendor.example/{name}"),
        })
        .to_vec()
}

fn sights(document: &Document, cached: u64) -> Vec<Sight> {
    clients()
        .into_iter()
        .map(|client| Sight {
            client_id: client.client_id,
            document: document.clone(),
            cached_for: Duration::from_secs(cached),
        })
        .collect()
}

fn published() -> Rotation {
    Rotation::settled(key("old.pem"))
        .begin(key("new.pem"), clients())
        .unwrap()
}

#[test]
fn the_whole_way_with_its_waits() {
    let waits = Waits::default();
    let published = published();
    assert_eq!(published.document().unwrap().keys().len(), 2);
    assert_eq!(published.active().file, "old.pem");

    let sights = sights(&published.document().unwrap(), 0);
    let seen = published.seen(&sights, waits, NOW).unwrap();
    assert_eq!(seen.until(), Some(later(90)), "60 s and 30 s");
    let early = seen.switch(&sights, waits, later(89)).unwrap_err();
    let wait = Duration::from_secs(1);
    assert_eq!(
        early,
        RotationError::TooEarly {
            until: later(90),
            wait
        }
    );
    assert_eq!(early.to_string(), "too early: the next step is safe in 1 s");

    let signing = seen.switch(&sights, waits, later(90)).unwrap();
    assert_eq!(signing.active().file, "new.pem");
    assert_eq!(signing.previous().unwrap().file, "old.pem");
    assert_eq!(signing.document().unwrap().keys().len(), 2);
    assert_eq!(signing.until(), Some(later(90 + 330)));
    let early = signing.retire(later(419)).unwrap_err();
    assert_eq!(early.code(), "rotation-too-early");

    let settled = signing.retire(later(420)).unwrap();
    assert_eq!(settled.kind(), StageKind::Settled);
    assert_eq!(settled.document().unwrap().keys().len(), 1);
    assert_eq!(settled.number(), 1);
    // Every state is read back as it was written.
    for state in [published, seen, signing, settled] {
        let text = state.to_json();
        assert_eq!(Rotation::from_json(text.as_bytes()), Ok(state));
        assert!(!text.contains("\"d\""));
    }
}

#[test]
fn a_longer_cache_is_waited_for() {
    let published = published();
    let sights = sights(&published.document().unwrap(), 3600);
    let now = NOW + Duration::from_millis(1);
    let seen = published.seen(&sights, Waits::default(), now).unwrap();
    assert_eq!(seen.until(), Some(later(3631)), "rounded up");
}

#[test]
fn the_new_key_must_be_seen_at_every_client_and_the_old_one_too() {
    let waits = Waits::default();
    let published = published();
    let both = published.document().unwrap();
    let only_new = Document::new([published.next().unwrap().public.clone()]).unwrap();
    let only_old = Document::new([published.active().public.clone()]).unwrap();
    let code = |sights: &[Sight]| published.seen(sights, waits, NOW).map_err(|e| e.code());
    assert_eq!(code(&[]), Err("rotation-not-seen"));
    assert_eq!(code(&sights(&both, 0)[..1]), Err("rotation-not-seen"));
    assert_eq!(code(&sights(&only_old, 0)), Err("rotation-not-seen"));
    assert_eq!(code(&sights(&only_new, 0)), Err("rotation-old-not-seen"));
    let mut mixed = sights(&both, 0);
    mixed[1].document = only_old.clone();
    assert_eq!(code(&mixed), Err("rotation-not-seen"));

    // And once more before it signs.
    let seen = published.seen(&sights(&both, 0), waits, NOW).unwrap();
    let switched = seen.switch(&sights(&only_old, 0), waits, later(1000));
    assert_eq!(switched.unwrap_err().code(), "rotation-not-seen");
}

#[test]
fn no_step_out_of_order() {
    let waits = Waits::default();
    let settled = Rotation::settled(key("old.pem"));
    let stage = |outcome: Result<Rotation, RotationError>| outcome.unwrap_err().code();
    assert_eq!(stage(settled.seen(&[], waits, NOW)), "rotation-stage");
    assert_eq!(stage(settled.switch(&[], waits, NOW)), "rotation-stage");
    assert_eq!(stage(settled.retire(NOW)), "rotation-stage");
    assert_eq!(stage(settled.settle(NOW)), "rotation-stage");
    assert_eq!(
        stage(published().begin(key("x"), clients())),
        "rotation-stage"
    );
    assert_eq!(
        stage(settled.begin(key("x"), Vec::new())),
        "rotation-no-clients"
    );
    let mut blind = clients();
    blind[1].jwks_url.clear();
    assert_eq!(
        stage(settled.begin(key("x"), blind.clone())),
        "rotation-no-clients"
    );
    assert_eq!(stage(published().for_clients(blind)), "rotation-no-clients");
    let fewer = published().for_clients(clients()[..1].to_vec()).unwrap();
    assert_eq!(fewer.clients().len(), 1);
    let same = settled.active().clone();
    assert_eq!(stage(settled.begin(same, clients())), "rotation-known-key");
}

#[test]
fn a_withdrawn_key_is_out_at_once_and_never_comes_back() {
    let waits = Waits::default();
    let settled = Rotation::settled(key("old.pem"));
    let old = settled.active().clone();
    assert_eq!(
        settled.withdraw(None, waits, NOW).unwrap_err().code(),
        "rotation-no-key"
    );
    let withdrawn = settled.withdraw(Some(key("new.pem")), waits, NOW).unwrap();
    assert_eq!(withdrawn.active().file, "new.pem");
    assert!(!withdrawn.document().unwrap().publishes(&old.public));
    assert!(withdrawn.previous().is_none(), "nothing falls back to it");
    assert_eq!(
        withdrawn.settle(later(89)).unwrap_err().code(),
        "rotation-too-early"
    );
    let again = withdrawn.settle(later(90)).unwrap();
    let text = again.to_json();
    let again = Rotation::from_json(text.as_bytes()).unwrap();
    assert_eq!(
        again.begin(old, clients()).unwrap_err().code(),
        "rotation-known-key"
    );

    // In the middle of a rotation the key that is published already takes over.
    let published = published();
    let withdrawn = published.withdraw(None, waits, NOW).unwrap();
    assert_eq!(withdrawn.active().file, "new.pem");
    assert_eq!(withdrawn.document().unwrap().keys().len(), 1);

    // Once the new key signs, the old one is the one before.
    let sights = sights(&published.document().unwrap(), 0);
    let seen = published.seen(&sights, waits, NOW).unwrap();
    let signing = seen.switch(&sights, waits, later(90)).unwrap();
    let withdrawn = signing.withdraw(None, waits, later(91)).unwrap();
    assert_eq!(withdrawn.active().file, "new.pem");
    assert_eq!(withdrawn.document().unwrap().keys().len(), 1);
}

#[test]
fn a_state_that_this_release_did_not_write_is_refused() {
    let text = published().to_json();
    let refused = |from: &str, to: &str| {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        Rotation::from_json(changed.as_bytes()).unwrap_err().code()
    };
    for (from, to) in [
        ("\"version\": 1", "\"version\": 2"),
        ("\"number\"", "\"other\""),
        ("\"published\"", "\"elsewhere\""),
        ("\"published\"", "\"seen\""),
        ("\"published\"", "\"settled\""),
        ("old.pem", "../old.pem"),
        ("old.pem", "c:old.pem"),
        ("old.pem", ""),
        ("\"kty\": \"EC\"", "\"kty\": \"EC\", \"d\": \"AQAB\""),
    ] {
        assert_eq!(refused(from, to), "rotation-state", "{from} → {to}");
    }
    for text in ["", "{}", "null", &text[..text.len() / 2]] {
        assert!(Rotation::from_json(text.as_bytes()).is_err());
    }
}
