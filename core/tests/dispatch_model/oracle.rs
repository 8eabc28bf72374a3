//! What must hold: of each step, in each state, and when time has gone on without faults.

use super::act::Action;
use super::gate::{Fate, Kind};
use super::state::{Broken, MOVED, Model, State, number};
use super::world::CLINIC;
use depesza::engine::TurnStep;
use depesza::message::{is_final, is_pending};
use depesza::model::*;
use depesza::store::{RowKey, Store};

/// Of a step, and of the state it leads to.
pub fn step(model: &Model, before: &State, action: &Action, after: &State) -> Result<(), String> {
    let outside = matches!(action, Action::Cancel | Action::Move | Action::Stop | Action::Report(_));
    for (was, is) in before.messages().iter().zip(after.messages()).filter(|_| sound(model)) {
        if was.status != is.status && !outside && !is_forward(model, was, is, &after.fate(is)) {
            return Err(format!("message {}: {:?} became {:?}", is.id, was.status, is.status));
        }
    }
    for message in after.messages() {
        agrees(model, message, &after.fate(message))?;
    }
    if let Action::Step(worker) = action {
        heeds(before, after, *worker)?;
    }
    if sound(model) { knows(after) } else { Ok(()) }
}

/// What a dispatcher would take for known now is what the store has: it decides as one that reads all anew.
fn knows(state: &State) -> Result<(), String> {
    let (store, practice) = (&state.stored.store, CLINIC.into());
    for worker in state.workers.iter().flatten() {
        let (version, kept) = worker.turn.kept();
        if version == store.version(&practice).unwrap() {
            let (rows, docs): (Vec<RowKey>, Vec<_>) = kept.unzip();
            let stored = store.read(&practice, &rows).unwrap();
            if let Some(place) = (0..rows.len()).find(|place| stored[*place].as_deref() != docs[*place]) {
                return Err(format!("a dispatcher knows {:?} as it is not", rows[place]));
            }
        }
    }
    Ok(())
}

/// Of a broken protocol the search shows what patients get, not the first odd status.
fn sound(model: &Model) -> bool {
    model.broken == Broken::Nothing
}

/// What the store says of a message and what its patient has.
fn agrees(model: &Model, message: &Message, fate: &Fate) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("message {} is {:?}: {what}", message.id, message.status));
    if fate.handset > 1 {
        return wrong("a handset has it twice");
    }
    let there = fate.handset == 1;
    match message.status {
        Status::Cancelled | Status::Skipped | Status::Failed if there => wrong("a handset has it"),
        Status::Submitted | Status::Sent | Status::Delivered | Status::Unconfirmed if !there => {
            wrong("no handset has it")
        }
        // where a repeat would be recognised it may go again
        Status::Planned | Status::Claimed if there && model.kind != Kind::Idempotent && sound(model) => {
            wrong("a handset has it, and it would go again")
        }
        // nothing is handed over before it is stored as such
        Status::Planned | Status::Claimed if fate.handed > 0 && message.submitted_at.is_none() => {
            wrong("it was handed over, and nobody would know")
        }
        _ => Ok(()),
    }
}

/// Whether a message may go from one status to another without anybody's doing.
fn is_forward(model: &Model, was: &Message, is: &Message, fate: &Fate) -> bool {
    let unsent = fate.handset == 0;
    match (was.status, is.status) {
        (Status::Planned, to) => to != Status::Sent,
        // put off, or its claim ran out
        (Status::Claimed, Status::Planned) => true,
        (Status::Claimed, _) => true,
        // refused, or a repeat would be recognised
        (Status::Submitting, Status::Planned | Status::Claimed) => {
            fate.refused || model.kind == Kind::Idempotent
        }
        (Status::Submitting, _) => true,
        (Status::Submitted, to) => matches!(to, Status::Sent | Status::Delivered | Status::Unconfirmed),
        (Status::Sent, to) => matches!(to, Status::Delivered | Status::Unconfirmed),
        // only a look-up calls it unsent
        (Status::InDoubt, Status::Planned) => unsent && model.kind == Kind::LookUp,
        (Status::InDoubt, to) => matches!(to, Status::Submitted | Status::Delivered),
        (Status::Unconfirmed, to) => to == Status::Delivered,
        (Status::Delivered | Status::Failed | Status::Cancelled | Status::Skipped, _) => false,
        _ => false,
    }
}

/// What a dispatcher is about to hand over heeds what was told before it was stored as such.
fn heeds(before: &State, after: &State, worker: usize) -> Result<(), String> {
    let prepares =
        |worker: &super::state::Worker| matches!(worker.turn.next_step(), Some(TurnStep::Prepare(_)));
    if !before.workers[worker].as_ref().is_some_and(prepares) {
        return Ok(());
    }
    let next = after.workers[worker].as_ref().and_then(|worker| worker.turn.next_step());
    let Some(TurnStep::Submit(_, batch)) = next else { return Ok(()) };
    let hour = &MOVED[11..];
    for one in batch.iter().filter(|one| one.to.reveal() == number(1)) {
        if after.told.cancelled {
            return Err(format!("{} goes about a visit that was called off", one.reference));
        }
        if after.told.stopped {
            return Err(format!("{} goes after a STOP", one.reference));
        }
        if after.told.moved && !one.body.reveal().contains(hour) {
            return Err(format!("{} goes with the time before the move", one.reference));
        }
    }
    Ok(())
}

/// When all is quiet: everything has come to an end that can be accounted for. `from` is the state before time went on.
pub fn end(model: &Model, from: &State, end: &State) -> Result<(), String> {
    let messages = end.messages();
    if messages.len() < model.messages {
        return Err("a message is gone".into());
    }
    for message in messages {
        let wrong = |what: &str| {
            let reason = message.reason.as_ref().map(Reason::code);
            Err(format!("message {} ends as {:?}, {reason:?}: {what}", message.id, message.status))
        };
        let first = message.number.as_ref().is_none_or(|its| its.reveal() == number(1));
        let told = first && end.told.any();
        let too_late = message.use_by < from.now;
        match message.status {
            Status::InDoubt if message.reason.is_none() => return wrong("no reason"),
            Status::InDoubt if model.kind == Kind::LookUp => return wrong("a look-up could have told"),
            Status::InDoubt => {}
            status if is_pending(status) => return wrong("forgotten in the queue"),
            status if !is_final(status) => return wrong("waited for without end"),
            Status::Cancelled | Status::Skipped | Status::Failed if !told && !too_late => {
                return wrong("nothing stood in its way");
            }
            _ => {}
        }
    }
    Ok(())
}
