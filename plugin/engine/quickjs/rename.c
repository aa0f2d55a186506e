// Renaming files.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "host.h"

// The call that has failed with errno, or NULL.
static const char *rename_durably(const char *from, const char *to, const char *folder) {
    if (rename(from, to) < 0) return "rename";
    int fd = openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return "open";
    const char *failed = fsync(fd) < 0 ? "fsync" : NULL;
    close_keeping_errno(fd);
    return failed;
}

// rename(from, to, folder)
NATIVE(native_rename) {
    UNUSED;
    struct text from = {0}, to = {0}, folder = {0};
    JSValue result = JS_EXCEPTION;
    if (get_path(ctx, argv[0], "rename", &from) && get_path(ctx, argv[1], "rename", &to) &&
        get_path(ctx, argv[2], "rename", &folder)) {
        const char *failed = rename_durably(from.bytes, to.bytes, folder.bytes);
        result = failed == NULL ? JS_UNDEFINED : fail(ctx, failed, argv[0]);
    }
    free_text(ctx, from), free_text(ctx, to), free_text(ctx, folder);
    return result;
}
