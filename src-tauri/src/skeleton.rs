//! What stands in the window before the page: its background and the outline of what the page is about to show, drawn
//! by GTK itself a few milliseconds after the start. It is drawn over the webview until the page has painted, so that nothing
//! WebKit shows meanwhile is ever seen.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use gtk::cairo::Context;
use gtk::glib;
use gtk::prelude::*;

use crate::theme::{Palette, Rgb};

/// A window nobody sees is not drawn; its page is loaded all the same.
const DRAW_LIMIT: Duration = Duration::from_millis(500);
/// The page's own measures (`ui/src/style`): its first frame must not move anything.
const SIDEBAR: f64 = 260.0;
const SIDEBAR_FROM: f64 = 820.0;
const COLUMN: f64 = 760.0;
const HEADER: f64 = 48.0;

thread_local! {
    /// The drawing, as long as it is needed. Only GTK's thread has one.
    static DRAWING: RefCell<Option<(gtk::Box, glib::SignalHandlerId)>> = const { RefCell::new(None) };
}

/// Draws the skeleton into the window's content and calls `then` once, when the first picture is on its way to the screen.
pub(crate) fn draw(content: gtk::Box, palette: Palette, then: impl FnOnce() + 'static) {
    let then = Rc::new(RefCell::new(Some(then)));
    let late = then.clone();
    glib::timeout_add_local_once(DRAW_LIMIT, move || {
        if let Some(then) = late.borrow_mut().take() {
            then();
        }
    });
    // After the default handler, which draws the webview.
    let handler = content.connect_local("draw", true, move |values| {
        let (Ok(content), Ok(cairo)) = (values[0].get::<gtk::Box>(), values[1].get::<Context>()) else {
            return Some(false.to_value());
        };
        let (width, height) = (f64::from(content.allocated_width()), f64::from(content.allocated_height()));
        // A failed stroke leaves a plain background, which is all that matters.
        let _ = paint(&cairo, palette, width, height);
        let first = then.borrow_mut().take();
        if let Some(then) = first {
            crate::trace::mark("window drawn");
            // Idle comes after the frame went out; creating the webview takes longer than a frame.
            glib::idle_add_local_once(then);
        }
        Some(false.to_value())
    });
    DRAWING.set(Some((content, handler)));
}

/// The page covers everything now. Call on GTK's thread.
pub(crate) fn remove() {
    if let Some((content, handler)) = DRAWING.take() {
        content.disconnect(handler);
        content.queue_draw();
    }
}

fn paint(cairo: &Context, palette: Palette, width: f64, height: f64) -> Result<(), gtk::cairo::Error> {
    set(cairo, palette.bg);
    cairo.paint()?;
    let left = if width >= SIDEBAR_FROM { SIDEBAR } else { 0.0 };
    if left > 0.0 {
        fill(cairo, palette.side, [0.0, 0.0, left, height])?;
        fill(cairo, palette.line, [left - 1.0, 0.0, 1.0, height])?;
    }
    fill(cairo, palette.line, [left, HEADER - 1.0, width - left, 1.0])?;
    let column = COLUMN.min(width - left - 48.0);
    let x = left + (width - left - column) / 2.0;
    round(cairo, palette.sunken, [x + column * 0.66, HEADER + 32.0, column * 0.34, 36.0], 8.0)?;
    round(cairo, palette.sunken, [x, HEADER + 92.0, column * 0.60, 14.0], 4.0)?;
    round(cairo, palette.sunken, [x, HEADER + 118.0, column * 0.46, 14.0], 4.0)?;
    round(cairo, palette.line_strong, [x, height - 104.0, column, 84.0], 12.0)?;
    round(cairo, palette.raised, [x + 1.0, height - 103.0, column - 2.0, 82.0], 11.0)
}

fn set(cairo: &Context, color: Rgb) {
    let [red, green, blue] = color.map(|part| f64::from(part) / 255.0);
    cairo.set_source_rgb(red, green, blue);
}

fn fill(cairo: &Context, color: Rgb, [x, y, width, height]: [f64; 4]) -> Result<(), gtk::cairo::Error> {
    set(cairo, color);
    cairo.rectangle(x, y, width, height);
    cairo.fill()
}

fn round(cairo: &Context, color: Rgb, [x, y, width, height]: [f64; 4], radius: f64) -> Result<(), gtk::cairo::Error> {
    use std::f64::consts::{FRAC_PI_2, PI};
    set(cairo, color);
    cairo.new_sub_path();
    cairo.arc(x + width - radius, y + radius, radius, -FRAC_PI_2, 0.0);
    cairo.arc(x + width - radius, y + height - radius, radius, 0.0, FRAC_PI_2);
    cairo.arc(x + radius, y + height - radius, radius, FRAC_PI_2, PI);
    cairo.arc(x + radius, y + radius, radius, PI, PI + FRAC_PI_2);
    cairo.close_path();
    cairo.fill()
}
