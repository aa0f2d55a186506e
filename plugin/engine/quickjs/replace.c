// Files are replaced as a whole: the new file is written beside the old one, and renamed when it is on the disk.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

// The new content: a text, or if that is NULL, the content of a descriptor. Its mode; or if
// `like` is a descriptor, all attributes of that file.
struct content {
    struct text text;
    int source;
    mode_t mode;
    int like;
    struct text before; // what the file must have had, or NULL
    bool changed; // whether it had something else
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

static const char *make_like(int fd, int like) {
    struct stat status;
    if (fstat(like, &status) < 0) return "fstat";
    if (fchown(fd, status.st_uid, status.st_gid) < 0) return "fchown";
    if (fchmod(fd, status.st_mode & 07777) < 0) return "fchmod";
    return copy_xattrs(like, fd);
}

static const char *fill(int fd, struct content content) {
    const char *failed = content.like >= 0 ? make_like(fd, content.like) : fchmod(fd, content.mode) < 0 ? "fchmod" : NULL;
    if (failed != NULL) return failed;
    if (content.text.bytes == NULL) failed = copy_all(content.source, fd);
    else if (!write_all(fd, content.text.bytes, content.text.length)) failed = "write";
    return failed == NULL && fsync(fd) < 0 ? "fsync" : failed;
}

// A new file with a name that no other process uses; it ends with UNFINISHED of plugin/os/folder.ts.
static int open_unfinished(int folder, char *name, size_t size) {
    for (unsigned number = 0;; number++) {
        snprintf(name, size, ".%ju-%u.netns-sysctl~", (uintmax_t)getpid(), number);
        int fd = -1;
        REPEAT(fd, openat(folder, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (fd >= 0 || errno != EEXIST || number == UINT16_MAX) return fd;
    }
}

static const char *replace(int folder, const char *name, struct content *content) {
    char unfinished[64];
    int fd = open_unfinished(folder, unfinished, sizeof unfinished);
    if (fd < 0) return "open";
    const char *failed = fill(fd, *content);
    if (failed != NULL) close_keeping_errno(fd);
    else if (close(fd) < 0) failed = "close";
    if (failed == NULL) {
        failed = put_in_place(folder, unfinished, name, content->text, content->before, &content->changed);
    }
    if (failed != NULL) {
        int error = errno;
        unlinkat(folder, unfinished, 0);
        errno = error;
        return failed;
    }
    // If the node crashes before the rename is on the disk, the old file stays.
    return fsync(folder) < 0 ? "fsync" : NULL;
}

// replaceFile(name, fd, folder, mode, text)
NATIVE(native_replace_file) {
    UNUSED;
    int32_t mode;
    struct at at;
    struct content content = {.like = -1, .text = encode(ctx, argv[4])};
    if (content.text.bytes == NULL || JS_ToInt32(ctx, &mode, argv[3]) < 0 || !get_at(ctx, argv, "open", &at)) {
        free_text(ctx, content.text);
        return JS_EXCEPTION;
    }
    content.mode = (mode_t)mode;
    const char *failed = replace(at.folder, at.name.bytes, &content);
    free_text(ctx, at.name), free_text(ctx, content.text);
    return failed == NULL ? JS_UNDEFINED : fail_at(ctx, failed, argv);
}

// Replaces argv[0], which is the name argv[2] in the folder argv[1].
static JSValue replace_path(JSContext *ctx, JSValueConst *argv, struct content *content) {
    int folder = open_path(ctx, "open", argv[1], O_RDONLY | O_DIRECTORY);
    if (folder < 0) return JS_EXCEPTION;
    struct text name;
    JSValue result = JS_EXCEPTION;
    if (get_path(ctx, argv[2], "open", &name)) {
        const char *failed = replace(folder, name.bytes, content);
        result = failed == NULL ? JS_UNDEFINED : fail(ctx, failed, argv[0]);
        free_text(ctx, name);
    }
    close(folder);
    return result;
}

// rewriteFile(path, folder, name, text, before)
NATIVE(native_rewrite_file) {
    UNUSED;
    struct content content = {.text = encode(ctx, argv[3]), .before = encode(ctx, argv[4])};
    if (content.text.bytes == NULL || content.before.bytes == NULL) return JS_EXCEPTION;
    const char *call;
    content.like = open_path(ctx, "open", argv[0], O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    JSValue result = JS_EXCEPTION;
    if (content.like >= 0) {
        result = is_regular(content.like, &call) ? replace_path(ctx, argv, &content) : fail(ctx, call, argv[0]);
        close(content.like);
    }
    free_text(ctx, content.text), free_text(ctx, content.before);
    return JS_IsException(result) ? result : JS_NewBool(ctx, !content.changed);
}

// copyFile(path, folder, name, mode, from)
NATIVE(native_copy_file) {
    UNUSED;
    int32_t mode;
    if (JS_ToInt32(ctx, &mode, argv[3]) < 0) return JS_EXCEPTION;
    const char *call;
    struct content content = {.like = -1, .mode = (mode_t)mode};
    content.source = open_path(ctx, "open", argv[4], O_RDONLY | O_NONBLOCK);
    if (content.source < 0) return JS_EXCEPTION;
    JSValue result = is_regular(content.source, &call) ? replace_path(ctx, argv, &content) : fail(ctx, call, argv[4]);
    close(content.source);
    return result;
}
