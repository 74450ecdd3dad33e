//! Two models that answer as they are told, and what a shadow makes of it.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use bytes::Bytes;
use http::{Request, Response};

use super::*;
use crate::shadow::Rate;
use crate::{Confirm, Effects};

const LEGACY: &str = "http://127.0.0.1:1/legacy";

/// How a model answers.
#[derive(Clone)]
enum Manner {
    /// With this text in its one element.
    Says(&'static str),
    Hangs,
    Panics,
    Html,
    /// This, with this media type.
    Answers(&'static str, Vec<u8>),
}

/// Answers, and counts.
struct Model {
    manner: Manner,
    arrived: Mutex<Vec<(String, Bytes)>>,
    at_once: AtomicUsize,
}

fn model(manner: Manner) -> Arc<Model> {
    Arc::new(Model {
        manner,
        arrived: Mutex::default(),
        at_once: AtomicUsize::new(0),
    })
}

impl Model {
    fn arrived(&self) -> usize {
        self.arrived.lock().unwrap().len()
    }
}

impl SoapTransport for Model {
    type Error = Infallible;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let uri = request.uri().to_string();
        assert!(!request.headers().contains_key("authorization") || uri == LEGACY);
        let body = request.into_body().bytes(Effect::Read).await.unwrap();
        self.arrived.lock().unwrap().push((uri, body));
        self.at_once.fetch_add(1, Ordering::SeqCst);
        let (media_type, body) = match &self.manner {
            Manner::Says(text) => (
                "text/xml; charset=utf-8",
                format!(
                    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><R><jXLogTrackingId>{}</jXLogTrackingId><AcctNum>{text}</AcctNum></R></s:Body></s:Envelope>",
                    self.arrived()
                )
                .into_bytes(),
            ),
            Manner::Hangs => std::future::pending().await,
            Manner::Panics => panic!("a shadow falls"),
            Manner::Html => ("text/html", b"<html>canary</html>".to_vec()),
            Manner::Answers(media_type, body) => (*media_type, body.clone()),
        };
        let answer = Response::builder().header("content-type", media_type);
        Ok(answer.body(Body::whole(body)).unwrap())
    }
}

#[derive(Default)]
struct Told(Mutex<Vec<(String, Outcome)>>);

impl ShadowWatch for Told {
    fn shadowed(&self, operation: &str, outcome: &Outcome) {
        let entry = (operation.to_owned(), outcome.clone());
        self.0.lock().unwrap().push(entry);
    }
}

struct Scene {
    shadow: Shadow<Arc<Model>, Arc<Model>>,
    legacy: Arc<Model>,
    oauth: Arc<Model>,
    told: Arc<Told>,
}

fn scene(legacy: Manner, oauth: Manner, settings: Shadowing) -> Scene {
    let (legacy, oauth, told) = (model(legacy), model(oauth), Arc::new(Told::default()));
    let target = "http://127.0.0.1:1/oauth".parse().unwrap();
    Scene {
        shadow: Shadow::new(
            legacy.clone(),
            oauth.clone(),
            target,
            settings,
            Some(told.clone()),
        ),
        legacy,
        oauth,
        told,
    }
}

fn every() -> Shadowing {
    Shadowing {
        rate: Rate::ALL,
        ..Shadowing::default()
    }
}

fn message(payload: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>{payload}</s:Body></s:Envelope>"
    )
}

fn request(effect: Effect, action: &str, payload: &str) -> Request<Body> {
    Request::post(LEGACY)
        .header("content-type", "text/xml; charset=utf-8")
        .header(
            "soapaction",
            format!("\"http://jackhenry.com/ws/{action}\""),
        )
        .header("authorization", "Basic password-canary")
        .extension(effect)
        .body(Body::whole(message(payload)))
        .unwrap()
}

impl Scene {
    async fn call(&self, effect: Effect, action: &str, payload: &str) -> Bytes {
        let answer = self
            .shadow
            .send(request(effect, action, payload))
            .await
            .unwrap();
        answer.into_body().bytes(effect).await.unwrap()
    }

    /// What was told, once nothing is under way.
    async fn told(&self) -> Vec<(String, Outcome)> {
        while self.shadow.under_way() > 0 {
            ::tokio::time::sleep(Duration::from_millis(1)).await;
        }
        std::mem::take(&mut *self.told.0.lock().unwrap())
    }
}

