// The memory of a program.
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

// The highest resident set size of a running process, in KB.
static long read_memory(pid_t pid) {
    char path[32], line[256];
    long memory = -1;
    snprintf(path, sizeof path, "/proc/%jd/status", (intmax_t)pid);
    FILE *status = fopen(path, "r");
    if (status == NULL) err(1, "%s", path);
    while (memory < 0 && fgets(line, sizeof line, status) != NULL) sscanf(line, "VmHWM: %ld", &memory);
    fclose(status);
    return memory;
}

// wait4(2) would include the memory of this process, because the child is a copy of it before its execve(2). So the child is
// read at its last stop, when the kernel has not freed its memory yet.
long measure_memory(struct child *child, char *program, const char *netns) {
    const int at_end = SIGTRAP | PTRACE_EVENT_EXIT << 8;
    long memory = -1;
    int status;
    child->pid = fork();
    if (child->pid < 0) err(1, "fork");
    if (child->pid == 0) become(child, program, netns);
    close(child->in), close(child->out);
    if (waitpid(child->pid, &status, 0) < 0) err(1, "waitpid");
    if (!WIFSTOPPED(status)) show_failure(child, status);
    ptrace(PTRACE_SETOPTIONS, child->pid, NULL, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL);
    for (long signal = 0; WIFSTOPPED(status);) {
        ptrace(PTRACE_CONT, child->pid, NULL, signal);
        if (waitpid(child->pid, &status, 0) < 0) err(1, "waitpid");
        bool is_end = status >> 8 == at_end;
        if (is_end) memory = read_memory(child->pid);
        signal = is_end || !WIFSTOPPED(status) ? 0 : WSTOPSIG(status);
    }
    if (status != 0) show_failure(child, status);
    if (memory < 0) errx(1, "%s: its end was not seen", program);
    return memory;
}
