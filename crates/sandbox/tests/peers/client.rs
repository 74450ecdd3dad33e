//! A client made for the tests: it can do all that the rules forbid.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use castile_sandbox::{ManualClock, Running, Sandbox};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// When the tests' clock starts.
pub(crate) const NOW: u64 = 1_767_225_600;

pub(crate) const CLIENT: &str = "client-of-the-tests";

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A key pair with its public half as a JWK; `kid` empty means the thumbprint.
pub(crate) struct Key {
    pub(crate) pem: String,
    pub(crate) signing: EncodingKey,
    pub(crate) algorithm: Algorithm,
    pub(crate) public: Value,
}

impl Key {
    pub(crate) fn ec(kid: &str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pem = pem(pkcs8.as_ref());
        let signing = EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
        Self::new(pem, signing, Algorithm::ES256, kid)
    }

    pub(crate) fn rsa(kid: &str, algorithm: Algorithm) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let pem = pem(der.as_ref());
        let signing = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
        Self::new(pem, signing, algorithm, kid)
    }

    fn new(pem: String, signing: EncodingKey, algorithm: Algorithm, kid: &str) -> Self {
        let jwk = Jwk::from_encoding_key(&signing, algorithm).unwrap();
        let mut public = serde_json::to_value(&jwk).unwrap();
        public["kid"] = match kid {
            // As Castile names its keys (RFC 7638).
            "" => jwk.thumbprint(ThumbprintHash::SHA256).unwrap().into(),
            kid => kid.into(),
        };
        Self {
            pem,
            signing,
            algorithm,
            public,
        }
    }

    pub(crate) fn sign(&self, kid: Option<&str>, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = kid.map(str::to_owned);
        jsonwebtoken::encode(&header, claims, &self.signing).unwrap()
    }
}

fn pem(pkcs8: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(pkcs8);
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
}

pub(crate) fn jwks<'k>(keys: impl IntoIterator<Item = &'k Key>) -> String {
    let keys: Vec<&Value> = keys.into_iter().map(|key| &key.public).collect();
    json!({ "keys": keys }).to_string()
}

/// A running sandbox with one client whose key is at hand.
pub(crate) struct Bench {
    pub(crate) sandbox: Running,
    pub(crate) clock: ManualClock,
    pub(crate) key: Key,
    http: reqwest::Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The text of the first element of that name.
    pub(crate) fn element(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
    }

    /// The texts of all elements of that name.
    pub(crate) fn elements(&self, name: &str) -> Vec<String> {
        let open = format!("<{name}>");
        self.body
            .split(&open)
            .skip(1)
            .filter_map(|rest| rest.split_once('<'))
            .map(|(text, _)| text.to_owned())
            .collect()
    }
}

impl Bench {
    pub(crate) async fn start() -> Self {
        let key = Key::ec("k1");
        let clock = ManualClock::at(NOW);
        let sandbox = Sandbox::builder()
            .clock(clock.clone())
            .client(CLIENT, jwks([&key]))
            .start()
            .await
            .unwrap();
        Self {
            sandbox,
            clock,
            key,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// Claims that pass, with a `jti` of their own.
    pub(crate) fn claims(&self, jti: &str) -> Value {
        json!({
            "iss": CLIENT,
            "sub": CLIENT,
            "aud": self.sandbox.token_endpoint(),
            "jti": jti,
            "exp": NOW + 60,
        })
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
        let answer = request.send().await?;
        Ok(Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body: answer.text().await?,
        })
    }

    pub(crate) async fn try_form(&self, fields: &[(&str, &str)]) -> reqwest::Result<Answer> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self
            .http
            .post(self.sandbox.token_endpoint())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        self.send(request).await
    }

    pub(crate) async fn form(&self, fields: &[(&str, &str)]) -> Answer {
        self.try_form(fields).await.unwrap()
    }

    pub(crate) async fn assert(&self, assertion: &str) -> Answer {
        self.form(&[
            ("grant_type", "client_credentials"),
            ("scope", "openid"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ])
        .await
    }

    pub(crate) async fn token(&self, jti: &str) -> String {
        let mut claims = self.claims(jti);
        claims["exp"] = (castile_sandbox::Clock::now(&self.clock) + 60).into();
        let answer = self.assert(&self.key.sign(Some("k1"), &claims)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A request to a service of the gateway, with the right media type and action.
    pub(crate) fn post(
        &self,
        service: &str,
        action: &str,
        body: impl Into<String>,
    ) -> reqwest::RequestBuilder {
        self.http
            .post(self.sandbox.gateway_url(service))
            .header("content-type", "text/xml; charset=utf-8")
            .header(
                "soapaction",
                format!("\"http://jackhenry.com/ws/{action}\""),
            )
            .body(body.into())
    }

    /// An operation's answer under a good token.
    pub(crate) async fn call(&self, service: &str, action: &str, content: &str) -> Answer {
        let token = self
            .token(&format!("call-{}", self.sandbox.counters().token_requests))
            .await;
        let body = envelope(
            "",
            &format!("<{action} xmlns=\"{TPG}\">{content}</{action}>"),
        );
        let request = self.post(service, action, body).bearer_auth(token);
        self.send(request).await.unwrap()
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }
}

pub(crate) const TPG: &str = "http://jackhenry.com/jxchange/TPG/2008";

pub(crate) fn envelope(header: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><e:Envelope \
         xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Header>{header}</e:Header>\
         <e:Body>{body}</e:Body></e:Envelope>"
    )
}

/// A `jXchangeHdr` with all that a caller sends.
pub(crate) const HEADER: &str = "<jXchangeHdr><JxVer/><AuditUsrId>tester</AuditUsrId>\
    <AuditWsId>bench &amp; co</AuditWsId><Ver_1/><jXLogTrackingId>track-1</jXLogTrackingId>\
    <Ver_2/><InstRtId>012345678</InstRtId><InstEnv>TEST</InstEnv></jXchangeHdr>";

pub(crate) fn search_header(max: &str, cursor: &str) -> String {
    format!("<SrchMsgRqHdr>{HEADER}<MaxRec>{max}</MaxRec><Cursor>{cursor}</Cursor></SrchMsgRqHdr>")
}

pub(crate) fn message_header() -> String {
    format!("<MsgRqHdr>{HEADER}</MsgRqHdr>")
}
