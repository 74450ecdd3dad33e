//! Finds what in a profile works but should not stay as it is.

use jiff::civil::{Date, date};

use super::table::{ENDPOINT, Found, Part, Table};
use super::{ConfigError, Dates, Elsewhere, Warning};

/// The first day on which there was OAuth for jXchange.
const BEGIN: Date = date(2025, 4, 30);

/// What of the endpoints should not stay as it is.
pub(super) fn warnings(
    legacy: Option<&Table<'_>>,
    oauth: Option<&Table<'_>>,
) -> Result<Vec<Warning>, ConfigError> {
    let mut warnings = Vec::new();
    for found in [legacy, oauth]
        .iter()
        .flatten()
        .filter_map(|table| table.find(ENDPOINT))
    {
        if let Some(what) = Elsewhere::of(&found.url()?) {
            let place = found.place();
            warnings.push(Warning::Elsewhere { place, what });
        }
    }
    if let Some(table) = oauth
        && let Some(found) = table.find("compat_exp_in_milliseconds")
        && found.switch()?
    {
        warnings.push(Warning::ExpInMilliseconds {
            place: found.key_place(),
        });
    }
    Ok(warnings)
}

/// What of the way out should not stay as it is.
pub(super) fn of_egress(table: &Table<'_>) -> Result<Option<Warning>, ConfigError> {
    let (Some(proxy), Some(_)) = (table.find("proxy"), table.find("proxy_password")) else {
        return Ok(None);
    };
    let url = proxy.proxy_url()?;
    let is_loopback = crate::Origin::of_url(&url).is_some_and(|origin| origin.is_confidential());
    Ok((!is_loopback).then(|| Warning::ProxyPasswordInClear {
        place: proxy.place(),
    }))
}

/// What happened when, in the life of a registration, and which of it cannot be.
pub(super) fn dates(profile: Part<'_>) -> Result<(Dates, Vec<Warning>), ConfigError> {
    const STEPS: [&str; 4] = [
        "requested",
        "client_id_received",
        "jwks_registered",
        "jxchange_authorized",
    ];
    let mut warnings = Vec::new();
    let Some(found) = profile.find("dates") else {
        return Ok((Dates::default(), warnings));
    };
    let table = found.table()?;
    let found = STEPS.map(|step| table.find(step));
    let read = |found: &Option<Found<'_>>| found.as_ref().map(Found::date).transpose();
    let [requested, received, registered, authorized] = &found;
    let dates = Dates {
        requested: read(requested)?,
        client_id_received: read(received)?,
        jwks_registered: read(registered)?,
        jxchange_authorized: read(authorized)?,
    };
    // The JWKS URL may be registered when the client is made: these two have no order between them.
    const ORDER: [(usize, usize); 5] = [(0, 1), (0, 2), (0, 3), (1, 3), (2, 3)];
    let at = [
        dates.requested,
        dates.client_id_received,
        dates.jwks_registered,
        dates.jxchange_authorized,
    ];
    for (found, _) in found
        .iter()
        .zip(at)
        .filter(|(_, at)| at.is_some_and(|at| at < BEGIN))
    {
        warnings.extend(found.as_ref().map(|found| Warning::DateTooEarly {
            place: found.place(),
        }));
    }
    for (earlier, later) in ORDER {
        if let (Some(before), Some(after), Some(found)) = (at[earlier], at[later], &found[later])
            && after < before
        {
            warnings.push(Warning::DateOrder {
                place: found.place(),
                earlier: STEPS[earlier],
                later: STEPS[later],
            });
        }
    }
    Ok((dates, warnings))
}
