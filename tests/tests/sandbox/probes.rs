//! What a command must not be able to do: each a few lines of Python that end without an error only when it can. The table says what
//! becomes of each without a sandbox and at both levels; the first column keeps a probe from being held by its own mistake.

/// What becomes of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not possible.
    Held,
    /// It was.
    Through,
    /// That depends on the machine; only without a sandbox.
    Either,
}

use Outcome::{Either, Held, Through};

/// One probe.
pub struct Probe {
    pub name: &'static str,
    pub script: &'static str,
    /// Without a sandbox, as the same ordinary user.
    pub alone: Outcome,
    pub l2: Outcome,
}

const fn probe(name: &'static str, alone: Outcome, l2: Outcome, script: &'static str) -> Probe {
    Probe { name, script, alone, l2 }
}

/// Level 3 holds all of them. Level 2 lets four through, which are named in `crates/engine/src/sandbox/mod.rs`.
#[rustfmt::skip]
pub const PROBES: &[Probe] = &[
    // Files.
    probe("makes a file outside", Through, Held, "write(OUT + '/new')"),
    probe("adds to a file outside", Through, Held, "append(OUT + '/file')"),
    probe("writes through a link it makes", Through, Held, "os.symlink(OUT, 'link'); append('link/file')"),
    probe("writes through a link that is there", Through, Held, "append('planted')"),
    probe("links a file outside into its folder", Through, Held, "os.link(OUT + '/file', 'linked'); append('linked')"),
    probe("moves a file outside into its folder", Through, Held, "os.rename(OUT + '/file', 'stolen')"),
    probe("moves a file of its own over one outside", Through, Held, "write('mine'); os.rename('mine', OUT + '/file')"),
    probe("removes a file outside", Through, Held, "os.unlink(OUT + '/file')"),
    probe("removes a folder outside", Through, Held, "shutil.rmtree(OUT + '/folder')"),
    probe("cuts a file outside short by name", Through, Held, "os.truncate(OUT + '/file', 0)"),
    probe("cuts a file outside short by opening it", Through, Held, "os.open(OUT + '/file', os.O_RDONLY | os.O_TRUNC)"),
    probe("reads a file outside", Through, Held, "finds(read(OUT + '/file'))"),
    probe("reads a file outside by a way round", Through, Held, "finds(read('../outside/../outside/file'))"),
    probe("reads a file outside through its own root", Through, Held, "finds(read('/proc/self/root' + OUT + '/file'))"),
    probe("runs a program outside", Through, Held, "finds(runs(OUT + '/program'), 'ran')"),
    probe("lists the home", Through, Held, "finds('|'.join(os.listdir(HOME)).encode(), '.ssh')"),
    probe("lists others' temporary files", Through, Held, "finds('|'.join(os.listdir(HOME + '/..')).encode(), 'bin')"),
    probe("reads a key for hosts", Through, Held, "finds(read(HOME + '/.ssh/id_ed25519'))"),
    probe("reads a key for clouds", Through, Held, "finds(read(HOME + '/.aws/credentials'))"),
    probe("reads a key beside a tool", Through, Held, "finds(read(HOME + '/.cargo/credentials.toml'))"),
    probe("changes a tool", Through, Held, "append(HOME + '/.cargo/bin/tool')"),
    probe("changes what a shell begins with", Through, Held, "append(HOME + '/.bashrc')"),
    probe("puts a program into the session's start", Through, Held, "os.makedirs(HOME + '/.config/autostart'); write(HOME + '/.config/autostart/x.desktop'); unless_apart()"),
    probe("writes to the system", Held, Held, "append('/etc/passwd')"),
    probe("makes a file in the system", Held, Held, "write('/usr/local/bin/probe')"),
    probe("reads others' shared memory by name", Through, Held, "finds(read(SHM))"),
    probe("writes others' shared memory by name", Through, Held, "append(SHM)"),
    probe("attaches others' shared memory", Through, Held, "libc.shmat.restype = ctypes.c_void_p; at = libc.shmat(checked(libc.shmget(int(os.environ['PROBE_KEY']), 0, 0)), None, 0); finds(ctypes.string_at(at, 14))"),
    probe("gives a file outside another owner", Through, Held, "os.chown(OUT + '/file', -1, os.getgid())"),
    probe("gives a file outside an attribute", Through, Held, "os.setxattr(OUT + '/file', 'user.probe', b'x')"),
    probe("changes a file's mode outside", Through, Through, "os.chmod(OUT + '/file', 0o640)"),
    probe("changes a file's times outside", Through, Through, "os.utime(OUT + '/file', (0, 0))"),
    probe("sees that files and programs are outside", Through, Through, "any_of(lambda: os.stat(OUT + '/file'), lambda: checked(libc.inotify_add_watch(libc.inotify_init1(0), (OUT + '/file').encode(), 2)), lambda: read('/proc/%d/cmdline' % PID))"),
    probe("opens a file by its handle", Held, Held, "any_of(lambda: call('open_by_handle_at', os.open('.', os.O_RDONLY), ctypes.create_string_buffer(bytes([8, 0, 0, 0, 1, 0, 0, 0]) + bytes(128)), 0))"),
    // Repositories.
    probe("changes a repository's hooks and rules", Through, Through, "any_of(lambda: append('.git/config'), lambda: write('.git/hooks/pre-commit'), lambda: os.rename('.git', 'moved'), lambda: append('inner/.git/config'), lambda: write('inner/.git/hooks/pre-push'), lambda: os.symlink('/tmp/x', '.git/hooks/post-merge'), lambda: os.rename('inner/.git/config', 'inner/.git/config.old'), lambda: append('deep/er/still/.git/config'), lambda: write('deep/er/still/.git/hooks/pre-push'))"),
    // Alcove's own.
    probe("reads Alcove's keys", Through, Held, "finds(read(DATA + '/keys.json'))"),
    probe("writes Alcove's database", Through, Held, "append(DATA + '/alcove.db')"),
    probe("lists Alcove's data", Through, Held, "finds('|'.join(os.listdir(DATA)).encode(), 'keys')"),
    probe("speaks to Alcove's socket", Through, Held, "unix(DATA + '/run/gateway.sock')"),
    probe("finds Alcove's keys in its environment", Held, Held, "finds(repr(os.environ).encode() + read('/proc/self/environ'))"),
    probe("finds Alcove's keys in its parent's environment", Through, Held, "finds(read('/proc/%d/environ' % os.getppid()))"),
    probe("reads a descriptor left open", Through, Held, "finds(os.read(7, 100))"),
    probe("reads a parent's descriptor", Through, Held, "finds(read('/proc/%d/fd/7' % os.getppid()))"),
    // Other programs.
    probe("speaks to a socket in its folder", Through, Held, "unix('agent.sock')"),
    probe("speaks to a bus", Through, Held, "unix(HOME + '/bus')"),
    probe("speaks to a socket without a file", Through, Held, "unix('\\0' + ABSTRACT)"),
    probe("sends a datagram to a socket", Through, Held, "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', DATA + '/run/log')"),
    probe("turns a pair of sockets elsewhere", Through, Held, "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].connect(DATA + '/run/log')"),
    probe("ends a program outside", Through, Held, "os.kill(PID, signal.SIGKILL)"),
    probe("halts a program outside", Through, Held, "os.kill(PID, signal.SIGSTOP)"),
    probe("signals a program through a descriptor", Through, Held, "call('pidfd_send_signal', call('pidfd_open', PID, 0), signal.SIGSTOP, 0, 0)"),
    probe("traces a program outside", Through, Held, "call('ptrace', 16, PID, 0, 0); libc.waitpid(PID, 0, 0x40000000); call('ptrace', 17, PID, 0, 0)"),
    probe("reads a program's memory", Through, Held, "os.close(os.open('/proc/%d/mem' % PID, os.O_RDONLY))"),
    probe("reads a program's memory by a call", Through, Held, "m = [l for l in open('/proc/%d/maps' % PID) if ' r' in l][0]; b = ctypes.create_string_buffer(16); io = struct.pack('PNPN', ctypes.addressof(b), 16, int(m.split('-')[0], 16), 16); call('process_vm_readv', PID, io[:16], 1, io[16:], 1, 0)"),
    probe("reads a program's environment", Through, Held, "finds(read('/proc/%d/environ' % PID))"),
    probe("goes through a program's root", Through, Held, "finds(read('/proc/%d/root%s/file' % (PID, OUT)))"),
    probe("goes through a program's folder", Through, Held, "finds(read('/proc/%d/cwd/file' % PID))"),
    probe("takes a program's descriptor", Through, Held, "call('pidfd_getfd', call('pidfd_open', PID, 0), 0, 0)"),
    probe("slows a program outside", Through, Held, "os.setpriority(os.PRIO_PROCESS, PID, 19)"),
    probe("ties a program to a processor", Through, Held, "os.sched_setaffinity(PID, {0})"),
    probe("takes a program's files away", Through, Held, "resource.prlimit(PID, resource.RLIMIT_NOFILE, resource.prlimit(PID, resource.RLIMIT_NOFILE))"),
    probe("enters a program's view of files", Held, Held, "call('setns', os.open('/proc/%d/ns/mnt' % PID, os.O_RDONLY), 0)"),
    // The network.
    probe("connects by TCP", Through, Held, "socket.create_connection(('127.0.0.1', TCP), 2)"),
    probe("connects by TCP of version 6", Through, Held, "s = socket.socket(socket.AF_INET6); s.settimeout(2); s.connect(('::ffff:127.0.0.1', TCP))"),
    probe("connects to an address outside", Either, Held, "s = socket.socket(); s.settimeout(1); s.connect(('192.0.2.1', 9))"),
    probe("asks for a name", Through, Held, "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('127.0.0.1', UDP)); s.send(b'\\0\\1\\1\\0\\0\\1' + bytes(6) + b'\\1x\\0\\0\\1\\0\\1'); finds(' '.join(line.split()[1] for line in open('/proc/net/udp')).encode(), ':%04X' % UDP)"),
    probe("makes a raw socket", Held, Held, "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"),
    probe("makes a socket for packets", Held, Held, "socket.socket(17, socket.SOCK_RAW, 3)"),
    probe("hears the kernel's events", Through, Held, "socket.socket(16, socket.SOCK_RAW, 15)"),
    probe("sees the system's network", Through, Held, "names = [n for _, n in socket.if_nameindex() if n != 'lo'] + [l for l in open('/proc/net/route').readlines()[1:]]; len(names) or finds(b'')"),
    probe("speaks to the machine's host", Either, Held, "socket.socket(40, socket.SOCK_STREAM)"),
    probe("uses the kernel's ciphers", Either, Held, "socket.socket(38, socket.SOCK_SEQPACKET)"),
    // The kernel.
    probe("sets up a ring of calls", Either, Held, "call('io_uring_setup', 4, ctypes.create_string_buffer(120))"),
    probe("handles its own page faults", Either, Held, "call('userfaultfd', 1)"),
    probe("loads a program into the kernel", Either, Held, "call('bpf', 0, struct.pack('IIII', 2, 4, 4, 1) + bytes(100), 116)"),
    probe("counts the kernel's events", Either, Held, "call('perf_event_open', struct.pack('IIQ', 1, 112, 0) + bytes(96), 0, -1, -1, 0)"),
    probe("reads the session's keys", Through, Held, "call('keyctl', 0, -3, 1)"),
    probe("adds a key", Either, Held, "call('add_key', b'user', b'probe', b'x', 1, -2)"),
    probe("reads the kernel's log", Either, Held, "call('syslog', 10, 0, 0)"),
    probe("becomes root of a world of its own", Through, Held, "call('unshare', 0x10000000)"),
    probe("makes a child with a world of its own", Through, Held, "pid = call('clone', 0x10000000 | 17, 0, 0, 0, 0); pid or os._exit(0)"),
    probe("makes such a child the newer way", Through, Held, "pid = call('clone3', struct.pack('QQQQQQQQ', 0x10000000, 0, 0, 0, 17, 0, 0, 0), 64); pid or os._exit(0)"),
    probe("mounts something", Held, Held, "any_of(lambda: call('mount', b'none', b'/tmp', b'tmpfs', 0, 0), lambda: call('fsopen', b'tmpfs', 0))"),
    probe("starts a sandbox of its own that sees more", Through, Held, "runs('/usr/bin/bwrap', '--bind', '/', '/', '--dev', '/dev', 'sh', '-c', 'cat ' + OUT + '/file'); finds(runs('/usr/bin/bwrap', '--bind', '/', '/', 'cat', OUT + '/file'))"),
    probe("changes its root", Held, Held, "any_of(lambda: call('chroot', b'/usr'), lambda: call('pivot_root', b'/', b'/tmp'))"),
    probe("becomes root by a program", Either, Held, "finds(runs('./id-of-root') if os.path.exists('id-of-root') else b'', 'euid=0')"),
    probe("makes a device", Held, Held, "os.mknod('device', 0o600 | 0o020000, os.makedev(1, 1))"),
    probe("opens the machine's memory", Held, Held, "any_of(lambda: os.open('/dev/mem', os.O_RDWR), lambda: os.open('/dev/kmsg', os.O_WRONLY))"),
    probe("opens what makes machines and file systems", Either, Held, "any_of(lambda: os.open('/dev/kvm', os.O_RDWR), lambda: os.open('/dev/fuse', os.O_RDWR))"),
    probe("types into a terminal", Either, Held, "import fcntl, pty, termios; m, s = pty.openpty(); os.setsid() if os.getpid() != os.getpgid(0) else None; fcntl.ioctl(s, termios.TIOCSCTTY, 0); fcntl.ioctl(s, termios.TIOCSTI, b'x')"),
    probe("leaves a picture of its memory", Either, Held, "resource.getrlimit(resource.RLIMIT_CORE)[1] or finds(b'')"),
    probe("gets out by a program without a file", Through, Held, "fd = os.memfd_create('probe', 0); os.write(fd, read('/bin/cat')); finds(runs('/proc/self/fd/%d' % fd, OUT + '/file', pass_fds=[fd]))"),
    probe("calls by the numbers of another machine", Either, Held, "call(0x40000000 + 41, 1, 1, 0)"),
    probe("changes a setting of the kernel", Held, Held, "write('/proc/sys/kernel/hostname', 'probe')"),
    probe("leaves its group of resources", Held, Held, "any_of(lambda: write('/sys/fs/cgroup/cgroup.procs', '0'), lambda: os.mkdir('/sys/fs/cgroup/probe'))"),
];
