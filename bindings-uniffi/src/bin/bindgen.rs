//! Writes the sources of other languages from the built library: UniFFI's own program, at this workspace's version.

fn main() {
    uniffi::uniffi_bindgen_main();
}
