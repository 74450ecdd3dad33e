//! The parameters of an authorization request, judged once.

use std::collections::HashMap;

use serde_json::Value;

use crate::state::Client;

/// By name; each stands once.
#[derive(Clone)]
pub(super) struct Parameters(HashMap<String, String>);

impl Parameters {
    /// `None` if one stands twice.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut found = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(text) {
            if found
                .insert(name.into_owned(), value.into_owned())
                .is_some()
            {
                return None;
            }
        }
        Some(Self(found))
    }

    /// One that is there and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    /// Says whose it is, where only the address around it said so.
    pub(super) fn name_client(&mut self, client_id: &str) {
        self.0.insert("client_id".to_owned(), client_id.to_owned());
    }

    /// What is wrong with it as a request of `client`.
    pub(super) fn judge(&self, client: &Client) -> Result<(), &'static str> {
        let is = |name, value| self.text(name) == Some(value);
        let site = client
            .website
            .as_ref()
            .ok_or("the client signs no users in")?;
        let back = self.text("redirect_uri").ok_or("redirect_uri is missing")?;
        if !site.redirect_uris.iter().any(|known| known == back) {
            return Err("redirect_uri is not registered");
        }
        if !is("response_type", "code") {
            return Err("response_type must be code");
        }
        if !is("code_challenge_method", "S256") || self.text("code_challenge").is_none() {
            return Err("PKCE with S256 is required");
        }
        let scope = self.text("scope").unwrap_or_default();
        if !scope.split(' ').any(|token| token == "openid") {
            return Err("scope openid is missing");
        }
        if self.text("claims").is_some() && self.claims().is_none() {
            return Err("claims is no JSON");
        }
        Ok(())
    }

    /// The institution that the client asks for in `claims`.
    pub(super) fn institution(&self) -> Option<String> {
        let claims = self.claims()?;
        let asked = |part: &str| Some(claims[part]["institution_id"]["value"].as_str()?.to_owned());
        asked("userinfo").or_else(|| asked("id_token"))
    }

    fn claims(&self) -> Option<Value> {
        serde_json::from_str(self.text("claims")?).ok()
    }
}
