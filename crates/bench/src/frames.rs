//! A page's frames, timed in the page.

use serde_json::Value;

use crate::error::Error;
use crate::figure::Figures;
use crate::flood::Driven;

/// Times every frame until [`end`]: the distance to the one before, and the work from its callbacks to the message handled after style,
/// layout and paint. A function's body.
pub(crate) const BEGIN: &str = "
    window.distances = []; window.work = []; window.timing = true;
    (() => {
        const after = new MessageChannel();
        let began = 0, last = null;
        after.port1.onmessage = () => window.work.push(performance.now() - began);
        const frame = (now) => {
            if (last !== null) window.distances.push(now - last);
            last = now;
            began = performance.now();
            after.port2.postMessage(0);
            if (window.timing) requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
    })(); return true";

/// What was timed, in milliseconds.
pub(crate) struct Frames {
    /// From frame to frame.
    pub(crate) distances: Figures,
    /// What each took on the page's thread.
    pub(crate) work: Figures,
}

/// Ends the timing.
pub(crate) fn end(page: &mut impl Driven) -> Result<Frames, Error> {
    let seen = page.run("window.timing = false; return [window.distances, window.work]")?;
    let figures = |values: &Value| {
        let values: Vec<f64> = values.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        if values.is_empty() { Err(Error::broken("the page drew no frame")) } else { Ok(Figures::of(values)) }
    };
    Ok(Frames { distances: figures(&seen[0])?, work: figures(&seen[1])? })
}
