//! Messages as callers of the old model write them.

/// The user name in [`old_message`].
pub const USER: &str = "old-user@example.invalid";
/// The password in [`old_message`]: it must appear nowhere else.
pub const PASSWORD: &str = "canary-of-an-old-password";

/// A SOAP 1.1 message with user name and password in its header, and `payload` in its body.
pub fn old_message(payload: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/">
  <SOAP-ENV:Header>
<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">
<wsse:UsernameToken>
<wsse:Username>{USER}</wsse:Username>
<wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">{PASSWORD}</wsse:Password>
</wsse:UsernameToken>
</wsse:Security>
</SOAP-ENV:Header>
  <SOAP-ENV:Body>{payload}</SOAP-ENV:Body>
</SOAP-ENV:Envelope>"#
    )
}
