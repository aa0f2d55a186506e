// Facts about a file without reading all of it.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

// readPart(path, offset, length)
NATIVE(native_read_part) {
    UNUSED;
    int64_t offset;
    uint32_t length;
    if (JS_ToInt64(ctx, &offset, argv[1]) < 0 || JS_ToUint32(ctx, &length, argv[2]) < 0) return JS_EXCEPTION;
    int fd = open_path(ctx, "open", argv[0], O_RDONLY | O_NONBLOCK);
    if (fd < 0) return JS_EXCEPTION;
    uint8_t *bytes = memory_allocate(NULL, length);
    ssize_t got;
    REPEAT(got, pread(fd, bytes, length, offset));
    JSValue result = got < 0 ? fail(ctx, "read", argv[0]) : JS_NewUint8ArrayCopy(ctx, bytes, (size_t)got);
    memory_free(NULL, bytes);
    close(fd);
    return result;
}

// readLink(path)
NATIVE(native_read_link) {
    UNUSED;
    struct text path;
    if (!get_path(ctx, argv[0], "readlink", &path)) return JS_EXCEPTION;
    uint8_t target[PATH_MAX];
    ssize_t length = readlink(path.bytes, (char *)target, sizeof target);
    JSValue result = length < 0 ? fail(ctx, "readlink", argv[0]) : decode(ctx, target, (size_t)length);
    free_text(ctx, path);
    return result;
}

// fileVersion(path)
NATIVE(native_file_version) {
    UNUSED;
    struct text path;
    struct stat of;
    if (!get_path(ctx, argv[0], "stat", &path)) return JS_EXCEPTION;
    int failed = stat(path.bytes, &of);
    free_text(ctx, path);
    if (failed < 0) return fail(ctx, "stat", argv[0]);
    char version[160];
    snprintf(version, sizeof version, "%" PRIuMAX " %" PRIuMAX " %" PRIdMAX " %o %" PRIdMAX ".%ld %" PRIdMAX ".%ld",
             (uintmax_t)of.st_dev, (uintmax_t)of.st_ino, (intmax_t)of.st_size, (unsigned)of.st_mode,
             (intmax_t)of.st_mtim.tv_sec, of.st_mtim.tv_nsec, (intmax_t)of.st_ctim.tv_sec, of.st_ctim.tv_nsec);
    return JS_NewString(ctx, version);
}
