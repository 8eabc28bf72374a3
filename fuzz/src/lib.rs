//! What must hold for every input: each room's properties as one plain function of bytes.
//!
//! The same functions run under libFuzzer (`fuzz/run`, or cargo-fuzz) and over the files of `corpus` and `crashers` in a
//! plain `cargo test`. A property panics when it does not hold. To add a target: a module here with a `check`, its line
//! in [`TARGETS`], a file of three lines in `fuzz_targets` and its `[[bin]]` in `Cargo.toml`.
//!
//! Not allowed here: rules of the product. A reference (`naive`) is written from the documents and shares no code with
//! what it checks.

mod input;
pub mod naive;
pub mod phone;
pub mod records;
pub mod reply;
pub mod rows;
pub mod seeds;
pub mod template;
pub mod text;

/// Checks an input: panics when a property does not hold.
pub type Check = fn(&[u8]);

/// Every target: its name, which is also that of its folders, and what it checks.
pub const TARGETS: [(&str, Check); 6] = [
    ("text", text::check),
    ("template", template::check),
    ("rows", rows::check),
    ("reply", reply::check),
    ("phone", phone::check),
    ("records", records::check),
];

/// Makes a program of a target: with `--cfg fuzzing` a fuzzer, otherwise a replay of the files it is given.
///
/// The fuzzer writes the seeds into the folder that `DEPESZA_SEEDS` names, before it reads any.
#[macro_export]
macro_rules! target {
    ($target:ident) => {
        #[cfg(fuzzing)]
        ::libfuzzer_sys::fuzz_target!(
            init: $crate::seeds::write(stringify!($target)).expect("a folder for seeds"),
            |bytes: &[u8]| $crate::$target::check(bytes)
        );

        #[cfg(not(fuzzing))]
        fn main() -> ::std::io::Result<()> {
            for path in ::std::env::args_os().skip(1) {
                $crate::$target::check(&::std::fs::read(&path)?);
                println!("{}: holds", path.display());
            }
            Ok(())
        }
    };
}
