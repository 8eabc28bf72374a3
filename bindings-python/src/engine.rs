//! The engine behind its door: a method's name and JSON go in, JSON comes out. `python/depesza/_engine.py` puts types on it.

use crate::classes::Class;
use crate::failure::raise;
use crate::host;
use depesza::door::{self, Refusal};
use depesza::engine::Engine;
use depesza::gateway::{Gateway, Simulator};
use depesza::model::{GatewayId, SubmitResult, Timestamp};
use depesza::store::{MemoryStore, Store, StoreError};
use depesza_open::{Links, Received};
use pyo3::exceptions::{PyException, PyValueError};
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
    links: Links,
}

/// What the host gave for a store or a gateway.
enum Given<T: ?Sized> {
    /// To be opened: the URL of a store, a gateway as JSON.
    Named(String),
    /// There already.
    Made(Arc<T>),
}

/// Why a store or a gateway could not be opened.
enum NotOpened {
    Store(StoreError),
    Gateway(Refusal),
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
        let store = match store.cast::<PyString>() {
            Ok(url) => Given::Named(url.to_str()?.to_owned()),
            Err(_) => Given::Made(Arc::new(host::OwnStore::new(store.clone())) as Arc<dyn Store>),
        };
        let gateways = gateways
            .into_iter()
            .map(|(id, gateway)| Ok((GatewayId::new(id), given(&gateway)?)))
            .collect::<PyResult<Vec<_>>>()?;
        py.detach(|| Self::open(store, gateways)).map_err(|refused| match refused {
            NotOpened::Store(error) => not_opened(py, &error),
            NotOpened::Gateway(refusal) => faulty(py, refusal),
        })
    }

    /// Calls an operation: whether it was done, its answer or the refusal as JSON, and the exception of the host's own store
    /// that is behind a refusal.
    fn call(&self, py: Python<'_>, method: &str, arguments: &str) -> PyResult<Answer> {
        answered(py, || door::call(&self.engine, method, arguments))
    }

    /// Takes what came in by the connections of gateways, waiting for the first as long as `wait_s` says.
    fn receive(&self, py: Python<'_>, now_ms: i64, wait_s: f64) -> PyResult<Answer> {
        let now = Timestamp::from_ms(now_ms);
        let wait = Duration::try_from_secs_f64(wait_s).unwrap_or_default();
        answered(py, || Ok(written(self.links.receive(&self.engine, now, wait)?)))
    }

    /// Takes what a gateway's provider called the host's web server with.
    fn callback(&self, py: Python<'_>, gateway: &str, form: &str, now_ms: i64) -> PyResult<Answer> {
        let now = Timestamp::from_ms(now_ms);
        answered(py, || self.links.callback(&self.engine, gateway, form, now).map(written))
    }
}

impl Door {
    /// Opens all, without the GIL: connections are made, and those that were made are closed again when what follows is refused.
    fn open(
        store: Given<dyn Store>,
        gateways: Vec<(GatewayId, Given<dyn Gateway>)>,
    ) -> Result<Self, NotOpened> {
        let store = match store {
            Given::Named(url) => depesza_open::open(&url).map_err(NotOpened::Store)?,
            Given::Made(store) => store,
        };
        let mut links = Links::default();
        let mut named = Vec::new();
        for (id, gateway) in gateways {
            let gateway = match gateway {
                Given::Named(json) => links.add(depesza_open::gateway(&json).map_err(NotOpened::Gateway)?).1,
                Given::Made(gateway) => gateway,
            };
            named.push((id, gateway));
        }
        Ok(Self { engine: Engine::new(store, named), links })
    }
}

/// A gateway as the host gave it.
fn given(gateway: &Bound<'_, PyAny>) -> PyResult<Given<dyn Gateway>> {
    if let Ok(json) = gateway.cast::<PyString>() {
        return Ok(Given::Named(json.to_str()?.to_owned()));
    }
    if let Ok(gate) = gateway.cast::<Gate>() {
        return Ok(Given::Made(gate.get().simulator.clone()));
    }
    Ok(Given::Made(Arc::new(host::OwnGateway::new(gateway)?)))
}

impl Drop for Door {
    /// Without the GIL: a connection that closes waits for the other side, seconds at worst.
    fn drop(&mut self) {
        let nothing = Engine::new(Arc::new(MemoryStore::new()), Vec::new());
        let open = (std::mem::replace(&mut self.engine, nothing), std::mem::take(&mut self.links));
        // at the process's end there is no interpreter any more, and `open` goes as it is
        Python::try_attach(|py| py.detach(|| drop(open)));
    }
}

/// Calls without the GIL. An interrupt in a method of the host's is raised, whatever became of the call.
fn answered(py: Python<'_>, call: impl FnOnce() -> Result<String, Refusal> + Send) -> PyResult<Answer> {
    host::report(py);
    let done = py.detach(call);
    let raised = match host::take() {
        Some(error) if !error.is_instance_of::<PyException>(py) => return Err(error),
        raised => raised,
    };
    match done {
        Ok(answer) => {
            if let Some(error) = raised {
                error.write_unraisable(py, None);
            }
            Ok((true, answer, None))
        }
        Err(refusal) => {
            let refusal = serde_json::to_string(&refusal).unwrap_or_default();
            Ok((false, refusal, raised.map(|error| error.into_value(py).into_any())))
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
