// Files are replaced as a whole: what is written beside one takes its place when it is on the disk.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

// What a file is to hold: a text, or where that is NULL, what there is to read from a descriptor.
struct content {
    struct text text;
    int source;
};

// The call that has failed with errno, or NULL.
static const char *copy_all(int source, int target) {
    size_t size = 64 << 10;
    char *bytes = memory_allocate(NULL, size);
    const char *failed = NULL;
    for (ssize_t got; failed == NULL && (got = read(source, bytes, size)) != 0;) {
        if (got > 0) failed = write_all(target, bytes, (size_t)got) ? NULL : "write";
        else if (errno != EINTR) failed = "read";
    }
    memory_free(NULL, bytes);
    return failed;
}

static const char *write_unfinished(const char *path, mode_t mode, struct content content) {
    int fd = openat(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0) return "open";
    const char *failed = fchmod(fd, mode) < 0 ? "fchmod" : NULL;
    if (failed == NULL && content.text.bytes == NULL) failed = copy_all(content.source, fd);
    else if (failed == NULL && !write_all(fd, content.text.bytes, content.text.length)) failed = "write";
    if (failed == NULL && fsync(fd) < 0) failed = "fsync";
    if (failed != NULL) close_keeping_errno(fd);
    else if (close(fd) < 0) failed = "close";
    return failed;
}

static const char *replace(const char *path, const char *unfinished, const char *folder, mode_t mode,
                           struct content content) {
    const char *failed = write_unfinished(unfinished, mode, content);
    if (failed == NULL && rename(unfinished, path) < 0) failed = "rename";
    if (failed != NULL) {
        int error = errno;
        unlink(unfinished);
        errno = error;
        return failed;
    }
    // Until the rename is on the disk, a crash of the node leaves the old file.
    int fd = openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return "open";
    if (fsync(fd) < 0) failed = "fsync";
    close_keeping_errno(fd);
    return failed;
}

static JSValue replace_file(JSContext *ctx, JSValueConst *argv, struct content content) {
    int32_t mode;
    struct text path = {0}, unfinished = {0}, folder = {0};
    JSValue result = JS_EXCEPTION;
    if (JS_ToInt32(ctx, &mode, argv[3]) == 0 && get_path(ctx, argv[0], "open", &path) &&
        get_path(ctx, argv[1], "open", &unfinished) && get_path(ctx, argv[2], "open", &folder)) {
        const char *failed = replace(path.bytes, unfinished.bytes, folder.bytes, (mode_t)mode, content);
        result = failed == NULL ? JS_UNDEFINED : fail(ctx, failed, argv[0]);
    }
    free_text(ctx, path), free_text(ctx, unfinished), free_text(ctx, folder);
    return result;
}

// replaceFile(path, unfinished, folder, mode, text)
NATIVE(native_replace_file) {
    UNUSED;
    struct content content = {.text = encode(ctx, argv[4])};
    if (content.text.bytes == NULL) return JS_EXCEPTION;
    JSValue result = replace_file(ctx, argv, content);
    free_text(ctx, content.text);
    return result;
}

// copyFile(path, unfinished, folder, mode, from)
NATIVE(native_copy_file) {
    UNUSED;
    struct content content = {.source = open_path(ctx, "open", argv[4], O_RDONLY | O_NONBLOCK)};
    if (content.source < 0) return JS_EXCEPTION;
    JSValue result = replace_file(ctx, argv, content);
    close(content.source);
    return result;
}
