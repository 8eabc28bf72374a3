//! Memory for the messages of a batch: large pages, and the last ones used again.
//!
//! To be given pages costs a third of what rendering a batch costs: the system clears each of them. So what a batch that is gone
//! has left is kept for the next ones, marked as free (`MADV_FREE`): the system takes it back, without asking, as soon as
//! anybody needs it. Where it cannot be marked so, it is freed.
#![allow(unsafe_code, reason = "the system is told what memory is for, and given what was written")]

use arrow_buffer::Buffer;
use bytes::Bytes;
use std::sync::Mutex;

/// What is worth all this.
const LARGE: usize = 4 << 20;
/// At most so many are kept.
const MAX_SPARE: usize = 4;

/// What batches have left, each empty and marked as free.
static SPARE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// Room for so many bytes of text.
pub fn of(bytes: usize) -> String {
    String::from_utf8(memory(bytes)).unwrap_or_default()
}

fn memory(bytes: usize) -> Vec<u8> {
    // nobody waits for it, not even a process that was forked while it was locked
    if bytes >= LARGE
        && let Ok(mut spare) = SPARE.try_lock()
    {
        let fits = spare.iter().position(|room| (bytes..bytes.saturating_mul(2)).contains(&room.capacity()));
        if let Some(place) = fits {
            return spare.swap_remove(place);
        }
    }
    let mut room = Vec::with_capacity(bytes);
    system::prefer_large_pages(&mut room);
    room
}

/// Bytes as Arrow has them; their memory is kept when nobody has them any more.
pub fn kept(bytes: Vec<u8>) -> Buffer {
    Buffer::from(Bytes::from_owner(Kept(bytes)))
}

/// What an array has, until it is dropped.
struct Kept(Vec<u8>);

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        keep(std::mem::take(&mut self.0));
    }
}

/// Keeps memory that nobody has any more.
pub fn keep(mut room: Vec<u8>) {
    room.clear();
    if room.capacity() < LARGE || !system::mark_as_free(&mut room) {
        return;
    }
    let Ok(mut spare) = SPARE.try_lock() else { return };
    if spare.len() == MAX_SPARE {
        // the oldest: what is asked for now is more like what was asked for last
        spare.remove(0);
    }
    spare.push(room);
}

#[cfg(target_os = "linux")]
mod system {
    use super::LARGE;

    /// A multiple of every page's size.
    const PAGE: usize = 1 << 16;

    /// To be given a page for every 4096 bytes costs more than to write them.
    pub fn prefer_large_pages(room: &mut Vec<u8>) {
        advise(room, libc::MADV_HUGEPAGE);
    }

    /// Says that what these bytes hold is not needed; whether the system took note.
    pub fn mark_as_free(room: &mut Vec<u8>) -> bool {
        advise(room, libc::MADV_FREE)
    }

    fn advise(room: &mut Vec<u8>, advice: libc::c_int) -> bool {
        if room.capacity() < LARGE {
            return false;
        }
        let free = room.spare_capacity_mut();
        let (start, bytes) = (free.as_mut_ptr(), free.len());
        let (first, last) = (start.addr().next_multiple_of(PAGE), (start.addr() + bytes) / PAGE * PAGE);
        // SAFETY: whole pages within memory that is the vector's, and not initialised: nothing that it holds can change
        unsafe { libc::madvise(start.with_addr(first).cast(), last - first, advice) == 0 }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub fn prefer_large_pages(_: &mut Vec<u8>) {}

    pub fn mark_as_free(_: &mut Vec<u8>) -> bool {
        false
    }
}
