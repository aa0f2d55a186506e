// Functions that the floor's parts share. An error ends the process.
#include <stdbool.h>
#include <stdint.h>

// The result of a call, which must not be below 0.
int must(int result, const char *call);

// Like open(2), with one system call.
int open_path(const char *path, int flags);

// Reads all names.
void list(int folder);

// Opens dataDir, checks each folder above it, and reads its names.
int open_data_dir(const char *path);

int make_folder(int at, const char *name);

// A GC with only valid attachments: reads the names in the folder of each container.
void gc(const char *data_dir);
