//! What a configuration calls a read by the name in the headers is one only if the body agrees, by every adapter.

use std::io::Write as _;
use std::sync::{Arc, Mutex};

use castile_http::journal::{WriteLog, read};
use castile_http::middleware::TypedMiddleware;
use castile_http::profile::Limits;
use castile_http::stack::{self, LegacyPlan, Raw, RawLegacy, TypedConfirmed};
use castile_http::tower::{ServiceTransport, TransportService, TypedLayer};
use castile_http::{
    Body, Effect, Effects, EgressTransport, Error, JournalFile, SoapTransport as _, SystemClock,
    TokioSleep,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::Request;
use reqwest_middleware::ClientWithMiddleware;
use tower_layer::Layer as _;
use tower_service::Service as _;

use crate::peer::{Peer, Reply};
use crate::tokens::{Tokens, plan};

type Tower = TransportService<TypedConfirmed<ServiceTransport<TransportService<EgressTransport>>>>;

enum Adapter {
    Raw(Box<Raw<EgressTransport>>),
    RawLegacy(Box<RawLegacy<EgressTransport>>),
    TypedLayer(Tower),
    TypedMiddleware(ClientWithMiddleware),
}

impl Adapter {
    /// All four, with `BalChk = "read-may-repeat"`.
    fn all(peer: &Peer, log: Arc<dyn WriteLog>) -> [(&'static str, Self); 4] {
        let transport = || EgressTransport::new(Limits::default()).unwrap();
        let mut effects = Effects::default();
        effects.set("BalChk", Effect::Read);
        let effects = Arc::new(effects);
        let mut oauth = plan(peer, Arc::new(Tokens::default()));
        (oauth.effects, oauth.journal) = (Arc::clone(&effects), Some(Arc::clone(&log)));
        let mut legacy = LegacyPlan::new(&peer.url, Arc::new(TokioSleep)).unwrap();
        (legacy.effects, legacy.journal) = (effects, Some(log));
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .unwrap();
        let client = reqwest_middleware::ClientBuilder::new(client)
            .with(TypedMiddleware::new(oauth.clone()))
            .build();
        let layered = TypedLayer(oauth.clone()).layer(TransportService::new(transport()));
        [
            ("raw", Self::Raw(stack::raw(oauth, transport()).into())),
            (
                "raw_legacy",
                Self::RawLegacy(stack::raw_legacy(legacy, transport()).into()),
            ),
            ("TypedLayer", Self::TypedLayer(layered)),
            ("TypedMiddleware", Self::TypedMiddleware(client)),
        ]
    }

    /// The error of a message that gets no answer.
    async fn error(&self, request: Request<Body>) -> Error {
        match self {
            Self::Raw(stack) => stack.send(request).await.unwrap_err(),
            Self::RawLegacy(stack) => stack.send(request).await.unwrap_err(),
            Self::TypedLayer(service) => service.clone().call(request).await.unwrap_err(),
            Self::TypedMiddleware(client) => {
                let effect = request.extensions().get::<Effect>().copied();
                let (parts, body) = request.into_parts();
                let mut request = client
                    .post(parts.uri.to_string())
                    .headers(parts.headers)
                    .body(body.as_whole().unwrap().clone());
                // Else the middleware goes by the headers itself.
                if let Some(Effect::Write) = effect {
                    request = request.with_extension(Effect::Write);
                }
                match request.send().await.unwrap_err() {
                    reqwest_middleware::Error::Middleware(error) => error.downcast().unwrap(),
                    other => panic!("an error of the middleware: {other}"),
                }
            }
        }
    }
}

fn envelope(payload: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{payload}</s:Body></s:Envelope>"
    )
}

/// How the effect comes to be with the request before the configuration has its say.
#[derive(Clone, Copy, Debug)]
enum Told {
    ByHeaders,
    Said,
    NotAtAll,
}

#[tokio::test]
async fn a_read_by_configuration_and_headers_is_a_write_where_the_body_is_or_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("writes.journal");
    let log: Arc<dyn WriteLog> = Arc::new(JournalFile::new(&path, Arc::new(SystemClock)).unwrap());
    // How many entries there were when it arrived.
    let noted = Arc::new(Mutex::new(Vec::new()));
    let (seen, count) = (path.clone(), Arc::clone(&noted));
    let peer = Peer::start(move |_, _| {
        let entries = read(&seen).unwrap().entries.len();
        count.lock().unwrap().push(entries);
        Reply::Close
    })
    .await;
    let adapters = Adapter::all(&peer, log);

    let write = envelope("<XferAdd/>").into_bytes();
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(envelope("<BalChk/>").encode_utf16())
        .flat_map(u16::to_be_bytes)
        .collect();
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&write).unwrap();
    let packed = packer.finish().unwrap();
    let two = envelope("<BalChk/><XferAdd/>").into_bytes();
    let read_it = envelope("<BalChk/>").into_bytes();
    let mut expected = Vec::new();
    for (what, encoding, body, entry) in [
        ("a write", None, write, Some("XferAdd")),
        ("two payloads", None, two, Some("BalChk")),
        ("packed", Some("gzip"), packed, Some("BalChk")),
        ("in UTF-16", None, wide, Some("BalChk")),
        ("the read", None, read_it, None),
    ] {
        for (name, adapter) in &adapters {
            for told in [Told::ByHeaders, Told::Said, Told::NotAtAll] {
                let case = format!("{what}, {name}, {told:?}");
                let mut request = Request::post(peer.url.as_str())
                    .header("content-type", "text/xml")
                    .header("soapaction", "\"http://jackhenry.com/ws/BalChk\"")
                    .body(Body::whole(body.clone()))
                    .unwrap();
                if let Some(encoding) = encoding {
                    let headers = request.headers_mut();
                    headers.insert("content-encoding", encoding.parse().unwrap());
                }
                match told {
                    Told::ByHeaders => {
                        Effect::told_by_headers(&mut request);
                    }
                    Told::Said => {
                        request.extensions_mut().insert(Effect::Write);
                    }
                    Told::NotAtAll => {}
                }
                let arrived = noted.lock().unwrap().len();
                let error = adapter.error(request).await;
                if (what, *name) == ("packed", "raw") {
                    // The rewriter refuses what it cannot read.
                    assert!(matches!(error, Error::Envelope(_)), "{case}: {error:?}");
                    assert_eq!(noted.lock().unwrap().len(), arrived, "{case}");
                    continue;
                }
                expected.extend(entry);
                assert_eq!(error.code(), "gateway-interrupted", "{case}");
                assert_eq!(error.outcome_unknown(), entry.is_some(), "{case}");
                assert_eq!(error.is_retryable(), entry.is_none(), "{case}");
                let noted = noted.lock().unwrap();
                assert_eq!(
                    noted[arrived..],
                    [expected.len()],
                    "{case}: once, and noted"
                );
            }
        }
    }
    drop(adapters);
    let journal = read(&path).unwrap();
    let entries = journal.entries.iter();
    let names = entries.map(|entry| entry.operation.as_deref().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), expected);
    assert_eq!(journal.unresolved().count(), expected.len());
}
