// Processes that are measured.
#include <sys/types.h>

struct child {
    pid_t pid;
    int in, out; // what it reads and writes; then what can be read of its stdout
    int result;
};

// Reads the common stdin of all.
void read_input(const char *path);

// Its pipes, with the input in the one for stdin.
void make_pipes(struct child *child);

// Starts a program as a runtime does, for the container of a number.
void start(struct child *child, char *program, const char *netns, int number);

// Becomes the program, for the first container, traced by its parent.
void become(const struct child *child, char *program, const char *netns);

// Ends this process with an error and the program's output.
_Noreturn void show_failure(const struct child *child, int status);

// The most memory that a program has had, in KB.
long measure_memory(struct child *child, char *program, const char *netns);
