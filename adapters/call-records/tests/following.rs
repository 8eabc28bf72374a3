#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]
//! A file that grows, is rotated in both ways, is half written, and is met again after a restart.

mod sets;

use depesza::model::Timestamp;
use depesza_call_records::asterisk::Feed;
use depesza_call_records::follow::{Follow, POLL_BYTES};
use sets::Set;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

struct World {
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("Master.csv")
    }

    fn rotated(&self) -> PathBuf {
        self.dir.path().join("Master.csv.1")
    }

    fn add(&self, text: &str) {
        add(&self.path(), text);
    }
}

fn add(path: &Path, text: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// All lines that are there now.
fn lines(follow: &mut Follow) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        let added = follow.poll().unwrap();
        lines.extend(added.lines.into_iter().map(|line| String::from_utf8(line.unwrap().bytes).unwrap()));
        if !added.more {
            return lines;
        }
    }
}

#[test]
fn what_is_added_is_read_once_and_half_a_line_waits() {
    let world = World::new();
    let mut follow = Follow::new(world.path());
    assert!(lines(&mut follow).is_empty());
    assert_eq!(follow.position(), None);
    world.add("one\ntw");
    assert_eq!(lines(&mut follow), ["one"]);
    assert!(lines(&mut follow).is_empty());
    world.add("o\nthree\n");
    assert_eq!(lines(&mut follow), ["two", "three"]);
}

#[test]
fn a_file_that_is_renamed_is_read_to_its_end_and_then_the_new_one() {
    let world = World::new();
    let mut follow = Follow::new(world.path());
    world.add("one\n");
    assert_eq!(lines(&mut follow), ["one"]);
    fs::rename(world.path(), world.rotated()).unwrap();
    add(&world.rotated(), "two\n");
    // the new file is not there yet
    assert_eq!(lines(&mut follow), ["two"]);
    add(&world.rotated(), "three\n");
    world.add("four\n");
    assert_eq!(lines(&mut follow), ["three", "four"]);
}

#[test]
fn a_file_that_is_copied_and_emptied_begins_anew() {
    let world = World::new();
    let mut follow = Follow::new(world.path());
    world.add("one\ntwo\n");
    assert_eq!(lines(&mut follow), ["one", "two"]);
    OpenOptions::new().write(true).open(world.path()).unwrap().set_len(0).unwrap();
    assert!(lines(&mut follow).is_empty());
    world.add("three\n");
    assert_eq!(lines(&mut follow), ["three"]);
    // emptied, and longer than before by the next look
    OpenOptions::new().write(true).open(world.path()).unwrap().set_len(0).unwrap();
    world.add("four is longer than what was there\n");
    assert_eq!(lines(&mut follow), ["four is longer than what was there"]);
}

#[test]
fn a_restart_goes_on_in_the_middle() {
    let world = World::new();
    world.add("one\ntwo\nthr");
    let mut follow = Follow::new(world.path());
    assert_eq!(lines(&mut follow), ["one", "two"]);
    let position = follow.position().unwrap();
    assert_eq!((position.offset, position.line), (8, 3));
    world.add("ee\nfour\n");
    let mut again = Follow::resume(world.path(), position);
    assert_eq!(lines(&mut again), ["three", "four"]);
}

#[test]
fn a_restart_after_a_rotation_reads_the_rest_of_the_renamed_file_first() {
    let world = World::new();
    world.add("one\n");
    let mut follow = Follow::new(world.path());
    assert_eq!(lines(&mut follow), ["one"]);
    let position = follow.position().unwrap();
    world.add("two\n");
    fs::rename(world.path(), world.rotated()).unwrap();
    world.add("three\n");
    let mut again = Follow::resume(world.path(), position);
    assert_eq!(lines(&mut again), ["two", "three"]);
}

#[test]
fn a_position_that_does_not_fit_begins_at_the_beginning() {
    let world = World::new();
    world.add("one\ntwo\n");
    let mut follow = Follow::new(world.path());
    lines(&mut follow);
    let position = follow.position().unwrap();
    fs::remove_file(world.path()).unwrap();
    world.add("another file\nwith more\n");
    assert_eq!(lines(&mut Follow::resume(world.path(), position.clone())), ["another file", "with more"]);
    fs::write(world.path(), "one\n").unwrap();
    assert_eq!(lines(&mut Follow::resume(world.path(), position)), ["one"]);
}

#[test]
fn one_look_reads_a_bounded_part() {
    let world = World::new();
    let line = "x".repeat(1000) + "\n";
    world.add(&line.repeat(POLL_BYTES / 1000 + 10));
    let mut follow = Follow::new(world.path());
    let added = follow.poll().unwrap();
    assert!(added.more && added.lines.len() < POLL_BYTES / 1000);
    assert_eq!(added.lines.len() + lines(&mut follow).len(), POLL_BYTES / 1000 + 10);
}

#[test]
fn a_feed_over_a_rotation_tells_every_call_once_the_hosts_clock_has_moved() {
    let world = World::new();
    let text = Set::F.rows();
    let text = String::from_utf8(text).unwrap();
    // cut within the rows of one call
    let rows: Vec<&str> = text.split_inclusive('\n').collect();
    let at = |second: i64| Timestamp::from_ms(1_795_400_000_000 + second * 1000);
    let mut feed = Feed::new(world.path(), Set::F.options(), None).unwrap();
    world.add(&rows[..4].concat());
    let mut calls = feed.poll(at(0)).unwrap().calls;
    assert_eq!(feed.waiting(), 3);
    fs::rename(world.path(), world.rotated()).unwrap();
    world.add(&rows[4..5].concat());
    calls.extend(feed.poll(at(2)).unwrap().calls);
    // the open call began in the renamed file: a restart must go back there
    let position = feed.position().unwrap();
    let mut again = Feed::new(world.path(), Set::F.options(), Some(position)).unwrap();
    let mut after: Vec<_> = again.poll(at(2)).unwrap().calls;
    after.extend(again.poll(at(7)).unwrap().calls);
    calls.extend(feed.poll(at(7)).unwrap().calls);
    let ids =
        |calls: &[depesza::model::Call]| calls.iter().map(|call| call.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(&calls), ["1792889987.0", "1792890003.2", "1792890007.4"]);
    assert_eq!(after.last(), calls.last());
    assert_eq!(feed.waiting(), 0);
    assert_eq!(feed.position().unwrap().line, 2);
}
