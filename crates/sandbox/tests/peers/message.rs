//! What the gateway makes of messages: wrong ones, old ones, hostile ones.

use castile_sandbox::{Cause, NotSoap};

use crate::client::{Answer, Bench, TPG, envelope, message_header, search_header};

const SECURITY: &str = "<w:Security xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/\
    oasis-200401-wss-wssecurity-secext-1.0.xsd\"><w:UsernameToken><w:Username>u</w:Username>\
    <w:Password>p</w:Password></w:UsernameToken></w:Security>";

fn ping() -> String {
    format!("<Ping xmlns=\"{TPG}\"><PingRq>hello</PingRq></Ping>")
}

async fn send(bench: &Bench, body: impl Into<String>) -> Answer {
    let token = bench
        .token(&bench.sandbox.counters().token_requests.to_string())
        .await;
    let request = bench
        .post("ServiceGateway", "Ping", body)
        .bearer_auth(token);
    bench.send(request).await.unwrap()
}

fn last_cause(bench: &Bench) -> Cause {
    let log = bench.sandbox.log();
    log.last().unwrap().event.cause().unwrap().clone()
}

#[tokio::test]
async fn a_header_level_security_is_refused_without_hdr_fault() {
    let bench = Bench::start().await;
    for security in [
        SECURITY.to_owned(),
        SECURITY.replace("<w:Security ", "<w:Security mustUnderstand=\"1\" "),
    ] {
        let answer = send(&bench, envelope(&security, &ping())).await;
        assert_eq!(answer.status, 500);
        assert!(answer.body.contains(">a:FailedAuthentication</faultcode>"));
        assert!(!answer.body.contains("HdrFault"));
        assert_eq!(last_cause(&bench), Cause::HeaderSecurity);
    }
    assert_eq!(send(&bench, envelope("", &ping())).await.status, 200);
}

#[tokio::test]
async fn a_security_block_in_the_body_is_payload() {
    let bench = Bench::start().await;
    let header = message_header().replace(
        "</MsgRqHdr>",
        &format!("<Ver_1/><AuthenUsrCred>{SECURITY}</AuthenUsrCred></MsgRqHdr>"),
    );
    let account = "<InAcctId><AcctId>0000000010017</AcctId><AcctType>D</AcctType></InAcctId>";
    let answer = bench
        .call("Inquiry", "AcctInq", &format!("{header}{account}"))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    // Kept as it came, byte for byte; the answer does not repeat it.
    let received = bench.sandbox.requests().pop().unwrap();
    let body = String::from_utf8(received.body.to_vec()).unwrap();
    assert!(body.contains(&format!("<AuthenUsrCred>{SECURITY}</AuthenUsrCred>")));
    assert!(!answer.body.contains("Security"));
}

