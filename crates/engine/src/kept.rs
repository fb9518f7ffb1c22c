//! A value that is kept in the store's settings: everyone reads the same copy, and one change at a time is on disk before it is seen.

use std::sync::{Arc, Mutex, PoisonError};

use alcove_store::{Change, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, commit};

/// The value in use and the one place it is changed.
pub(crate) struct Kept<T> {
    store: Store,
    setting: &'static str,
    /// Guards the copy readers take.
    current: Mutex<Arc<T>>,
    /// Held over a whole change, so that two changes cannot lose each other.
    changing: tokio::sync::Mutex<()>,
}

impl<T: Clone + Default + Serialize + DeserializeOwned> Kept<T> {
    /// Reads it, or its default where there is none; `what` names it when it cannot be read.
    pub(crate) fn load(store: &Store, setting: &'static str, what: &'static str) -> Result<Self, Error> {
        let value = match store.read(|reader| reader.setting(setting))? {
            Some(text) => serde_json::from_str(&text).map_err(|source| Error::Unreadable { what, source })?,
            None => T::default(),
        };
        Ok(Self { store: store.clone(), setting, current: Mutex::new(Arc::new(value)), changing: tokio::sync::Mutex::default() })
    }

    pub(crate) fn current(&self) -> Arc<T> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes it: on disk first, then for everyone. A change that is refused leaves all as it was.
    pub(crate) async fn change<E: From<Error>, R>(&self, change: impl FnOnce(&mut T) -> Result<R, E>) -> Result<R, E> {
        let _one = self.changing.lock().await;
        let mut value = T::clone(&self.current());
        let result = change(&mut value)?;
        let text = serde_json::to_string(&value).expect("what is kept holds nothing JSON cannot say");
        commit(&self.store, vec![Change::PutSetting { key: self.setting.to_owned(), value: text }]).await?;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
        Ok(result)
    }
}
