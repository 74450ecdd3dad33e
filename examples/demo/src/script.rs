//! What happens, step by step; each step fails if it is not as it should be.

use castile::envelope::{Content, Policy, cut, open};
use castile::http::{Body, ConfigError, Effect, SoapTransport};
use castile::model::Str;
use castile::{Client, Error};
use castile_jx::customer::CustInq;
use castile_jx::inquiry::{AcctSrch, AcctSrchResponse};
use castile_jx::shared::{HdrFault, SrchMsgRqHdr};
use http::{Response, StatusCode};
use serde_json::json;

use crate::peers::Peers;
use crate::story::Story;

const OLD_ENVELOPE: &str = include_str!("old_envelope.xml");
const ACTION: &str = "\"http://jackhenry.com/ws/AcctSrch\"";

/// A customer of the sandbox with 23 accounts.
const MANY_ACCOUNTS: &str = "SBX0003";

/// Why the demo ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the sandbox cannot start")]
    Sandbox(#[from] castile_sandbox::StartError),
    #[error("a temporary file cannot be made")]
    File(#[from] std::io::Error),
    #[error("the sandbox's configuration cannot be used")]
    Config(#[from] ConfigError),
    #[error("the sandbox's address cannot be used")]
    Address(#[from] http::uri::InvalidUri),
    #[error("no answer")]
    Http(#[from] castile::http::Error),
    #[error("the envelope was refused")]
    Envelope(#[from] castile::envelope::Refusal),
    #[error("a typed call failed")]
    Call(#[from] Error<HdrFault>),
    #[error("{0}")]
    Differs(String),
}

/// Fails with `what` unless it holds.
fn expect(holds: bool, what: impl FnOnce() -> String) -> Result<(), Failure> {
    if holds {
        Ok(())
    } else {
        Err(Failure::Differs(what()))
    }
}

pub(crate) async fn play(story: &mut Story) -> Result<(), Failure> {
    let peers = Peers::start().await?;
    story.tell(
        "Identity provider and gateway on loopback",
        json!({ "token_endpoint": peers.sandbox.token_endpoint(), "gateway": peers.sandbox.gateway_url("ServiceGateway") }),
        format_args!(
            "   token endpoint  {}\n   gateway         {}",
            peers.sandbox.token_endpoint(),
            peers.sandbox.gateway_url("ServiceGateway")
        ),
    );
    rewritten(story)?;
    old_refused(story, &peers).await?;
    old_accepted(story, &peers).await?;
    let first = typed_rows(story, &peers.client).await?;
    second_page(story, &peers.client, first).await?;
    typed_fault(story, &peers.client).await?;
    one_token(story, &peers)?;
    peers.sandbox.stop().await;
    Ok(())
}

fn rewritten(story: &mut Story) -> Result<(), Failure> {
    let cuts = cut(OLD_ENVELOPE.as_bytes(), &Policy::default())?;
    let removed: usize = cuts.ranges().iter().map(ExactSizeIterator::len).sum();
    expect(cuts.ranges().len() == 1, || {
        format!("{} cuts instead of one", cuts.ranges().len())
    })?;
    let red = anstyle::AnsiColor::Red.on_default();
    let mut marked = String::new();
    let mut offset = 0;
    for line in OLD_ENVELOPE.split_inclusive('\n') {
        let middle = offset + line.len() - line.trim_start().len();
        if cuts.ranges().iter().any(|range| range.contains(&middle)) {
            marked += &format!("{red} - {}{red:#}\n", line.trim_end());
        } else {
            marked += &format!("   {}\n", line.trim_end());
        }
        offset += line.len();
    }
    story.tell(
        "The old request; what goes is marked",
        json!({ "input_bytes": OLD_ENVELOPE.len(), "removed_bytes": removed, "output_bytes": cuts.output_length() }),
        format_args!(
            "{marked}   {} bytes, of which {removed} go and {} stay as they are",
            OLD_ENVELOPE.len(),
            cuts.output_length()
        ),
    );
    Ok(())
}

async fn old_refused(story: &mut Story, peers: &Peers) -> Result<(), Failure> {
    let answer = peers
        .unchanged
        .send(peers.request(ACTION, OLD_ENVELOPE))
        .await?;
    let status = answer.status();
    let (name, _) = content(answer).await?;
    expect(
        status == StatusCode::INTERNAL_SERVER_ERROR && name == "Fault",
        || format!("the gateway took the old request as it was: {status}, {name}"),
    )?;
    story.tell(
        "The same request under a token, but not rewritten",
        json!({ "status": status.as_u16(), "answer": name }),
        format_args!("   refused: HTTP {}, a SOAP fault", status.as_u16()),
    );
    Ok(())
}

async fn old_accepted(story: &mut Story, peers: &Peers) -> Result<(), Failure> {
    let answer = peers
        .rewriting
        .send(peers.request(ACTION, OLD_ENVELOPE))
        .await?;
    let status = answer.status();
    let (name, bytes) = content(answer).await?;
    expect(
        status == StatusCode::OK && name == "AcctSrchResponse",
        || format!("the rewritten request was not accepted: {status}, {name}"),
    )?;
    story.tell(
        "Rewritten, under a token",
        json!({ "status": status.as_u16(), "answer": name, "answer_bytes": bytes }),
        format_args!(
            "   accepted: HTTP {}, {name}, {bytes} bytes",
            status.as_u16()
        ),
    );
    Ok(())
}

/// The local name of what Body holds, and the length of the answer.
async fn content(answer: Response<Body>) -> Result<(String, usize), Failure> {
    let body = answer.into_body().bytes(Effect::Read).await?;
    let name = match open(&body)?.content {
        Content::Payload(part) => {
            let start = String::from_utf8_lossy(&body[part.range]);
            let name = start
                .trim_start_matches('<')
                .split([' ', '>', '/'])
                .next()
                .unwrap_or_default();
            name.rsplit(':').next().unwrap_or_default().to_owned()
        }
        Content::Fault(_) => String::from("Fault"),
        Content::Empty => String::from("nothing"),
    };
    Ok((name, body.len()))
}

fn search(cursor: Option<castile_jx::shared::Cursor>) -> AcctSrch {
    AcctSrch {
        srch_msg_rq_hdr: SrchMsgRqHdr {
            max_rec: 10.into(),
            cursor,
            ..SrchMsgRqHdr::default()
        },
        cust_id: Some(MANY_ACCOUNTS.into()),
        ..AcctSrch::default()
    }
}

/// Account numbers and balances; the data is invented, so they may be shown.
fn rows(page: &AcctSrchResponse) -> Vec<(String, String)> {
    let records = page
        .acct_srch_rec_array
        .iter()
        .flat_map(|array| &array.acct_srch_rec);
    records
        .map(|record| {
            let id = record
                .account_id
                .as_ref()
                .and_then(|account| account.acct_id.value());
            let balance = record.avl_bal.as_ref().and_then(|balance| balance.value());
            (
                id.map(ToString::to_string).unwrap_or_default(),
                balance.map(ToString::to_string).unwrap_or_default(),
            )
        })
        .collect()
}

fn table(rows: &[(String, String)]) -> String {
    let lines: Vec<_> = rows
        .iter()
        .map(|(id, balance)| format!("   {id}  {balance:>12}"))
        .collect();
    lines.join("\n")
}

async fn typed_rows<T>(story: &mut Story, client: &Client<T>) -> Result<AcctSrchResponse, Failure>
where
    T: SoapTransport<Error = castile::http::Error>,
{
    let page = client.call(&search(None)).send().await?;
    let rows = rows(&page);
    expect(rows.len() == 10, || {
        format!("{} rows instead of 10", rows.len())
    })?;
    story.tell(
        "AcctSrch with generated types: the first ten accounts",
        json!({ "rows": rows.len() }),
        table(&rows),
    );
    Ok(page)
}

async fn second_page<T>(
    story: &mut Story,
    client: &Client<T>,
    first: AcctSrchResponse,
) -> Result<(), Failure>
where
    T: SoapTransport<Error = castile::http::Error>,
{
    let known = rows(&first);
    let head = first.srch_msg_rs_hdr;
    let more = head
        .more_rec
        .as_ref()
        .and_then(|more| more.value())
        .is_some_and(|more| more == "true");
    expect(more && head.cursor.is_some(), || {
        String::from("the first page names no second")
    })?;
    let page = client.call(&search(head.cursor)).send().await?;
    let rows = rows(&page);
    expect(
        rows.len() == 10 && rows.iter().all(|row| !known.contains(row)),
        || String::from("the second page is not ten other accounts"),
    )?;
    story.tell(
        "The second page, by the cursor of the first",
        json!({ "rows": rows.len() }),
        table(&rows),
    );
    Ok(())
}

async fn typed_fault<T>(story: &mut Story, client: &Client<T>) -> Result<(), Failure>
where
    T: SoapTransport<Error = castile::http::Error>,
{
    let request = CustInq {
        cust_id: Some("NOBODY".into()),
        ..CustInq::default()
    };
    let error = match client.call(&request).send().await {
        Ok(_) => {
            return Err(Failure::Differs(String::from(
                "a customer who does not exist was found",
            )));
        }
        Err(error) => error,
    };
    let Some(fault) = error.fault() else {
        return Err(error.into());
    };
    let records = fault
        .fault_rec_info_array
        .iter()
        .flat_map(|array| &array.fault_msg_rec);
    let told: Vec<_> = records
        .map(|record| {
            let text = |value: Option<&Str>| value.map(ToString::to_string).unwrap_or_default();
            (text(record.err_code.value()), text(record.err_desc.value()))
        })
        .collect();
    expect(!told.is_empty(), || String::from("the fault has no record"))?;
    let lines: Vec<_> = told
        .iter()
        .map(|(code, words)| format!("   {code}  {words}"))
        .collect();
    story.tell(
        "CustInq for a customer who does not exist: the contract's own fault",
        json!({ "code": error.code(), "blame": format!("{:?}", error.blame()), "records": told.iter().map(|(code, _)| code).collect::<Vec<_>>() }),
        lines.join("\n"),
    );
    Ok(())
}

fn one_token(story: &mut Story, peers: &Peers) -> Result<(), Failure> {
    let counters = peers.sandbox.counters();
    expect(counters.token_requests == 1, || {
        format!("{} token requests instead of one", counters.token_requests)
    })?;
    story.tell(
        "Counted by the peers",
        json!({ "token_requests": counters.token_requests, "calls": counters.gateway_requests }),
        format_args!(
            "   {} token request served {} calls",
            counters.token_requests, counters.gateway_requests
        ),
    );
    Ok(())
}
