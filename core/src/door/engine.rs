//! Operations of the engine itself.

use super::operations;
use crate::engine::{Dispatched, Engine, Routed, Worked};
use crate::model::{DeliveryReport, GatewayId, Practice, PracticeId, SmsReceived, Timestamp};

operations! {
    fn call(engine: Engine);

    /// Creates a practice, or changes its settings; telling the same again changes nothing.
    open_practice { practice: Practice, now: Timestamp } -> () = engine.open_practice(&practice, now);
    /// When `dispatch` or `work` will next have something to do; null when nothing is waiting.
    next_due {} -> Option<Timestamp> = engine.next_due();
    /// Sends what is due, at most `limit` messages.
    dispatch { now: Timestamp, limit: u64 } -> Dispatched = engine.dispatch(now, limit);
    /// Goes on with jobs, in at most `limit` commits.
    work { now: Timestamp, limit: u64 } -> Worked = engine.work(now, limit);
    /// Takes in an SMS whose practice the host does not know.
    sms_received { sms: SmsReceived, now: Timestamp } -> Routed = engine.sms_received(&sms, now);
    /// Takes in a delivery report whose practice the host does not know.
    delivery_report { report: DeliveryReport, now: Timestamp } -> Routed = engine.delivery_report(&report, now);
    /// Says that a gateway's account is in order again.
    resume_gateway { practice: PracticeId, gateway: GatewayId, now: Timestamp } -> () =
        engine.resume_gateway(&practice, &gateway, now);
}
