// What the floor's parts share. What fails ends the process.
#include <stdbool.h>
#include <stdint.h>

// What a call has returned, which may not be below 0.
int must(int result, const char *call);

// As open(2), by one system call.
int open_path(const char *path, int flags);

// Reads all names.
void list(int folder);

// Opens dataDir, looks at each folder above it, and reads its names.
int open_data_dir(const char *path);

int make_folder(int at, const char *name);

// A GC that finds all valid: reads the names in the folder of each container.
void gc(const char *data_dir);
