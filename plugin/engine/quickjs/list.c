// The names in a folder, by its path or by its descriptor.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"

static bool is_directory(DIR *folder, const struct dirent *entry) {
    struct stat status;
    if (entry->d_type != DT_UNKNOWN) return entry->d_type == DT_DIR;
    return fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

struct names {
    char **items; // each after `/` for a folder or `.` for all else
    size_t count, capacity;
};

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a + 1, *(char *const *)b + 1);
}

static void add_name(struct names *names, char kind, const char *name) {
    if (names->count == names->capacity) {
        names->capacity = names->capacity == 0 ? 64 : names->capacity * 2;
        names->items = memory_resize(NULL, names->items, names->capacity * sizeof *names->items);
    }
    size_t size = strlen(name) + 1;
    char *item = names->items[names->count++] = memory_allocate(NULL, size + 1);
    item[0] = kind;
    memcpy(item + 1, name, size);
}

// The names in a folder, in the order of their bytes; false with errno.
static bool read_names(DIR *folder, struct names *names) {
    const struct dirent *entry;
    for (errno = 0; (entry = readdir(folder)) != NULL; errno = 0) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
        add_name(names, is_directory(folder, entry) ? '/' : '.', name);
    }
    if (errno != 0) return false;
    if (names->count > 0) qsort(names->items, names->count, sizeof *names->items, compare_names);
    return true;
}

// list(path): names, each after `/` for a folder or `.` for all else
NATIVE(native_list) {
    UNUSED;
    int fd = open_path(ctx, "scandir", argv[0], O_RDONLY | O_DIRECTORY);
    if (fd < 0) return JS_EXCEPTION;
    DIR *folder = fdopendir(fd);
    if (folder == NULL) {
        close_keeping_errno(fd);
        return fail(ctx, "scandir", argv[0]);
    }
    struct names names = {0};
    bool ok = read_names(folder, &names);
    JSValue result = ok ? JS_NewArray(ctx) : fail(ctx, "scandir", argv[0]);
    closedir(folder);
    for (size_t i = 0; i < names.count; i++) {
        if (ok) JS_SetPropertyUint32(ctx, result, (uint32_t)i, decode_text(ctx, names.items[i]));
        memory_free(NULL, names.items[i]);
    }
    memory_free(NULL, names.items);
    return result;
}

// Whether a descriptor may have come to the end of its folder: from the second time on.
static bool may_be_read(int fd) {
    static uint64_t seen;
    uint64_t bit = fd < 64 ? (uint64_t)1 << fd : 0;
    bool may_be = bit == 0 || (seen & bit) != 0;
    seen |= bit;
    return may_be;
}

// names(fd, path): every name, in no order
NATIVE(native_names) {
    UNUSED;
    int32_t fd;
    if (JS_ToInt32(ctx, &fd, argv[0]) < 0) return JS_EXCEPTION;
    _Alignas(struct dirent) char entries[32 << 10];
    JSValue result = JS_NewArray(ctx);
    uint32_t count = 0;
    ssize_t got;
    if (may_be_read(fd) && lseek(fd, 0, SEEK_SET) < 0) return fail(ctx, "lseek", argv[1]);
    while ((got = syscall(SYS_getdents64, fd, entries, sizeof entries)) > 0) {
        for (ssize_t at = 0; at < got;) {
            const struct dirent *entry = (const struct dirent *)(entries + at);
            at += entry->d_reclen;
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
            JS_SetPropertyUint32(ctx, result, count++, decode_text(ctx, entry->d_name));
        }
    }
    // The folder was removed since it was opened: iterate_dir() in fs/readdir.c. The C library takes that for the end too.
    bool is_gone = got < 0 && errno == ENOENT;
    return got == 0 || is_gone ? result : fail(ctx, "getdents64", argv[1]);
}
