//! Files dragged over a window and dropped on it as a file manager does it: the source's side of the XDND protocol, spoken to the
//! window itself. No pointer is moved, so nothing depends on what stands where on the screen.

use std::path::Path;

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
    SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::screen::{Screen, wait_for};

/// The version of XDND that is spoken.
const VERSION: u32 = 5;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndAware,
        XdndSelection,
        XdndEnter,
        XdndPosition,
        XdndStatus,
        XdndLeave,
        XdndDrop,
        XdndFinished,
        XdndActionCopy,
        URIS: b"text/uri-list",
    }
}

/// Files that are being dragged.
pub struct Drag {
    connection: RustConnection,
    atoms: Atoms,
    source: Window,
    target: Window,
    uris: String,
    /// Whether the window last said that it would take them.
    welcome: bool,
    /// Whether the window has said that it is done with them.
    finished: bool,
}

impl Drag {
    /// Takes files up and carries them over the window of this title, into its middle.
    pub fn over(screen: &Screen, title: &str, files: &[impl AsRef<Path>]) -> Self {
        let (connection, number) = RustConnection::connect(Some(screen.display())).expect("the screen can be reached");
        let atoms = Atoms::new(&connection).expect("a question").reply().expect("the atoms");
        let root = connection.setup().roots[number].root;
        let source = connection.generate_id().expect("an id");
        let depth = x11rb::COPY_DEPTH_FROM_PARENT;
        let hidden = CreateWindowAux::new();
        connection.create_window(depth, source, root, 0, 0, 1, 1, 0, WindowClass::INPUT_OUTPUT, 0, &hidden).expect("a window");
        connection.set_selection_owner(source, atoms.XdndSelection, x11rb::CURRENT_TIME).expect("the selection");
        let target = wait_for("the window files are dragged over", || find(&connection, root, &atoms, title));
        let uris = files.iter().map(|file| format!("file://{}\r\n", encoded(file.as_ref()))).collect();
        let mut drag = Self { connection, atoms, source, target, uris, welcome: false, finished: false };
        let kinds = [source, VERSION << 24, drag.atoms.URIS, 0, 0];
        drag.tell(drag.atoms.XdndEnter, kinds);
        drag.hover(root);
        drag
    }

    /// Hovers until the window says that it would take the files.
    fn hover(&mut self, root: Window) {
        let place = self.connection.get_geometry(self.target).expect("a question").reply().expect("the window's size");
        let middle =
            self.connection.translate_coordinates(self.target, root, (place.width / 2).cast_signed(), (place.height / 2).cast_signed());
        let middle = middle.expect("a question").reply().expect("the window's place");
        let (x, y) = (u32::from(middle.dst_x.cast_unsigned()), u32::from(middle.dst_y.cast_unsigned()));
        wait_for("the window welcomes the files", || {
            self.tell(self.atoms.XdndPosition, [self.source, 0, (x << 16) | y, x11rb::CURRENT_TIME, self.atoms.XdndActionCopy]);
            self.serve();
            self.welcome.then_some(())
        });
    }

    /// Answers the window's questions about the files until `done`.
    pub fn until<T>(&mut self, what: &str, mut done: impl FnMut() -> Option<T>) -> T {
        wait_for(what, || {
            self.serve();
            done()
        })
    }

    /// Carries the files away again.
    pub fn leave(&self) {
        self.tell(self.atoms.XdndLeave, [self.source, 0, 0, 0, 0]);
    }

    /// Drops the files and waits until the window has taken them.
    pub fn drop_them(mut self) {
        self.tell(self.atoms.XdndDrop, [self.source, 0, x11rb::CURRENT_TIME, 0, 0]);
        wait_for("the window has taken the files", || {
            self.serve();
            self.finished.then_some(())
        });
    }

    fn tell(&self, kind: Atom, data: [u32; 5]) {
        let message = ClientMessageEvent::new(32, self.target, kind, data);
        self.connection.send_event(false, self.target, EventMask::NO_EVENT, message).expect("the window can be told");
        self.connection.flush().expect("the screen is still there");
    }

    fn serve(&mut self) {
        while let Some(event) = self.connection.poll_for_event().expect("the screen is still there") {
            match event {
                Event::SelectionRequest(asked) => self.hand_out(&asked),
                Event::ClientMessage(message) if message.type_ == self.atoms.XdndStatus => {
                    self.welcome = message.data.as_data32()[1] & 1 == 1;
                }
                Event::ClientMessage(message) if message.type_ == self.atoms.XdndFinished => self.finished = true,
                _ => {}
            }
        }
    }

    fn hand_out(&self, asked: &SelectionRequestEvent) {
        let property = if asked.target == self.atoms.URIS {
            let (mode, property) = (PropMode::REPLACE, asked.property);
            self.connection.change_property8(mode, asked.requestor, property, asked.target, self.uris.as_bytes()).expect("a property");
            property
        } else {
            x11rb::NONE
        };
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: asked.time,
            requestor: asked.requestor,
            selection: asked.selection,
            target: asked.target,
            property,
        };
        self.connection.send_event(false, asked.requestor, EventMask::NO_EVENT, answer).expect("the window can be answered");
        self.connection.flush().expect("the screen is still there");
    }
}

/// The window of this title that takes drops.
fn find(connection: &RustConnection, root: Window, atoms: &Atoms, title: &str) -> Option<Window> {
    let windows = connection.query_tree(root).ok()?.reply().ok()?.children;
    let is_it = |window: &Window| {
        let named = |property: u32, kind: u32| connection.get_property(false, *window, property, kind, 0, 64).ok()?.reply().ok();
        let name = named(AtomEnum::WM_NAME.into(), AtomEnum::ANY.into()).map(|name| name.value).unwrap_or_default();
        let aware = named(atoms.XdndAware, AtomEnum::ATOM.into()).is_some_and(|aware| aware.value_len > 0);
        aware && String::from_utf8_lossy(&name) == title
    };
    windows.into_iter().find(is_it)
}

fn encoded(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let path = path.to_str().expect("a scenario's files have plain names");
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
