// How a program is started, with its stdin and stdout.
#include "child.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <unistd.h>

extern char **environ;

#define PIPE_SIZE 65536 // pipe(7); what is longer would block
#define MOST_INPUT (4 << 20) // a GC's list; above 1 MB only root may have a pipe of this size

static char input[MOST_INPUT];
static size_t input_size;

void read_input(const char *path) {
    FILE *file = fopen(path, "r");
    if (file == NULL) err(1, "%s", path);
    input_size = fread(input, 1, sizeof input, file);
    if (!feof(file) && getc(file) != EOF) errx(1, "%s is too long", path);
    fclose(file);
}

void make_pipes(struct child *child) {
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0) err(1, "pipe2");
    if (input_size > PIPE_SIZE && fcntl(in[1], F_SETPIPE_SZ, (int)input_size) < 0) err(1, "F_SETPIPE_SZ");
    if (write(in[1], input, input_size) != (ssize_t)input_size) err(1, "write");
    close(in[1]);
    *child = (struct child){.in = in[0], .out = out[1], .result = out[0]};
}

static void name_container(const char *netns, int number) {
    char id[16];
    snprintf(id, sizeof id, "bench%d", number);
    setenv("CNI_CONTAINERID", id, 1);
    setenv("CNI_NETNS", netns, 1);
}

void start(struct child *child, char *program, const char *netns, int number) {
    name_container(netns, number);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, child->in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, child->out, STDOUT_FILENO);
    char *argv[] = {program, NULL};
    errno = posix_spawn(&child->pid, program, &actions, NULL, argv, environ);
    if (errno != 0) err(1, "%s", program);
    close(child->in), close(child->out);
}

_Noreturn void show_failure(const struct child *child, int status) {
    char text[4096];
    ssize_t length = read(child->result, text, sizeof text);
    errx(1, "status %#x: %.*s", status, length > 0 ? (int)length : 0, text);
}

void become(const struct child *child, char *program, const char *netns) {
    char *argv[] = {program, NULL};
    name_container(netns, 0);
    dup2(child->in, STDIN_FILENO), dup2(child->out, STDOUT_FILENO);
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    execve(program, argv, environ);
    err(1, "%s", program);
}
