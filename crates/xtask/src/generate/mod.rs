//! Writes the files that are made from `crates/proto`, and tells when a committed one is stale.

mod contract;
mod declaration;
mod protocol;

use std::fs;

use crate::error::Error;
use crate::place::Place;
use crate::say;

/// One generated file.
struct Product {
    path: &'static str,
    render: fn(&Place) -> Result<String, Error>,
}

const PRODUCTS: &[Product] = &[
    Product { path: "ui/src/wire/types.gen.ts", render: |_| Ok(alcove_proto::typescript::render()) },
    Product { path: "docs/protocol.md", render: protocol::render },
];

/// Writes every generated file that differs.
pub(crate) fn write(place: &Place) -> Result<(), Error> {
    for product in PRODUCTS {
        let text = (product.render)(place)?;
        if place.read(product.path).is_ok_and(|old| old == text) {
            say::line(&format!("{} is fresh", product.path));
            continue;
        }
        let path = place.at(product.path);
        let folder = path.parent().expect("every product stands in a folder");
        fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).map_err(|source| Error::File { path, source })?;
        say::line(&format!("{} written", product.path));
    }
    Ok(())
}

/// Fails when a generated file is missing or differs.
pub(crate) fn check(place: &Place) -> Result<(), Error> {
    let stale = stale(place)?;
    if stale.is_empty() {
        say::line("generated files are fresh");
        return Ok(());
    }
    Err(Error::Stale(stale))
}

/// Generated files that are missing or differ.
pub(crate) fn stale(place: &Place) -> Result<Vec<String>, Error> {
    let mut stale = Vec::new();
    for product in PRODUCTS {
        let text = (product.render)(place)?;
        if place.read(product.path).ok().as_ref() != Some(&text) {
            stale.push(product.path.to_owned());
        }
    }
    Ok(stale)
}
