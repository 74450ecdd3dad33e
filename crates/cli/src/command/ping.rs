//! `castile ping`: asks each service under each profile whether it is there.

use std::sync::Arc;
use std::time::Duration;

use castile_codegen::instance::{Callable, Instances, Values};
use castile_envelope::{SoapVersion, Wrap, wrap};
use castile_http::connect::Pool;
use castile_http::{Config, Effect, Profile};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::call::exchange::{self, Prepared};
use super::table::{Table, csv};
use super::way::Way;
use crate::args::Ping;
use crate::explain;
use crate::output;
use crate::problem::{Exit, Problem};

/// What `Ping` sends and wants back; nothing that means anything to anybody.
const TEXT: &str = "castile";

/// What is shown. Serialised as it stands for scripts.
#[derive(Serialize)]
struct Shown {
    schema_version: u32,
    pings: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    profile: String,
    service: String,
    /// `ok`, or a code that `castile explain` knows.
    result: &'static str,
    /// None if nothing was sent.
    took_ms: Option<u128>,
    #[serde(skip)]
    exit: Exit,
}

/// One service and what to send to it.
struct Target {
    callable: Arc<Callable>,
    headers: http::HeaderMap,
    payload: String,
}

pub(super) fn run(arguments: &Ping) -> Result<Exit, Problem> {
    let file = &arguments.config;
    let problem = |error| Problem::config(&error, file);
    let config = Config::read(file).map_err(problem)?;
    let mut profiles: Vec<Arc<Profile>> = Vec::new();
    if arguments.all {
        profiles.extend(config.profiles().cloned());
    }
    for name in &arguments.profile {
        profiles.push(config.profile(name).map_err(problem)?);
    }
    let targets = Arc::new(targets(arguments)?);
    let runtime = super::runtime()?;
    let _entered = runtime.enter();
    let rows = runtime.block_on(ping_all(arguments, profiles, &targets))?;
    let exit = rows.iter().map(|row| row.exit).max().unwrap_or(Exit::Done);
    show(arguments, rows)?;
    Ok(exit)
}

/// The services of the contract that have a `Ping`, or the one of every jXchange address.
fn targets(arguments: &Ping) -> Result<Vec<Target>, Problem> {
    let tpg = "http://jackhenry.com/jxchange/TPG/2008";
    if arguments.contract.is_empty() {
        let callable = Callable::new("ServiceGateway", "Ping", "http://jackhenry.com/ws/Ping");
        return Ok(vec![Target {
            headers: super::call::headers(&callable)?,
            callable: Arc::new(callable),
            payload: format!("<Ping xmlns=\"{tpg}\"><PingRq>{TEXT}</PingRq></Ping>"),
        }]);
    }
    let instances = Instances::read(&arguments.contract).map_err(Problem::contract)?;
    let mut targets = Vec::new();
    for callable in instances.callables() {
        if callable.name != "Ping" {
            continue;
        }
        let name = callable.full_name();
        let mut values = Values::new();
        let composed = values
            .set("PingRq", TEXT)
            .and_then(|()| instances.compose_request(&name, &values));
        let payload = composed.map_err(|error| Problem::new(error.code(), &error).at(&name))?;
        targets.push(Target {
            headers: super::call::headers(&callable)?,
            callable: Arc::new(callable),
            payload,
        });
    }
    if targets.is_empty() {
        let fact = "no service of the contract has an operation Ping";
        return Err(Problem::said("wsdl-unknown-operation", fact).at("--contract"));
    }
    Ok(targets)
}

async fn ping_all(
    arguments: &Ping,
    profiles: Vec<Arc<Profile>>,
    targets: &Arc<Vec<Target>>,
) -> Result<Vec<Row>, Problem> {
    let pool = Arc::new(Pool::new());
    let places = Arc::new(Semaphore::new(arguments.at_once.into()));
    let mut under_way = JoinSet::new();
    let mut number = 0_usize;
    for profile in profiles {
        for at in 0..targets.len() {
            let (profile, targets) = (Arc::clone(&profile), Arc::clone(targets));
            let (pool, places) = (Arc::clone(&pool), Arc::clone(&places));
            let order = number;
            number += 1;
            under_way.spawn(async move {
                // The semaphore is never closed.
                let _place = places.acquire().await;
                (order, ping(&pool, &profile, &targets[at]).await)
            });
        }
    }
    let mut rows = Vec::new();
    while let Some(done) = under_way.join_next().await {
        rows.push(done.map_err(|error| Problem::new("cli-runtime", &error))?);
    }
    rows.sort_by_key(|(order, _)| *order);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

async fn ping(pool: &Pool, profile: &Profile, target: &Target) -> Row {
    let callable = &target.callable;
    let row = |result: &'static str, took: Option<Duration>| Row {
        profile: profile.name.clone(),
        service: callable.service.clone(),
        result,
        took_ms: took.map(|took| took.as_millis()),
        exit: explain::entry(result).map_or(Exit::Usage, |entry| entry.exit),
    };
    let profile = profile.for_operation(&callable.service, &callable.name);
    let way = match Way::of(profile) {
        Ok(way) => way,
        Err(error) => return row(error.code(), None),
    };
    let form = Wrap {
        soap: match callable.soap_1_2 {
            true => SoapVersion::V12,
            false => SoapVersion::V11,
        },
        ..Wrap::default()
    };
    let envelope = match wrap(target.payload.as_bytes(), &form) {
        Ok(envelope) => envelope.into(),
        Err(refusal) => return row(refusal.code(), None),
    };
    let prepared = Prepared {
        callable: Arc::clone(callable),
        url: way.url().clone(),
        effect: Effect::Read,
        headers: target.headers.clone(),
        envelope,
    };
    let gateway = match way.connect(pool) {
        Ok(gateway) => gateway,
        Err(error) => return row(error.code(), None),
    };
    let exchanged = exchange::send(&gateway, &prepared, std::future::pending()).await;
    let (result, exit) = match &exchanged.outcome {
        Ok(_) => ("ok", Exit::Done),
        Err(failed) => (failed.code(), failed.exit(Effect::Read)),
    };
    Row {
        exit,
        ..row(result, Some(exchanged.took))
    }
}

fn show(arguments: &Ping, pings: Vec<Row>) -> Result<(), Problem> {
    let shown = Shown {
        schema_version: 1,
        pings,
    };
    if arguments.format.json {
        let text = serde_json::to_string_pretty(&shown);
        return output::line(text.map_err(|error| Problem::new("cli-json", &error))?);
    }
    let took: Vec<String> = (shown.pings.iter())
        .map(|row| {
            row.took_ms
                .map_or_else(|| "-".to_owned(), |ms| ms.to_string())
        })
        .collect();
    let rows = shown.pings.iter().zip(&took);
    let rows = rows.map(|(row, took)| {
        [
            row.profile.as_str(),
            row.service.as_str(),
            row.result,
            took.as_str(),
        ]
    });
    let heads = ["profile", "service", "result", "ms"];
    match arguments.format.csv {
        true => output::line(csv(heads, rows)),
        false => output::line(Table::of(heads, rows)),
    }
}
