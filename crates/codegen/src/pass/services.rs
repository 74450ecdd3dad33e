//! Keeps the selected services.

use crate::error::Error;
use crate::ir::Ir;

/// Drops the services that are not named; without names, none.
///
/// A name is that of the contract, `InquiryService`, or the same without `Service`.
///
/// # Errors
///
/// A name that is no service.
pub(crate) fn select(ir: &mut Ir, names: &[String]) -> Result<(), Error> {
    for name in names {
        if !ir
            .services
            .iter()
            .any(|service| name == service.short() || *name == service.name)
        {
            let known = ir.services.iter().map(|service| service.short());
            return Err(Error::unknown_service(name, known));
        }
    }
    ir.services.retain(|service| {
        let is_meant = |name: &String| name == service.short() || *name == service.name;
        names.is_empty() || names.iter().any(is_meant)
    });
    Ok(())
}
