//! What one call adds to its request.

use castile_http::SoapTransport;
use castile_model::{Field, Operation, Part, Raw, Str};

use super::Call;
use crate::{Header, Overrides};

/// Why a call that was prepared cannot be made.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unfit {
    NoActIntentKey,
    OtherOperation { refused: &'static str },
    SameTrackingId,
}

impl<T, O> Call<'_, T, O>
where
    T: SoapTransport<Error = castile_http::Error>,
    O: Operation,
{
    /// Adds a header block to the request: a declared one by [`Raw::of`], any other by [`Raw::parse`].
    ///
    /// Credentials do not belong there: the transport brings them.
    pub fn header(mut self, block: Raw) -> Self {
        self.headers.push(block);
        self
    }

    /// Another value for an element of `jXchangeHdr`, for this call: the one of the profile gives way to it.
    ///
    /// What the request says itself stays. A request that has no such element is not sent
    /// ([`EncodeError::NoPlace`](castile_model::EncodeError::NoPlace)). A `jXLogTrackingId` that is given so is the
    /// same for all attempts.
    pub fn header_value(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if name == Header::TRACKING_ID {
            self.is_traced = false;
            self.tracking_id = Some(value.clone());
        }
        self.fill = self.fill.insist(name, &value);
        self
    }

    /// Asks for parts of the answer that are left out otherwise (`IncXtendElemArray`).
    ///
    /// A generated request has a constant for each; the vendor calls them extended elements, and their names begin with
    /// `x_`.
    ///
    /// ```no_run
    /// # use castile::{Client, http::SoapTransport};
    /// use castile_jx::inquiry::{AccountId, AcctInq};
    ///
    /// # async fn example<T: SoapTransport<Error = castile::http::Error>>(client: Client<T>) -> Result<(), Box<dyn std::error::Error>> {
    /// let inquiry = AcctInq {
    ///     in_acct_id: AccountId {
    ///         acct_id: "0000000010017".into(),
    ///         acct_type: "D".into(),
    ///         ..Default::default()
    ///     },
    ///     ..Default::default()
    /// };
    /// let parts = [AcctInq::X_DEP_INFO_REC, AcctInq::X_DEP_BAL_DT_INFO];
    /// let account = client.call(&inquiry).include(parts).send().await?;
    /// # Ok(()) }
    /// ```
    pub fn include(mut self, parts: impl IntoIterator<Item = Part<O>>) -> Self {
        let names = parts.into_iter().map(Part::name);
        self.fill = self.fill.demand_list(XTEND, names);
        self
    }

    /// Says which reading the change is made upon: `key` is the `ActIntentKey` of an inquiry that was made with the
    /// `ActIntent` `Upd` or `Dlt`.
    ///
    /// The provider refuses the change if somebody else was faster. Without a key nothing is sent
    /// ([`Cause::NoActIntentKey`](crate::Cause::NoActIntentKey)): the inquiry did not say what it was for.
    ///
    /// ```no_run
    /// # use castile::{Client, http::SoapTransport};
    /// use castile::model::Field;
    /// use castile_jx::customer::{Addr, CustDetail, CustInq, CustMod};
    /// use castile_jx::shared::act_intent;
    ///
    /// # async fn example<T: SoapTransport<Error = castile::http::Error>>(client: Client<T>) -> Result<(), Box<dyn std::error::Error>> {
    /// let inquiry = CustInq {
    ///     cust_id: Some("SBX0001".into()),
    ///     act_intent: Some(act_intent::UPD.into()),
    ///     ..Default::default()
    /// };
    /// let customer = client.call(&inquiry).send().await?;
    /// let change = CustMod {
    ///     cust_id: "SBX0001".into(),
    ///     cust_detail: Some(Box::new(CustDetail {
    ///         addr: Some(Box::new(Addr {
    ///             street_addr1: Field::set("1 Soapstone Way"),
    ///             street_addr2: Field::clear(),
    ///             ..Default::default() // the rest is kept
    ///         })),
    ///         ..Default::default()
    ///     })),
    ///     ..Default::default()
    /// };
    /// let key = customer.act_intent_key.as_ref();
    /// client.call(&change).for_update(key).send().await?;
    /// # Ok(()) }
    /// ```
    pub fn for_update(mut self, key: Option<&Field<Str>>) -> Self {
        match key.and_then(Field::value) {
            Some(key) => self.fill = self.fill.demand("ActIntentKey", key.as_str()),
            None => self.unfit = Some(Unfit::NoActIntentKey),
        }
        self
    }

    /// Sends a request that was refused again, with the errors that the provider shall pass over (`ErrOvrRdInfoArray`).
    ///
    /// They come from the fault by [`Error::overrides`](crate::Error::overrides), so they are of a call that is known
    /// not to have happened, and of codes that the caller named. The request goes out under a new `jXLogTrackingId`;
    /// one that holds the old one is not sent ([`Cause::SameTrackingId`](crate::Cause::SameTrackingId)).
    ///
    /// ```no_run
    /// # use castile::{Client, http::SoapTransport};
    /// use castile_jx::transaction::{AcctIdFrom, AcctIdTo, XferAdd, XferRec};
    ///
    /// # fn somebody_decides<'a>(_: impl Iterator<Item = &'a castile::FaultRecord>) -> Vec<String> { Vec::new() }
    /// # async fn example<T: SoapTransport<Error = castile::http::Error>>(client: Client<T>) -> Result<(), Box<dyn std::error::Error>> {
    /// let transfer = XferAdd {
    ///     acct_id_from: AcctIdFrom {
    ///         from_acct_id: "0000000010017".into(),
    ///         ..Default::default()
    ///     },
    ///     acct_id_to: Some(Box::new(AcctIdTo {
    ///         to_acct_id: "0000000020018".into(),
    ///         to_acct_type: "D".into(),
    ///         ..Default::default()
    ///     })),
    ///     xfer_rec: Some(Box::new(XferRec {
    ///         amt: Some("12.50".parse()?),
    ///         ..Default::default()
    ///     })),
    ///     ..Default::default()
    /// };
    /// let done = match client.call(&transfer).send().await {
    ///     Ok(done) => done,
    ///     Err(refused) => {
    ///         let codes = somebody_decides(refused.overridable());
    ///         let overrides = refused.overrides(codes.iter().map(String::as_str))?;
    ///         client.call(&transfer).with_overrides(overrides).send().await?
    ///     }
    /// };
    /// # Ok(()) }
    /// ```
    pub fn with_overrides(mut self, overrides: Overrides) -> Self {
        if !overrides.is_for(O::SERVICE, O::NAME) {
            let refused = overrides.operation();
            self.unfit = Some(Unfit::OtherOperation { refused });
        }
        self.fill = self.fill.demand_list(ERR_OVR_RD, overrides.codes());
        self.used_ids = overrides.into_tracking_ids();
        self
    }

    /// Sends the request even if it lacks what the contract requires.
    ///
    /// By default such a request is refused before a byte is sent
    /// ([`Message::validate`](castile_model::Message::validate)). For callers whose provider is known to take less,
    /// or who pass on what they read.
    pub fn unchecked(mut self) -> Self {
        self.is_checked = false;
        self
    }
}

const XTEND: [&str; 3] = ["IncXtendElemArray", "IncXtendElemInfo", "XtendElem"];
const ERR_OVR_RD: [&str; 3] = ["ErrOvrRdInfoArray", "ErrOvrRd", "ErrCode"];
