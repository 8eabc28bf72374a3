//! A trial: offices that tell facts, dispatchers that are killed, a gateway with habits, one clock, and the account of it all.

use crate::clock::Clock;
use crate::dice::Dice;
use crate::dispatcher::Charge;
use crate::gateway::{Habits, Kind, TrialGateway};
use crate::nursery::{Nursery, Point};
use crate::office::Office;
use crate::open;
use crate::oracle::{Account, Excuses, account, account_of_copy};
use crate::post::{Post, Rooms};
use depesza::engine::{Outcome, Routed};
use depesza::model::{MINUTE_MS, Timestamp};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a trial may go without any progress.
const PATIENCE: Duration = Duration::from_secs(90);

/// What a trial is made of.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The store.
    pub url: String,
    /// The dispatcher's binary: `env!("CARGO_BIN_EXE_depesza-trial-dispatcher")`.
    pub program: PathBuf,
    /// What the gateway is.
    pub kind: Kind,
    /// What dispatchers are told that it is: the same, but where a trial is to go wrong.
    pub promised: Kind,
    /// How it misbehaves.
    pub habits: Habits,
    /// Dispatcher processes at one time.
    pub dispatchers: usize,
    /// Practices.
    pub practices: usize,
    /// Of offices, gateway and kills.
    pub seed: u64,
    /// When it begins.
    pub begins: Timestamp,
    /// How long dispatchers wait for the gateway, in milliseconds of real time.
    pub gateway_timeout_ms: u64,
}

impl Plan {
    /// Four dispatchers, three practices, a Monday morning, and an ordinary gateway.
    #[must_use]
    pub fn new(url: impl Into<String>, program: impl Into<PathBuf>, kind: Kind) -> Self {
        Self {
            url: url.into(),
            program: program.into(),
            kind,
            promised: kind,
            habits: Habits::ORDINARY,
            dispatchers: 4,
            practices: 3,
            seed: std::env::var("DEPESZA_SEED")
                .map_or(6, |seed| seed.parse().expect("DEPESZA_SEED: a number")),
            begins: Timestamp::from_ms(1_794_816_000_000), // 2026-11-16T08:00:00Z
            gateway_timeout_ms: 2_000,
        }
    }
}

/// Engine time to real time: a lease of two minutes lasts two seconds.
pub const SPEED: i64 = 60;

/// A trial under way.
pub struct Trial {
    plan: Plan,
    clock: Arc<Clock>,
    gateway: Arc<TrialGateway>,
    nursery: Arc<Nursery>,
    /// The offices.
    pub office: Office,
    dice: Dice,
    jumps: u64,
    _post: Post,
}

impl Trial {
    /// Opens practices and starts the dispatchers.
    ///
    /// # Panics
    /// When something cannot be opened or started.
    #[must_use]
    pub fn start(plan: Plan) -> Self {
        let store = open(&plan.url).expect("the store opens");
        let clock = Arc::new(Clock::new(plan.begins, SPEED));
        let office = Office::open(store, plan.practices, plan.seed, plan.begins);
        let gateway = Arc::new(TrialGateway::new(plan.kind, plan.habits, clock.clone(), plan.seed ^ 1));
        let (post, listener) = Post::bind();
        let charge = Charge {
            dispatcher: 0,
            url: plan.url.clone(),
            trial: post.address(),
            capabilities: plan.promised.capabilities(),
            gateway_timeout_ms: plan.gateway_timeout_ms,
        };
        let nursery = Arc::new(Nursery::new(plan.program.clone(), charge));
        let rooms = Rooms { clock: clock.clone(), gateway: gateway.clone(), nursery: nursery.clone() };
        post.open(listener, rooms);
        nursery.tend(plan.dispatchers);
        let dice = Dice::new(plan.seed ^ 2);
        Self { plan, clock, gateway, nursery, office, dice, jumps: 0, _post: post }
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The gateway.
    #[must_use]
    pub fn gateway(&self) -> &TrialGateway {
        &self.gateway
    }

    /// The dispatchers.
    #[must_use]
    pub fn nursery(&self) -> &Nursery {
        &self.nursery
    }

    /// Goes on with a store that was opened anew, by offices and dispatchers: those that run now are killed.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub fn reopen(&mut self, url: &str) {
        self.plan.url = url.to_owned();
        self.office.reopen(open(url).expect("the store opens"));
        self.nursery.reopen(url);
    }

    /// One turn of the world: facts, reports, the dead.
    pub fn turn(&mut self, facts: usize) {
        for _ in 0..facts {
            let now = self.clock.now();
            self.office.happens(now);
        }
        self.pass_reports();
        self.nursery.tend(self.plan.dispatchers);
    }

    /// What the gateway reports is told; what finds nobody is told again later.
    fn pass_reports(&mut self) {
        let now = self.clock.now();
        for report in self.gateway.reports(now) {
            match self.office.dare(|engine| engine.delivery_report(&report.report, now)) {
                None => self.gateway.report_again(report, now),
                Some(Routed::To { outcome: Outcome::Unmatched, .. } | Routed::Unrouted) => {
                    self.gateway.report_later(report, now);
                }
                Some(Routed::To { .. }) => self.gateway.reported(&report),
            }
        }
    }

    /// Lives for so many turns.
    pub fn live(&mut self, turns: usize) {
        for _ in 0..turns {
            self.turn(2);
            std::thread::sleep(Duration::from_millis(4));
        }
    }

