//! The windows while a command prints without end: their frames, and how soon a Stop is seen.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::command::FLOOD;
use crate::error::Error;
use crate::figure::Figures;
use crate::frames;
use crate::gateway::Gateway;
use crate::model::COMMAND_MARK;
use crate::page::Page;
use crate::say::{self, Unit};
use crate::screen::Screen;
use crate::webdriver::Window;
use crate::window;

const STOPS: usize = 11;
/// How long frames are timed while nothing runs.
const QUIET: Duration = Duration::from_secs(4);
const BASELINE: &str = "nothing runs";

/// Where the page is, driven from outside.
pub(crate) trait Driven {
    /// What a script returns; it runs as a function's body, and a promise is awaited.
    fn run(&mut self, script: &str) -> Result<Value, Error>;
}

/// Measures Chromium and the real window, which open the same data one after the other.
pub(crate) fn run(temp: &Path, data: &Path) -> Result<(), Error> {
    say::heading("in Chromium, headless, without a GPU; the card with the output is open");
    let gateway = Gateway::start(data)?;
    let mut page = Page::open(temp, "chromium-flood")?;
    let secret = gateway.door.secret.clone().unwrap_or_default();
    page.go(&format!("http://{}/#/?bootstrapSecret={secret}", gateway.door.address), "")?;
    measure(&mut page)?;
    drop(page);
    gateway.process.end();
    say::heading("in the real window, on a screen without a monitor");
    if let Err(error) = real(temp, data) {
        say::line(&format!("no figures for the window: {error}"));
    }
    Ok(())
}

fn real(temp: &Path, data: &Path) -> Result<(), Error> {
    let screen = Screen::start(temp)?;
    measure(&mut Window::open(&screen, temp, &window::binary()?, data)?)
}

fn measure(page: &mut impl Driven) -> Result<(), Error> {
    wait(page, "a composer", "return document.querySelector('[data-test=connected][data-state=open]') !== null")?;
    page.run(frames::BEGIN)?;
    std::thread::sleep(QUIET);
    let quiet = frames::end(page)?.distances;
    ask(page, FLOOD)?;
    page.run(frames::BEGIN)?;
    wait(page, "the end of 200 MB", "return document.querySelector('[data-test=stop]') === null")?;
    let flooded = frames::end(page)?.distances;
    for (what, share) in [("p50", 0.5), ("p99", 0.99), ("longest", 1.0)] {
        let what = format!("from frame to frame during 200 MB, {what}");
        say::against(&what, flooded.share(share), (BASELINE, quiet.share(share)), Unit::Milliseconds);
    }
    let mut stops = Vec::new();
    for _ in 0..STOPS {
        ask(page, "yes")?;
        wait(page, "output", "return document.querySelector('details.running [data-test=left-out]') !== null")?;
        let took = page.run(STOP)?;
        stops.push(took.as_f64().ok_or_else(|| Error::broken(format!("Stop took {took}")))?);
    }
    let stops = Figures::of(stops);
    let value = format!("{:.0} {:.0} ms", stops.median(), stops.max());
    say::figure("endless output, from pressing Stop to the turn's end being shown: p50, slowest", &value);
    Ok(())
}

/// Has a command run, and opens its card.
fn ask(page: &mut impl Driven, command: &str) -> Result<(), Error> {
    let prompt = json!(format!("{COMMAND_MARK}{command}"));
    page.run(&format!("const prompt = {prompt}; {SAY}"))?;
    wait(page, "the command's card", OPEN)
}

/// Types and sends what `prompt` holds.
const SAY: &str = "
    const composer = document.querySelector('[data-test=composer]');
    composer.value = prompt;
    composer.dispatchEvent(new Event('input', { bubbles: true }));
    return new Promise((done) => requestAnimationFrame(() => {
        document.querySelector('[data-test=send]').click();
        done(true);
    }));";

/// Opens the card of the command that runs.
const OPEN: &str = "
    const card = document.querySelector('details.running[data-test=tool]');
    if (card !== null && !card.open) card.querySelector('summary').click();
    return card !== null;";

/// Presses Stop; the milliseconds until the page shows that the turn has ended.
const STOP: &str = "
    const began = performance.now();
    document.querySelector('[data-test=stop]').click();
    return new Promise((done) => {
        const look = () => {
            if (document.querySelector('[data-test=stop]') === null) done(performance.now() - began);
            else requestAnimationFrame(look);
        };
        look();
    });";

fn wait(page: &mut impl Driven, what: &str, script: &str) -> Result<(), Error> {
    for _ in 0..3000 {
        if page.run(script)? == true {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(Error::broken(format!("the page never showed {what}")))
}
