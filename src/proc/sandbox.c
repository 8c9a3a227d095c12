/* SPDX-License-Identifier: Apache-2.0
 *
 * seccomp is the wall, the rest stands behind it in case the wall has a gap. The list allows what libc, zlib,
 * zstd, lzma and glib do when they only compute; everything else ends the process, except what a library asks
 * for and takes no for an answer (opening a file), which fails with EACCES.
 *
 * A build with sanitizers needs more calls and much more memory; those rows are marked and are not in a
 * release.
 */
#include "proc/sandbox.h"
#include "base/sanitized.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ALLOW, REFUSE, ALLOW_SANITIZED };

static const struct {
	int call, what;
} rules[] = {
        {SCMP_SYS(read), ALLOW},
        {SCMP_SYS(pread64), ALLOW},
        {SCMP_SYS(write), ALLOW},
        {SCMP_SYS(readv), ALLOW},
        {SCMP_SYS(writev), ALLOW},
        {SCMP_SYS(lseek), ALLOW},
        {SCMP_SYS(close), ALLOW},
        {SCMP_SYS(fstat), ALLOW},
        {SCMP_SYS(newfstatat), ALLOW},
        {SCMP_SYS(sendmsg), ALLOW},
        {SCMP_SYS(recvmsg), ALLOW},
        {SCMP_SYS(poll), ALLOW},
        {SCMP_SYS(brk), ALLOW},
        {SCMP_SYS(munmap), ALLOW},
        {SCMP_SYS(mremap), ALLOW},
        {SCMP_SYS(madvise), ALLOW},
        {SCMP_SYS(futex), ALLOW},
        {SCMP_SYS(clock_gettime), ALLOW},
        {SCMP_SYS(gettimeofday), ALLOW},
        {SCMP_SYS(getrandom), ALLOW},
        {SCMP_SYS(rt_sigprocmask), ALLOW},
        {SCMP_SYS(rt_sigreturn), ALLOW},
        {SCMP_SYS(getpid), ALLOW},
        {SCMP_SYS(gettid), ALLOW},
        {SCMP_SYS(exit), ALLOW},
        {SCMP_SYS(exit_group), ALLOW},
        {SCMP_SYS(restart_syscall), ALLOW},
        {SCMP_SYS(openat), REFUSE},
        {SCMP_SYS(open), REFUSE},
        {SCMP_SYS(access), REFUSE},
        {SCMP_SYS(faccessat), REFUSE},
        {SCMP_SYS(readlink), REFUSE},
        {SCMP_SYS(readlinkat), REFUSE},
        {SCMP_SYS(stat), REFUSE},
        {SCMP_SYS(statx), REFUSE},
        {SCMP_SYS(ioctl), REFUSE},
        {SCMP_SYS(fcntl), REFUSE},
        {SCMP_SYS(sysinfo), REFUSE},
        {SCMP_SYS(sched_getaffinity), REFUSE},
        {SCMP_SYS(sched_yield), ALLOW_SANITIZED},
        {SCMP_SYS(sigaltstack), ALLOW_SANITIZED},
        {SCMP_SYS(rt_sigaction), ALLOW_SANITIZED},
        {SCMP_SYS(prctl), ALLOW_SANITIZED},
        {SCMP_SYS(clone), ALLOW_SANITIZED},
        {SCMP_SYS(clone3), ALLOW_SANITIZED},
        {SCMP_SYS(wait4), ALLOW_SANITIZED},
        {SCMP_SYS(getppid), ALLOW_SANITIZED},
        {SCMP_SYS(ptrace), ALLOW_SANITIZED},
        {SCMP_SYS(getdents64), ALLOW_SANITIZED},
        {SCMP_SYS(nanosleep), ALLOW_SANITIZED},
        {SCMP_SYS(clock_nanosleep), ALLOW_SANITIZED},
        {SCMP_SYS(pipe2), ALLOW_SANITIZED},
        {SCMP_SYS(pipe), ALLOW_SANITIZED},
        {SCMP_SYS(process_vm_readv), ALLOW_SANITIZED},
        {SCMP_SYS(getrusage), ALLOW_SANITIZED},
        {SCMP_SYS(getrlimit), ALLOW_SANITIZED},
        {SCMP_SYS(prlimit64), ALLOW_SANITIZED},
        {SCMP_SYS(uname), ALLOW_SANITIZED},
};

