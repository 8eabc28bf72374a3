//! One dispatcher of a trial, in a process of its own: made to be killed. Its orders come from the trial.

fn main() {
    depesza_trials::dispatcher::run();
}
