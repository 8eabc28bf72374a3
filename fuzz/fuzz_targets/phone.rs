#![cfg_attr(fuzzing, no_main)]
//! See `depesza_fuzz::phone`.

depesza_fuzz::target!(phone);