void sandbox_close_others(const int *keep, unsigned nkeep)
{
	unsigned from = 0;

	/* keep is ascending: close the gaps between */
	for (unsigned i = 0; i < nkeep; i++) {
		if ((unsigned)keep[i] > from)
			syscall(SYS_close_range, from, (unsigned)keep[i] - 1, 0);
		from = (unsigned)keep[i] + 1;
	}
	syscall(SYS_close_range, from, ~0u, 0);
}

/* No file may be opened, whatever seccomp lets through. Rights that this kernel does not know are left out.
 */
static void landlock_all(void)
{
	struct {
		uint64_t handled_fs;
	} attr = {0};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1u /* LANDLOCK_CREATE_RULESET_VERSION */);

	if (abi < 1)
		return;
	attr.handled_fs = abi >= 3 ? 0x7fff : abi == 2 ? 0x3fff : 0x1fff;
	long fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0u);
	if (fd < 0)
		return;
	syscall(SYS_landlock_restrict_self, (int)fd, 0u);
	close((int)fd);
}

static int add_mmap(scmp_filter_ctx ctx)
{
	/* no executable memory */
	struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec);

	return rc != 0 ? rc : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec);
}

/* abort() sends its own process a signal; nobody else may get one. */
static int add_own_signal(scmp_filter_ctx ctx)
{
	struct scmp_arg_cmp self = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid());

	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, self);
}

static int load_filter(struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = ctx == NULL ? -ENOMEM : add_mmap(ctx);

	if (rc == 0)
		rc = add_own_signal(ctx);
	for (size_t i = 0; rc == 0 && i < sizeof(rules) / sizeof(rules[0]); i++) {
		bool allow = rules[i].what == ALLOW || (rules[i].what == ALLOW_SANITIZED && SANITIZED);
		if (rules[i].what == ALLOW_SANITIZED && !SANITIZED)
			continue;
		rc = seccomp_rule_add(ctx, allow ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EACCES), rules[i].call, 0);
	}
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	errno = -rc;
	return rc == 0 ? 0 : err_sys(e, "cannot close the reader's system calls off");
}

static void set_limit(__rlimit_resource_t what, rlim_t soft, rlim_t hard)
{
	struct rlimit limit = {soft, hard};

	setrlimit(what, &limit);
}

int sandbox_enter(const int *keep, unsigned nkeep, uint64_t data_limit, struct err *e)
{
	sandbox_close_others(keep, nkeep);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(e, "cannot give up new privileges");
	landlock_all();
	set_limit(RLIMIT_CORE, 0, 0);
	set_limit(RLIMIT_NOFILE, 64, 64);
	if (!SANITIZED) {
		set_limit(RLIMIT_DATA, data_limit, data_limit);
		set_limit(RLIMIT_NPROC, 0, 0);
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	}
	return load_filter(e);
}

static const struct {
	int call;
	bool core, desk, post, readers, pgp; /* refused to */
} refusals[] = {
        {SCMP_SYS(socket), true, true, false, true, false},
        {SCMP_SYS(connect), true, true, false, true, false},
        {SCMP_SYS(bind), true, true, false, true, false}, /* the resolver of the post binds */
        {SCMP_SYS(listen), true, true, true, true, false},
        {SCMP_SYS(accept), true, false, true, true, false},
        {SCMP_SYS(accept4), true, false, true, true, false},
        {SCMP_SYS(socketpair), false, true, false, true, false},
        {SCMP_SYS(fork), true, true, true, false,
                false}, /* by clone: what starts readers, and threads of the resolver */
        {SCMP_SYS(vfork), true, true, true, true, false},
        {SCMP_SYS(clone), true, true, false, false, false},
        {SCMP_SYS(clone3), true, true, false, false, false},
        {SCMP_SYS(execve), true, true, true, true, false},
        {SCMP_SYS(execveat), true, true, true, true, true},
        {SCMP_SYS(ptrace), true, true, true, true, true},
        {SCMP_SYS(process_vm_readv), true, true, true, true, true},
        {SCMP_SYS(process_vm_writev), true, true, true, true, true},
        {SCMP_SYS(mount), true, true, true, true, true},
        {SCMP_SYS(chroot), true, true, true, true, true},
        {SCMP_SYS(setuid), true, true, true, true, true},
        {SCMP_SYS(bpf), true, true, true, true, true},
        {SCMP_SYS(io_uring_setup), true, true, true, true, true}, /* opens sockets past this filter */
        {SCMP_SYS(keyctl), true, true, true, true, true},
};

