import ctypes, errno, os, resource, shutil, signal, socket, struct, subprocess, sys, time

HOME, OUT, DATA, PID, TCP, UDP, ABSTRACT, SHM = (os.environ["PROBE_" + name] for name in "HOME OUT DATA PID TCP UDP ABSTRACT SHM".split())
PID, TCP, UDP = int(PID), int(TCP), int(UDP)
SECRET = "planted-secret"
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
CALLS = dict(zip(
    "ptrace process_vm_readv add_key keyctl open_by_handle_at setns unshare clone chroot mount pivot_root io_uring_setup userfaultfd bpf perf_event_open clone3 pidfd_open pidfd_getfd pidfd_send_signal prlimit64 name_to_handle_at syslog kcmp fsopen".split(),
    {"x86_64": [101, 310, 248, 250, 304, 308, 272, 56, 161, 165, 155, 425, 323, 321, 298, 435, 434, 438, 424, 302, 303, 103, 312, 430],
     "aarch64": [117, 270, 217, 219, 265, 268, 97, 220, 51, 40, 41, 425, 282, 280, 241, 435, 434, 438, 424, 261, 264, 116, 272, 430]}[os.uname().machine]))


def checked(result):
    if result is None or result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def call(name, *arguments):
    number = CALLS[name] if isinstance(name, str) else name
    return checked(libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, text="changed by a probe"):
    with open(path, "w") as file:
        file.write(text)


def append(path):
    """To a file that is there: on level 3 one could be made that is nowhere else."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND)
    os.write(file, b"changed by a probe")


def finds(data, what=SECRET):
    if what.encode() not in data:
        raise OSError(errno.ENOENT, "nothing of interest")


def unless_apart():
    """On level 3 the folders above the project are private: what is made there is nowhere else."""
    if os.path.exists("/run/alcove"):
        raise OSError(errno.ENOENT, "only in here")


def runs(*words, **more):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    if done.returncode != 0:
        raise OSError(done.returncode, done.stdout.decode(errors="replace")[:200])
    return done.stdout


def unix(path, kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_UNIX, kind) as s:
        s.connect(path)
        s.send(b"approve")


def any_of(*attempts):
    """Through when one of them is; says which."""
    through, errors = [], []
    for attempt in attempts:
        try:
            attempt()
            through.append(attempts.index(attempt))
        except OSError as error:
            errors.append(str(error))
    if not through:
        raise OSError(errno.EPERM, "; ".join(errors))
    print("attempts that got through:", through)
