//! Which system calls a command does without, as seccomp programs. A path is never looked at here: what a call names lies in memory the
//! command can change meanwhile, so only numbers and flags decide.
//!
//! Unix sockets are refused as a kind, on every level: no filter can tell our own socket from another, and one that is reached could
//! approve what it likes. Connected pairs stay, for they lead nowhere else.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch, sock_filter,
};

use super::Error;
use super::bounds::{Network, Shares};

/// Calls newer than the library's names; these numbers are the same on every architecture.
const SETXATTRAT: i64 = 463;
const REMOVEXATTRAT: i64 = 466;
const OPEN_TREE_ATTR: i64 = 467;
const FILE_SETATTR: i64 = 469;

/// An old way to a device's packets.
const SOCK_PACKET: i32 = 10;

/// Numbers of the second calling convention of x86-64, which would pass by every other rule.
const X32: u32 = 0x4000_0000;

/// Namespaces a process could make for its children.
const NAMESPACES: &[i32] = &[
    libc::CLONE_NEWNS,
    libc::CLONE_NEWCGROUP,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
];

/// What no command does, whatever its level.
const NEVER: &[i64] = &[
    // Other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_process_mrelease,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // Keys of the session.
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    // Other views of the file system, and ways around names.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    OPEN_TREE_ATTR,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    libc::SYS_fanotify_init,
    libc::SYS_unshare,
    libc::SYS_setns,
    // The kernel itself.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_vhangup,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_kexec_file_load,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
];

/// What programs try and do without when it is not there; `clone3` keeps its flags in memory, and everyone falls back to `clone`.
const UNKNOWN: &[i64] = &[libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register, libc::SYS_clone3];

/// Shared memory, queues and semaphores of other programs of the same user, and owners of files Landlock says nothing about.
const WHERE_SHARED: &[i64] = &[
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_mq_open,
    libc::SYS_mq_unlink,
    libc::SYS_fchownat,
    libc::SYS_fchown,
    FILE_SETATTR,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
];

/// Calls on another process that is named by their first argument; of itself a process says 0.
const ON_ANOTHER: &[i64] = &[
    libc::SYS_sched_setaffinity,
    libc::SYS_sched_setscheduler,
    libc::SYS_sched_setparam,
    libc::SYS_sched_setattr,
    libc::SYS_migrate_pages,
    libc::SYS_move_pages,
];

/// Attributes of files, which Landlock says nothing about: as on a file system that has none.
const ATTRIBUTES: &[i64] = &[
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    SETXATTRAT,
    REMOVEXATTRAT,
];

/// `TIOCSTI`, which puts words into a terminal's input, and `TIOCLINUX`, which does what a console can.
const TERMINAL: &[u64] = &[0x5412, 0x541c];

/// The rules of one answer: each call with the arguments it is refused for, or with none when it always is.
#[derive(Default)]
struct Refused(BTreeMap<i64, Vec<SeccompRule>>);

impl Refused {
    fn always(&mut self, calls: &[i64]) {
        for call in calls {
            self.0.insert(*call, Vec::new());
        }
    }

    /// Refused when every condition holds.
    fn when(&mut self, call: i64, conditions: Vec<SeccompCondition>) -> Result<(), Error> {
        self.0.entry(call).or_default().push(SeccompRule::new(conditions).map_err(Error::filter)?);
        Ok(())
    }
}

/// The programs, to be installed in this order by a process that has no other thread.
pub(super) fn programs(network: Network, shares: Shares) -> Result<Vec<BpfProgram>, Error> {
    let mut refused = Refused::default();
    refused.always(NEVER);
    namespaces(&mut refused)?;
    devices(&mut refused)?;
    sockets(&mut refused, network)?;
    let mut unknown = Refused::default();
    unknown.always(UNKNOWN);
    let mut answers = vec![(unknown, libc::ENOSYS)];
    match shares {
        Shares::Nothing => {}
        Shares::TheSystem => {
            others(&mut refused)?;
            let mut unsupported = Refused::default();
            unsupported.always(ATTRIBUTES);
            answers.push((unsupported, libc::EOPNOTSUPP));
        }
    }
    answers.push((refused, libc::EPERM));
    answers.into_iter().map(|(refused, answer)| program(refused, answer)).collect()
}

/// Installs them. The process can never take them off, nor can what it becomes.
pub(super) fn install(programs: &[BpfProgram]) -> Result<(), Error> {
    programs.iter().try_for_each(|program| seccompiler::apply_filter(program).map_err(Error::filter))
}

fn program(refused: Refused, answer: i32) -> Result<BpfProgram, Error> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(Error::filter)?;
    let errno = SeccompAction::Errno(answer.unsigned_abs());
    let filter = SeccompFilter::new(refused.0, SeccompAction::Allow, errno, arch).map_err(Error::filter)?;
    let program = BpfProgram::try_from(filter).map_err(Error::filter)?;
    Ok(if cfg!(target_arch = "x86_64") { guarded(program) } else { program })
}