static bool is_refused(size_t i, enum sandbox_process who)
{
	/* sanitizers look at their own process with these */
	static const int theirs[] = {
	        SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(clone), SCMP_SYS(clone3)};

	for (size_t k = 0; SANITIZED && k < sizeof(theirs) / sizeof(theirs[0]); k++)
		if (refusals[i].call == theirs[k])
			return false;
	switch (who) {
	case SANDBOX_CORE:
		return refusals[i].core;
	case SANDBOX_DESK:
	case SANDBOX_DOOR:
		return refusals[i].desk;
	case SANDBOX_READERS:
		return refusals[i].readers;
	case SANDBOX_PGP:
		return refusals[i].pgp;
	default:
		return refusals[i].post;
	}
}

/* Threads stay: what has neither a thread's flag nor, like clone3, flags that a filter can see is refused. */
static int refuse(scmp_filter_ctx ctx, int call)
{
	struct scmp_arg_cmp no_thread = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);

	if (call == SCMP_SYS(clone))
		return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), call, 1, no_thread);
	/* libc then takes clone */
	return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(call == SCMP_SYS(clone3) ? ENOSYS : EACCES), call, 0);
}

int sandbox_process(enum sandbox_process who, struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int rc = ctx == NULL ? -ENOMEM : 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		rc = -errno;
	for (size_t i = 0; rc == 0 && i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (is_refused(i, who))
			rc = refuse(ctx, refusals[i].call);
	/* it goes on to what gpg starts, the agent among it */
	if (rc == 0 && who == SANDBOX_PGP)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1,
		        SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)AF_UNIX));
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	errno = -rc;
	return rc == 0 ? 0 : err_sys(e, "cannot close system calls off");
}

/* ---- files of gpg -------------------------------------------------------------------------------- */

#define READS (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

static void allow_path(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr at = {.allowed_access = rights};
	struct stat st;
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return;
	/* what only folders can have is refused for a file */
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		at.allowed_access &= LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
		        LANDLOCK_ACCESS_FS_WRITE_FILE;
	at.parent_fd = fd;
	syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &at, 0u);
	close(fd);
}

static void landlock_home(const char *home)
{
	static const char *const reads[] = {
	        "/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/dev/urandom", "/dev/random"};
	struct {
		uint64_t handled_fs;
	} attr = {0};
	char sockets[64];
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1u);

	if (abi < 1)
		return;
	attr.handled_fs = abi >= 3 ? 0x7fff : abi == 2 ? 0x3fff : 0x1fff;
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0u);
	if (fd < 0)
		return;
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++)
		allow_path(fd, reads[i], READS);
	allow_path(fd, "/dev/null", attr.handled_fs);
	if (home[0] != 0)
		allow_path(fd, home, attr.handled_fs);
	/* where GnuPG puts sockets if the system gives it a place */
	snprintf(sockets, sizeof(sockets), "/run/user/%u", (unsigned)geteuid());
	allow_path(fd, sockets, attr.handled_fs);
	syscall(SYS_landlock_restrict_self, fd, 0u);
	close(fd);
}

int sandbox_pgp(const char *home, struct err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(e, "cannot give up new privileges");
	set_limit(RLIMIT_CORE, 0, 0);
	if (!SANITIZED)
		landlock_home(home != NULL ? home : "");
	return sandbox_process(SANDBOX_PGP, e);
}
