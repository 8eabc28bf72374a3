//! What can happen in a state, and what it makes of it.

use super::gate::{Answer, FAULTS, Gate, Kind, WINDOW_MS, report};
use super::oracle;
use super::search::Bounds;
use super::state::{Broken, MOVED, Model, START, State, Stored, Worker, number};
use super::world::*;
use depesza::engine::{SteppedTurn, TurnStep, stored_message};
use depesza::model::*;
use depesza::store::{Commit, Store};
use std::sync::Arc;

/// How long a gateway may take to answer before another dispatcher takes the outcome for unknown.
const SUBMIT_MS: i64 = 2 * MINUTE_MS;

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A dispatcher begins a turn.
    Begin(usize),
    /// It does its next step, and nothing goes wrong.
    Step(usize),
    /// Its next step is a hand-over, and the gateway answers so.
    Answered(usize, Vec<Answer>),
    /// Its next step is a look-up, and the gateway cannot tell.
    Unsure(usize),
    /// It dies, and what it held is gone.
    Die(usize),
    /// Nobody does anything until then.
    Jump(Timestamp),
    /// The gateway reports that a message reached its handset.
    Report(String),
    /// The first visit is called off.
    Cancel,
    /// The first visit is moved.
    Move,
    /// The first patient writes STOP.
    Stop,
}

/// All that can happen within the bounds, with what is left of them.
pub fn possible(model: &Model, state: &State, left: Bounds) -> Vec<(Action, Bounds)> {
    let mut actions = Vec::new();
    let idle = |worker: usize| state.workers[worker].is_none();
    for worker in 0..2 {
        if let Some(Worker { turn, .. }) = &state.workers[worker] {
            actions.push((Action::Step(worker), left));
            match turn.next_step() {
                Some(TurnStep::Submit(_, batch)) => {
                    for answers in faulty(batch.len()) {
                        let faults = answers.iter().filter(|answer| **answer != Answer::Takes).count();
                        if let Some(left) = left.fault(faults) {
                            actions.push((Action::Answered(worker, answers), left));
                        }
                    }
                }
                Some(TurnStep::LookUp(_)) => {
                    actions.extend(left.fault(1).map(|left| (Action::Unsure(worker), left)));
                }
                _ => {}
            }
            actions.extend(left.death().map(|left| (Action::Die(worker), left)));
        } else if state.is_anything_due() && !(worker == 1 && idle(0)) {
            // two idle dispatchers are alike
            actions.push((Action::Begin(worker), left));
        }
    }
    for to in jumps(model, state) {
        actions.extend(left.jump().map(|left| (Action::Jump(to), left)));
    }
    for (reference, fate) in &state.fates {
        if fate.handset > 0 && !fate.reported {
            actions.extend(left.report().map(|left| (Action::Report(reference.clone()), left)));
        }
    }
    let told = state.told;
    let news = [
        (Action::Cancel, !told.cancelled),
        (Action::Move, !told.cancelled && !told.moved),
        (Action::Stop, !told.stopped),
    ];
    for (action, _) in news.into_iter().filter(|(_, possible)| *possible) {
        actions.extend(left.outside().map(|left| (action.clone(), left)));
    }
    actions
}

