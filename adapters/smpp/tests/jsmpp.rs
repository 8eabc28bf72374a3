//! The gateway at jSMPP's `SMPPServerSimulator`, as its authors run it: identifiers are hexadecimal in answers and decimal in
//! receipts, and it writes to whoever binds.
//!
//! Needs Java and Maven, so it runs by `cargo test -p depesza-smpp --test jsmpp -- --ignored`.
// helpers of tests may fail by panicking
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod smsc;

use depesza::gateway::Gateway;
use depesza::model::{DeliveryState, RejectClass, SubmitResult};
use depesza_smpp::{Inbound, MessageIds, Options, SmppGateway};
use smsc::*;
use std::process::{Child, Command, Stdio};

/// The simulator under a shell that ends it when its input ends: a test that dies leaves none behind.
struct Simulator(Child);

impl Simulator {
    fn start(port: u16) -> Self {
        let classes = simulators(&["jsmpp"]).join("jsmpp/*");
        let run = format!(
            "java -Djsmpp.simulator.port={port} -cp '{}' org.jsmpp.examples.SMPPServerSimulator & read _; kill $!",
            classes.display()
        );
        let shell = Command::new("sh").args(["-c", &run]).stdin(Stdio::piped()).stderr(Stdio::null()).spawn();
        Self(shell.expect("a shell"))
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn account(port: u16, password: &str) -> Options {
    let mut options = options(port);
    options.system_id = "j".to_owned();
    options.password = password.into();
    options.message_ids = MessageIds::HexThenDecimal;
    options
}

#[test]
#[ignore = "needs Java and Maven"]
fn receipts_find_their_messages_though_identifiers_are_written_in_two_ways() {
    let port = free_port();
    let _simulator = Simulator::start(port);
    let (gateway, events) = SmppGateway::start(account(port, "jpwd")).unwrap();
    assert!(gateway.bound_within(LONG), "{:?}", gateway.state());
    let text = "Wizyta {jutro} o 9:30, 5 €. ".repeat(8);
    let results = gateway.submit(&[submission("+48501234567", &text), submission("+48501234568", "Tak")]);
    let mut submitted: Vec<String> = Vec::new();
    for result in results {
        let SubmitResult::Accepted { provider_ids, .. } = result else { panic!("{result:?}") };
        submitted.extend(provider_ids);
    }
    assert_eq!(submitted.len(), 3);
    let (mut reported, mut written) = (Vec::new(), Vec::new());
    for _ in 0..submitted.len() + 1 {
        match take(&events) {
            Inbound::Report(report) => {
                assert_eq!(report.state, DeliveryState::Delivered);
                reported.push(report.provider_id.unwrap());
            }
            Inbound::Message(message) => written.push(message.body.reveal().to_owned()),
        }
    }
    submitted.sort();
    reported.sort();
    assert_eq!(reported, submitted);
    assert_eq!(written, ["Hello World"]);

    let (stranger, _events) = SmppGateway::start(account(port, "wrong")).unwrap();
    let results = stranger.submit(&[submission("+48501234567", "Tak")]);
    let class = |result: &SubmitResult| match result {
        SubmitResult::Rejected { class, .. } => *class,
        other => panic!("{other:?}"),
    };
    assert_eq!(class(&results[0]), RejectClass::AccountAuth);
}
