//! The body of a request, which is given away once or, when it was withdrawn before, never.
//!
//! Not allowed here: connections; what is in a body.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

const WAITING: u8 = 0;
const GIVEN: u8 = 1;
const WITHDRAWN: u8 = 2;

/// Where a body is, shared between who sends it and who waits for the answer.
#[derive(Clone, Default)]
pub(crate) struct Whereabouts(Arc<AtomicU8>);

impl Whereabouts {
    /// True when the body was not given away; from then on it never will be.
    pub(crate) fn withdraw(&self) -> bool {
        self.leave_for(WITHDRAWN)
    }

    fn leave_for(&self, state: u8) -> bool {
        self.0.compare_exchange(WAITING, state, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

/// A form to be sent. It cannot be copied, so no library can send it a second time; it is asked for when there is a connection.
pub(crate) struct Form {
    rest: Option<Bytes>,
    at: Whereabouts,
}

impl Form {
    pub(crate) fn new(form: String, at: Whereabouts) -> Self {
        Self { rest: Some(form.into()), at }
    }
}

impl Body for Form {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(self.rest.take().map(|bytes| {
            let given = self.at.leave_for(GIVEN);
            if given { Ok(Frame::data(bytes)) } else { Err(io::Error::other("withdrawn")) }
        }))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    fn ask(form: &mut Form) -> Option<Result<Bytes, io::Error>> {
        match Pin::new(form).poll_frame(&mut Context::from_waker(std::task::Waker::noop())) {
            Poll::Ready(frame) => frame.map(|frame| frame.map(|frame| frame.into_data().unwrap())),
            Poll::Pending => panic!("a form is there at once"),
        }
    }

    #[test]
    fn given_once() {
        let at = Whereabouts::default();
        let mut form = Form::new("a=b".into(), at.clone());
        assert_eq!(form.size_hint().exact(), Some(3));
        assert_eq!(ask(&mut form).unwrap().unwrap(), "a=b");
        assert!(ask(&mut form).is_none());
        assert!(!at.withdraw());
    }

    #[test]
    fn withdrawn_and_never_given() {
        let at = Whereabouts::default();
        let mut form = Form::new("a=b".into(), at.clone());
        assert!(at.withdraw());
        assert!(ask(&mut form).unwrap().is_err());
        assert!(ask(&mut form).is_none());
    }
}
