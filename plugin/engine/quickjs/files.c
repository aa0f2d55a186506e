// Opening, reading, comparing and checking files by path.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

int open_path(JSContext *ctx, const char *call, JSValueConst path, int flags) {
    struct text text;
    if (!get_path(ctx, path, call, &text)) return -1;
    int fd = -1;
    REPEAT(fd, openat(AT_FDCWD, text.bytes, flags | O_CLOEXEC));
    if (fd < 0) fail(ctx, call, path);
    free_text(ctx, text);
    return fd;
}

void close_keeping_errno(int fd) {
    int error = errno;
    close(fd);
    errno = error;
}

bool get_at(JSContext *ctx, JSValueConst *argv, const char *call, struct at *at) {
    int32_t folder = AT_FDCWD;
    if (JS_ToInt32(ctx, &folder, argv[1]) < 0) return false;
    at->folder = folder;
    return get_path(ctx, argv[0], call, &at->name);
}

bool is_regular(int fd, const char **call) {
    struct stat status;
    *call = "fstat";
    if (fstat(fd, &status) < 0) return false;
    bool is_folder = S_ISDIR(status.st_mode);
    *call = is_folder ? "read" : "open as a regular file";
    errno = is_folder ? EISDIR : EINVAL;
    return S_ISREG(status.st_mode);
}

// Far more than any record, allowlist or conflist.
#define MOST_BYTES ((size_t)32 << 20)

// The text of an open file, which is then closed; argv has its name for errors.
static JSValue read_file(JSContext *ctx, int fd, JSValueConst *argv) {
    const char *call;
    struct buffer buffer = {0};
    JSValue result;
    if (!is_regular(fd, &call)) result = fail_at(ctx, call, argv);
    else if (read_all(fd, 8 << 10, MOST_BYTES, &buffer)) result = decode(ctx, buffer.bytes, buffer.length);
    else result = fail_at(ctx, "read", argv);
    memory_free(NULL, buffer.bytes);
    close(fd);
    return result;
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
    JSValueConst name[] = {argv[0], JS_UNDEFINED, JS_UNDEFINED};
    if (!is_sysctl) return read_file(ctx, fd, name);
    JSValue result = is_of_procfs(ctx, fd, argv[0]) ? read_sysctl(ctx, fd, argv[0]) : JS_EXCEPTION;
    close(fd);
    return result;
}

// readIfExists(name, fd, folder)
NATIVE(native_read_if_exists) {
    UNUSED;
    struct at at;
    if (!get_at(ctx, argv, "open", &at)) return JS_EXCEPTION;
    int fd = -1;
    REPEAT(fd, openat(at.folder, at.name.bytes, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    free_text(ctx, at.name);
    if (fd >= 0) return read_file(ctx, fd, argv);
    return errno == ENOENT || errno == ENOTDIR ? JS_UNDEFINED : fail_at(ctx, "open", argv);
}

// Reads up to `size` bytes; -1 with errno.
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
    const char *call;
    if (b >= 0 && !is_regular(a, &call)) result = fail(ctx, call, argv[0]);
    else if (b >= 0 && !is_regular(b, &call)) result = fail(ctx, call, argv[1]);
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

static const struct {
    const char *name;
    int (*call)(const char *path, int number);
} CALLS[] = {
    [CALL_ACCESS] = {"access", call_access},
    [CALL_MKDIR] = {"mkdir", call_mkdir},
};

// checkWritable(path), mkdir(path, mode)
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

JSValue status_of(JSContext *ctx, const struct stat *status) {
    JSValue values[] = {JS_NewUint32(ctx, status->st_mode), JS_NewUint32(ctx, status->st_uid)};
    return JS_NewArrayFrom(ctx, COUNT(values), values);
}

// lstat(path): [st_mode, st_uid]
NATIVE(native_lstat) {
    UNUSED;
    struct text path;
    struct stat status;
    if (!get_path(ctx, argv[0], "lstat", &path)) return JS_EXCEPTION;
    int failed = lstat(path.bytes, &status);
    free_text(ctx, path);
    return failed == 0 ? status_of(ctx, &status) : fail(ctx, "lstat", argv[0]);
}

// age(name, fd, folder): seconds since it was written, or undefined
NATIVE(native_age) {
    UNUSED;
    struct at at;
    struct stat status;
    if (!get_at(ctx, argv, "fstatat", &at)) return JS_EXCEPTION;
    int failed = fstatat(at.folder, at.name.bytes, &status, AT_SYMLINK_NOFOLLOW);
    free_text(ctx, at.name);
    if (failed == 0) return JS_NewFloat64(ctx, difftime(time(NULL), status.st_mtime));
    return errno == ENOENT ? JS_UNDEFINED : fail_at(ctx, "fstatat", argv);
}
