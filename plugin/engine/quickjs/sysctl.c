// Sysctls, by their paths or kept open.
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "host.h"

#define PROC_SUPER_MAGIC 0x9fa0 // <linux/magic.h>

bool is_of_procfs(JSContext *ctx, int fd, JSValueConst path) {
    static bool is_known;
    struct statfs status;
    if (is_known) return true;
    if (fstatfs(fd, &status) == 0) {
        errno = EINVAL;
        is_known = status.f_type == PROC_SUPER_MAGIC;
    }
    if (!is_known) fail(ctx, "statfs", path);
    return is_known;
}

// A sysctl's value. Some files give only one read (proc_do_large_bitmap()): if it fills the buffer, it is read again with a
// larger one. The kernel makes a buffer of the same size, so the first one is small; a read that does
// not fill it is complete, proc_sys_call_handler().
JSValue read_sysctl(JSContext *ctx, int fd, JSValueConst path) {
    uint8_t few[512];
    for (size_t size = sizeof few;; size *= 8) {
        uint8_t *bytes = size == sizeof few ? few : memory_allocate(NULL, size);
        ssize_t got = -1;
        REPEAT(got, pread(fd, bytes, size, 0));
        JSValue result = JS_UNDEFINED;
        if (got < 0) result = fail(ctx, "read", path);
        else if ((size_t)got < size) result = decode(ctx, bytes, (size_t)got);
        if (bytes != few) memory_free(NULL, bytes);
        if (got < (ssize_t)size) return result;
    }
}

// One pwrite(2), unless the kernel takes a long value in parts, proc_do_large_bitmap().
static JSValue write_sysctl(JSContext *ctx, int fd, JSValueConst path, struct text text) {
    size_t done = 0;
    do {
        ssize_t written = -1;
        REPEAT(written, pwrite(fd, text.bytes + done, text.length - done, (off_t)done));
        if (written == 0) errno = EIO;
        if (written <= 0) return fail(ctx, "write", path);
        done += (size_t)written;
    } while (done < text.length);
    return JS_UNDEFINED;
}

// writeFile(path, text): of a sysctl
NATIVE(native_write_file) {
    UNUSED;
    struct text text = encode(ctx, argv[1]);
    if (text.bytes == NULL) return JS_EXCEPTION;
    int fd = open_path(ctx, "open", argv[0], O_WRONLY | O_NOFOLLOW);
    JSValue result = fd < 0 || !is_of_procfs(ctx, fd, argv[0]) ? JS_EXCEPTION : write_sysctl(ctx, fd, argv[0], text);
    if (fd >= 0) close(fd);
    free_text(ctx, text);
    return result;
}

// openSysctl(path): a descriptor, or undefined if that would be above half of what the process may have
NATIVE(native_open_sysctl) {
    UNUSED;
    int fd = open_path(ctx, "open", argv[0], O_RDWR | O_NOFOLLOW);
    if (fd < 0) return JS_EXCEPTION;
    if (!is_of_procfs(ctx, fd, argv[0])) {
        close(fd);
        return JS_EXCEPTION;
    }
    static struct rlimit most; // 0 before it is known
    if (most.rlim_cur == 0) getrlimit(RLIMIT_NOFILE, &most);
    if ((rlim_t)fd < most.rlim_cur / 2) return JS_NewInt32(ctx, fd);
    close(fd);
    return JS_UNDEFINED;
}

// readSysctl(path, fd)
NATIVE(native_read_sysctl) {
    UNUSED;
    int32_t fd;
    return JS_ToInt32(ctx, &fd, argv[1]) < 0 ? JS_EXCEPTION : read_sysctl(ctx, fd, argv[0]);
}

// writeSysctl(path, fd, text)
NATIVE(native_write_sysctl) {
    UNUSED;
    int32_t fd;
    if (JS_ToInt32(ctx, &fd, argv[1]) < 0) return JS_EXCEPTION;
    struct text text = encode(ctx, argv[2]);
    if (text.bytes == NULL) return JS_EXCEPTION;
    JSValue result = write_sysctl(ctx, fd, argv[0], text);
    free_text(ctx, text);
    return result;
}
