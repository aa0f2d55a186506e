// The names in a folder, by path or by descriptor.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

// list(path): names, each behind `/` for a folder or `.` for anything else
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

// Whether a descriptor may be at the end of its folder: from the second time on.
static bool may_be_read(int fd) {
    static uint64_t seen;
    uint64_t bit = fd < 64 ? (uint64_t)1 << fd : 0;
    bool may_be = bit == 0 || (seen & bit) != 0;
    seen |= bit;
    return may_be;
}

// The buffer for a folder's names; next_entry leaves out `.` and `..`.
struct entries {
    _Alignas(struct dirent) char bytes[4 << 10];
    ssize_t got, at;
};

// The next entry of an open folder; NULL at its end, or, if `got` is below 0, with errno.
static const struct dirent *next_entry(int fd, struct entries *entries) {
    for (;;) {
        if (entries->at == entries->got) {
            entries->at = 0;
            entries->got = syscall(SYS_getdents64, fd, entries->bytes, sizeof entries->bytes);
            // The folder was removed since it was opened: iterate_dir() in fs/readdir.c. The C library treats that as the end too.
            if (entries->got < 0 && errno == ENOENT) entries->got = 0;
            if (entries->got <= 0) return NULL;
        }
        const struct dirent *entry = (const struct dirent *)(entries->bytes + entries->at);
        entries->at += entry->d_reclen;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) return entry;
    }
}

// names(fd, path): every name, in no order
NATIVE(native_names) {
    UNUSED;
    int32_t fd;
    if (JS_ToInt32(ctx, &fd, argv[0]) < 0) return JS_EXCEPTION;
    struct entries entries;
    entries.got = entries.at = 0;
    JSValue result = JS_NewArray(ctx);
    uint32_t count = 0;
    if (may_be_read(fd) && lseek(fd, 0, SEEK_SET) < 0) return fail(ctx, "lseek", argv[1]);
    for (const struct dirent *entry; (entry = next_entry(fd, &entries)) != NULL;) {
        JS_SetPropertyUint32(ctx, result, count++, decode_text(ctx, entry->d_name));
    }
    return entries.got == 0 ? result : fail(ctx, "getdents64", argv[1]);
}

struct paths {
    JSValue array;
    uint32_t count;
};

// Adds `id/name` for each name in the folder `id`, or `id/`; false with errno, and the call that has failed.
static bool add_below(JSContext *ctx, int parent, const char *id, struct paths *paths, const char **call) {
    int fd = -1;
    *call = "open";
    REPEAT(fd, openat(parent, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    // A file, or removed meanwhile.
    if (fd < 0) return errno == ENOTDIR || errno == ENOENT;
    struct entries entries;
    entries.got = entries.at = 0;
    // Room for two names, each with its zero, of which the first one is the slash.
    char path[2 * sizeof(((struct dirent *)NULL)->d_name)];
    char *name = stpcpy(stpcpy(path, id), "/");
    uint32_t before = paths->count;
    for (const struct dirent *entry; (entry = next_entry(fd, &entries)) != NULL;) {
        stpcpy(name, entry->d_name);
        JS_SetPropertyUint32(ctx, paths->array, paths->count++, decode_text(ctx, path));
    }
    bool ok = entries.got == 0;
    *name = '\0';
    if (ok && paths->count == before) JS_SetPropertyUint32(ctx, paths->array, paths->count++, decode_text(ctx, path));
    *call = "getdents64";
    close_keeping_errno(fd);
    return ok;
}

// namesBelow(fd, path): `FOLDER/NAME`, and `FOLDER/` if it is empty, in no order
NATIVE(native_names_below) {
    UNUSED;
    int32_t fd;
    const char *call = "lseek";
    if (JS_ToInt32(ctx, &fd, argv[0]) < 0) return JS_EXCEPTION;
    if (may_be_read(fd) && lseek(fd, 0, SEEK_SET) < 0) return fail(ctx, call, argv[1]);
    struct entries entries;
    entries.got = entries.at = 0;
    struct paths paths = {.array = JS_NewArray(ctx)};
    for (const struct dirent *entry; (entry = next_entry(fd, &entries)) != NULL;) {
        if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN) continue;
        if (add_below(ctx, fd, entry->d_name, &paths, &call)) continue;
        JSValueConst place[] = {decode_text(ctx, entry->d_name), argv[0], argv[1]};
        return fail_at(ctx, call, place);
    }
    return entries.got == 0 ? paths.array : fail(ctx, "getdents64", argv[1]);
}
