// The floor: only the system calls of the native executable. Reads lines from stdin: `add`,
// with ` record`, ` lock` and ` cookie` for those parts, or `gc`; dataDir; for add a line "PATH VALUE"
// for each sysctl and an empty one, and then the text for stdout.
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "floor.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#define MOST_SYSCTLS 1024

static char input[4 << 20];
static char bytes[512];

static void read_input(void) {
    size_t length = 0;
    for (ssize_t got; (got = read(0, input + length, sizeof input - 1 - length)) != 0; length += (size_t)got) {
        must((int)got, "read");
    }
}

static void enter_netns(void) {
    struct stat status;
    struct statfs system;
    must(fstat(must(open_path("/proc/thread-self/ns/net", O_RDONLY), "open"), &status), "fstat");
    int fd = must(open_path(getenv("CNI_NETNS"), O_RDONLY | O_NONBLOCK), "open");
    must(fstatfs(fd, &system), "fstatfs");
    must(fstat(fd, &status), "fstat");
    must(setns(fd, CLONE_NEWNET), "setns");
}

static void read_cookie(void) {
    uint64_t cookie;
    socklen_t size = sizeof cookie;
    int fd = must(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    must(getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size), "getsockopt");
    close(fd);
    fd = must(open_path("/proc/sys/kernel/random/boot_id", O_RDONLY), "open");
    must((int)pread(fd, bytes, sizeof bytes, 0), "pread");
    close(fd);
}

// Without a lock the record does not need its own folder.
static int open_container(const char *data_dir, bool lock) {
    int folder = open_data_dir(data_dir);
    int parent = make_folder(folder, "containers");
    if (!lock) return parent;
    struct stat status;
    int own = make_folder(parent, getenv("CNI_CONTAINERID"));
    must(flock(own, LOCK_EX | LOCK_NB), "flock");
    must(fstat(own, &status), "fstat");
    must(fstatat(parent, getenv("CNI_CONTAINERID"), &status, AT_SYMLINK_NOFOLLOW), "fstatat");
    list(own);
    return own;
}

static void save(int folder, const char *record, size_t length) {
    char name[64];
    snprintf(name, sizeof name, ".%d~", (int)getpid());
    int fd = must(openat(folder, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600), "openat");
    must(fchmod(fd, 0600), "fchmod");
    must((int)write(fd, record, length), "write");
    must(fsync(fd), "fsync");
    close(fd);
    must(renameat(folder, name, folder, "bench@lo.json"), "renameat");
    must(fsync(folder), "fsync");
}

static void try_allowlist(const char *path) {
    int fd = open_path(path, O_RDONLY | O_NONBLOCK);
    if (fd >= 0) close(fd);
}

static void add(const char *what, const char *data_dir, char *rest) {
    static struct { int fd; char *value; } sysctls[MOST_SYSCTLS];
    struct statfs system;
    const char *record = rest;
    char *end = strstr(rest, "\n\n"), *output = end + 2, *line;
    int count = 0;
    *end = '\0';
    try_allowlist("/etc/cni/netns-sysctl/allowlist.conf");
    try_allowlist("/etc/cni/tuning/allowlist.conf");
    enter_netns();
    while ((line = strsep(&rest, "\n")) != NULL && count < MOST_SYSCTLS) {
        const char *path = strsep(&line, " ");
        sysctls[count].value = line;
        sysctls[count].fd = must(open_path(path, O_RDWR | O_NOFOLLOW), path);
        if (count++ == 0) must(fstatfs(sysctls[0].fd, &system), "fstatfs");
    }
    int folder = strstr(what, "record") ? open_container(data_dir, strstr(what, "lock") != NULL) : -1;
    for (int i = 0; i < count; i++) must((int)pread(sysctls[i].fd, bytes, sizeof bytes, 0), "pread");
    if (strstr(what, "cookie")) read_cookie();
    if (folder >= 0) save(folder, record, (size_t)(end - record));
    for (int i = 0; i < count; i++) {
        must((int)pwrite(sysctls[i].fd, sysctls[i].value, strlen(sysctls[i].value), 0), "pwrite");
    }
    for (int i = 0; i < count; i++) must((int)pread(sysctls[i].fd, bytes, sizeof bytes, 0), "pread");
    must((int)write(1, output, strlen(output)), "write");
}

int main(void) {
    struct pollfd streams[] = {{.fd = 0}, {.fd = 1}, {.fd = 2}};
    poll(streams, 3, 0);
    signal(SIGPIPE, SIG_IGN), signal(SIGXFSZ, SIG_IGN);
    read_input();
    char *rest = input, *what = strsep(&rest, "\n"), *data_dir = strsep(&rest, "\n");
    if (strcmp(what, "gc") == 0) gc(data_dir);
    else add(what, data_dir, rest);
    _exit(0);
}
