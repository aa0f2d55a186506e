// Network namespaces.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "host.h"

#define OWN_NETNS "/proc/thread-self/ns/net"
#define NSFS_MAGIC 0x6e736673 // <linux/magic.h>

// The call that has failed with errno, or NULL. A namespace of another kind is refused by setns(2).
static const char *find_fault(int fd, struct stat *status) {
    struct statfs system;
    if (fstatfs(fd, &system) < 0) return "statfs";
    errno = EINVAL;
    if (system.f_type != NSFS_MAGIC) return "statfs";
    return fstat(fd, status) < 0 ? "fstat" : NULL;
}

// "dev:ino"
static JSValue id_of(JSContext *ctx, const struct stat *status) {
    char id[48];
    snprintf(id, sizeof id, "%ju:%ju", (uintmax_t)status->st_dev, (uintmax_t)status->st_ino);
    return JS_NewString(ctx, id);
}

// openNetns(path): [fd, "dev:ino"]
NATIVE(native_open_netns) {
    UNUSED;
    int fd = open_path(ctx, "open", argv[0], O_RDONLY | O_NONBLOCK);
    if (fd < 0) return JS_EXCEPTION;
    struct stat status;
    const char *failed = find_fault(fd, &status);
    if (failed != NULL) {
        close_keeping_errno(fd);
        return fail(ctx, failed, argv[0]);
    }
    JSValue values[] = {JS_NewInt32(ctx, fd), id_of(ctx, &status)};
    return JS_NewArrayFrom(ctx, COUNT(values), values);
}

// Where the process was started; -1 before it is asked for.
static int host_netns = -1;

// False after an exception.
static bool remember_host(JSContext *ctx) {
    if (host_netns < 0) REPEAT(host_netns, openat(AT_FDCWD, OWN_NETNS, O_RDONLY | O_CLOEXEC));
    if (host_netns < 0) fail_on(ctx, errno, "open", JS_NewString(ctx, OWN_NETNS));
    return host_netns >= 0;
}

// ownNetnsId(): "dev:ino"
NATIVE(native_own_netns_id) {
    UNUSED, (void)argv;
    struct stat status;
    if (!remember_host(ctx)) return JS_EXCEPTION;
    return fstat(host_netns, &status) == 0 ? id_of(ctx, &status) : fail_on(ctx, errno, "fstat", JS_NewString(ctx, OWN_NETNS));
}

// enterNetns(path, fd)
NATIVE(native_enter_netns) {
    UNUSED;
    int32_t fd;
    if (JS_ToInt32(ctx, &fd, argv[1]) < 0 || !remember_host(ctx)) return JS_EXCEPTION;
    return setns(fd, CLONE_NEWNET) == 0 ? JS_UNDEFINED : fail(ctx, "setns", argv[0]);
}

// makeNetns()
NATIVE(native_make_netns) {
    UNUSED, (void)argv;
    if (!remember_host(ctx)) return JS_EXCEPTION;
    if (unshare(CLONE_NEWNET) == 0) return JS_UNDEFINED;
    return fail_on(ctx, errno, "unshare", JS_NewString(ctx, "a network namespace"));
}

// leaveNetns()
NATIVE(native_leave_netns) {
    UNUSED, (void)argv;
    if (host_netns < 0 || setns(host_netns, CLONE_NEWNET) == 0) return JS_UNDEFINED;
    return fail_on(ctx, errno, "setns", JS_NewString(ctx, OWN_NETNS));
}

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 // <asm-generic/socket.h>, Linux 5.14
#endif

// netnsCookie(): of the netns that the thread is in; undefined if the kernel has none
NATIVE(native_netns_cookie) {
    UNUSED, (void)argv;
    uint64_t cookie;
    socklen_t size = sizeof cookie;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return fail_on(ctx, errno, "socket", JS_NewString(ctx, "a socket"));
    int failed = getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size);
    close_keeping_errno(fd);
    if (failed != 0) {
        // QEMU's emulator for a user asks for four bytes instead of eight.
        if (errno == ENOPROTOOPT || errno == EINVAL) return JS_UNDEFINED;
        return fail_on(ctx, errno, "getsockopt", JS_NewString(ctx, "a socket"));
    }
    char text[24];
    snprintf(text, sizeof text, "%ju", (uintmax_t)cookie);
    return JS_NewString(ctx, text);
}
