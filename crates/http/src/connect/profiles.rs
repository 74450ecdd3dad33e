//! Reads a configuration anew while calls go on under it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;
use castile_auth::ports::Sleep;

use super::Pool;
use crate::{Config, ConfigError, Error, Profile};

/// A configuration that can be read anew while calls go on.
///
/// What is made of it by [`connect`](Self::connect) changes with it, all at once or not at all: when a file cannot be
/// read or a profile in use cannot be served, everything stays as it was and the error says why. A call that has begun
/// ends by the settings it began with. Clients that did not change keep their tokens.
#[derive(Debug)]
pub struct Profiles {
    file: PathBuf,
    pool: Pool,
    config: ArcSwap<Config>,
    /// Whatever goes by this configuration and is still held by somebody. Held while it is read anew: one at a time.
    users: Mutex<Vec<Weak<dyn User>>>,
}

/// Something that goes by a profile.
trait User: std::fmt::Debug + Send + Sync {
    /// Makes what it would be under `config`; nothing changes before the result is called.
    fn prepare(self: Arc<Self>, config: &Config, pool: &Pool) -> Result<Box<dyn FnOnce()>, Error>;
}

impl Profiles {
    /// Reads `file` and the files it includes.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn read(file: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let file = file.as_ref();
        let config = Config::read(file)?;
        Ok(Self {
            file: file.to_owned(),
            pool: Pool::new(),
            config: ArcSwap::from_pointee(config),
            users: Mutex::default(),
        })
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The configuration as it is now.
    pub fn config(&self) -> Arc<Config> {
        self.config.load_full()
    }

    /// What the profiles have in common.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// What `make` makes of the profile `name`, now and after each [`reload`](Self::reload).
    ///
    /// # Errors
    /// No such profile; what `make` says.
    pub fn connect<S, F>(&self, name: &str, make: F) -> Result<Live<S>, Error>
    where
        S: Send + Sync + 'static,
        F: Fn(&Pool, &Arc<Profile>) -> Result<S, Error> + Send + Sync + 'static,
    {
        let mut users = self.users();
        let now = make(&self.pool, &self.config().profile(name)?)?;
        let line = Arc::new(Line {
            name: name.to_owned(),
            make,
            now: Arc::new(ArcSwap::from_pointee(now)),
        });
        let now = line.now.clone();
        users.retain(|user| user.strong_count() > 0);
        let user: Arc<dyn User> = line;
        users.push(Arc::downgrade(&user));
        Ok(Live { now, user })
    }

    /// Reads the files anew.
    ///
    /// Blocks while it reads files and secrets; in asynchronous code that is for a thread that may block. What an
    /// unchanged reference leads to is read, too: a new client certificate or password is used from now on.
    ///
    /// # Errors
    /// What is wrong with the new configuration; then all is as it was.
    pub fn reload(&self) -> Result<(), Error> {
        let mut users = self.users();
        let config = Config::read(&self.file)?;
        self.pool.begin_round();
        users.retain(|user| user.strong_count() > 0);
        let prepared = users
            .iter()
            .filter_map(Weak::upgrade)
            .map(|user| user.prepare(&config, &self.pool))
            .collect::<Result<Vec<_>, _>>()?;
        // Nothing can go wrong from here on.
        self.config.store(Arc::new(config));
        prepared.into_iter().for_each(|swap| swap());
        self.pool.end_round();
        Ok(())
    }

    /// Reloads whenever the files have changed, looked at `every` so often; says each time what came of it.
    ///
    /// A file that is refused is not read again before it changes. What lies elsewhere, as keys and certificates do, is
    /// not watched. Runs until the last holder of the configuration but this has gone.
    pub fn watch<F>(
        self: &Arc<Self>,
        every: Duration,
        sleep: Arc<dyn Sleep>,
        told: F,
    ) -> impl Future<Output = ()> + Send + use<F>
    where
        F: Fn(Result<(), Error>) + Send + Sync,
    {
        // Now, not when it is first polled: what changes from here on is seen.
        let mut seen = self.config().stamp(&self.file);
        let profiles = Arc::downgrade(self);
        async move {
            loop {
                sleep.sleep(every).await;
                let Some(profiles) = profiles.upgrade() else {
                    return;
                };
                let now = profiles.config().stamp(&profiles.file);
                if now != seen {
                    seen = now;
                    let reload = move || profiles.reload();
                    if let Ok(outcome) = ::tokio::task::spawn_blocking(reload).await {
                        told(outcome);
                    }
                }
            }
        }
    }

    fn users(&self) -> std::sync::MutexGuard<'_, Vec<Weak<dyn User>>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Something made of a profile, as the configuration is now. Clones are one and the same.
pub struct Live<S> {
    now: Arc<ArcSwap<S>>,
    /// Known to the configuration for as long as somebody holds it.
    user: Arc<dyn User>,
}

impl<S> Live<S> {
    /// As it is now. Whoever holds the result goes on by these settings, whatever is read meanwhile.
    pub fn now(&self) -> Arc<S> {
        self.now.load_full()
    }
}

impl<S> Clone for Live<S> {
    fn clone(&self) -> Self {
        Self {
            now: self.now.clone(),
            user: self.user.clone(),
        }
    }
}

impl<S> std::fmt::Debug for Live<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Live").field(&self.user).finish()
    }
}

struct Line<S, F> {
    name: String,
    make: F,
    now: Arc<ArcSwap<S>>,
}

impl<S, F> std::fmt::Debug for Line<S, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl<S, F> User for Line<S, F>
where
    S: Send + Sync + 'static,
    F: Fn(&Pool, &Arc<Profile>) -> Result<S, Error> + Send + Sync + 'static,
{
    fn prepare(self: Arc<Self>, config: &Config, pool: &Pool) -> Result<Box<dyn FnOnce()>, Error> {
        let next = Arc::new((self.make)(pool, &config.profile(&self.name)?)?);
        Ok(Box::new(move || self.now.store(next)))
    }
}
