//! What a typed call costs beside reqwest that sends the same bytes, beside the clients of other languages, and what
//! 10,000 institutions cost in one process.
//!
//! The gateway is a process of its own, so that the CPU time of this one is the client's; times are those of
//! `/proc`, and of rounds that take turns the median counts. Answers are asserted in every call.
//!
//! All is measured twice: with a core for the client and one for the gateway, and with one for both. With two, one
//! waits while the other works, and waking a core of a virtual machine can cost more than a call; with one there is
//! always work, and the time of a call is the work of both sides.

#![allow(
    clippy::disallowed_methods,
    reason = "the clock is part of what is measured"
)]

mod cpu;
mod gateway;
mod gsoap;
mod institutions;
mod load;
mod message;
mod peers;

use std::sync::Arc;

use castile::Client;
use castile::auth::ports::BoxFuture;
use castile::auth::{AccessToken, Error, TokenSource};
use castile::http::{Config, OsRandom, Profile, SoapTransport, connect, stack};

use load::{Load, Ratio};

/// What the issue asks for.
const CPU_OF_BARE: f64 = 1.9;
const ADDED_P50_OF_BARE: f64 = 0.7;

struct Fixed(AccessToken);

impl TokenSource for Fixed {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>> {
        Box::pin(async { Ok(self.0.clone()) })
    }

    fn reject(&self, _: &AccessToken) {}
}

/// A profile as users write it.
fn profile(gateway: &str) -> Arc<Profile> {
    let text = format!(
        "version = 1\n[profile.bank]\ninst_rt_id = \"012345678\"\ninst_env = \"TEST\"\nproduct = \"p\"\n\
         state = \"oauth\"\nclient_id = \"c\"\nkey = {{ file = \"bank.pem\" }}\n[profile.bank.oauth]\n\
         url = \"{gateway}\"\ntoken_endpoint = \"{gateway}/token\"\n"
    );
    let config = Config::parse(&text, "castile.toml").expect("a configuration");
    config.profile("bank").expect("the only profile")
}

/// The client of a profile, all layers as [`Client::connect`] has them, with a token at hand.
fn client<T>(profile: &Profile, transport: T) -> Arc<Client<stack::Typed<T>>>
where
    T: SoapTransport<Error = castile::http::Error> + Send + Sync + 'static,
{
    let token = AccessToken::new(String::from(message::TOKEN).into(), 1, None);
    let plan = connect::plan(profile, Arc::new(Fixed(token))).expect("a plan");
    let url = message::url(profile).parse().expect("an address");
    let header = castile::Header::of(profile).with_tracking(Arc::new(OsRandom));
    Arc::new(Client::new(url, stack::typed(plan, transport)).with_header(header))
}

/// What tells a process of this program that it has one core for all.
const ONE_CORE: &str = "CASTILE_BENCH_ONE_CORE";

fn main() {
    if std::env::var_os(gateway::SERVE).is_some() {
        return gateway::serve();
    }
    let is_test = std::env::args().any(|word| word == "--test");
    if cpu::used().is_none() {
        println!("NOT RUN: CPU time per process is read from /proc");
        return;
    }
    if std::env::var_os(ONE_CORE).is_some() {
        return calls("one core for client and gateway", is_test);
    }
    calls("a core each for client and gateway", is_test);
    println!();
    if !on_one_core() {
        println!("one core for client and gateway: NOT RUN, there is no taskset");
    }
    println!();
    institutions::run(if is_test { &[10, 100] } else { &[100, 10_000] });
}

/// Runs this program again on one core; whether that can be done.
fn on_one_core() -> bool {
    let program = std::env::current_exe().expect("this program");
    let mut again = std::process::Command::new("taskset");
    again.args(["-c", "0"]).arg(program);
    again.args(std::env::args_os().skip(1)).env(ONE_CORE, "1");
    match again.status() {
        Ok(status) => {
            assert!(status.success(), "the same on one core");
            true
        }
        Err(_) => false,
    }
}

/// Measures calls by this client, by reqwest and by others.
fn calls(cores: &str, is_test: bool) {
    let gateway = gateway::Gateway::start();
    let profile = profile(gateway.url());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let sent = load::Sent::default();
    runtime.block_on(load::typed(&client(&profile, sent.clone())));
    let bare = load::Bare::new(sent);
    let client = client(&profile, connect::transport(&profile).expect("a transport"));
    let calls = if is_test { 64 } else { 6_400 };
    let rounds = if is_test { 1 } else { 9 };

    println!(
        "{cores}: answer of {} bytes, medians of {rounds} rounds",
        message::answer().len()
    );
    let mut typed_call = 0.0;
    for connections in [64, 1] {
        let calls = calls / if connections == 1 { 4 } else { 1 };
        let mut measured = Vec::new();
        for _ in 0..rounds {
            let bare = runtime.block_on(load::run(connections, calls, || bare.call()));
            let typed = runtime.block_on(load::run(connections, calls, || load::typed(&client)));
            measured.push(Ratio { bare, typed });
        }
        let show = |name, load: Load| {
            println!(
                "{connections:>2} connections, {name:<8} {:>7.1} µs CPU a call, p50 {:>7.0} µs",
                load.cpu, load.p50
            );
        };
        let (bare, typed) = (
            load::median(&measured, |r| r.bare),
            load::median(&measured, |r| r.typed),
        );
        show("reqwest", bare);
        show("typed", typed);
        typed_call = typed.cpu;
        let cpu = load::middle(measured.iter().map(|r| r.typed.cpu / r.bare.cpu));
        let p50 = load::middle(measured.iter().map(|r| r.typed.p50 / r.bare.p50 - 1.0));
        println!(
            "{connections:>2} connections: CPU {cpu:.2} x reqwest (goal {CPU_OF_BARE}), p50 adds {p50:.2} x \
             reqwest's own (goal {ADDED_P50_OF_BARE})"
        );
    }
    // As many calls as a round of ours has: what a process costs at first is in neither.
    peers::run(
        gateway.url(),
        typed_call,
        if is_test { 3 } else { calls / 4 },
    );
}
