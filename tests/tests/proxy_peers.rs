//! Old clients in other languages work through the proxy without a change.

use std::path::PathBuf;
use std::process::Command;

use castile_proxy::{Settings, serve};
use castile_tests::{
    Institution, NO_JAVA, NO_PYTHON, PASSWORD, USER, java, not_run, old_message, python, root,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A proxy that serves a profile of an institution.
struct Proxy {
    institution: Institution,
    origin: String,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), castile_proxy::Error>>,
}

impl Proxy {
    async fn start() -> Self {
        let institution = Institution::open().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("its address"));
        let (stop, stopped) = oneshot::channel();
        let profile = institution.profile().clone();
        let served = tokio::spawn(async move {
            serve(listener, &profile, Settings::default(), async {
                // Also ends when the test does.
                let _ = stopped.await;
            })
            .await
        });
        Self {
            institution,
            origin,
            stop,
            served,
        }
    }

    /// Stops it, and asserts that it ran well and let nothing of the old credentials pass.
    async fn stop(self) -> Institution {
        self.stop.send(()).expect("it still runs");
        self.served
            .await
            .expect("it did not panic")
            .expect("it served to the end");
        for request in self.institution.sandbox().requests() {
            assert!(request.bearer, "{request:?}");
            let body = String::from_utf8_lossy(&request.body);
            for secret in [USER, PASSWORD] {
                assert!(!body.contains(secret), "{request:?}");
            }
        }
        let counters = self.institution.sandbox().counters();
        assert_eq!(counters.token_requests, 1, "{counters:?}");
        assert_eq!(counters.gateway_unauthorized, 0, "{counters:?}");
        self.institution
    }

    /// Posts `message` with the old Java client; gives status, media type and body.
    async fn post_from_java(&self, java: PathBuf, operation: &str, message: &str) -> [String; 3] {
        let file = self.institution.folder().join("message.xml");
        std::fs::write(&file, message).expect("a file");
        let mut command = Command::new(java);
        command
            .arg(root().join("tests/peers/java/OldClient.java"))
            .arg(format!("{}/jxchange/2008/ServiceGateway.svc", self.origin))
            .arg(format!("http://jackhenry.com/ws/{operation}"))
            .arg(file);
        let said = run(command).await;
        let mut lines = said.splitn(3, '\n').map(|line| line.trim_end().to_owned());
        std::array::from_fn(|_| lines.next().unwrap_or_default())
    }
}

/// Runs a client beside the runtime that serves it; gives what it printed.
async fn run(mut command: Command) -> String {
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("it did not panic")
        .expect("it starts");
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complained}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_zeep_client_works_unchanged() {
    let Some(python) = python() else {
        return not_run("proxy_peers::a_zeep_client_works_unchanged", NO_PYTHON);
    };
    let proxy = Proxy::start().await;
    let mut command = Command::new(python);
    command
        .arg(root().join("tests/peers/python/zeep_client.py"))
        .arg(root().join("wsdl/sample"))
        .args([&proxy.origin, USER, PASSWORD]);
    let said: Value = serde_json::from_str(&run(command).await).expect("JSON");
    assert_eq!(
        said,
        json!({
            "ping": "from zeep",
            "customers": ["SBX0001", "SBX0002"],
            "more": "true",
            "fault": "900028",
            "moved": false,
        })
    );
    let institution = proxy.stop().await;
    assert_eq!(institution.sandbox().requests().len(), 3);
    assert_eq!(institution.sandbox().transfers().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_java_client_works_unchanged() {
    let Some(java) = java() else {
        return not_run("proxy_peers::a_java_client_works_unchanged", NO_JAVA);
    };
    let proxy = Proxy::start().await;
    // Credentials of the end user are part of the message: they must arrive as they were sent.
    let message = old_message(
        r#"<AcctSrch xmlns="http://jackhenry.com/jxchange/TPG/2008">
      <SrchMsgRqHdr>
        <jXchangeHdr><AuditUsrId>auditor</AuditUsrId><AuditWsId>desk-1</AuditWsId><Ver_1/><Ver_2/><InstEnv>TEST</InstEnv></jXchangeHdr>
        <MaxRec>10</MaxRec>
        <Ver_1/>
        <AuthenUsrCred><wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
          ><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_end-user" Version="2.0"/></wsse:Security></AuthenUsrCred>
      </SrchMsgRqHdr>
      <CustId>SBX0001</CustId>
    </AcctSrch>"#,
    );
    let [status, media_type, body] = proxy.post_from_java(java, "AcctSrch", &message).await;
    assert_eq!(status, "200", "{body}");
    assert!(media_type.starts_with("text/xml"), "{media_type}");
    assert!(body.contains("<AcctId>0000000010017</AcctId>"), "{body}");

    let institution = proxy.stop().await;
    let requests = institution.sandbox().requests();
    assert_eq!(requests.len(), 1);
    // By hand: the header's block is the first one.
    let start = message.find("<wsse:Security").expect("it was sent");
    let end = message.find("</wsse:Security>").expect("it was sent") + "</wsse:Security>".len();
    let kept = format!("{}{}", &message[..start], &message[end..]);
    assert_eq!(String::from_utf8_lossy(&requests[0].body), kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_from_java_is_made_once() {
    let Some(java) = java() else {
        return not_run("proxy_peers::a_transfer_from_java_is_made_once", NO_JAVA);
    };
    let proxy = Proxy::start().await;
    let message = old_message(
        r#"<XferAdd xmlns="http://jackhenry.com/jxchange/TPG/2008">
      <MsgRqHdr>
        <jXchangeHdr><AuditUsrId>auditor</AuditUsrId><AuditWsId>desk-1</AuditWsId><Ver_1/><Ver_2/><InstEnv>TEST</InstEnv></jXchangeHdr>
      </MsgRqHdr>
      <AcctIdFrom><FromAcctId>0000000010017</FromAcctId><FromAcctType>D</FromAcctType></AcctIdFrom>
      <AcctIdTo><ToAcctId>0000000010025</ToAcctId><ToAcctType>D</ToAcctType></AcctIdTo>
      <XferRec><Amt>10.00</Amt></XferRec>
    </XferAdd>"#,
    );
    let [status, _, body] = proxy.post_from_java(java, "XferAdd", &message).await;
    assert_eq!(status, "200", "{body}");
    assert!(body.contains("<RsStat>Success</RsStat>"), "{body}");
    let institution = proxy.stop().await;
    assert_eq!(institution.sandbox().transfers().len(), 1);
}