/// All answers to a batch in which something goes wrong.
fn faulty(batch: usize) -> Vec<Vec<Answer>> {
    let mut all = vec![Vec::new()];
    for _ in 0..batch {
        let longer = |answers: &Vec<Answer>| {
            let begun = answers.clone();
            let each = std::iter::once(Answer::Takes).chain(FAULTS);
            each.map(move |answer| [begun.clone(), vec![answer]].concat()).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all.retain(|answers| answers.iter().any(|answer| *answer != Answer::Takes));
    all
}

/// Where the clock may jump to: the next deadline, and the end of the gateway's window; not over a hand-over that has to be
/// written before.
fn jumps(model: &Model, state: &State) -> Vec<Timestamp> {
    let mut to: Vec<Timestamp> = state.next_deadline().into_iter().collect();
    let windows: Vec<Timestamp> = state
        .fates
        .values()
        .filter_map(|fate| Some(fate.taken_at?.plus_ms(WINDOW_MS)))
        .filter(|end| *end > state.now)
        .collect();
    if model.kind == Kind::Idempotent {
        to.extend(windows.iter().max());
    }
    to.dedup();
    to.retain(|to| {
        model.broken == Broken::Sleeps
            || state.workers.iter().flatten().all(|worker| match (has_in_hand(&worker.turn), model.kind) {
                (None, _) | (_, Kind::Plain) => true,
                (Some(taken_up), Kind::LookUp) => to.since_ms(taken_up) < SUBMIT_MS,
                (_, Kind::Idempotent) => windows.iter().all(|end| to < end),
            })
    });
    to
}

/// When a dispatcher took up what it has yet to hand over, be it in a later batch of its turn.
fn has_in_hand(turn: &SteppedTurn) -> Option<Timestamp> {
    let hands_over = |step| matches!(step, TurnStep::Claim | TurnStep::Prepare(_) | TurnStep::Submit(..));
    turn.steps().any(hands_over).then(|| turn.now())
}

/// What comes of it; an error says which promise it breaks.
pub fn apply(model: &Model, state: &State, action: &Action) -> Result<State, String> {
    let mut next = state.clone();
    match action {
        Action::Begin(worker) => {
            let turn = SteppedTurn::new(CLINIC.into(), 100, state.now);
            next.workers[*worker] = Some(Worker::new(turn, None));
        }
        Action::Step(worker) => step(model, &mut next, *worker, Vec::new(), false)?,
        Action::Answered(worker, answers) => step(model, &mut next, *worker, answers.clone(), false)?,
        Action::Unsure(worker) => step(model, &mut next, *worker, Vec::new(), true)?,
        Action::Die(worker) => next.workers[*worker] = None,
        Action::Jump(to) => next.now = *to,
        Action::Report(reference) => {
            next.fates.get_mut(reference).unwrap().reported = true;
            let report = report(model.kind, reference, state.now);
            tell(model, &mut next, Fact::DeliveryReport(report))?;
        }
        Action::Cancel => {
            next.told.cancelled = true;
            tell(model, &mut next, Fact::Visit(visit(VisitState::Cancelled, state.told.moved)))?;
        }
        Action::Move => {
            next.told.moved = true;
            tell(model, &mut next, Fact::Visit(visit(VisitState::Booked, true)))?;
        }
        Action::Stop => {
            next.told.stopped = true;
            tell(model, &mut next, Fact::SmsReceived(stop(state.now)))?;
        }
    }
    oracle::step(model, state, action, &next)?;
    Ok(next)
}

fn tell(model: &Model, state: &mut State, fact: Fact) -> Result<(), String> {
    let now = state.now;
    state.with_engine(
        model,
        true,
        |_| {},
        |engine| {
            engine.practice(CLINIC.into()).apply(&[fact], now).unwrap();
        },
    )
}

/// The next step of a dispatcher.
fn step(
    model: &Model,
    state: &mut State,
    place: usize,
    answers: Vec<Answer>,
    unsure: bool,
) -> Result<(), String> {
    let Worker { mut turn, mut uncommitted, .. } = state.workers[place].take().unwrap();
    let todo = turn.next_step().unwrap();
    if let (TurnStep::Answered(held), Broken::IgnoresTokens) = (&todo, model.broken) {
        held.iter().for_each(|(message, token)| give_back(state, *message, *token));
    }
    let (stored, before) = (state.stored.clone(), turn.clone());
    let calls = matches!(todo, TurnStep::Submit(..) | TurnStep::LookUp(_) | TurnStep::TakeBack(_));
    let gate = |gate: &mut Gate| (gate.answers, gate.unsure) = (answers, unsure);
    state.with_engine(model, !calls, gate, |engine| {
        if matches!(todo, TurnStep::Answered(_)) {
            uncommitted.take().map(|mut late| late.advance(engine).unwrap());
        }
        turn.advance(engine).unwrap();
    })?;
    let hands_over = matches!(turn.next_step(), Some(TurnStep::Submit(..)));
    if model.broken == Broken::CommitsLate && matches!(todo, TurnStep::Prepare(_)) && hands_over {
        (state.stored, uncommitted) = (stored, Some(before));
    }
    state.workers[place] = turn.next_step().is_some().then(|| Worker::new(turn, uncommitted));
    Ok(())
}

/// Makes a message a dispatcher's again whose answer comes late.
fn give_back(state: &mut State, message: MessageId, token: u64) {
    let mut message = state.messages().iter().find(|known| known.id == message).unwrap().clone();
    if let (Status::Submitting, Some(lease)) = (message.status, &mut message.lease) {
        lease.token = token;
        let store = Arc::new(state.stored.store.fork());
        let practice: PracticeId = CLINIC.into();
        let version = store.version(&practice).unwrap();
        let writes = vec![stored_message(&message).unwrap()];
        store.commit(&Commit { practice, version, writes }).unwrap();
        state.stored = Stored::new(store);
    }
}

fn visit(state: VisitState, moved: bool) -> Visit {
    Visit {
        id: "w1".into(),
        revision: if state == VisitState::Cancelled { 3 } else { 2 },
        patient: "1".into(),
        start: local(if moved { MOVED } else { START }),
        zone: None,
        duration_min: 30,
        state,
        visit_type: None,
        doctor: None,
        room: None,
        booked_at: None,
        series: None,
        first_visit: Some(false),
    }
}

fn stop(received_at: Timestamp) -> SmsReceived {
    SmsReceived {
        gateway: GATEWAY.into(),
        provider_id: Some("mo-1".into()),
        from: Phone::new(number(1)),
        to: None,
        body: Body::new("STOP"),
        received_at,
        in_reply_to: None,
        part: None,
        opt_out: false,
    }
}