    /// Lives until the gateway was called so many times; the clock leaps each half a second.
    ///
    /// # Panics
    /// When it is not called for a long while.
    pub fn live_for_calls(&mut self, calls: u64, leap_ms: i64) {
        let (mut seen, mut since, mut leap) = (0, Instant::now(), Instant::now());
        while seen < calls {
            self.live(1);
            let made = self.gateway.fates().values().sum();
            if made > seen {
                (seen, since) = (made, Instant::now());
            }
            assert!(since.elapsed() < PATIENCE, "the gateway is not called any more");
            if leap.elapsed() > Duration::from_millis(500) {
                leap = Instant::now();
                self.jumps += 1;
                self.clock.shift_ms(leap_ms);
            }
        }
    }

    /// Lives until so many dispatchers were killed. The clock leaps forward now and then, so that a crowd of messages is
    /// due at once and the leases of the living expire as well as those of the dead.
    ///
    /// # Panics
    /// When no kill comes about for a long while.
    pub fn kill(&mut self, kills: usize) {
        let (mut dead, mut since, mut leap) = (0, Instant::now(), Instant::now());
        while dead < kills {
            let met = self.nursery.deaths().len();
            if met > dead {
                (dead, since) = (met, Instant::now());
            }
            assert!(since.elapsed() < PATIENCE, "no kill came about, but {:?}", self.nursery.kills());
            if !self.nursery.is_armed() && self.nursery.kills().values().sum::<u64>() == dead as u64 {
                let point = Point::ALL[self.dice.place(Point::ALL.len())];
                let (after, victim) = (self.dice.below(6) as u32, self.dice.place(64));
                self.nursery.arm(point, after, victim);
            }
            self.turn(3);
            if leap.elapsed() > Duration::from_millis(700) {
                leap = Instant::now();
                self.jumps += 1;
                self.clock.shift_ms(self.dice.between(1, 25) * MINUTE_MS);
            }
            std::thread::sleep(Duration::from_millis(3));
        }
        self.nursery.disarm();
    }

    /// The gateway behaves from now on, nobody is killed, nothing new happens: runs until nothing is due any more and no
    /// report is on its way. The clock jumps where all wait.
    ///
    /// # Panics
    /// When it does not come to an end.
    pub fn settle(&mut self) {
        self.nursery.disarm();
        self.gateway.behave(Habits::default());
        let (mut seen, mut since) = ((0, Timestamp::MIN), Instant::now());
        loop {
            self.turn(0);
            let now = self.clock.now();
            let due = self.office.insist(|engine| engine.next_due());
            let Some(next) = due.into_iter().chain(self.gateway.next_report()).min() else { return };
            if next > now && !self.gateway.is_busy() && self.nursery.is_idle(now.plus_ms(-MINUTE_MS)) {
                // a little further, so that what is due soon after goes along
                self.clock.set(next.plus_ms(10 * MINUTE_MS));
            }
            let progress = (self.gateway.taken(), next);
            if progress != seen {
                (seen, since) = (progress, Instant::now());
            }
            assert!(
                since.elapsed() < PATIENCE,
                "nothing moves: next due {next}, now {now}, errors {:?}",
                self.nursery.errors()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Settles, ends, and accounts for everything.
    ///
    /// # Panics
    /// When it does not come to an end.
    #[must_use]
    pub fn close(mut self, excuses: Excuses) -> Report {
        self.settle();
        self.nursery.stop();
        let log = self.gateway.log();
        let account = match excuses {
            Excuses::OldCopy => account_of_copy(&self.office, &log),
            _ => account(&self.office, &log, self.plan.kind, excuses, self.clock.now()),
        };
        Report { trial: self, account }
    }

    /// The same, for a trial that must go well.
    ///
    /// # Panics
    /// When anything is wrong.
    #[must_use]
    pub fn end(self, excuses: Excuses) -> Report {
        let report = self.close(excuses);
        let wrong = &report.account.wrong;
        let first: Vec<&String> = wrong.iter().take(5).collect();
        assert!(wrong.is_empty(), "{} things are wrong, the first: {first:#?}\n{report}", wrong.len());
        report
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        self.nursery.end();
    }
}

/// What a trial came to.
pub struct Report {
    trial: Trial,
    /// The account.
    pub account: Account,
}

impl Report {
    /// Kills that met somebody who had claimed messages.
    #[must_use]
    pub fn met_claims(&self) -> usize {
        self.trial.nursery.deaths().iter().filter(|death| death.claimed > 0).count()
    }

    /// Kills that met somebody who had committed `Submitting` and stored no answer.
    #[must_use]
    pub fn met_submissions(&self) -> usize {
        self.trial.nursery.deaths().iter().filter(|death| death.submitting > 0).count()
    }

    /// The trial, which is over.
    #[must_use]
    pub fn trial(&self) -> &Trial {
        &self.trial
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deaths = self.trial.nursery.deaths();
        let count =
            |what: fn(&crate::nursery::Death) -> bool| deaths.iter().filter(|death| what(death)).count();
        writeln!(
            f,
            "gateway {:?}, kills {} by point {:?}",
            self.trial.plan.kind,
            deaths.len(),
            self.trial.nursery.kills()
        )?;
        writeln!(
            f,
            "met: a commit {}, claims {}, submissions {} ({} messages), a call of the gateway {}",
            count(|death| death.in_commit),
            self.met_claims(),
            self.met_submissions(),
            deaths.iter().map(|death| death.submitting).sum::<usize>(),
            count(|death| death.in_call),
        )?;
        writeln!(
            f,
            "visits {} (moved {}, called off {}), messages {:?}",
            self.trial.office.visits.len(),
            self.account.moved,
            self.account.off,
            self.account.statuses
        )?;
        writeln!(
            f,
            "gateway: sent {}, came again {}, calls {:?}; events {}; leaps {}; refused to offices {}, to dispatchers {:?}",
            self.account.sent,
            self.trial.gateway.repeats(),
            self.trial.gateway.fates(),
            self.account.events,
            self.trial.jumps,
            self.trial.office.refused,
            self.trial.nursery.errors(),
        )
    }
}
