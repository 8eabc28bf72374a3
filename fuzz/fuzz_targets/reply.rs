#![cfg_attr(fuzzing, no_main)]
#![doc = "See `depesza_fuzz::reply`."]

depesza_fuzz::target!(depesza_fuzz::reply::check);
