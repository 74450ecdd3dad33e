//! The document as an HTTP client sees it.

use castile_auth::keys::{KeyKind, NewKey};

use super::*;
use crate::keys::write_new;

fn ask(handler: &JwksHandler, method: &str, path: &str, etag: Option<&str>) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(etag) = etag {
        request = request.header(IF_NONE_MATCH, etag);
    }
    handler.answer(&request.body(()).unwrap())
}

fn text(answer: &Response<Body>) -> &str {
    std::str::from_utf8(answer.body().as_whole().unwrap()).unwrap()
}

#[test]
fn the_document_is_served_with_its_tag_for_a_minute() {
    let folder = tempfile::tempdir().unwrap();
    let stores: Vec<_> = [("a.pem", KeyKind::P256), ("b.pem", KeyKind::Rsa2048)]
        .into_iter()
        .map(|(name, kind)| {
            let path = folder.path().join(name);
            write_new(&path, NewKey::generate(kind).unwrap().pem()).unwrap();
            (Store::of(path), KeyOptions::default())
        })
        .collect();
    let handler = JwksHandler::open(stores).unwrap();
    let got = ask(&handler, "GET", "/jwks.json", None);
    assert_eq!(got.status(), 200);
    assert_eq!(got.headers()[CACHE_CONTROL], "public, max-age=60");
    assert_eq!(got.headers()[CONTENT_TYPE], "application/jwk-set+json");
    let document = Document::parse(text(&got).as_bytes()).unwrap();
    assert_eq!(document.keys().len(), 2);
    let etag = got.headers()[ETAG].to_str().unwrap().to_owned();
    assert_eq!(etag, document.etag());

    let head = ask(&handler, "HEAD", "/.well-known/jwks.json", None);
    assert_eq!((head.status().as_u16(), text(&head)), (200, ""));
    assert_eq!(
        head.headers()[CONTENT_LENGTH],
        got.headers()[CONTENT_LENGTH]
    );
    for tag in [etag.clone(), format!("\"x\", W/{etag}"), String::from("*")] {
        let same = ask(&handler, "GET", "/jwks.json", Some(&tag));
        assert_eq!((same.status().as_u16(), text(&same)), (304, ""), "{tag}");
        assert_eq!(same.headers()[ETAG], etag);
    }
    let other = ask(&handler, "GET", "/jwks.json", Some("\"other\""));
    assert_eq!(other.status(), 200);

    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let refused = ask(&handler, method, "/jwks.json", None);
        assert_eq!(refused.status(), 405);
        assert_eq!(refused.headers()[ALLOW], "GET, HEAD");
    }
    assert_eq!(ask(&handler, "GET", "/health", None).status(), 200);
    assert_eq!(ask(&handler, "GET", "/a.pem", None).status(), 404);
    assert_eq!(ask(&handler, "GET", "/../a.pem", None).status(), 404);

    // A bad file changes nothing.
    std::fs::write(folder.path().join("a.pem"), "no key").unwrap();
    assert_eq!(text(&ask(&handler, "GET", "/jwks", None)), text(&got));
}
