//! A certificate authority of a test's own, servers and clients by it, and an HTTP proxy that lets `CONNECT` through.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{
    RootCertStore, ServerConfig, SupportedProtocolVersion, crypto, pki_types,
};

use crate::peer::read;

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
    der: pki_types::CertificateDer<'static>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    /// A server on loopback that speaks these versions of TLS and, if so, asks for a certificate of this authority.
    pub(crate) fn server(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        asks_for_certificate: bool,
    ) -> TlsAcceptor {
        self.server_named("127.0.0.1", versions, asks_for_certificate)
    }

    /// The same with a certificate for another name.
    pub(crate) fn server_named(
        &self,
        name: &str,
        versions: &[&'static SupportedProtocolVersion],
        asks_for_certificate: bool,
    ) -> TlsAcceptor {
        let (certificate, key) = self.issue(name);
        let provider = Arc::new(crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let config = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(versions)
            .unwrap();
        let config = if asks_for_certificate {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            config.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            config.with_no_client_auth()
        };
        let key = pki_types::PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = config.with_single_cert(vec![certificate.der().clone()], key);
        TlsAcceptor::from(Arc::new(config.unwrap()))
    }

    /// A client certificate with its key.
    pub(crate) fn client(&self) -> String {
        let (certificate, key) = self.issue("client.example");
        format!("{}{}", certificate.pem(), key.serialize_pem())
    }

    /// A client certificate with another's key.
    pub(crate) fn mismatched_client(&self) -> String {
        let (certificate, _) = self.issue("client.example");
        let key = KeyPair::generate().unwrap();
        format!("{}{}", certificate.pem(), key.serialize_pem())
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }
}

/// An HTTP proxy that asks for user name and password and keeps the heads it has seen.
pub(crate) struct ConnectProxy {
    pub(crate) address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl ConnectProxy {
    pub(crate) async fn start(credentials: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn({
            let heads = heads.clone();
            async move {
                while let Ok((socket, _)) = listener.accept().await {
                    tokio::spawn(pass(socket, credentials, heads.clone()));
                }
            }
        });
        Self { address, heads }
    }

    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn pass(mut socket: TcpStream, credentials: &str, heads: Arc<Mutex<Vec<String>>>) {
    use base64::Engine as _;

    let Some(arrival) = read(&mut socket).await else {
        return;
    };
    heads.lock().unwrap().push(arrival.head.clone());
    let expected = base64::engine::general_purpose::STANDARD.encode(credentials);
    let target = arrival.head.split(' ').nth(1).unwrap_or_default();
    if arrival.header("proxy-authorization") != [format!("Basic {expected}")] {
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\
                       Content-Length: 0\r\n\r\n";
        let _ = socket.write_all(refusal.as_bytes()).await;
        return;
    }
    if let Ok(mut onward) = TcpStream::connect(target).await {
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        let _ = copy_bidirectional(&mut socket, &mut onward).await;
    }
}
