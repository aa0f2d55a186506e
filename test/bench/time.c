// Runs a program once in each network namespace, all at the same time, as a runtime does: with the same stdin from a
// pipe, stdout into one. Prints how long that took in nanoseconds, and the most memory that one of them had in KB, which
// wait4(2) tells: time INPUT PROGRAM NETNS...
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define MOST 256
#define PIPE_SIZE 65536 // pipe(7); what is longer would block

static char input[PIPE_SIZE];
static size_t input_size;

static void read_input(const char *path) {
    FILE *file = fopen(path, "r");
    if (file == NULL) err(1, "%s", path);
    input_size = fread(input, 1, sizeof input, file);
    if (!feof(file) && getc(file) != EOF) errx(1, "%s is too long", path);
    fclose(file);
}

struct child {
    pid_t pid;
    int in, out; // what it reads and writes; then what can be read of its stdout
    int result;
};

static void make_pipes(struct child *child) {
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0) err(1, "pipe2");
    if (write(in[1], input, input_size) != (ssize_t)input_size) err(1, "write");
    close(in[1]);
    *child = (struct child){.in = in[0], .out = out[1], .result = out[0]};
}

static void start(struct child *child, char *program, const char *netns, int number) {
    char id[16];
    snprintf(id, sizeof id, "bench%d", number);
    setenv("CNI_CONTAINERID", id, 1);
    setenv("CNI_NETNS", netns, 1);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, child->in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, child->out, STDOUT_FILENO);
    char *argv[] = {program, NULL};
    errno = posix_spawn(&child->pid, program, &actions, NULL, argv, environ);
    if (errno != 0) err(1, "%s", program);
    close(child->in), close(child->out);
}

static void show_failure(const struct child *child, int status) {
    char text[4096];
    ssize_t length = read(child->result, text, sizeof text);
    errx(1, "status %#x: %.*s", status, length > 0 ? (int)length : 0, text);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc < 4 || argc - 3 > MOST) errx(2, "usage: time INPUT PROGRAM NETNS...");
    static struct child children[MOST];
    int count = argc - 3;
    long memory = 0;
    read_input(argv[1]);
    for (int i = 0; i < count; i++) make_pipes(&children[i]);
    uint64_t begin = now();
    for (int i = 0; i < count; i++) start(&children[i], argv[2], argv[3 + i], i);
    for (int i = 0; i < count; i++) {
        int status;
        struct rusage usage;
        if (wait4(children[i].pid, &status, 0, &usage) < 0) err(1, "wait4");
        if (status != 0) show_failure(&children[i], status);
        if (usage.ru_maxrss > memory) memory = usage.ru_maxrss;
    }
    printf("%ju %ld\n", (uintmax_t)(now() - begin), memory);
}