#[tokio::test]
async fn answers_are_compared_and_differences_told_by_path_alone() {
    let scene = scene(Manner::Says("1-canary"), Manner::Says("1-canary"), every());
    let answer = scene.call(Effect::Read, "AcctInq", "<AcctInq/>").await;
    assert!(answer.starts_with(b"<s:Envelope"));
    assert_eq!(
        scene.told().await,
        [("AcctInq".to_owned(), Outcome::Agreed)]
    );
    assert_eq!(
        scene.oauth.arrived.lock().unwrap()[0].0,
        "http://127.0.0.1:1/oauth"
    );
    let scene = self::scene(Manner::Says("1-canary"), Manner::Says("2-canary"), every());
    scene.call(Effect::Read, "AcctInq", "<AcctInq/>").await;
    let told = scene.told().await;
    let [(operation, Outcome::Differed(found))] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(operation, "AcctInq");
    assert_eq!(found.paths.keys().collect::<Vec<_>>(), ["R/AcctNum"]);
    assert!(!format!("{told:?}").contains("canary"));
    let ignoring = Shadowing {
        ignore: vec!["R/AcctNum".to_owned()],
        ..every()
    };
    let scene = self::scene(Manner::Says("1"), Manner::Says("2"), ignoring);
    scene.call(Effect::Read, "AcctInq", "<AcctInq/>").await;
    assert_eq!(scene.told().await[0].1, Outcome::Agreed);
}

#[tokio::test]
async fn only_what_certainly_reads_is_repeated() {
    let scene = scene(Manner::Says("1"), Manner::Says("1"), every());
    for (effect, action, payload, outcome) in [
        (Effect::Write, "XferAdd", "<XferAdd/>", None),
        (Effect::Unknown, "XferCancel", "<XferCancel/>", None),
        // Told to be a write by whoever knows better than the name.
        (Effect::Write, "XferInq", "<XferInq/>", None),
        (
            Effect::Read,
            "AcctInq",
            "<XferAdd/>",
            Some(Outcome::NotARead),
        ),
        (Effect::Read, "AcctInq", "<x/>", Some(Outcome::NotARead)),
        (
            Effect::Read,
            "AcctInq",
            "<AcctInq><ActIntent>Upd</ActIntent></AcctInq>",
            Some(Outcome::NotARead),
        ),
        (
            Effect::Read,
            "AcctInq",
            "<AcctInq/><XferAdd/>",
            Some(Outcome::NotComparable),
        ),
        (Effect::Read, "AcctInq", "no XML", Some(Outcome::NotARead)),
    ] {
        scene.call(effect, action, payload).await;
        let told = scene.told().await;
        assert_eq!(
            told.first().map(|(_, outcome)| outcome),
            outcome.as_ref(),
            "{action} {payload}"
        );
    }
    assert_eq!((scene.legacy.arrived(), scene.oauth.arrived()), (8, 0));
    for (action, payload) in [
        (
            "AcctInq",
            "<AcctInq><ActIntent>ReadOnly</ActIntent></AcctInq>",
        ),
        ("Look", "<Look/>"),
        ("AcctInq", "<AcctSrch/>"),
    ] {
        scene.call(Effect::Read, action, payload).await;
        assert_eq!(scene.told().await[0].1, Outcome::Agreed, "{payload}");
    }
}

