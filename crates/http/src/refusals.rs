//! Keeps the failure budget of token requests in a file.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use castile_auth::ports::{BoxFuture, Ports};
use castile_auth::{BudgetStore, FailureBudget};

use crate::locked;

/// How long to wait for other processes. Then the budget goes on from memory: no token waits any longer for the file.
const PATIENCE: Duration = Duration::from_secs(10);

/// A file for a [`FailureBudget`]: replaced as a whole, locked against other processes, mode 0600. It holds hosts, client ids
/// and times, no secret.
///
/// The lock is a second file beside it, `NAME.lock`, which stays.
#[derive(Debug, Clone)]
pub struct RefusalFile {
    path: Arc<Path>,
}

impl RefusalFile {
    /// The file at `path`, which need not exist; its folder must.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into().into(),
        }
    }
}

impl BudgetStore for RefusalFile {
    fn update(
        &self,
        change: Box<dyn FnOnce(Option<Vec<u8>>) -> Vec<u8> + Send>,
    ) -> BoxFuture<'_, io::Result<()>> {
        let path = Arc::clone(&self.path);
        Box::pin(async move {
            // Files block, and so does a lock that another process holds.
            let replace = move || locked::replace(&path, PATIENCE, change);
            let done = ::tokio::task::spawn_blocking(replace).await;
            done.unwrap_or_else(|error| Err(io::Error::other(error)))
        })
    }
}

/// The one budget of this process that is kept at `path`, or in memory only.
///
/// All profiles of a process share it, because their token requests come from one address.
pub fn budget(path: Option<&Path>, ports: &Ports) -> FailureBudget {
    static BUDGETS: Mutex<BTreeMap<Option<PathBuf>, FailureBudget>> = Mutex::new(BTreeMap::new());
    let mut budgets = BUDGETS.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let store = path.map(|path| Arc::new(RefusalFile::new(path)) as Arc<dyn BudgetStore>);
        FailureBudget::new(ports, store)
    };
    budgets
        .entry(path.map(Path::to_owned))
        .or_insert_with(make)
        .clone()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    async fn update(file: &RefusalFile, bytes: &'static [u8]) -> io::Result<Option<Vec<u8>>> {
        let seen = Arc::new(Mutex::new(None));
        let see = Arc::clone(&seen);
        file.update(Box::new(move |kept| {
            *see.lock().unwrap() = kept;
            bytes.to_vec()
        }))
        .await?;
        Ok(seen.lock().unwrap().take())
    }

    #[tokio::test]
    async fn what_is_kept_is_given_back_and_nobody_else_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("refusals.json");
        let file = RefusalFile::new(&path);
        assert_eq!(update(&file, b"one").await.unwrap(), None);
        assert_eq!(update(&file, b"two").await.unwrap().unwrap(), b"one");
        assert_eq!(fs::read(&path).unwrap(), b"two");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(!folder.path().join("refusals.json.new").exists());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_change_is_lost_between_many() {
        let folder = tempfile::tempdir().unwrap();
        let file = RefusalFile::new(folder.path().join("refusals.json"));
        let updates: Vec<_> = (0..50)
            .map(|_| {
                let file = file.clone();
                tokio::spawn(async move {
                    file.update(Box::new(|kept| {
                        let mut kept = kept.unwrap_or_default();
                        kept.push(b'x');
                        kept
                    }))
                    .await
                })
            })
            .collect();
        for update in updates {
            update.await.unwrap().unwrap();
        }
        assert_eq!(update(&file, b"").await.unwrap().unwrap().len(), 50);
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_an_error() {
        let file = RefusalFile::new("/no/such/folder/refusals.json");
        update(&file, b"x").await.unwrap_err();
    }
}
