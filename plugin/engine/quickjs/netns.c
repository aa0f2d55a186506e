// Network namespaces.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "host.h"

#define OWN_NETNS "/proc/thread-self/ns/net"
#define NSFS_MAGIC 0x6e736673 // <linux/magic.h>

// A namespace of another kind is refused by setns(2).
static bool is_namespace(int fd) {
    struct statfs status;
    return fstatfs(fd, &status) == 0 && status.f_type == NSFS_MAGIC;
}

// netnsId(path): "dev:ino"
NATIVE(native_netns_id) {
    UNUSED;
    int fd = open_path(ctx, "open", argv[0], O_RDONLY | O_NONBLOCK);
    if (fd < 0) return JS_EXCEPTION;
    struct stat status;
    const char *failed = NULL;
    if (!is_namespace(fd)) errno = EINVAL, failed = "statfs";
    else if (fstat(fd, &status) < 0) failed = "fstat";
    close_keeping_errno(fd);
    if (failed != NULL) return fail(ctx, failed, argv[0]);
    char id[48];
    snprintf(id, sizeof id, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return JS_NewString(ctx, id);
}

// Where the process was started; -1 before the first enterNetns().
static int host_netns = -1;

// False after an exception.
static bool remember_host(JSContext *ctx) {
    if (host_netns < 0) host_netns = openat(AT_FDCWD, OWN_NETNS, O_RDONLY | O_CLOEXEC);
    if (host_netns < 0) fail_on(ctx, errno, "open", JS_NewString(ctx, OWN_NETNS));
    return host_netns >= 0;
}

// enterNetns(path)
NATIVE(native_enter_netns) {
    UNUSED;
    if (!remember_host(ctx)) return JS_EXCEPTION;
    int fd = open_path(ctx, "open", argv[0], O_RDONLY | O_NONBLOCK);
    if (fd < 0) return JS_EXCEPTION;
    int failed = setns(fd, CLONE_NEWNET);
    close_keeping_errno(fd);
    return failed == 0 ? JS_UNDEFINED : fail(ctx, "setns", argv[0]);
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
