//! Answers of token endpoints, good, odd and false.

use super::*;
use crate::ports::TOKEN_ANSWER_LIMIT;

const ASSERTION: &str = "eyJhbGciOiJFUzI1NiJ9.Y2xhaW1zLW9mLXRoZS1jbGllbnQ.c2lnbmF0dXJlLW9mLWl0";

fn proof() -> Proof {
    Proof::new(vec![
        (
            "client_assertion_type",
            String::from(crate::JWT_BEARER).into(),
        ),
        ("client_assertion", String::from(ASSERTION).into()),
    ])
}

fn request() -> ClientCredentials {
    ClientCredentials::new("https://host.example/token".parse().expect("a URL"))
        .with_scope("openid full")
        .expect("a scope")
}

fn answer(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Result<Grant, Error> {
    let response = Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(body.as_ref().to_vec())
        .expect("a response");
    request().read(response, &proof())
}

fn json(status: u16, body: &str) -> Result<Grant, Error> {
    answer(status, "application/json", body)
}

#[test]
fn the_form_carries_grant_proof_and_scope() {
    let request = request().request(&proof()).expect("a request");
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://host.example/token");
    assert_eq!(
        request.headers()["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(
        String::from_utf8_lossy(request.body()),
        format!(
            "grant_type=client_credentials\
             &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
             &client_assertion={ASSERTION}&scope=openid+full"
        )
    );
}

#[test]
fn scopes_are_lists_parted_by_single_blanks() {
    let endpoint = request().endpoint().clone();
    for scope in ["", " ", "a  b", " a", "a\tb", "a\"b", "ä"] {
        let error = ClientCredentials::new(endpoint.clone())
            .with_scope(scope)
            .expect_err("refused");
        assert_eq!(error.code(), "scope-invalid", "{scope:?}");
    }
    let url = "https://jackhenry.com/account-services/accounts.read";
    ClientCredentials::new(endpoint)
        .with_scope(url)
        .expect("a scope may be a URL");
}

#[test]
fn a_token_is_read_however_servers_write_it() {
    let seconds = |life: &str| {
        let body = format!(
            r#"{{"access_token":"t0","token_type":"bEaReR",{life}"refresh_token":"r","x":[{{}}]}}"#
        );
        let grant = json(200, &body).expect("a token");
        assert_eq!(&**grant.access_token, "t0");
        grant.expires_in.map(|life| life.as_secs())
    };
    assert_eq!(seconds(r#""expires_in":600,"#), Some(600));
    assert_eq!(seconds(r#""expires_in":"600","#), Some(600));
    assert_eq!(seconds(r#""expires_in":600.0,"#), Some(600));
    assert_eq!(seconds(r#""expires_in":null,"#), None);
    assert_eq!(seconds(""), None);

    let with_bom =
        "\u{feff} {\"access_token\":\"t\",\"token_type\":\"Bearer\",\"scope\":\"openid\"}";
    let grant = answer(201, "text/plain", with_bom).expect("a token");
    assert_eq!(grant.scope.as_deref(), Some("openid"));
}

#[test]
fn an_answer_that_claims_success_falsely_is_found_out() {
    for (body, code) in [
        (r#"{}"#, "token-answer-empty"),
        (
            r#"{"access_token":"","token_type":"Bearer"}"#,
            "token-answer-empty",
        ),
        (
            r#"{"access_token":7,"token_type":"Bearer"}"#,
            "token-answer-empty",
        ),
        (
            r#"{"access_token":"a\r\nX: y","token_type":"Bearer"}"#,
            "token-answer-characters",
        ),
        (r#"{"access_token":"t"}"#, "token-answer-type"),
        (
            r#"{"access_token":"t","token_type":"DPoP"}"#,
            "token-answer-type",
        ),
    ] {
        assert_eq!(json(200, body).expect_err(body).code(), code, "{body}");
    }
    for life in [
        "-1",
        "0",
        "600.5",
        "99999999999",
        "1e300",
        "\"soon\"",
        "\"-1\"",
        "true",
    ] {
        let body = format!(r#"{{"access_token":"t","token_type":"Bearer","expires_in":{life}}}"#);
        let error = json(200, &body).expect_err(life);
        assert_eq!(error.code(), "token-answer-lifetime", "{life}");
        assert_eq!(error.blame(), crate::Blame::JackHenry);
    }
}

#[test]
fn refusals_are_read_in_the_forms_jack_henry_documents() {
    let body = r#"{"error":"Invalid client","error_description":"client authentication failed"}"#;
    let error = json(401, body).expect_err("refused");
    assert_eq!(error.code(), "token-invalid-client");
    assert_eq!(error.status(), Some(401));
    assert_eq!(
        error.to_string(),
        "no token: refused with status 401, invalid_client (client authentication failed)"
    );
    assert!(!error.is_retryable());

    for (error, code) in [
        ("invalid request", "token-invalid-request"),
        ("invalid_scope", "token-invalid-scope"),
        ("unauthorized_client", "token-unauthorized-client"),
        ("something_new", "token-refused"),
        ("<script>", "token-refused"),
    ] {
        let body = format!(r#"{{"error":"{error}"}}"#);
        assert_eq!(json(400, &body).expect_err(error).code(), code);
    }
    // Success by status only.
    let both = r#"{"access_token":"t","token_type":"Bearer","error":"invalid_scope"}"#;
    assert_eq!(
        json(200, both).expect_err("refused").code(),
        "token-invalid-scope"
    );
    assert_eq!(
        json(204, "{}").expect_err("no token").code(),
        "token-refused"
    );
}

#[test]
fn a_description_that_could_hold_a_secret_is_dropped() {
    for description in [
        ASSERTION,
        "bad assertion Y2xhaW1zLW9mLXRoZS1jbGllbnQ",
        "signature starts with c2lnbmF0dXJlLW9m, wrong",
        "see eyJ0eXAi",
        "line\\nbreak",
        "\\u001b[31mred",
        "größe",
        &"long ".repeat(50),
    ] {
        let body = format!(r#"{{"error":"invalid_request","error_description":"{description}"}}"#);
        let error = json(400, &body).expect_err("refused");
        assert_eq!(
            error.to_string(),
            "no token: refused with status 400, invalid_request"
        );
    }
}

#[test]
fn a_description_that_names_the_form_is_kept() {
    let description = format!(
        "client_assertion_type must have value {}",
        crate::JWT_BEARER
    );
    let body = format!(r#"{{"error":"invalid_request","error_description":"{description}"}}"#);
    let error = json(400, &body).expect_err("refused");
    assert!(error.to_string().contains(&description), "{error}");
}

#[test]
fn retry_after_is_read_as_seconds_and_as_a_date() {
    let retry_after = |asked: &str| {
        let response = Response::builder()
            .status(503)
            .header("date", "Sun, 06 Nov 1994 08:49:37 GMT")
            .header("retry-after", asked)
            .body(Vec::new())
            .expect("a response");
        let error = request().read(response, &proof()).expect_err("an outage");
        error.retry_after().map(|wait| wait.as_secs())
    };
    assert_eq!(retry_after("120"), Some(120));
    assert_eq!(retry_after("Sun, 06 Nov 1994 08:51:37 GMT"), Some(120));
    assert_eq!(retry_after("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
    assert_eq!(retry_after("soon"), None);
    assert_eq!(retry_after("-1"), None);
}

#[test]
fn other_answers_are_told_apart() {
    let html = "<html>Service Unavailable</html>";
    let error = answer(200, "text/html; charset=utf-8", html).expect_err("HTML");
    assert_eq!(error.code(), "token-not-json");
    assert_eq!(
        error.to_string(),
        "no token: the answer is no JSON object (status 200, text/html)"
    );
    for (status, body, code) in [
        (400, html, "token-not-json"),
        (200, "[]", "token-not-json"),
        (200, "", "token-not-json"),
        (200, "{\"access_token\":", "token-not-json"),
        (302, "", "token-redirected"),
        (
            307,
            r#"{"access_token":"t","token_type":"Bearer"}"#,
            "token-redirected",
        ),
        (429, "", "token-throttled"),
        (500, html, "token-server-error"),
        (503, r#"{"error":"server_error"}"#, "token-server-error"),
    ] {
        let error = json(status, body).expect_err(body);
        assert_eq!(error.code(), code, "{status} {body}");
        assert_eq!(error.is_retryable(), matches!(status, 429 | 500 | 503));
    }
    let huge = vec![b' '; TOKEN_ANSWER_LIMIT + 1];
    assert_eq!(
        answer(200, "application/json", huge)
            .expect_err("huge")
            .code(),
        "token-too-large"
    );
    let deep = "[".repeat(TOKEN_ANSWER_LIMIT);
    let nested = format!("{{\"x\":{}", &deep[..TOKEN_ANSWER_LIMIT - 10]);
    assert_eq!(
        json(200, &nested).expect_err("deep").code(),
        "token-not-json"
    );
}
