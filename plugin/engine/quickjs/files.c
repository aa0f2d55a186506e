// Files by their paths: opened, read, compared and looked at.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

int open_path(JSContext *ctx, const char *call, JSValueConst path, int flags) {
    struct text text;
    if (!get_path(ctx, path, call, &text)) return -1;
    int fd;
    do fd = openat(AT_FDCWD, text.bytes, flags | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) fail(ctx, call, path);
    free_text(ctx, text);
    return fd;
}

void close_keeping_errno(int fd) {
    int error = errno;
    close(fd);
    errno = error;
}

#define SYSCTLS "/proc/sys/"

// readFile(path)
NATIVE(native_read_file) {
    UNUSED;
    struct text path = encode(ctx, argv[0]);
    if (path.bytes == NULL) return JS_EXCEPTION;
    bool is_sysctl = strncmp(path.bytes, SYSCTLS, sizeof SYSCTLS - 1) == 0;
    free_text(ctx, path);
    int fd = open_path(ctx, "open", argv[0], O_RDONLY | O_NONBLOCK);
    if (fd < 0) return JS_EXCEPTION;
    struct buffer buffer = {0};
    JSValue result;
    if (is_sysctl) result = read_sysctl(ctx, fd, argv[0]);
    else if (read_all(fd, 8 << 10, SIZE_MAX, &buffer)) result = decode(ctx, buffer.bytes, buffer.length);
    else result = fail(ctx, "read", argv[0]);
    memory_free(NULL, buffer.bytes);
    close(fd);
    return result;
}

// As many bytes as there are, up to `size`; -1 with errno.
static ssize_t read_full(int fd, uint8_t *bytes, size_t size) {
    for (size_t length = 0;;) {
        ssize_t got = read(fd, bytes + length, size - length);
        if (got < 0 && errno != EINTR) return -1;
        if (got > 0) length += (size_t)got;
        if (got == 0 || length == size) return (ssize_t)length;
    }
}

// hasSameContent(a, b)
NATIVE(native_has_same_content) {
    UNUSED;
    int a = open_path(ctx, "open", argv[0], O_RDONLY | O_NONBLOCK);
    int b = a < 0 ? -1 : open_path(ctx, "open", argv[1], O_RDONLY | O_NONBLOCK);
    JSValue result = b < 0 ? JS_EXCEPTION : JS_UNDEFINED;
    const size_t size = 64 << 10;
    uint8_t *bytes = memory_allocate(NULL, 2 * size);
    while (JS_IsUndefined(result)) {
        ssize_t of_a = read_full(a, bytes, size);
        ssize_t of_b = of_a < 0 ? -1 : read_full(b, bytes + size, size);
        if (of_b < 0) result = fail(ctx, "read", argv[of_a < 0 ? 0 : 1]);
        else if (of_a != of_b || memcmp(bytes, bytes + size, (size_t)of_a) != 0) result = JS_FALSE;
        else if (of_a == 0) result = JS_TRUE;
    }
    memory_free(NULL, bytes);
    if (b >= 0) close(b);
    if (a >= 0) close(a);
    return result;
}

static int call_access(const char *path, int unused) {
    (void)unused;
    return access(path, W_OK);
}

static int call_mkdir(const char *path, int mode) {
    return mkdir(path, (mode_t)mode);
}

static int call_unlink(const char *path, int unused) {
    (void)unused;
    return unlink(path);
}

static const struct {
    const char *name;
    int (*call)(const char *path, int number);
} CALLS[] = {
    [CALL_ACCESS] = {"access", call_access},
    [CALL_MKDIR] = {"mkdir", call_mkdir},
    [CALL_UNLINK] = {"unlink", call_unlink},
};

// checkWritable(path), mkdir(path, mode), unlink(path)
JSValue native_simple(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int which) {
    UNUSED;
    int32_t number = 0;
    struct text path;
    if (!JS_IsUndefined(argv[1]) && JS_ToInt32(ctx, &number, argv[1]) < 0) return JS_EXCEPTION;
    if (!get_path(ctx, argv[0], CALLS[which].name, &path)) return JS_EXCEPTION;
    JSValue result = CALLS[which].call(path.bytes, number) == 0 ? JS_UNDEFINED : fail(ctx, CALLS[which].name, argv[0]);
    free_text(ctx, path);
    return result;
}

// lstat(path): [st_mode, st_uid]
NATIVE(native_lstat) {
    UNUSED;
    struct text path;
    struct stat status;
    if (!get_path(ctx, argv[0], "lstat", &path)) return JS_EXCEPTION;
    int failed = lstat(path.bytes, &status);
    free_text(ctx, path);
    if (failed != 0) return fail(ctx, "lstat", argv[0]);
    JSValue values[] = {JS_NewUint32(ctx, status.st_mode), JS_NewUint32(ctx, status.st_uid)};
    return JS_NewArrayFrom(ctx, COUNT(values), values);
}
