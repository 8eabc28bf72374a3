#![cfg_attr(fuzzing, no_main)]
//! See `depesza_fuzz::rows`.

depesza_fuzz::target!(rows);
