//! What stands between a store and its server in tests of lost connections: it hands bytes on until it is told to cut, and knows
//! the moment: before a request goes on, after it, or when its answer has come.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza_postgres::testing::Database;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// When to cut the connection of the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The server never sees the request.
    BeforeRequest,
    /// The server works on it and has nobody to answer to.
    AfterRequest,
    /// The server has done it, and the answer is lost.
    BeforeAnswer,
    /// As before, but the connection stays, silent.
    Silence,
}

#[derive(Default)]
struct State {
    armed: Mutex<Option<Cut>>,
    /// Whether new connections are closed at once.
    closed: AtomicBool,
    /// Whether to close as the cut is made.
    then_closed: AtomicBool,
    cuts: AtomicUsize,
    ended: AtomicBool,
}

pub struct Proxy {
    state: Arc<State>,
    directory: tempfile::TempDir,
    name: String,
}

impl Proxy {
    /// To the server of a database that listens on a socket, as clusters of the script do.
    pub fn to(database: &Database) -> Self {
        let url = database.url();
        let host = url.split_once('@').and_then(|(_, rest)| rest.split_once('/')).unwrap();
        let server = format!("{}/.s.PGSQL.5432", host.0.replace("%2F", "/"));
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join(".s.PGSQL.5432")).unwrap();
        let state = Arc::new(State::default());
        let accepting = state.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                if accepting.ended.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(client), Ok(server)) = (client, UnixStream::connect(&server)) else { continue };
                if accepting.closed.load(Ordering::SeqCst) {
                    continue; // closes it
                }
                relay(&accepting, &client, &server);
            }
        });
        Self { state, directory, name: host.1.to_owned() }
    }

    pub fn url(&self) -> String {
        let host = self.directory.path().to_str().unwrap().replace('/', "%2F");
        format!("postgresql://postgres@{host}/{}", self.name)
    }

    /// Cuts at the next request.
    pub fn cut(&self, cut: Cut) {
        *self.state.armed.lock().unwrap() = Some(cut);
    }

    /// Cuts at the next request and lets nobody in until [`open`](Self::open).
    pub fn cut_and_close(&self, cut: Cut) {
        self.state.then_closed.store(true, Ordering::SeqCst);
        self.cut(cut);
    }

    pub fn open(&self) {
        self.state.then_closed.store(false, Ordering::SeqCst);
        self.state.closed.store(false, Ordering::SeqCst);
    }

    /// How many connections were cut.
    pub fn cuts(&self) -> usize {
        self.state.cuts.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        // wakes the thread that accepts
        let _ = UnixStream::connect(self.directory.path().join(".s.PGSQL.5432"));
    }
}

/// Both directions; the threads end with the connection.
fn relay(state: &Arc<State>, client: &UnixStream, server: &UnixStream) {
    let no_answer = Arc::new(Mutex::new(None::<Cut>));
    {
        let (state, no_answer) = (state.clone(), no_answer.clone());
        let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while let Ok(read @ 1..) = from.read(&mut buffer) {
                let cut = state.armed.lock().unwrap().take();
                match cut {
                    Some(Cut::BeforeRequest) => {
                        end(&state, &from, &to);
                        return;
                    }
                    Some(Cut::BeforeAnswer | Cut::Silence) => *no_answer.lock().unwrap() = cut,
                    _ => {}
                }
                if to.write_all(&buffer[..read]).is_err() {
                    break;
                }
                if cut == Some(Cut::AfterRequest) {
                    end(&state, &from, &to);
                    return;
                }
            }
            let _ = to.shutdown(Shutdown::Both);
        });
    }
    let (state, mut from, mut to) = (state.clone(), server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let cut = *no_answer.lock().unwrap();
            match cut {
                Some(Cut::Silence) => {
                    mark(&state);
                    return;
                }
                Some(_) => {
                    end(&state, &from, &to);
                    return;
                }
                None if to.write_all(&buffer[..read]).is_err() => break,
                None => {}
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}

fn mark(state: &State) {
    if state.then_closed.load(Ordering::SeqCst) {
        state.closed.store(true, Ordering::SeqCst);
    }
    state.cuts.fetch_add(1, Ordering::SeqCst);
}

fn end(state: &State, one: &UnixStream, two: &UnixStream) {
    mark(state);
    let _ = one.shutdown(Shutdown::Both);
    let _ = two.shutdown(Shutdown::Both);
}
