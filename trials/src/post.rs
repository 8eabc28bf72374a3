//! Where dispatchers reach the trial: one thread a connection, which ends with it.

use crate::clock::Clock;
use crate::gateway::TrialGateway;
use crate::nursery::{Nursery, Point};
use crate::wire::{Line, Link, Order};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The listener of a trial.
pub struct Post {
    address: SocketAddr,
    closed: Arc<AtomicBool>,
}

/// What a connection is answered from.
pub struct Rooms {
    /// The time.
    pub clock: Arc<Clock>,
    /// The gateway.
    pub gateway: Arc<TrialGateway>,
    /// The dispatchers.
    pub nursery: Arc<Nursery>,
}

impl Post {
    /// Takes a free port on loopback.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn bind() -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        let address = listener.local_addr().unwrap();
        (Self { address, closed: Arc::default() }, listener)
    }

    /// Where dispatchers connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins to answer.
    pub fn open(&self, listener: TcpListener, rooms: Rooms) {
        let (closed, rooms) = (self.closed.clone(), Arc::new(rooms));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if closed.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(stream), rooms) = (stream, rooms.clone()) else { continue };
                std::thread::spawn(move || {
                    // a dispatcher that was killed ends its connection anywhere
                    let _ = rooms.talk(stream);
                });
            }
        });
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address); // wakes the thread that accepts
    }
}

impl Rooms {
    fn talk(&self, stream: TcpStream) -> io::Result<()> {
        let mut link = Link::new(stream, None)?;
        match link.hear()? {
            Some(Line::Hello { dispatcher }) => {
                self.nursery.noticed(dispatcher, Some(Line::Hello { dispatcher }));
                let result = self.attend(dispatcher, &mut link);
                self.nursery.noticed(dispatcher, None);
                result
            }
            Some(Line::Submit { dispatcher, batch, committed }) => {
                let took = || self.nursery.at(dispatcher, Point::Taken);
                match self.gateway.submit(&batch, &committed, took) {
                    Some(answer) => link.tell_raw(&answer),
                    None => Ok(()),
                }
            }
            Some(Line::LookUp { reference }) => link.tell(&[self.gateway.look_up(&reference)]),
            _ => Ok(()),
        }
    }

    /// Hears a dispatcher's notices and gives it orders, until it ends.
    fn attend(&self, dispatcher: u64, link: &mut Link) -> io::Result<()> {
        while let Some(line) = link.hear::<Line>()? {
            let asks = matches!(line, Line::Next { .. });
            self.nursery.noticed(dispatcher, Some(line));
            if asks {
                link.tell(&Order { now: self.clock.now(), stop: self.nursery.stops() })?;
            }
        }
        Ok(())
    }
}
