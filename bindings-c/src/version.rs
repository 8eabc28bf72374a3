//! Which library this is: version and ABI, as constants of the header and as functions of what was linked.

use std::ffi::c_char;

/// First number of the version.
pub const DEPESZA_VERSION_MAJOR: u32 = 0;
/// Second number of the version.
pub const DEPESZA_VERSION_MINOR: u32 = 1;
/// Third number of the version.
pub const DEPESZA_VERSION_PATCH: u32 = 0;
/// The version in one number that grows with it: major * 1,000,000 + minor * 1,000 + patch.
pub const DEPESZA_VERSION: u32 = 1000;
/// The ABI, which is also the number of the soname. It changes when a program has to be compiled anew; new functions and new codes do not
/// change it.
pub const DEPESZA_ABI: u32 = 1;

const _: () = assert!(
    DEPESZA_VERSION
        == DEPESZA_VERSION_MAJOR * 1_000_000 + DEPESZA_VERSION_MINOR * 1_000 + DEPESZA_VERSION_PATCH
);

/// `DEPESZA_ABI` of the library that is linked. A host that loads it at run time compares this with its header's first.
#[unsafe(no_mangle)]
pub extern "C" fn depesza_abi() -> u32 {
    DEPESZA_ABI
}

/// `DEPESZA_VERSION` of the library that is linked.
#[unsafe(no_mangle)]
pub extern "C" fn depesza_version() -> u32 {
    DEPESZA_VERSION
}

/// The version of the library that is linked as text (`0.1.0`), ended by NUL, for ever.
#[unsafe(no_mangle)]
pub extern "C" fn depesza_version_text() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
