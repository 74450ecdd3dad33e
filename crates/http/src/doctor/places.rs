//! Looks at what the configuration says, without asking anybody.

use castile_auth::diagnosis::Certainty;

use super::{Cause, Report};
use crate::profile::Oauth;

/// Where Jack Henry Identity was before March 2025; the vendor's helper moved then.
const OLD_TOKEN_HOSTS: &[&str] = &["banno.com", "www.banno.com"];

/// The test gateway of the old model.
const OLD_GATEWAY_HOSTS: &[&str] = &["jxdmz.jackhenry.com"];

pub(super) fn look(oauth: &Oauth, report: &mut Report) {
    report.fact("token endpoint", oauth.token_endpoint.as_str());
    report.fact("gateway", oauth.url.as_str());
    report.fact("scope", &*oauth.scope);
    if oauth.scope.split(' ').any(|scope| scope == "full") {
        report.add(Certainty::Possible, Cause::ScopeFull);
    }
    let host = |url: &url::Url| url.host_str().unwrap_or_default().to_ascii_lowercase();
    let token_host = host(oauth.token_endpoint.url());
    if OLD_TOKEN_HOSTS.contains(&token_host.as_str()) {
        let cause = Cause::OldTokenHost { host: token_host };
        report.add(Certainty::Likely, cause);
    }
    let gateway_host = host(&oauth.url);
    let is_old_host = OLD_GATEWAY_HOSTS.contains(&gateway_host.as_str());
    let of_the_vendor = gateway_host == "jackhenry.com" || gateway_host.ends_with(".jackhenry.com");
    let path = oauth.url.path();
    if is_old_host {
        let cause = Cause::OldGatewayHost { host: gateway_host };
        report.add(Certainty::Likely, cause);
    } else if of_the_vendor && !path.to_ascii_lowercase().contains("/oauth/") {
        let path = path.to_owned();
        report.add(Certainty::Possible, Cause::OldGatewayPath { path });
    }
}
