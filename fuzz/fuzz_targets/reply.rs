#![cfg_attr(fuzzing, no_main)]
//! See `depesza_fuzz::reply`.

depesza_fuzz::target!(reply);
