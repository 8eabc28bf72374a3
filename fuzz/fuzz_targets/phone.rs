#![cfg_attr(fuzzing, no_main)]
#![doc = "See `depesza_fuzz::phone`."]

depesza_fuzz::target!(depesza_fuzz::phone::check);
