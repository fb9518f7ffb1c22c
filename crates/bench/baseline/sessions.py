"""Fills the original's session store with chats, through its own classes. Started with: the workspace folder, how many."""
import pathlib
import sys

from nanobot.session.manager import SessionManager

manager = SessionManager(pathlib.Path(sys.argv[1]))
store = getattr(manager, "store", None) or getattr(manager, "_store", None) or manager
for number in range(int(sys.argv[2])):
    session = manager.get_or_create(f"websocket:00000000-0000-4000-8000-{number:012d}")
    session.metadata["webui"] = True
    session.metadata["title"] = f"Chat {number}"
    session.add_message("user", f"What is chat {number} about?")
    session.add_message("assistant", "It is about the time a start takes when there are many chats. " * 3)
    manager.save(session)
    manager.invalidate(session.key)
print(manager.get_or_create("websocket:none") and "done")
