// Replaces a file only if it is unchanged.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"

#define EXCHANGE 2 // RENAME_EXCHANGE, <linux/fs.h>

// Whether a file has exactly this text.
static bool holds(int folder, const char *name, struct text text) {
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return false;
    struct buffer buffer = {0};
    bool same = read_all(fd, text.length + 1, text.length + 1, &buffer) && buffer.length == text.length &&
                memcmp(buffer.bytes, text.bytes, text.length) == 0;
    memory_free(NULL, buffer.bytes);
    close(fd);
    return same;
}

static int exchange(int folder, const char *a, const char *b) {
    return (int)syscall(SYS_renameat2, folder, a, folder, b, EXCHANGE);
}

const char *put_in_place(int folder, const char *unfinished, const char *name, struct text text, struct text before,
                         bool *changed) {
    *changed = false;
    if (before.bytes == NULL) return renameat(folder, unfinished, folder, name) < 0 ? "rename" : NULL;
    if (exchange(folder, unfinished, name) == 0) {
        *changed = !holds(folder, unfinished, before);
        // Somebody has written it meanwhile: that version goes back, unless there is an even newer one.
        if (*changed && exchange(folder, unfinished, name) == 0 && !holds(folder, unfinished, text)) {
            exchange(folder, unfinished, name);
        }
        return unlinkat(folder, unfinished, 0) < 0 ? "unlink" : NULL;
    }
    if (errno == ENOENT) *changed = true;
    else if (errno != EINVAL && errno != ENOSYS) return "rename";
    // Some file systems cannot exchange two names.
    else *changed = !holds(folder, name, before);
    if (*changed) return unlinkat(folder, unfinished, 0) < 0 ? "unlink" : NULL;
    return renameat(folder, unfinished, folder, name) < 0 ? "rename" : NULL;
}
