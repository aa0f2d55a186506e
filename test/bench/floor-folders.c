// The floor's folders.
#include "floor.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FOLDER (O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_DIRECTORY)

struct entry {
    uint64_t inode, next;
    uint16_t size;
    uint8_t kind;
    char name[];
};

static char bytes[32 << 10];

int must(int result, const char *call) {
    if (result < 0) err(1, "%s", call);
    return result;
}

int open_path(const char *path, int flags) {
    return openat(AT_FDCWD, path, flags | O_CLOEXEC);
}

void list(int folder) {
    while (must((int)syscall(SYS_getdents64, folder, bytes, sizeof bytes), "getdents64") > 0) continue;
}

int open_data_dir(const char *path) {
    int folder = open_path(path, FOLDER);
    if (folder < 0 && mkdir(path, 0700) == 0) folder = open_path(path, FOLDER);
    must(folder, path);
    struct stat status, next;
    must(fstat(folder, &status), "fstat");
    char way[256] = "..";
    for (;;) {
        must(fstatat(folder, way, &next, AT_SYMLINK_NOFOLLOW), "fstatat");
        if (next.st_ino == status.st_ino && next.st_dev == status.st_dev) break;
        status = next;
        strcat(way, "/..");
    }
    list(folder);
    return folder;
}

int make_folder(int at, const char *name) {
    if (mkdirat(at, name, 0700) < 0 && errno != EEXIST) err(1, "mkdirat");
    return must(openat(at, name, FOLDER), "openat");
}

void gc(const char *data_dir) {
    static _Alignas(struct entry) char names[4 << 20];
    int parent = make_folder(open_data_dir(data_dir), "containers");
    long total = 0, got;
    while ((got = syscall(SYS_getdents64, parent, names + total, sizeof bytes)) > 0) total += got;
    must((int)got, "getdents64");
    for (long at = 0; at < total;) {
        const struct entry *entry = (const struct entry *)(names + at);
        at += entry->size;
        if (entry->name[0] == '.') continue;
        int folder = must(openat(parent, entry->name, FOLDER), entry->name);
        list(folder);
        close(folder);
    }
}