/// What a configuration says of the operation in Body goes before its name, also under another action.
#[tokio::test]
async fn what_the_answering_side_took_for_a_write_is_not_repeated() {
    for (overridden, repeated) in [(false, 1), (true, 0)] {
        let mut effects = Effects::default();
        if overridden {
            effects.set("CustInq", Effect::Write);
        }
        let oauth = model(Manner::Says("1"));
        let legacy = Confirm::new(model(Manner::Says("1")), Arc::new(effects));
        let target = "http://127.0.0.1:1/oauth".parse().unwrap();
        let shadow = Shadow::new(legacy, oauth.clone(), target, every(), None);
        let mut request = request(Effect::Unknown, "AcctInq", "<CustInq/>");
        Effect::told_by_headers(&mut request);
        let answer = shadow.send(request).await.unwrap();
        answer.into_body().bytes(Effect::Read).await.unwrap();
        while shadow.under_way() > 0 {
            ::tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(oauth.arrived(), repeated);
    }
}

#[tokio::test(start_paused = true)]
async fn a_shadow_that_hangs_delays_nothing_and_is_given_up() {
    let settings = Shadowing {
        max_in_flight: 3,
        ..every()
    };
    let scene = scene(Manner::Says("1"), Manner::Hangs, settings);
    let start = ::tokio::time::Instant::now();
    for _ in 0..50 {
        scene.call(Effect::Read, "AcctInq", "<AcctInq/>").await;
        // Lets what was begun go as far as it can.
        ::tokio::task::yield_now().await;
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(scene.legacy.arrived(), 50);
    assert!(scene.oauth.arrived() <= 3, "{}", scene.oauth.arrived());
    let told = scene.told().await;
    let count = |wanted: &Outcome| told.iter().filter(|(_, outcome)| outcome == wanted).count();
    assert_eq!(
        (
            count(&Outcome::Dropped),
            count(&Outcome::Failed("shadow-timeout"))
        ),
        (47, 3)
    );
    assert!(start.elapsed() < Duration::from_secs(31));
}

#[tokio::test]
async fn what_goes_wrong_in_the_shadow_stays_there() {
    for (manner, outcome) in [
        (Manner::Panics, Outcome::Failed("shadow-ended")),
        (Manner::Html, Outcome::Failed("gateway-html")),
    ] {
        let scene = scene(Manner::Says("1"), manner, every());
        for _ in 0..3 {
            let answer = scene.call(Effect::Read, "AcctInq", "<AcctInq/>").await;
            assert!(!answer.is_empty());
            assert_eq!(
                scene.told().await,
                [("AcctInq".to_owned(), outcome.clone())]
            );
        }
    }
}

#[tokio::test]
async fn nothing_is_repeated_before_the_caller_has_the_answer_or_when_it_leaves() {
    let scene = scene(Manner::Says("1"), Manner::Says("1"), every());
    let answer = scene
        .shadow
        .send(request(Effect::Read, "AcctInq", "<AcctInq/>"))
        .await
        .unwrap();
    ::tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!((scene.oauth.arrived(), scene.shadow.under_way()), (0, 0));
    drop(answer);
    assert_eq!(scene.told().await, []);
    let body = scene.call(Effect::Read, "AcctInq", "<AcctInq/>").await;
    drop(body);
    assert_eq!(scene.told().await.len(), 1);
}

#[tokio::test]
async fn the_rate_is_held_and_long_messages_pass_uncompared() {
    let settings = Shadowing {
        rate: "1/10".parse().unwrap(),
        ..Shadowing::default()
    };
    let scene = scene(Manner::Says("1"), Manner::Says("1"), settings);
    for _ in 0..200 {
        scene.call(Effect::Read, "AcctInq", "<AcctInq/>").await;
        scene.call(Effect::Write, "XferAdd", "<XferAdd/>").await;
        scene.told().await;
    }
    assert_eq!(scene.legacy.arrived(), 400);
    assert!(
        (18..=22).contains(&scene.oauth.arrived()),
        "{}",
        scene.oauth.arrived()
    );
    let short = Shadowing {
        message_limit: 100,
        ..every()
    };
    let scene = self::scene(Manner::Says("1"), Manner::Says("1"), short);
    scene.call(Effect::Read, "AcctInq", "<AcctInq/>").await;
    assert_eq!(
        scene.told().await,
        [("AcctInq".to_owned(), Outcome::NotComparable)]
    );
}

/// An answer with these bytes: in its envelope, in a part that it refers to, or in one beside it; or in UTF-16.
fn answers(bytes: &str) -> [Manner; 4] {
    const PARTS: &str = "multipart/related; boundary=b; type=\"application/xop+xml\"";
    const BESIDE: &str = "multipart/related; boundary=b; type=\"text/xml\"";
    let held = |inside: &str| message(&format!("<R><Img>{inside}</Img></R>"));
    let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
    let include = "<i:Include xmlns:i='http://www.w3.org/2004/08/xop/include' href='cid:1@x'/>";
    let parts = |media_type: &str, envelope: String| {
        format!(
            "--b\r\nContent-Type: {media_type}\r\n\r\n{envelope}\r\n--b\r\nContent-ID: <1@x>\r\n\r\n{bytes}\r\n--b--\r\n"
        )
    };
    let wide = format!("\u{feff}{}", held(&base64));
    let wide: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let xop = parts("application/xop+xml; type=\"text/xml\"", held(include));
    let beside = parts("text/xml", held(&base64));
    [
        Manner::Answers("text/xml; charset=utf-8", held(&base64).into_bytes()),
        Manner::Answers(PARTS, xop.into_bytes()),
        Manner::Answers("text/xml; charset=utf-16", wide),
        Manner::Answers(BESIDE, beside.into_bytes()),
    ]
}

#[tokio::test]
async fn answers_in_parts_and_in_utf_16_are_compared_by_what_they_say() {
    let told = async |old: &Manner, new: &Manner| {
        let scene = scene(old.clone(), new.clone(), every());
        scene.call(Effect::Read, "AcctInq", "<AcctInq/>").await;
        let told = scene.told().await;
        assert!(!format!("{told:?}").contains("canary"));
        match told.into_iter().next() {
            Some((_, Outcome::Agreed)) => Ok(Vec::new()),
            Some((_, Outcome::Differed(found))) => Ok(found.paths.into_keys().collect()),
            other => Err(other),
        }
    };
    let (ones, others) = (answers("1-canary"), answers("2-canary"));
    for (at, old) in ones.iter().enumerate() {
        for (place, new) in ones.iter().enumerate() {
            // A part that no value refers to is something more.
            let paths: &[&str] = match (at == 3) != (place == 3) {
                true => &["MIME-parts"],
                false => &[],
            };
            assert_eq!(told(old, new).await.unwrap(), paths, "{at} {place}");
        }
        for (place, new) in others.iter().enumerate() {
            let paths: &[&str] = match at == 3 || place == 3 {
                true => &["MIME-parts", "R/Img"],
                false => &["R/Img"],
            };
            assert_eq!(told(old, new).await.unwrap(), paths, "{at} {place}");
        }
    }
    // Nothing is passed over in silence: what cannot be read is counted as such.
    let cut = Manner::Answers("multipart/related; boundary=b", b"--b\r\n\r\n<s".to_vec());
    let told = told(&ones[1], &cut).await.unwrap_err();
    assert_eq!(told.unwrap().1, Outcome::NotComparable);
}