/// Refuses the second calling convention before anything else is looked at.
fn guarded(program: BpfProgram) -> BpfProgram {
    const LOAD_WORD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const JUMP_IF_AT_LEAST: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let step = |code, jf, k| sock_filter { code, jt: 0, jf, k };
    let mut whole =
        vec![step(LOAD_WORD, 0, 0), step(JUMP_IF_AT_LEAST, 1, X32), step(RETURN, 0, libc::SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs())];
    whole.extend(program);
    whole
}

fn namespaces(refused: &mut Refused) -> Result<(), Error> {
    for flag in NAMESPACES {
        let flag = u64::from(flag.unsigned_abs());
        refused.when(libc::SYS_clone, vec![has(0, flag, flag)?])?;
    }
    Ok(())
}

fn devices(refused: &mut Refused) -> Result<(), Error> {
    for request in TERMINAL {
        refused.when(libc::SYS_ioctl, vec![is(1, *request)?])?;
    }
    for kind in [libc::S_IFCHR, libc::S_IFBLK] {
        let (mask, kind) = (u64::from(libc::S_IFMT), u64::from(kind));
        refused.when(libc::SYS_mknodat, vec![has(2, mask, kind)?])?;
        #[cfg(target_arch = "x86_64")]
        refused.when(libc::SYS_mknod, vec![has(1, mask, kind)?])?;
    }
    Ok(())
}

/// Sockets. A pair is a pipe both ways; one that keeps datagrams apart could still be sent elsewhere by name.
fn sockets(refused: &mut Refused, network: Network) -> Result<(), Error> {
    let (unix, kinds) = (number(libc::AF_UNIX), 0xf);
    refused.when(libc::SYS_socketpair, vec![is_not(0, unix)?])?;
    for kind in [libc::SOCK_DGRAM, libc::SOCK_RAW] {
        refused.when(libc::SYS_socketpair, vec![has(1, kinds, number(kind))?])?;
    }
    match network {
        Network::Nothing => refused.always(&[libc::SYS_socket]),
        Network::Own | Network::All => {
            let (four, six, routes) = (number(libc::AF_INET), number(libc::AF_INET6), number(libc::AF_NETLINK));
            refused.when(libc::SYS_socket, vec![is_not(0, four)?, is_not(0, six)?, is_not(0, routes)?])?;
            refused.when(libc::SYS_socket, vec![is(0, routes)?, is_not(2, number(libc::NETLINK_ROUTE))?])?;
            for family in [four, six] {
                for kind in [libc::SOCK_RAW, libc::SOCK_RDM, libc::SOCK_SEQPACKET, libc::SOCK_DCCP, SOCK_PACKET] {
                    refused.when(libc::SYS_socket, vec![is(0, family)?, has(1, kinds, number(kind))?])?;
                }
            }
        }
    }
    Ok(())
}

/// Reaching processes of the same user that no namespace hides.
fn others(refused: &mut Refused) -> Result<(), Error> {
    refused.always(WHERE_SHARED);
    for call in ON_ANOTHER {
        refused.when(*call, vec![is_not(0, 0)?])?;
    }
    // Kinds: 0 a process, 1 a group, 2 a user; of the other call one more each.
    for (call, user) in [(libc::SYS_setpriority, 2), (libc::SYS_ioprio_set, 3)] {
        refused.when(call, vec![is_not(1, 0)?])?;
        refused.when(call, vec![is(0, user)?])?;
    }
    let changes = SeccompCondition::new(2, SeccompCmpArgLen::Qword, SeccompCmpOp::Ne, 0).map_err(Error::filter)?;
    refused.when(libc::SYS_prlimit64, vec![is_not(0, 0)?, changes])
}

fn number(constant: i32) -> u64 {
    u64::from(constant.unsigned_abs())
}

/// Arguments are compared as the kernel reads them: of all these it takes the lower half.
fn argument(index: u8, how: SeccompCmpOp, value: u64) -> Result<SeccompCondition, Error> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, how, value).map_err(Error::filter)
}

fn is(index: u8, value: u64) -> Result<SeccompCondition, Error> {
    argument(index, SeccompCmpOp::Eq, value)
}

fn is_not(index: u8, value: u64) -> Result<SeccompCondition, Error> {
    argument(index, SeccompCmpOp::Ne, value)
}

fn has(index: u8, mask: u64, value: u64) -> Result<SeccompCondition, Error> {
    argument(index, SeccompCmpOp::MaskedEq(mask), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_hold_has_its_programs() {
        for network in [Network::Nothing, Network::Own, Network::All] {
            assert_eq!(programs(network, Shares::Nothing).unwrap().len(), 2);
            assert_eq!(programs(network, Shares::TheSystem).unwrap().len(), 3);
        }
    }

    #[test]
    fn the_second_calling_convention_is_looked_at_first() {
        let guarded = guarded(vec![sock_filter { code: 6, jt: 0, jf: 0, k: libc::SECCOMP_RET_ALLOW }]);
        let shape: Vec<_> = guarded.iter().map(|step| (step.code, step.jt, step.jf, step.k)).collect();
        assert_eq!(shape, [(0x20, 0, 0, 0), (0x35, 0, 1, X32), (6, 0, 0, 0x0005_0026), (6, 0, 0, 0x7fff_0000)]);
    }
}
