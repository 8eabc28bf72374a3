//! Gives the shared library its soname: that of the ABI, whatever the file is called in the build tree.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if target == "linux" {
        // the number is DEPESZA_ABI of src/version.rs; a test compares them
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libdepesza.so.1");
    }
}
