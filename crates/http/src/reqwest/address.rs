//! The URL of a request target, parsed once for all requests to it in a row.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use http::Uri;
use url::{ParseError, Url};

/// The last target and its URL; clones share it.
#[derive(Clone, Default)]
pub(super) struct LastUrl(Arc<ArcSwapOption<(Uri, Url)>>);

impl LastUrl {
    /// The URL of `target`.
    ///
    /// # Errors
    /// It is none, for example because it has no host.
    pub(super) fn of(&self, target: &Uri) -> Result<Url, ParseError> {
        if let Some(last) = &*self.0.load()
            && last.0 == *target
        {
            return Ok(last.1.clone());
        }
        let url = Url::parse(&target.to_string())?;
        self.0.store(Some(Arc::new((target.clone(), url.clone()))));
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_has_its_own_url_whatever_came_before() {
        let last = LastUrl::default();
        for target in [
            "https://a.example/x?y=1",
            "https://a.example/x?y=1",
            "https://a.example/x?y=2",
            "http://a.example/x?y=2",
            "https://a.example:8443/x",
            "https://b.example/x",
            "https://A.example/x",
        ] {
            let url = last.of(&target.parse().unwrap()).unwrap();
            assert_eq!(url, Url::parse(target).unwrap(), "{target}");
        }
        assert!(last.of(&"/path".parse().unwrap()).is_err());
        assert!(last.of(&"https://b.example/x".parse().unwrap()).is_ok());
    }
}
