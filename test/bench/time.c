// Runs a program once in each network namespace, all at the same time, as a runtime does: with the same stdin from a
// pipe, and stdout to one. Prints the time in nanoseconds: time INPUT PROGRAM NETNS...
// `time --cpu …` prints their processor time instead, also in nanoseconds. `time --memory INPUT PROGRAM NETNS`
// runs it once, and prints the most memory that it had, in KB.
#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "child.h"

#define MOST 256

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static uint64_t cpu_time_of_children(void) {
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000 +
           (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

static uint64_t measure_time(struct child *children, char *program, char **netnses, int count) {
    uint64_t begin = now();
    for (int i = 0; i < count; i++) start(&children[i], program, netnses[i], i);
    for (int i = 0; i < count; i++) {
        int status;
        if (waitpid(children[i].pid, &status, 0) < 0) err(1, "waitpid");
        if (status != 0) show_failure(&children[i], status);
    }
    return now() - begin;
}

int main(int argc, char **argv) {
    static struct child children[MOST];
    const char *option = argc > 1 && argv[1][0] == '-' ? argv[1] : "";
    bool is_memory = strcmp(option, "--memory") == 0, is_cpu = strcmp(option, "--cpu") == 0;
    char **args = argv + 1 + (is_memory || is_cpu);
    int count = argc - (int)(args - argv) - 2;
    if (count < 1 || count > (is_memory ? 1 : MOST)) errx(2, "usage: time [--cpu | --memory] INPUT PROGRAM NETNS...");
    read_input(args[0]);
    for (int i = 0; i < count; i++) make_pipes(&children[i]);
    if (is_memory) return printf("%ld\n", measure_memory(children, args[1], args[2])) < 0;
    uint64_t time = measure_time(children, args[1], args + 2, count);
    printf("%ju\n", (uintmax_t)(is_cpu ? cpu_time_of_children() : time));
}
