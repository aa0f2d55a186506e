// The C part around the QuickJS engine, in several files: its start, its memory, and the system calls that quickjs.ts
// needs. It runs as root: every length and every allocation is checked, nothing is truncated, and a failed call
// throws an OsError.
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "quickjs.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

// A function of the object nativeOs; a path is always the first argument.
#define NATIVE(name) JSValue name(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
#define UNUSED ((void)self, (void)argc)

// memory.c: the engine's memory; without memory the process ends
#define MEMORY_LIMIT ((size_t)512 << 20)
#define PAGE ((size_t)4096)
#define SIZES 88 // of small blocks, see memory.c
extern const JSMallocFunctions MEMORY;
void *memory_allocate(void *opaque, size_t size);
void *memory_resize(void *opaque, void *memory, size_t size);
void memory_free(void *opaque, void *memory);

// pages.c: pages that are needed soon
void populate_for_write(void *start, size_t size);
void populate_at_start(void);

// kept.c: the heap that the executable starts with
#define HEAP ((size_t)1024 << 10) // what of it is not used is not copied
struct block;
extern struct kept {
    JSContext *ctx; // NULL before the program for runtimes is loaded
    JSValue run; // what start() was given
    JSValue os_error; // the class OsError
    size_t mapped;
    uint8_t *chunk, *populated, *chunk_end; // what is free of the chunk, and up to where it has pages
    uint8_t *rest, *rest_end; // what is left of a larger block, for little ones
    struct block *free[SIZES];
    _Alignas(16) uint8_t heap[HEAP];
} kept;
_Noreturn void give_kept(void);
void copy_kept(void);

// error.c: failures
// Throws an OsError, and frees `path`.
JSValue fail_on(JSContext *ctx, int error, const char *call, JSValue path);
// The call has failed with errno.
JSValue fail(JSContext *ctx, const char *call, JSValueConst path);
// Likewise, for a name in an open folder: `argv` starts as that of struct at.
JSValue fail_at(JSContext *ctx, const char *call, JSValueConst *argv);
_Noreturn void leave_out_of_memory(void);
_Noreturn void leave_short_of_memory(void);
_Noreturn void leave_with(const char *message);
_Noreturn void leave_with_exception(JSContext *ctx);
NATIVE(native_fail_with);

// text.c: JavaScript's texts and the system's
struct text {
    const char *bytes; // NULL after an exception
    size_t length;
    char *copy;
};
// The offset of the first byte that belongs to no character; `length` if all do.
size_t find_invalid(const uint8_t *bytes, size_t length);
// A string, with U+FFFD for invalid UTF-8.
JSValue decode(JSContext *ctx, const uint8_t *bytes, size_t length);
JSValue decode_text(JSContext *ctx, const char *text);
// UTF-8, with U+FFFD for lone surrogates, which QuickJS would encode like characters.
struct text encode(JSContext *ctx, JSValueConst value);
void free_text(JSContext *ctx, struct text text);
// A path for `call`; throws EINVAL for a NUL, which would end it.
bool get_path(JSContext *ctx, JSValueConst value, const char *call, struct text *path);

// streams.c: reading and writing to the end
struct buffer {
    uint8_t *bytes;
    size_t length;
};
// Reads to the end, starting with room for so many bytes; false with errno, EFBIG above `most`.
bool read_all(int fd, size_t room, size_t most, struct buffer *buffer);
// False with errno; EIO if no more bytes are accepted.
bool write_all(int fd, const char *bytes, size_t length);
void open_standard_streams(void);
NATIVE(native_read_stdin);
NATIVE(native_write);
NATIVE(native_is_terminal);

// files.c: files
// A call that may be interrupted; EINTR only if it always is.
#define MOST_TRIES 1000
#define REPEAT(result, call)                                                                                           \
    for (int tries = 0; tries < MOST_TRIES && ((result) = (call)) < 0 && errno == EINTR; tries++)
// A descriptor, or -1 after an exception.
int open_path(JSContext *ctx, const char *call, JSValueConst path, int flags);
void close_keeping_errno(int fd);
// A name in a folder: argv starts with the name, the descriptor of the folder, and its path; or with a path, AT_FDCWD and
// undefined. False after an exception.
struct at {
    int folder;
    struct text name;
};
bool get_at(JSContext *ctx, JSValueConst *argv, const char *call, struct at *at);
// A regular file that was opened for reading; false with errno and `call`.
bool is_regular(int fd, const char **call);
JSValue status_of(JSContext *ctx, const struct stat *status);
enum { CALL_ACCESS, CALL_MKDIR };
JSValue native_simple(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int which);
NATIVE(native_read_file);
NATIVE(native_read_if_exists);
NATIVE(native_has_same_content);
NATIVE(native_lstat);
NATIVE(native_age);

// replace.c: writing files
NATIVE(native_replace_file);
NATIVE(native_rewrite_file);
NATIVE(native_copy_file);

// exchange.c: replacing files that are unchanged
// The call that has failed with errno, or NULL. `unfinished` replaces `name`; if `before` is a text, only if
// `name` still has it, and `changed` tells whether it has not. Then `unfinished` is removed.
const char *put_in_place(int folder, const char *unfinished, const char *name, struct text text, struct text before,
                         bool *changed);

// xattrs.c: extended attributes
// The call that has failed with errno, or NULL.
const char *copy_xattrs(int source, int target);

// folder.c: folders and their content
NATIVE(native_open_folder);
NATIVE(native_folders_from);
NATIVE(native_is_still_at);
NATIVE(native_try_lock);
enum { CALL_MAKE_FOLDER, CALL_REMOVE_FOLDER, CALL_REMOVE_FILE };
JSValue native_change(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int which);
NATIVE(native_close);
NATIVE(native_sleep);

// list.c: the names in a folder
NATIVE(native_list);
NATIVE(native_names);
NATIVE(native_names_below);

// sysctl.c: sysctls, by their paths or kept open
// False after an exception: if the first one is not on a procfs, because something is mounted over it.
bool is_of_procfs(JSContext *ctx, int fd, JSValueConst path);
JSValue read_sysctl(JSContext *ctx, int fd, JSValueConst path);
NATIVE(native_write_file);
NATIVE(native_open_sysctl);
NATIVE(native_read_sysctl);
NATIVE(native_write_sysctl);

// netns.c: network namespaces
NATIVE(native_open_netns);
NATIVE(native_own_netns_id);
NATIVE(native_enter_netns);
NATIVE(native_make_netns);
NATIVE(native_leave_netns);
NATIVE(native_netns_cookie);

// link.c: network interfaces
NATIVE(native_link_ioctl);

// netlink.c: requests to the kernel by netlink
NATIVE(native_netlink);

// look.c: facts about a file without reading all of it
NATIVE(native_read_part);
NATIVE(native_read_link);
NATIVE(native_file_version);

// rename.c: renaming files
NATIVE(native_rename);

// watch.c: waiting for changes in folders, and for signals
NATIVE(native_watch_folders);
NATIVE(native_wait_for_change);
NATIVE(native_pause);
NATIVE(native_elapsed);
NATIVE(native_wall_clock);

// native-os.c: the object with all of these
void add_native_os(JSContext *ctx);

// The program for operators. If it were in the stored heap, each start would copy it.
extern const uint8_t operator_program[];
extern const uint32_t operator_program_size;

// start.c: the start of the engine and of the plugin
NATIVE(native_start);
NATIVE(native_operate);

#endif
