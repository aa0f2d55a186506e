// Open folders: their content is reached by their descriptors.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

// openFolder(name, fd, folder): a descriptor, or -1 if there is none
NATIVE(native_open_folder) {
    UNUSED;
    struct at at;
    if (!get_at(ctx, argv, "open", &at)) return JS_EXCEPTION;
    int fd = -1;
    REPEAT(fd, openat(at.folder, at.name.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    free_text(ctx, at.name);
    return fd >= 0 || errno == ENOENT ? JS_NewInt32(ctx, fd) : fail_at(ctx, "open", argv);
}

static bool is_same(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

// foldersFrom(fd, path): [st_mode, st_uid] of it and of each folder above it, by `..`, up to the root:
// its `..` is itself
NATIVE(native_folders_from) {
    UNUSED;
    int32_t fd;
    struct stat last, next;
    if (JS_ToInt32(ctx, &fd, argv[0]) < 0) return JS_EXCEPTION;
    if (fstat(fd, &last) < 0) return fail(ctx, "fstat", argv[1]);
    JSValue result = JS_NewArray(ctx);
    char way[3 * 1024] = "..";
    for (uint32_t count = 0; 3 * (size_t)count + sizeof "../.." <= sizeof way; count++) {
        JS_SetPropertyUint32(ctx, result, count, status_of(ctx, &last));
        if (fstatat(fd, way, &next, AT_SYMLINK_NOFOLLOW) < 0) return fail(ctx, "fstatat", argv[1]);
        if (is_same(&last, &next)) return result;
        last = next;
        snprintf(way + 2 + 3 * (size_t)count, 4, "/..");
    }
    errno = ENAMETOOLONG;
    return fail(ctx, "fstatat", argv[1]);
}

// isStillAt(name, fd, folder, own): whether the name still is the folder that `own` is open on
NATIVE(native_is_still_at) {
    UNUSED;
    int32_t own;
    struct at at;
    struct stat opened, there;
    if (JS_ToInt32(ctx, &own, argv[3]) < 0 || !get_at(ctx, argv, "fstatat", &at)) return JS_EXCEPTION;
    const char *failed = fstat(own, &opened) < 0 ? "fstat" : NULL;
    if (failed == NULL && fstatat(at.folder, at.name.bytes, &there, AT_SYMLINK_NOFOLLOW) < 0) failed = "fstatat";
    free_text(ctx, at.name);
    if (failed == NULL) return JS_NewBool(ctx, is_same(&opened, &there));
    return errno == ENOENT ? JS_FALSE : fail_at(ctx, failed, argv);
}

// tryLock(fd, path): false if another process has the lock
NATIVE(native_try_lock) {
    UNUSED;
    int32_t fd;
    if (JS_ToInt32(ctx, &fd, argv[0]) < 0) return JS_EXCEPTION;
    int failed = -1;
    REPEAT(failed, flock(fd, LOCK_EX | LOCK_NB));
    return failed == 0 || errno == EWOULDBLOCK ? JS_NewBool(ctx, failed == 0) : fail(ctx, "flock", argv[1]);
}

static int make_folder(int folder, const char *name, int mode) {
    return mkdirat(folder, name, (mode_t)mode);
}

static int remove_folder(int folder, const char *name, int unused) {
    (void)unused;
    return unlinkat(folder, name, AT_REMOVEDIR);
}

static int remove_file(int folder, const char *name, int unused) {
    (void)unused;
    return unlinkat(folder, name, 0);
}

static const struct {
    const char *name;
    int (*call)(int folder, const char *name, int number);
    int expected; // beside ENOENT
} CALLS[] = {
    [CALL_MAKE_FOLDER] = {"mkdir", make_folder, EEXIST},
    [CALL_REMOVE_FOLDER] = {"rmdir", remove_folder, ENOTEMPTY},
    [CALL_REMOVE_FILE] = {"unlink", remove_file, ENOENT},
};

// makeFolder(name, fd, folder, mode), removeFolder(name, fd, folder), removeFile(name, fd, folder): whether there was
// something to be done
JSValue native_change(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int which) {
    UNUSED;
    int32_t number = 0;
    struct at at;
    if (!JS_IsUndefined(argv[3]) && JS_ToInt32(ctx, &number, argv[3]) < 0) return JS_EXCEPTION;
    if (!get_at(ctx, argv, CALLS[which].name, &at)) return JS_EXCEPTION;
    bool done = CALLS[which].call(at.folder, at.name.bytes, number) == 0;
    free_text(ctx, at.name);
    if (done || errno == ENOENT || errno == CALLS[which].expected) return JS_NewBool(ctx, done);
    return fail_at(ctx, CALLS[which].name, argv);
}

// close(fd): of a file that was only read
NATIVE(native_close) {
    UNUSED;
    int32_t fd;
    if (JS_ToInt32(ctx, &fd, argv[0]) < 0) return JS_EXCEPTION;
    close(fd);
    return JS_UNDEFINED;
}

// sleep(milliseconds)
NATIVE(native_sleep) {
    UNUSED;
    uint32_t milliseconds;
    if (JS_ToUint32(ctx, &milliseconds, argv[0]) < 0) return JS_EXCEPTION;
    struct timespec pause = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};
    nanosleep(&pause, NULL);
    return JS_UNDEFINED;
}
