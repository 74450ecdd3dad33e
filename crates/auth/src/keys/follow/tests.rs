//! The way back to the old key, by the `kid` of each assertion that is sent.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use super::*;
use crate::keys::{KeyKind, NewKey};
use crate::ports::{BoxFuture, Clock, NoRandomness, Random, TokenHttp, TokenHttpError};
use crate::{AssertionPolicy, ClientCredentials, LocalSigner, PrivateKeyJwt, TokenEndpoint};

struct Outside;

impl Clock for Outside {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }

    fn steady(&self) -> Duration {
        Duration::ZERO
    }
}

impl Random for Outside {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        buffer.fill(7);
        Ok(())
    }
}

/// Answers with these statuses, and keeps the `kid` of each assertion.
struct Server {
    answers: Mutex<VecDeque<u16>>,
    kids: Mutex<Vec<String>>,
}

impl Server {
    fn answering(statuses: &[u16]) -> Self {
        Self {
            answers: Mutex::new(statuses.iter().copied().collect()),
            kids: Mutex::default(),
        }
    }
}

impl TokenHttp for Server {
    fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<http::Response<Vec<u8>>, TokenHttpError>> {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;

        let header = url::form_urlencoded::parse(request.body())
            .find_map(|(name, value)| {
                (name == "client_assertion").then(|| value.split('.').next().map(str::to_owned))
            })
            .flatten()
            .unwrap();
        let header = URL_SAFE_NO_PAD.decode(header).unwrap();
        let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
        let kid = header["kid"].as_str().unwrap().to_owned();
        self.kids.lock().unwrap().push(kid);
        let status = self.answers.lock().unwrap().pop_front().unwrap();
        let body = match status {
            200 => r#"{"access_token":"t","token_type":"Bearer"}"#,
            _ => r#"{"error":"invalid_client"}"#,
        };
        let mut response = http::Response::new(body.as_bytes().to_vec());
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        Box::pin(std::future::ready(Ok(response)))
    }
}

struct Keys(Mutex<Arc<ActiveKeys>>);

impl KeySource for Keys {
    fn active(&self) -> Arc<ActiveKeys> {
        Arc::clone(&self.0.lock().unwrap())
    }
}

fn signer() -> Arc<dyn Signer> {
    let key = NewKey::generate(KeyKind::P256).unwrap();
    Arc::new(LocalSigner::read(key.pem().as_bytes()).unwrap())
}

fn set(number: u64, previous: Option<Arc<dyn Signer>>) -> Arc<ActiveKeys> {
    Arc::new(ActiveKeys {
        current: signer(),
        previous,
        rotation: number,
    })
}

#[tokio::test]
async fn the_old_key_is_tried_once_in_a_rotation() {
    let keys = set(1, Some(signer()));
    let old = keys.previous.as_ref().unwrap().key_id().to_owned();
    let new = keys.current.key_id().to_owned();
    let source = Arc::new(Keys(Mutex::new(keys)));
    let policy = AssertionPolicy::new("client").unwrap();
    let keys = Arc::new(RotatingKeys::new(source.clone()));
    let auth = PrivateKeyJwt::following(policy, keys, Arc::new(Outside), Arc::new(Outside));
    let endpoint = TokenEndpoint::parse("https://login.example/token").unwrap();
    let request = ClientCredentials::new(endpoint);

    let server = Server::answering(&[401, 200, 401, 401, 401, 401]);
    request.fetch(&auth, &server).await.unwrap();
    assert_eq!(*server.kids.lock().unwrap(), [&new[..], &old]);
    // A second refusal in the same rotation is final.
    assert!(request.fetch(&auth, &server).await.is_err());
    assert_eq!(server.kids.lock().unwrap().len(), 3);

    // In the next rotation there is one more; a refusal of both is final too.
    *source.0.lock().unwrap() = set(2, Some(signer()));
    assert!(request.fetch(&auth, &server).await.is_err());
    assert_eq!(server.kids.lock().unwrap().len(), 5);

    // Without an old key that is published, nothing is repeated.
    *source.0.lock().unwrap() = set(3, None);
    assert!(request.fetch(&auth, &server).await.is_err());
    assert_eq!(server.kids.lock().unwrap().len(), 6);
}
