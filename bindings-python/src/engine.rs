//! The engine behind its door: a method's name and JSON go in, JSON comes out. `python/depesza/_engine.py` puts types on it.

use crate::classes::Class;
use crate::failure::raise;
use crate::host;
use depesza::door::{self, Refusal};
use depesza::engine::Engine;
use depesza::gateway::{Gateway, Simulator};
use depesza::model::{GatewayId, SubmitResult, Timestamp};
use depesza::store::{Store, StoreError};
use depesza_open::{Link, Received};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::sync::Arc;
use std::time::Duration;

static STORE_ERROR: Class = Class::new("depesza._refusals", "StoreError");
static BAD_ARGUMENTS: Class = Class::new("depesza._refusals", "BadArgumentsError");

/// Whether it was done, its answer or the refusal as JSON, and the exception of the host's own store that is behind a refusal.
type Answer = (bool, String, Option<Py<PyAny>>);

/// An engine over a store and its gateways.
#[pyclass(frozen, module = "depesza._native")]
pub struct Door {
    engine: Engine,
    links: Vec<Link>,
}

#[pymethods]
impl Door {
    /// `store` is a URL or an adapter of a host's own store; a gateway is JSON as `depesza_open::gateway` has it, a `Gate`, or
    /// an adapter of a host's own.
    #[new]
    fn new(
        py: Python<'_>,
        store: &Bound<'_, PyAny>,
        gateways: Vec<(String, Bound<'_, PyAny>)>,
    ) -> PyResult<Self> {
        let store: Arc<dyn Store> = match store.cast::<PyString>() {
            Ok(url) => {
                let url = url.to_str()?;
                py.detach(|| depesza_open::open(url)).map_err(|error| not_opened(py, &error))?
            }
            Err(_) => Arc::new(host::OwnStore::new(store.clone())),
        };
        let mut links = Vec::new();
        let mut named: Vec<(GatewayId, Arc<dyn Gateway>)> = Vec::new();
        for (id, gateway) in gateways {
            let gateway: Arc<dyn Gateway> = if let Ok(json) = gateway.cast::<PyString>() {
                let json = json.to_str()?;
                let link =
                    py.detach(|| depesza_open::gateway(json)).map_err(|refusal| faulty(py, refusal))?;
                let gateway = link.gateway();
                links.push(link);
                gateway
            } else if let Ok(gate) = gateway.cast::<Gate>() {
                gate.get().simulator.clone()
            } else {
                Arc::new(host::OwnGateway::new(&gateway)?)
            };
            named.push((GatewayId::new(id), gateway));
        }
        Ok(Self { engine: Engine::new(store, named), links })
    }

    /// Calls an operation: whether it was done, its answer or the refusal as JSON, and the exception of the host's own store
    /// that is behind a refusal.
    fn call(&self, py: Python<'_>, method: &str, arguments: &str) -> Answer {
        answered(py, || door::call(&self.engine, method, arguments))
    }

    /// Takes what came in by the connections of gateways, waiting for the first as long as `wait_s` says.
    fn receive(&self, py: Python<'_>, now_ms: i64, wait_s: f64) -> Answer {
        let now = Timestamp::from_ms(now_ms);
        let wait = Duration::try_from_secs_f64(wait_s).unwrap_or_default();
        answered(py, || {
            let mut all = Received::default();
            for link in &self.links {
                let received = link.receive(&self.engine, now, wait)?;
                all.told += received.told;
                all.unrouted += received.unrouted;
            }
            Ok(written(all))
        })
    }

    /// Takes what a gateway's provider called the host's web server with.
    fn callback(&self, py: Python<'_>, gateway: &str, form: &str, now_ms: i64) -> Answer {
        let now = Timestamp::from_ms(now_ms);
        answered(py, || {
            let link = self.links.iter().find(|link| link.id().as_str() == gateway);
            let link = link.ok_or_else(|| Refusal {
                code: "bad_arguments".to_owned(),
                message: "gateway: expected one whose provider calls the host's web server".to_owned(),
                field: Some("gateway".to_owned()),
                faults: Vec::new(),
            })?;
            link.callback(&self.engine, form, now).map(written)
        })
    }
}

/// Calls without the GIL.
fn answered(py: Python<'_>, call: impl FnOnce() -> Result<String, Refusal> + Send) -> Answer {
    host::report(py);
    match py.detach(call) {
        Ok(answer) => {
            host::report(py);
            (true, answer, None)
        }
        Err(refusal) => {
            let cause = host::take();
            let refusal = serde_json::to_string(&refusal).unwrap_or_default();
            (false, refusal, cause.map(|error| error.into_value(py).into_any()))
        }
    }
}

fn written(received: Received) -> String {
    serde_json::json!({"told": received.told, "unrouted": received.unrouted}).to_string()
}

/// A store that a URL names could not be opened.
fn not_opened(py: Python<'_>, error: &StoreError) -> PyErr {
    let code = if matches!(error, StoreError::Corrupt(_)) { "store_corrupt" } else { "store_unavailable" };
    raise(py, &STORE_ERROR, (error.to_string(), code, "store"))
}

/// A gateway that options describe could not be made.
fn faulty(py: Python<'_>, refusal: Refusal) -> PyErr {
    raise(py, &BAD_ARGUMENTS, (refusal.message, refusal.code, refusal.field))
}

/// The simulated gateway.
#[pyclass(frozen, module = "depesza._native")]
pub struct Gate {
    simulator: Arc<Simulator>,
}

#[pymethods]
impl Gate {
    #[new]
    fn new(id: String, seed: u64) -> Self {
        Self { simulator: Arc::new(Simulator::new(GatewayId::new(id), seed)) }
    }

    /// Forces the next answers, a JSON list of `SubmitResult`.
    fn script(&self, answers: &str) -> PyResult<()> {
        let answers: Vec<SubmitResult> = serde_json::from_str(answers)
            .map_err(|_| PyValueError::new_err("answers: expected SubmitResult objects"))?;
        self.simulator.script(answers);
        Ok(())
    }

    /// What went to handsets from a place on: reference, the simulator's identifier, number, text, instants of sending and of the
    /// end of validity in milliseconds since 1970.
    fn taken_from(&self, place: usize) -> Vec<(String, String, String, String, i64, i64)> {
        let taken = self.simulator.taken_from(place);
        taken
            .into_iter()
            .map(|taken| {
                let (to, body) = (taken.to.reveal().to_owned(), taken.body.reveal().to_owned());
                (taken.reference, taken.provider_id, to, body, taken.at.ms(), taken.not_after.ms())
            })
            .collect()
    }

    /// Reports that are due, as a JSON list; each is given once.
    fn reports(&self, now_ms: i64) -> String {
        serde_json::to_string(&self.simulator.reports(Timestamp::from_ms(now_ms))).unwrap_or_default()
    }
}