#[tokio::test]
async fn any_other_block_that_must_be_understood_is_refused() {
    let bench = Bench::start().await;
    let must = |more: &str| {
        format!("<x:Thing xmlns:x=\"urn:x\" e:mustUnderstand=\"1\" {more}>1</x:Thing>")
    };
    let answer = send(&bench, envelope(&must(""), &ping())).await;
    assert_eq!(
        (answer.status, answer.element("faultcode")),
        (500, Some("s:MustUnderstand"))
    );
    let elsewhere = must("e:actor=\"urn:someone\"");
    assert_eq!(
        send(&bench, envelope(&elsewhere, &ping())).await.status,
        200
    );
    assert_eq!(
        send(&bench, envelope("<x xmlns=\"urn:x\"/>", &ping()))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn only_soap_1_1_is_spoken() {
    let bench = Bench::start().await;
    let soap_12 = envelope("", &ping()).replace(
        "http://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2003/05/soap-envelope",
    );
    let answer = send(&bench, soap_12).await;
    assert_eq!(
        (answer.status, answer.element("faultcode")),
        (500, Some("s:VersionMismatch"))
    );
    let token = bench.token("media").await;
    for media in [
        "application/soap+xml",
        "application/xml",
        "text/xml; charset=utf-16",
    ] {
        let request = bench
            .http()
            .post(bench.sandbox.gateway_url("Inquiry"))
            .header("content-type", media)
            .header("soapaction", "http://jackhenry.com/ws/Ping")
            .bearer_auth(&token)
            .body(envelope("", &ping()));
        assert_eq!(bench.send(request).await.unwrap().status, 415, "{media}");
    }
}

#[tokio::test]
async fn the_action_must_name_what_the_body_holds() {
    let bench = Bench::start().await;
    let token = bench.token("action").await;
    let url = bench.sandbox.gateway_url("Inquiry");
    let request = |action: Option<&str>| {
        let request = bench
            .http()
            .post(&url)
            .header("content-type", "text/xml")
            .bearer_auth(&token)
            .body(envelope("", &ping()));
        match action {
            Some(action) => request.header("soapaction", action),
            None => request,
        }
    };
    for action in [
        "\"http://jackhenry.com/ws/Ping\"",
        "http://jackhenry.com/ws/Ping",
    ] {
        assert_eq!(bench.send(request(Some(action))).await.unwrap().status, 200);
    }
    for action in [
        Some("http://jackhenry.com/ws/AcctInq"),
        Some("Ping"),
        Some("\"\""),
        None,
    ] {
        let answer = bench.send(request(action)).await.unwrap();
        assert_eq!(
            (answer.status, answer.element("faultcode")),
            (500, Some("s:Client"))
        );
        assert_eq!(last_cause(&bench), Cause::ActionMismatch);
    }
}

#[tokio::test]
async fn a_service_answers_its_own_operations_and_the_gateway_all() {
    let bench = Bench::start().await;
    let content = format!("{}<CustId>SBX0001</CustId>", search_header("5", ""));
    assert_eq!(
        bench.call("Inquiry", "AcctSrch", &content).await.status,
        200
    );
    assert_eq!(
        bench
            .call("ServiceGateway", "AcctSrch", &content)
            .await
            .status,
        200
    );
    assert_eq!(
        bench.call("Customer", "AcctSrch", &content).await.status,
        500
    );
    assert_eq!(last_cause(&bench), Cause::OperationUnknown);
    assert_eq!(
        bench.call("Nowhere", "AcctSrch", &content).await.status,
        404
    );
    // Both spellings of the path occur.
    let token = bench.token("path").await;
    let spelled = bench
        .sandbox
        .gateway_url("Inquiry")
        .replace("/jxchange/", "/jXchange/");
    let request = bench
        .http()
        .post(spelled)
        .header("content-type", "text/xml")
        .header("soapaction", "http://jackhenry.com/ws/Ping")
        .bearer_auth(token)
        .body(envelope("", &ping()));
    assert_eq!(bench.send(request).await.unwrap().status, 200);
}

#[tokio::test]
async fn what_is_no_soap_message_gets_a_client_fault() {
    let bench = Bench::start().await;
    let dtd = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let wide = envelope(
        "",
        &format!("<Ping xmlns=\"{TPG}\">{}</Ping>", "<a/>".repeat(60_000)),
    );
    let attributes: String = (0..300_000)
        .map(|number| format!(" a{number}=\"\""))
        .collect();
    let attributes = envelope("", &format!("<Ping xmlns=\"{TPG}\"{attributes}/>"));
    let good = envelope("", &ping());
    let cases = [
        (String::new(), NotSoap::Malformed),
        ("not xml".to_owned(), NotSoap::Malformed),
        ("<a><b></a></b>".to_owned(), NotSoap::Malformed),
        ("<p:a/>".to_owned(), NotSoap::Malformed),
        (format!("{good}<a/>"), NotSoap::Malformed),
        (good[..good.len() - 3].to_owned(), NotSoap::Malformed),
        (good.replace("?><e:", &format!("?>{dtd}<e:")), NotSoap::Dtd),
        (good.replace("hello", "&b;"), NotSoap::Entity),
        (
            good.replace("hello", "<?x y?>"),
            NotSoap::ProcessingInstruction,
        ),
        (deep, NotSoap::TooDeep),
        (wide, NotSoap::TooMany),
        (attributes, NotSoap::TooMany),
        ("<a/>".to_owned(), NotSoap::Shape),
        (envelope("", ""), NotSoap::Shape),
        (good.replace("e:Body>", "e:Torso>"), NotSoap::Shape),
    ];
    for (body, expected) in cases {
        let shown: String = body.chars().take(60).collect();
        let answer = send(&bench, body).await;
        assert_eq!(answer.status, 500, "{shown}");
        assert_eq!(answer.element("faultcode"), Some("s:Client"), "{shown}");
        match last_cause(&bench) {
            Cause::NotSoap { reason, .. } => assert_eq!(reason, expected, "{shown}"),
            other => panic!("{other:?} for {shown}"),
        }
    }
}

#[tokio::test]
async fn ten_megabytes_are_not_kept() {
    let bench = Bench::start().await;
    let body = envelope("", &ping().replace("hello", &"x".repeat(10 << 20)));
    let answer = send(&bench, body).await;
    assert_eq!(answer.status, 413);
    assert_eq!(bench.sandbox.requests().len(), 0);
    assert_eq!(bench.sandbox.counters().gateway_requests, 1);
}

#[tokio::test]
async fn another_method_is_refused() {
    let bench = Bench::start().await;
    let token = bench.token("get").await;
    let request = bench
        .http()
        .get(bench.sandbox.gateway_url("Inquiry"))
        .bearer_auth(token);
    assert_eq!(bench.send(request).await.unwrap().status, 405);
}
