//! What a command must be able to do at every level: work. Each is a script of the shell that ends well and says what is expected.

/// A script, what its output ends with, and its code.
pub struct Control {
    pub name: &'static str,
    pub script: &'static str,
    pub says: &'static str,
    pub code: i32,
}

const fn control(name: &'static str, says: &'static str, code: i32, script: &'static str) -> Control {
    Control { name, script, says, code }
}

#[rustfmt::skip]
pub const CONTROLS: &[Control] = &[
    control("files of its folder", "two", 0, "mkdir -p d && echo one > d/a && echo two >> d/a && mv d/a d/b && ln -s b d/c && chmod 600 d/b && touch -d 2020-01-01 d/b && cat d/c && rm -r d"),
    control("files of the system", "root", 0, "test -r /etc/hosts && test -x /usr/bin/env && head -1 /etc/passwd | cut -d: -f1 && exec 2>&1"),
    control("temporary files and a home", "kept", 0, "f=$(mktemp) && echo kept > $f && mkdir -p ~/.cache && cp $f ~/.cache/x && test \"$(ls $HOME)\" = '' && cat ~/.cache/x"),
    control("pipes and processes", "5050", 0, "seq 100 | sort -rn | awk '{ s += $1 } END { print s }'"),
    control("codes", "before", 7, "echo before; sh -c 'exit 7'"),
    control("signals among its own", "143", 0, "sleep 100 & kill -TERM $!; wait $!; echo $?"),
    control("git", "1", 0, "test -d .git && echo x > tracked && git add tracked && git -c user.name=a -c user.email=a@b commit -qm first && git status --short > /dev/null && git checkout -q -b other && git log --oneline | wc -l"),
    control("a new repository", "## No commits yet on main", 0, "git init -q -b main fresh && cd fresh && git status --short --branch"),
    control("a compiler and make", "made", 0, "printf 'all:\\n\\t@cc -o made made.c && ./made\\n' > Makefile && printf '#include <stdio.h>\\nint main(void) { puts(\"made\"); return 0; }\\n' > made.c && make"),
    control("python, threads and pairs of sockets", "done", 0, "python3 -c 'import asyncio, threading, subprocess; t = threading.Thread(target=lambda: None); t.start(); t.join(); asyncio.run(asyncio.sleep(0)); subprocess.run([\"true\"], check=True); print(\"done\")'"),
    control("node", "42", 0, "node -e 'require(\"child_process\").execSync(\"true\"); new (require(\"worker_threads\").Worker)(\"require(\\\"worker_threads\\\").parentPort.postMessage(42)\", { eval: true }).on(\"message\", console.log)'"),
    control("perl", "ok", 0, "perl -e 'open(my $f, \"|-\", \"cat\") or die; print $f \"ok\\n\"; close $f'"),
    control("a tool of the home", "tool", 0, "tool"),
];
