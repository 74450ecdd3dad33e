//! `castile call`: one operation of a contract, by values or a message, under a profile.

mod answer;
pub(super) mod exchange;
mod mask;
mod permit;

use std::sync::Arc;
use std::time::Duration;

use castile_codegen::instance::{Callable, ComposeError, Instances, Message, Values};
use castile_envelope::{SoapVersion, Wrap, wrap};
use castile_http::connect::Pool;
use castile_http::{Effect, Profile};

use super::files::Source;
use super::way::Way;
use crate::args::Call;
use crate::output;
use crate::problem::{Exit, Problem};
use exchange::Prepared;

/// The longest message that is read, in bytes: as long as a file of a contract may be.
const LONGEST: u64 = 64 * 1024 * 1024;

pub(super) fn run(arguments: &Call) -> Result<Exit, Problem> {
    let profile = permit::profile(&arguments.profile)?;
    let instances = Instances::read(&arguments.contract).map_err(Problem::contract)?;
    let callable = instances
        .callable(&arguments.operation)
        .map_err(Problem::contract)?;
    let profile = profile.for_operation(&callable.service, &callable.name);
    output::warn(profile);
    let way =
        Way::of(profile).map_err(|error| Problem::config(&error, &arguments.profile.config))?;
    let prepared = prepare(arguments, &instances, callable, &way)?;
    if arguments.dry_run {
        output::line(mask::shown(&way, &prepared, arguments.show_values))?;
        return Ok(Exit::Done);
    }
    permit::permitted(arguments, profile, &prepared)?;
    let runtime = super::runtime()?;
    // The token cache starts its tasks on the runtime that is entered.
    let entered = runtime.enter();
    let gateway = way
        .connect(&Pool::new())
        .map_err(|error| Problem::profile(&error, profile, &arguments.profile.config))?;
    // From here on who stops the program is told what may have happened.
    let mut interrupts = super::Interrupts::listen()?;
    let exchanged = runtime.block_on(exchange::send(&gateway, &prepared, interrupts.next()));
    let shown = answer::show(arguments, profile, &prepared, exchanged);
    drop(entered);
    // Who stops a call that waits for a name to be looked up does not wait for that.
    runtime.shutdown_timeout(AFTERWARDS);
    shown
}

/// How long what was begun on other threads may take to end after the answer.
const AFTERWARDS: Duration = Duration::from_secs(1);

/// The message with all that goes with it.
fn prepare(
    arguments: &Call,
    instances: &Instances,
    callable: Callable,
    way: &Way<'_>,
) -> Result<Prepared, Problem> {
    let profile = way.profile();
    let mut values = match &arguments.body {
        Some(file) => {
            let source = Source::named(file);
            // One more than is read as a message, so that a longer one is refused as such.
            let message = Message::read(&source.read_at_most(LONGEST + 1)?);
            let name = source.name();
            let unread = |error| {
                let problem = Problem::contract(error).at(name);
                problem.remedy("give the element of the request, or an envelope around it, as XML")
            };
            Values::of(&message.map_err(unread)?)
        }
        None => Values::new(),
    };
    for (number, set) in (1..).zip(&arguments.set) {
        // Neither half is shown where one cannot be told from the other: it may be a value.
        let Some((path, value)) = set.split_once('=') else {
            let fact = format!("the {number}. --set is no PATH=VALUE");
            return Err(Problem::said("usage-set", fact).at("the command line"));
        };
        values
            .set(path, value)
            .map_err(|error| composed(&error, &callable))?;
    }
    let tracking_id = exchange::tracking_id();
    fill(&mut values, profile, tracking_id.as_deref());
    let payload = instances.compose_request(&callable.full_name(), &values);
    let payload = payload.map_err(|error| composed(&error, &callable))?;
    let envelope = wrap(
        payload.as_bytes(),
        &Wrap {
            soap: match callable.soap_1_2 {
                true => SoapVersion::V12,
                false => SoapVersion::V11,
            },
            ..Wrap::default()
        },
    );
    let envelope = envelope.map_err(|refusal| Problem::new(refusal.code(), &refusal))?;
    let known = Effect::from_soap_action(&callable.name);
    Ok(Prepared {
        effect: profile.effects.of(&callable.name, known),
        url: way.url().clone(),
        headers: headers(&callable)?,
        envelope: envelope.into(),
        callable: Arc::new(callable),
    })
}

/// The headers of a call, if its action can stand in one.
pub(super) fn headers(callable: &Callable) -> Result<http::HeaderMap, Problem> {
    exchange::headers(callable).ok_or_else(|| {
        let fact = "the SOAPAction of the contract cannot stand in an HTTP header";
        Problem::said("call-action", fact).at(callable.full_name())
    })
}

/// `jXchangeHdr` from the profile, where the contract has one.
pub(super) fn fill(values: &mut Values, profile: &Profile, tracking_id: Option<&str>) {
    let header = profile.header();
    let own = [
        ("JxVer", header.jx_ver.as_deref()),
        ("AuditUsrId", header.audit_usr_id.as_deref()),
        ("AuditWsId", header.audit_ws_id.as_deref()),
        ("jXLogTrackingId", tracking_id),
        ("InstRtId", Some(profile.inst_rt_id.as_str())),
        ("InstEnv", Some(profile.inst_env.as_str())),
        ("ValidConsmName", header.valid_consm_name.as_deref()),
        ("ValidConsmProd", header.valid_consm_prod.as_deref()),
    ];
    let known = own.into_iter();
    values.fill(
        "jXchangeHdr",
        known.filter_map(|(name, value)| Some((name, value?))),
    );
}

/// A message that cannot be composed.
fn composed(error: &ComposeError, callable: &Callable) -> Problem {
    let problem = Problem::new(error.code(), error).at(callable.full_name());
    let tree = callable.request.as_ref().map(|name| name.local());
    if let ComposeError::Missing { paths } = error
        && let keys = from_profile(paths)
        && !keys.is_empty()
    {
        let keys = keys.join(" and ");
        return problem.remedy(format!(
            "write {keys} into the profile, or into [defaults] for all; --set gives a value for this call alone"
        ));
    }
    match (error, tree) {
        (ComposeError::Unknown { .. } | ComposeError::Missing { .. }, Some(name)) => problem
            .remedy(format!(
                "`castile contract tree {name} --contract …` shows what stands where"
            )),
        _ => problem,
    }
}

/// The keys of castile.toml that would have filled these paths, where all of them could have been.
fn from_profile(paths: &[String]) -> Vec<&'static str> {
    let key = |path: &String| match path.rsplit_once("jXchangeHdr/")?.1 {
        "JxVer" => Some("jx_ver"),
        "AuditUsrId" => Some("audit_usr_id"),
        "AuditWsId" => Some("audit_ws_id"),
        "ValidConsmName" => Some("valid_consm_name"),
        "ValidConsmProd" => Some("valid_consm_prod"),
        _ => None,
    };
    let keys: Option<Vec<_>> = paths.iter().map(key).collect();
    keys.unwrap_or_default()
}
