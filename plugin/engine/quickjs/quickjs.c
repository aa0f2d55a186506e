// The start of the QuickJS engine, and the system calls that plugin/engine/quickjs/quickjs.ts needs. It runs as root: every length
// and every allocation is checked, nothing is cut short, and a call that fails throws an OsError.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "quickjs.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

// Memory. Small blocks come from chunks and go back to a list of their size; large ones are mappings of their own.

#define MEMORY_LIMIT ((size_t)512 << 20)
#define CHUNK ((size_t)256 << 10)
#define PAGE ((size_t)4096)
#define SMALLEST ((size_t)64)
#define SIZES 11 // 64 bytes to 64 KB, doubling; the engine asks for 4 KB as a rule
#define LARGEST (SMALLEST << (SIZES - 1))

struct block {
    size_t size; // of what follows this header
    struct block *next; // while it is free
};
#define HEADER ((size_t)16) // so that what follows is aligned
_Static_assert(sizeof(struct block) == HEADER, "what follows would not be aligned");

// All that is written until the plugin is loaded. The build runs it so far, and puts the bytes of this back into the
// executable: the engine then starts with the plugin loaded. So nothing in here may point to what is not in the
// executable, and the executable is not position-independent.
#define HEAP ((size_t)1024 << 10)
static struct {
    JSContext *ctx; // NULL before
    JSValue run; // what start() was given
    JSValue os_error; // the class OsError
    size_t mapped;
    uint8_t *chunk, *chunk_end;
    struct block *free[SIZES];
    _Alignas(16) uint8_t heap[HEAP];
} kept __attribute__((section(".kept"), aligned(4096))) = {.chunk = kept.heap, .chunk_end = kept.heap + HEAP};

static _Noreturn void leave(const char *json) {
    for (size_t left = strlen(json); left > 0;) {
        ssize_t written = write(STDOUT_FILENO, json, left);
        if (written < 0 && errno != EINTR) break;
        if (written > 0) json += written, left -= (size_t)written;
    }
    _exit(1);
}

// The engine would throw an exception, and what catches that would need memory too.
static _Noreturn void leave_out_of_memory(void) {
    leave("{\"cniVersion\":\"1.1.0\",\"code\":5,\"msg\":\"out of memory: the request needs more than 512 MB, or than there is\","
          "\"details\":\"what ADD had written by then is put back by DEL\"}\n");
}

static void *map(size_t size) {
    if (size > MEMORY_LIMIT - kept.mapped) leave_out_of_memory();
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) leave_out_of_memory();
    kept.mapped += size;
    return memory;
}

// The pages of a large block with room for `size` bytes.
static size_t whole_pages(size_t size) {
    if (size > MEMORY_LIMIT) leave_out_of_memory();
    return (size + HEADER + PAGE - 1) & ~(PAGE - 1);
}

static unsigned list_of(size_t size) {
    unsigned list = 0;
    while (SMALLEST << list < size) list++;
    return list;
}

static void *memory_of(struct block *block) {
    return (uint8_t *)block + HEADER;
}

static struct block *block_of(const void *memory) {
    return (struct block *)((uintptr_t)memory - HEADER);
}

static void *memory_allocate(void *opaque, size_t size) {
    (void)opaque;
    struct block *block;
    if (size > LARGEST) {
        size_t pages = whole_pages(size);
        block = map(pages);
        block->size = pages - HEADER;
        return memory_of(block);
    }
    unsigned list = list_of(size);
    block = kept.free[list];
    if (block != NULL) {
        kept.free[list] = block->next;
        return memory_of(block);
    }
    size_t room = SMALLEST << list;
    if ((size_t)(kept.chunk_end - kept.chunk) < HEADER + room) {
        kept.chunk = map(CHUNK);
        kept.chunk_end = kept.chunk + CHUNK;
    }
    block = (struct block *)kept.chunk;
    block->size = room;
    kept.chunk += HEADER + room;
    return memory_of(block);
}

static void memory_free(void *opaque, void *memory) {
    (void)opaque;
    if (memory == NULL) return;
    struct block *block = block_of(memory);
    if (block->size > LARGEST) {
        kept.mapped -= HEADER + block->size;
        munmap(block, HEADER + block->size);
        return;
    }
    unsigned list = list_of(block->size);
    block->next = kept.free[list];
    kept.free[list] = block;
}

static size_t memory_usable(const void *memory) {
    return memory == NULL ? 0 : block_of(memory)->size;
}

static void *memory_resize(void *opaque, void *memory, size_t size) {
    size_t usable = memory_usable(memory);
    if (memory != NULL && size <= usable) return memory;
    if (usable > LARGEST) {
        size_t pages = whole_pages(size), before = HEADER + usable;
        if (pages - before > MEMORY_LIMIT - kept.mapped) leave_out_of_memory();
        struct block *block = mremap(block_of(memory), before, pages, MREMAP_MAYMOVE);
        if (block == MAP_FAILED) leave_out_of_memory();
        kept.mapped += pages - before;
        block->size = pages - HEADER;
        return memory_of(block);
    }
    void *larger = memory_allocate(opaque, size);
    if (memory != NULL) memcpy(larger, memory, usable);
    memory_free(opaque, memory);
    return larger;
}

static void *memory_allocate_zeroed(void *opaque, size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) leave_out_of_memory();
    return memset(memory_allocate(opaque, total), 0, total);
}

static const JSMallocFunctions MEMORY = {
    memory_allocate_zeroed, memory_allocate, memory_free, memory_resize, memory_usable,
};

// Errors.

static const char *name_of(int error) {
    static const char *const NAMES[] = {
#define E(name) [name] = #name
        E(EPERM), E(ENOENT), E(ESRCH), E(EINTR), E(EIO), E(ENXIO), E(E2BIG), E(ENOEXEC), E(EBADF), E(ECHILD),
        E(EAGAIN), E(ENOMEM), E(EACCES), E(EFAULT), E(ENOTBLK), E(EBUSY), E(EEXIST), E(EXDEV), E(ENODEV), E(ENOTDIR),
        E(EISDIR), E(EINVAL), E(ENFILE), E(EMFILE), E(ENOTTY), E(ETXTBSY), E(EFBIG), E(ENOSPC), E(ESPIPE), E(EROFS),
        E(EMLINK), E(EPIPE), E(EDOM), E(ERANGE), E(EDEADLK), E(ENAMETOOLONG), E(ENOLCK), E(ENOSYS), E(ENOTEMPTY),
        E(ELOOP), E(ENOMSG), E(EIDRM), E(ENODATA), E(ETIME), E(ENONET), E(ENOLINK), E(ECOMM), E(EPROTO), E(EBADMSG),
        E(EOVERFLOW), E(EBADFD), E(EREMCHG), E(EILSEQ), E(EUSERS), E(ENOTSOCK), E(EDESTADDRREQ), E(EMSGSIZE),
        E(EPROTOTYPE), E(ENOPROTOOPT), E(EPROTONOSUPPORT), E(ESOCKTNOSUPPORT), E(ENOTSUP), E(EPFNOSUPPORT),
        E(EAFNOSUPPORT), E(EADDRINUSE), E(EADDRNOTAVAIL), E(ENETDOWN), E(ENETUNREACH), E(ENETRESET), E(ECONNABORTED),
        E(ECONNRESET), E(ENOBUFS), E(EISCONN), E(ENOTCONN), E(ESHUTDOWN), E(ETOOMANYREFS), E(ETIMEDOUT),
        E(ECONNREFUSED), E(EHOSTDOWN), E(EHOSTUNREACH), E(EALREADY), E(EINPROGRESS), E(ESTALE), E(EUCLEAN),
        E(EREMOTEIO), E(EDQUOT), E(ENOMEDIUM), E(EMEDIUMTYPE), E(ECANCELED), E(ENOKEY), E(EKEYEXPIRED), E(EKEYREVOKED),
        E(EKEYREJECTED), E(EOWNERDEAD), E(ENOTRECOVERABLE), E(ERFKILL), E(EHWPOISON),
#undef E
    };
    const char *name = error > 0 && (size_t)error < COUNT(NAMES) ? NAMES[error] : NULL;
    return name == NULL ? "UNKNOWN" : name;
}

static JSValue fail_on(JSContext *ctx, int error, const char *call, JSValue path) {
    JSValue arguments[] = {JS_NewString(ctx, name_of(error)), JS_NewString(ctx, call), path};
    JSValue thrown = JS_CallConstructor(ctx, kept.os_error, COUNT(arguments), arguments);
    for (size_t i = 0; i < COUNT(arguments); i++) JS_FreeValue(ctx, arguments[i]);
    return JS_IsException(thrown) ? thrown : JS_Throw(ctx, thrown);
}

// Texts. JavaScript's are UTF-16; the system's are bytes, UTF-8 as a rule.

// The bytes of the character at `at`, of which there are `left`; `ok` tells whether it is one: Unicode, table 3-7. For
// what is none, as many bytes as become one U+FFFD (Encoding standard, UTF-8 decoder).
static size_t read_character(const uint8_t *at, size_t left, bool *ok) {
    uint8_t first = at[0];
    *ok = first < 0x80;
    if (first < 0xc2 || first > 0xf4) return 1;
    size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    for (size_t i = 1; i < length; i++, low = 0x80, high = 0xbf) {
        if (i == left || at[i] < low || at[i] > high) return i;
    }
    *ok = true;
    return length;
}

static const uint8_t REPLACEMENT[] = {0xef, 0xbf, 0xbd}; // U+FFFD

// Where the first byte is that belongs to no character; `length` where all do.
static size_t find_invalid(const uint8_t *bytes, size_t length) {
    size_t at = 0;
    for (bool ok = true; at < length;) {
        while (at < length && bytes[at] < 0x80) at++;
        if (at == length) break;
        size_t size = read_character(bytes + at, length - at, &ok);
        if (!ok) return at;
        at += size;
    }
    return length;
}

// A string, with U+FFFD for what is not UTF-8.
static JSValue decode(JSContext *ctx, const uint8_t *bytes, size_t length) {
    size_t valid = find_invalid(bytes, length);
    if (valid == length) return JS_NewStringLen(ctx, (const char *)bytes, length);
    if (length > MEMORY_LIMIT) leave_out_of_memory();
    uint8_t *mended = memory_allocate(NULL, length * sizeof REPLACEMENT);
    size_t end = 0;
    for (size_t at = 0; at < length;) {
        bool ok;
        size_t size = read_character(bytes + at, length - at, &ok);
        memcpy(mended + end, ok ? bytes + at : REPLACEMENT, ok ? size : sizeof REPLACEMENT);
        end += ok ? size : sizeof REPLACEMENT;
        at += size;
    }
    JSValue text = JS_NewStringLen(ctx, (const char *)mended, end);
    memory_free(NULL, mended);
    return text;
}

static JSValue decode_text(JSContext *ctx, const char *text) {
    return decode(ctx, (const uint8_t *)text, strlen(text));
}

struct text {
    const char *bytes; // NULL after an exception
    size_t length;
    char *copy;
};

// UTF-8, with U+FFFD for lone surrogates, which QuickJS encodes as if they were characters.
static struct text encode(JSContext *ctx, JSValueConst value) {
    struct text text = {0};
    text.bytes = JS_ToCStringLen(ctx, &text.length, value);
    if (text.bytes == NULL || find_invalid((const uint8_t *)text.bytes, text.length) == text.length) return text;
    text.copy = memory_allocate(NULL, text.length + 1);
    memcpy(text.copy, text.bytes, text.length + 1);
    for (size_t at = 0; at < text.length;) {
        bool ok;
        size_t size = read_character((uint8_t *)text.copy + at, text.length - at, &ok);
        if (!ok) memcpy(text.copy + at, REPLACEMENT, size = sizeof REPLACEMENT);
        at += size;
    }
    JS_FreeCString(ctx, text.bytes);
    text.bytes = text.copy;
    return text;
}

static void free_text(JSContext *ctx, struct text text) {
    if (text.copy != NULL) memory_free(NULL, text.copy);
    else if (text.bytes != NULL) JS_FreeCString(ctx, text.bytes);
}

// A path that `call` is to be made with; throws EINVAL for one with a NUL, which would end there.
static bool get_path(JSContext *ctx, JSValueConst value, const char *call, struct text *path) {
    *path = encode(ctx, value);
    if (path->bytes == NULL) return false;
    if (strlen(path->bytes) == path->length) return true;
    free_text(ctx, *path);
    fail_on(ctx, EINVAL, call, JS_DupValue(ctx, value));
    return false;
}

// System calls. Each function is one of the object nativeOs; those that take a path take it first.

#define NATIVE(name) static JSValue name(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
#define UNUSED ((void)self, (void)argc)

// The call has failed with errno.
static JSValue fail(JSContext *ctx, const char *call, JSValueConst path) {
    return fail_on(ctx, errno, call, JS_DupValue(ctx, path));
}

// A descriptor, or -1 after an exception.
static int open_path(JSContext *ctx, const char *call, JSValueConst path, int flags) {
    struct text text;
    if (!get_path(ctx, path, call, &text)) return -1;
    int fd;
    do fd = openat(AT_FDCWD, text.bytes, flags | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) fail(ctx, call, path);
    free_text(ctx, text);
    return fd;
}

static void close_keeping_errno(int fd) {
    int error = errno;
    close(fd);
    errno = error;
}

// poll(2) after EAGAIN, which a pipe gives that its owner made non-blocking; false for every other error.
static bool may_repeat(int fd, short events) {
    if (errno == EINTR) return true;
    if (errno != EAGAIN) return false;
    struct pollfd request = {.fd = fd, .events = events};
    return poll(&request, 1, -1) >= 0 || errno == EINTR;
}

struct buffer {
    uint8_t *bytes;
    size_t length;
};

// Reads to the end, `step` bytes at a time; false with errno, EFBIG above `most`.
static bool read_all(int fd, size_t step, size_t most, struct buffer *buffer) {
    for (size_t capacity = 0;;) {
        if (capacity - buffer->length < step) {
            capacity += capacity < step ? step : capacity;
            buffer->bytes = memory_resize(NULL, buffer->bytes, capacity);
        }
        ssize_t got = read(fd, buffer->bytes + buffer->length, step);
        if (got < 0 && may_repeat(fd, POLLIN)) continue;
        if (got <= 0) return got == 0;
        buffer->length += (size_t)got;
        if (buffer->length > most) {
            errno = EFBIG;
            return false;
        }
    }
}

// False with errno; EIO where nothing more is taken.
static bool write_all(int fd, const char *bytes, size_t length) {
    do {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && !may_repeat(fd, POLLOUT)) return false;
        if (written == 0 && length > 0) {
            errno = EIO;
            return false;
        }
        if (written > 0) bytes += written, length -= (size_t)written;
    } while (length > 0);
    return true;
}

// start(run): `run` is called with the arguments when the process is started, and gives the exit code
NATIVE(native_start) {
    UNUSED;
    kept.run = JS_DupValue(ctx, argv[0]);
    return JS_UNDEFINED;
}

// failWith(OsError): what every other function throws
NATIVE(native_fail_with) {
    UNUSED;
    kept.os_error = JS_DupValue(ctx, argv[0]);
    return JS_UNDEFINED;
}

// getenv(name)
NATIVE(native_getenv) {
    UNUSED;
    const char *name = JS_ToCString(ctx, argv[0]);
    if (name == NULL) return JS_EXCEPTION;
    const char *value = getenv(name);
    JS_FreeCString(ctx, name);
    return value == NULL ? JS_UNDEFINED : decode_text(ctx, value);
}

// readStdin(most, path)
NATIVE(native_read_stdin) {
    UNUSED;
    int64_t most;
    if (JS_ToInt64(ctx, &most, argv[0]) < 0) return JS_EXCEPTION;
    struct buffer buffer = {0};
    JSValue result;
    if (!read_all(STDIN_FILENO, 32 << 10, (size_t)most, &buffer)) {
        result = fail(ctx, "read", argv[1]);
    } else if (find_invalid(buffer.bytes, buffer.length) < buffer.length) {
        result = fail_on(ctx, EILSEQ, "read", JS_DupValue(ctx, argv[1]));
    } else {
        result = JS_NewStringLen(ctx, (const char *)buffer.bytes, buffer.length);
    }
    memory_free(NULL, buffer.bytes);
    return result;
}

// A sysctl. A read that fills its buffer may be all that there is, proc_do_large_bitmap(): then it is read again, with a
// larger one. The kernel makes a buffer of the same size, so the first one is small; and what is given in a read that does
// not fill it is all, proc_sys_call_handler().
static JSValue read_sysctl(JSContext *ctx, int fd, JSValueConst path) {
    uint8_t few[512];
    for (size_t size = sizeof few;; size *= 8) {
        uint8_t *bytes = size == sizeof few ? few : memory_allocate(NULL, size);
        ssize_t got;
        do got = pread(fd, bytes, size, 0);
        while (got < 0 && errno == EINTR);
        JSValue result = JS_UNDEFINED;
        if (got < 0) result = fail(ctx, "read", path);
        else if ((size_t)got < size) result = decode(ctx, bytes, (size_t)got);
        if (bytes != few) memory_free(NULL, bytes);
        if (got < (ssize_t)size) return result;
    }
}

// One pwrite(2), unless the kernel takes a long value bit by bit, proc_do_large_bitmap().
static JSValue write_sysctl(JSContext *ctx, int fd, JSValueConst path, struct text text) {
    size_t done = 0;
    do {
        ssize_t written = pwrite(fd, text.bytes + done, text.length - done, (off_t)done);
        if (written < 0 && errno == EINTR) continue;
        if (written == 0) errno = EIO;
        if (written <= 0) return fail(ctx, "write", path);
        done += (size_t)written;
    } while (done < text.length);
    return JS_UNDEFINED;
}

#define SYSCTLS "/proc/sys/"

// readFile(path)
NATIVE(native_read_file) {
    UNUSED;
    struct text path = encode(ctx, argv[0]);
    if (path.bytes == NULL) return JS_EXCEPTION;
    bool is_sysctl = strncmp(path.bytes, SYSCTLS, sizeof SYSCTLS - 1) == 0;
    free_text(ctx, path);
    int fd = open_path(ctx, "open", argv[0], O_RDONLY | O_NONBLOCK);
    if (fd < 0) return JS_EXCEPTION;
    struct buffer buffer = {0};
    JSValue result;
    if (is_sysctl) result = read_sysctl(ctx, fd, argv[0]);
    else if (read_all(fd, 8 << 10, SIZE_MAX, &buffer)) result = decode(ctx, buffer.bytes, buffer.length);
    else result = fail(ctx, "read", argv[0]);
    memory_free(NULL, buffer.bytes);
    close(fd);
    return result;
}

// writeFile(path, text): of a sysctl
NATIVE(native_write_file) {
    UNUSED;
    struct text text = encode(ctx, argv[1]);
    if (text.bytes == NULL) return JS_EXCEPTION;
    int fd = open_path(ctx, "open", argv[0], O_WRONLY | O_NOFOLLOW);
    JSValue result = fd < 0 ? JS_EXCEPTION : write_sysctl(ctx, fd, argv[0], text);
    if (fd >= 0) close(fd);
    free_text(ctx, text);
    return result;
}

// openSysctl(path): a descriptor, or -1 where that would be above half of what the process may have
NATIVE(native_open_sysctl) {
    UNUSED;
    int fd = open_path(ctx, "open", argv[0], O_RDWR | O_NOFOLLOW);
    if (fd < 0) return JS_EXCEPTION;
    struct rlimit most;
    if (getrlimit(RLIMIT_NOFILE, &most) == 0 && (rlim_t)fd < most.rlim_cur / 2) return JS_NewInt32(ctx, fd);
    close(fd);
    return JS_NewInt32(ctx, -1);
}

// readSysctl(path, fd)
NATIVE(native_read_sysctl) {
    UNUSED;
    int32_t fd;
    return JS_ToInt32(ctx, &fd, argv[1]) < 0 ? JS_EXCEPTION : read_sysctl(ctx, fd, argv[0]);
}

// writeSysctl(path, fd, text)
NATIVE(native_write_sysctl) {
    UNUSED;
    int32_t fd;
    if (JS_ToInt32(ctx, &fd, argv[1]) < 0) return JS_EXCEPTION;
    struct text text = encode(ctx, argv[2]);
    if (text.bytes == NULL) return JS_EXCEPTION;
    JSValue result = write_sysctl(ctx, fd, argv[0], text);
    free_text(ctx, text);
    return result;
}

// What a file is to hold: a text, or where that is NULL, what there is to read from a descriptor.
struct content {
    struct text text;
    int source;
};

// The call that has failed with errno, or NULL.
static const char *copy_all(int source, int target) {
    size_t size = 64 << 10;
    char *bytes = memory_allocate(NULL, size);
    const char *failed = NULL;
    for (ssize_t got; failed == NULL && (got = read(source, bytes, size)) != 0;) {
        if (got > 0) failed = write_all(target, bytes, (size_t)got) ? NULL : "write";
        else if (errno != EINTR) failed = "read";
    }
    memory_free(NULL, bytes);
    return failed;
}

static const char *write_unfinished(const char *path, mode_t mode, struct content content) {
    int fd = openat(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0) return "open";
    const char *failed = fchmod(fd, mode) < 0 ? "fchmod" : NULL;
    if (failed == NULL && content.text.bytes == NULL) failed = copy_all(content.source, fd);
    else if (failed == NULL && !write_all(fd, content.text.bytes, content.text.length)) failed = "write";
    if (failed == NULL && fsync(fd) < 0) failed = "fsync";
    if (failed != NULL) close_keeping_errno(fd);
    else if (close(fd) < 0) failed = "close";
    return failed;
}

static const char *replace(const char *path, const char *unfinished, const char *folder, mode_t mode,
                           struct content content) {
    const char *failed = write_unfinished(unfinished, mode, content);
    if (failed == NULL && rename(unfinished, path) < 0) failed = "rename";
    if (failed != NULL) {
        int error = errno;
        unlink(unfinished);
        errno = error;
        return failed;
    }
    // Until the rename is on the disk, a crash of the node leaves the old file.
    int fd = openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return "open";
    if (fsync(fd) < 0) failed = "fsync";
    close_keeping_errno(fd);
    return failed;
}

static JSValue replace_file(JSContext *ctx, JSValueConst *argv, struct content content) {
    int32_t mode;
    struct text path = {0}, unfinished = {0}, folder = {0};
    JSValue result = JS_EXCEPTION;
    if (JS_ToInt32(ctx, &mode, argv[3]) == 0 && get_path(ctx, argv[0], "open", &path) &&
        get_path(ctx, argv[1], "open", &unfinished) && get_path(ctx, argv[2], "open", &folder)) {
        const char *failed = replace(path.bytes, unfinished.bytes, folder.bytes, (mode_t)mode, content);
        result = failed == NULL ? JS_UNDEFINED : fail(ctx, failed, argv[0]);
    }
    free_text(ctx, path), free_text(ctx, unfinished), free_text(ctx, folder);
    return result;
}

// replaceFile(path, unfinished, folder, mode, text)
NATIVE(native_replace_file) {
    UNUSED;
    struct content content = {.text = encode(ctx, argv[4])};
    if (content.text.bytes == NULL) return JS_EXCEPTION;
    JSValue result = replace_file(ctx, argv, content);
    free_text(ctx, content.text);
    return result;
}

// copyFile(path, unfinished, folder, mode, from)
NATIVE(native_copy_file) {
    UNUSED;
    struct content content = {.source = open_path(ctx, "open", argv[4], O_RDONLY | O_NONBLOCK)};
    if (content.source < 0) return JS_EXCEPTION;
    JSValue result = replace_file(ctx, argv, content);
    close(content.source);
    return result;
}

// As many bytes as there are, up to `size`; -1 with errno.
static ssize_t read_full(int fd, uint8_t *bytes, size_t size) {
    for (size_t length = 0;;) {
        ssize_t got = read(fd, bytes + length, size - length);
        if (got < 0 && errno != EINTR) return -1;
        if (got > 0) length += (size_t)got;
        if (got == 0 || length == size) return (ssize_t)length;
    }
}

// hasSameContent(a, b)
NATIVE(native_has_same_content) {
    UNUSED;
    int a = open_path(ctx, "open", argv[0], O_RDONLY | O_NONBLOCK);
    int b = a < 0 ? -1 : open_path(ctx, "open", argv[1], O_RDONLY | O_NONBLOCK);
    JSValue result = b < 0 ? JS_EXCEPTION : JS_UNDEFINED;
    const size_t size = 64 << 10;
    uint8_t *bytes = memory_allocate(NULL, 2 * size);
    while (JS_IsUndefined(result)) {
        ssize_t of_a = read_full(a, bytes, size);
        ssize_t of_b = of_a < 0 ? -1 : read_full(b, bytes + size, size);
        if (of_b < 0) result = fail(ctx, "read", argv[of_a < 0 ? 0 : 1]);
        else if (of_a != of_b || memcmp(bytes, bytes + size, (size_t)of_a) != 0) result = JS_FALSE;
        else if (of_a == 0) result = JS_TRUE;
    }
    memory_free(NULL, bytes);
    if (b >= 0) close(b);
    if (a >= 0) close(a);
    return result;
}

static int call_access(const char *path, int unused) {
    (void)unused;
    return access(path, W_OK);
}

static int call_mkdir(const char *path, int mode) {
    return mkdir(path, (mode_t)mode);
}

static int call_unlink(const char *path, int unused) {
    (void)unused;
    return unlink(path);
}

enum { CALL_ACCESS, CALL_MKDIR, CALL_UNLINK };

static const struct {
    const char *name;
    int (*call)(const char *path, int number);
} CALLS[] = {
    [CALL_ACCESS] = {"access", call_access},
    [CALL_MKDIR] = {"mkdir", call_mkdir},
    [CALL_UNLINK] = {"unlink", call_unlink},
};

// checkWritable(path), mkdir(path, mode), unlink(path)
static JSValue native_simple(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int which) {
    UNUSED;
    int32_t number = 0;
    struct text path;
    if (!JS_IsUndefined(argv[1]) && JS_ToInt32(ctx, &number, argv[1]) < 0) return JS_EXCEPTION;
    if (!get_path(ctx, argv[0], CALLS[which].name, &path)) return JS_EXCEPTION;
    JSValue result = CALLS[which].call(path.bytes, number) == 0 ? JS_UNDEFINED : fail(ctx, CALLS[which].name, argv[0]);
    free_text(ctx, path);
    return result;
}

// lstat(path): [st_mode, st_uid]
NATIVE(native_lstat) {
    UNUSED;
    struct text path;
    struct stat status;
    if (!get_path(ctx, argv[0], "lstat", &path)) return JS_EXCEPTION;
    int failed = lstat(path.bytes, &status);
    free_text(ctx, path);
    if (failed != 0) return fail(ctx, "lstat", argv[0]);
    JSValue values[] = {JS_NewUint32(ctx, status.st_mode), JS_NewUint32(ctx, status.st_uid)};
    return JS_NewArrayFrom(ctx, COUNT(values), values);
}

static bool is_directory(DIR *folder, const struct dirent *entry) {
    struct stat status;
    if (entry->d_type != DT_UNKNOWN) return entry->d_type == DT_DIR;
    return fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

struct names {
    char **items; // each after `/` for a folder or `.` for all else
    size_t count, capacity;
};

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a + 1, *(char *const *)b + 1);
}

static void add_name(struct names *names, char kind, const char *name) {
    if (names->count == names->capacity) {
        names->capacity = names->capacity == 0 ? 64 : names->capacity * 2;
        names->items = memory_resize(NULL, names->items, names->capacity * sizeof *names->items);
    }
    size_t size = strlen(name) + 1;
    char *item = names->items[names->count++] = memory_allocate(NULL, size + 1);
    item[0] = kind;
    memcpy(item + 1, name, size);
}

// The names in a folder, in the order of their bytes; false with errno.
static bool read_names(DIR *folder, struct names *names) {
    const struct dirent *entry;
    for (errno = 0; (entry = readdir(folder)) != NULL; errno = 0) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
        add_name(names, is_directory(folder, entry) ? '/' : '.', name);
    }
    if (errno != 0) return false;
    if (names->count > 0) qsort(names->items, names->count, sizeof *names->items, compare_names);
    return true;
}

// list(path): names, each after `/` for a folder or `.` for all else
NATIVE(native_list) {
    UNUSED;
    int fd = open_path(ctx, "scandir", argv[0], O_RDONLY | O_DIRECTORY);
    if (fd < 0) return JS_EXCEPTION;
    DIR *folder = fdopendir(fd);
    if (folder == NULL) {
        close_keeping_errno(fd);
        return fail(ctx, "scandir", argv[0]);
    }
    struct names names = {0};
    bool ok = read_names(folder, &names);
    JSValue result = ok ? JS_NewArray(ctx) : fail(ctx, "scandir", argv[0]);
    closedir(folder);
    for (size_t i = 0; i < names.count; i++) {
        if (ok) JS_SetPropertyUint32(ctx, result, (uint32_t)i, decode_text(ctx, names.items[i]));
        memory_free(NULL, names.items[i]);
    }
    memory_free(NULL, names.items);
    return result;
}

#define OWN_NETNS "/proc/thread-self/ns/net"
#define NSFS_MAGIC 0x6e736673 // <linux/magic.h>

// A namespace of another kind is refused by setns(2).
static bool is_namespace(int fd) {
    struct statfs status;
    return fstatfs(fd, &status) == 0 && status.f_type == NSFS_MAGIC;
}

// netnsId(path): "dev:ino"
NATIVE(native_netns_id) {
    UNUSED;
    int fd = open_path(ctx, "open", argv[0], O_RDONLY | O_NONBLOCK);
    if (fd < 0) return JS_EXCEPTION;
    struct stat status;
    const char *failed = NULL;
    if (!is_namespace(fd)) errno = EINVAL, failed = "statfs";
    else if (fstat(fd, &status) < 0) failed = "fstat";
    close_keeping_errno(fd);
    if (failed != NULL) return fail(ctx, failed, argv[0]);
    char id[48];
    snprintf(id, sizeof id, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return JS_NewString(ctx, id);
}

// Where the process was started; -1 before the first enterNetns().
static int host_netns = -1;

// False after an exception.
static bool remember_host(JSContext *ctx) {
    if (host_netns < 0) host_netns = openat(AT_FDCWD, OWN_NETNS, O_RDONLY | O_CLOEXEC);
    if (host_netns < 0) fail_on(ctx, errno, "open", JS_NewString(ctx, OWN_NETNS));
    return host_netns >= 0;
}

// enterNetns(path)
NATIVE(native_enter_netns) {
    UNUSED;
    if (!remember_host(ctx)) return JS_EXCEPTION;
    int fd = open_path(ctx, "open", argv[0], O_RDONLY | O_NONBLOCK);
    if (fd < 0) return JS_EXCEPTION;
    int failed = setns(fd, CLONE_NEWNET);
    close_keeping_errno(fd);
    return failed == 0 ? JS_UNDEFINED : fail(ctx, "setns", argv[0]);
}

// makeNetns()
NATIVE(native_make_netns) {
    UNUSED, (void)argv;
    if (!remember_host(ctx)) return JS_EXCEPTION;
    if (unshare(CLONE_NEWNET) == 0) return JS_UNDEFINED;
    return fail_on(ctx, errno, "unshare", JS_NewString(ctx, "a network namespace"));
}

// leaveNetns()
NATIVE(native_leave_netns) {
    UNUSED, (void)argv;
    if (host_netns < 0 || setns(host_netns, CLONE_NEWNET) == 0) return JS_UNDEFINED;
    return fail_on(ctx, errno, "setns", JS_NewString(ctx, OWN_NETNS));
}

// The call that has failed, or NULL.
static const char *call_link(unsigned long request, struct ifreq *link) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return "socket";
    int failed = ioctl(fd, request, link);
    close_keeping_errno(fd);
    return failed == 0 ? NULL : "ioctl";
}

// linkIoctl(request, ifName, union)
NATIVE(native_link_ioctl) {
    UNUSED;
    uint32_t request;
    if (JS_ToUint32(ctx, &request, argv[0]) < 0) return JS_EXCEPTION;
    struct ifreq link = {0};
    uint8_t *const after_name = (uint8_t *)&link + IFNAMSIZ;
    size_t size;
    const uint8_t *given = JS_GetUint8Array(ctx, &size, argv[2]);
    if (given == NULL) return JS_EXCEPTION;
    if (size > sizeof link - IFNAMSIZ) return JS_ThrowRangeError(ctx, "struct ifreq has no %zu bytes", size);
    memcpy(after_name, given, size);
    struct text name;
    if (!get_path(ctx, argv[1], "ioctl", &name)) return JS_EXCEPTION;
    bool fits = name.length < IFNAMSIZ;
    if (fits) memcpy(link.ifr_name, name.bytes, name.length);
    free_text(ctx, name);
    if (!fits) return fail_on(ctx, ENODEV, "ioctl", JS_DupValue(ctx, argv[1]));
    const char *failed = call_link(request, &link);
    return failed == NULL ? JS_NewUint8ArrayCopy(ctx, after_name, size) : fail(ctx, failed, argv[1]);
}

// isTerminal(): stdout
NATIVE(native_is_terminal) {
    UNUSED, (void)argv;
    return JS_NewBool(ctx, isatty(STDOUT_FILENO) == 1);
}

// write(fd, text, path): all of it
NATIVE(native_write) {
    UNUSED;
    int32_t fd;
    if (JS_ToInt32(ctx, &fd, argv[0]) < 0) return JS_EXCEPTION;
    struct text text = encode(ctx, argv[1]);
    if (text.bytes == NULL) return JS_EXCEPTION;
    JSValue result = write_all(fd, text.bytes, text.length) ? JS_UNDEFINED : fail(ctx, "write", argv[2]);
    free_text(ctx, text);
    return result;
}

static const JSCFunctionListEntry NATIVE_OS[] = {
    JS_CFUNC_DEF("start", 1, native_start),
    JS_CFUNC_DEF("failWith", 1, native_fail_with),
    JS_CFUNC_DEF("getenv", 1, native_getenv),
    JS_CFUNC_DEF("readStdin", 2, native_read_stdin),
    JS_CFUNC_DEF("readFile", 1, native_read_file),
    JS_CFUNC_DEF("writeFile", 2, native_write_file),
    JS_CFUNC_DEF("replaceFile", 5, native_replace_file),
    JS_CFUNC_DEF("copyFile", 5, native_copy_file),
    JS_CFUNC_DEF("hasSameContent", 2, native_has_same_content),
    JS_CFUNC_DEF("openSysctl", 1, native_open_sysctl),
    JS_CFUNC_DEF("readSysctl", 2, native_read_sysctl),
    JS_CFUNC_DEF("writeSysctl", 3, native_write_sysctl),
    JS_CFUNC_MAGIC_DEF("checkWritable", 2, native_simple, CALL_ACCESS),
    JS_CFUNC_MAGIC_DEF("mkdir", 2, native_simple, CALL_MKDIR),
    JS_CFUNC_MAGIC_DEF("unlink", 2, native_simple, CALL_UNLINK),
    JS_CFUNC_DEF("lstat", 1, native_lstat),
    JS_CFUNC_DEF("list", 1, native_list),
    JS_CFUNC_DEF("netnsId", 1, native_netns_id),
    JS_CFUNC_DEF("enterNetns", 1, native_enter_netns),
    JS_CFUNC_DEF("makeNetns", 0, native_make_netns),
    JS_CFUNC_DEF("leaveNetns", 0, native_leave_netns),
    JS_CFUNC_DEF("linkIoctl", 3, native_link_ioctl),
    JS_CFUNC_DEF("isTerminal", 0, native_is_terminal),
    JS_CFUNC_DEF("write", 3, native_write),
};

// A standard stream that is closed would be the next file that is opened, and what is printed would go there.
static void open_standard_streams(void) {
    struct pollfd streams[] = {{.fd = 0}, {.fd = 1}, {.fd = 2}};
    if (poll(streams, COUNT(streams), 0) < 0) _exit(1);
    for (size_t fd = 0; fd < COUNT(streams); fd++) {
        if ((streams[fd].revents & POLLNVAL) && open("/dev/null", O_RDWR) != (int)fd) _exit(1);
    }
}

// gettimeofday() for the engine, which seeds its hashes with it: two builds are to be alike.
int no_clock(struct timeval *time, void *zone) {
    (void)zone;
    *time = (struct timeval){.tv_sec = 1};
    return 0;
}

// The engine with what the plugin uses of the language.
static JSContext *start_engine(void) {
    JSRuntime *runtime = JS_NewRuntime2(&MEMORY, NULL);
    JSContext *ctx = runtime == NULL ? NULL : JS_NewContextRaw(runtime);
    if (ctx == NULL || JS_AddIntrinsicBaseObjects(ctx) < 0 || JS_AddIntrinsicRegExp(ctx) < 0 ||
        JS_AddIntrinsicJSON(ctx) < 0 || JS_AddIntrinsicMapSet(ctx) < 0 || JS_AddIntrinsicPromise(ctx) < 0 || JS_AddIntrinsicTypedArrays(ctx) < 0) {
        leave_out_of_memory();
    }
    // A request is over before there is much to collect; a large one is held to the limit.
    JS_SetGCThreshold(runtime, MEMORY_LIMIT / 8);
    return ctx;
}

#ifndef RUN_AT_ONCE
// The engine keeps where its stack is, which JS_UpdateStackTop() sets anew: no two builds would be alike.
static void forget_stack(void) {
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), range = (uintptr_t)16 << 20;
    for (uintptr_t *word = (uintptr_t *)kept.heap; word < (uintptr_t *)kept.chunk; word++) {
        if (*word - (here - range) < 2 * range) *word = 0;
    }
}

static _Noreturn void leave_with(const char *message) {
    write_all(STDERR_FILENO, message, strlen(message));
    _exit(1);
}

// What the build puts into the executable.
static _Noreturn void give_kept(void) {
    if (kept.mapped > 0) leave_with("the plugin has outgrown HEAP in quickjs.c\n");
    forget_stack();
    if (!write_all(STDOUT_FILENO, (const char *)&kept, sizeof kept)) leave_with("stdout cannot be written\n");
    _exit(0);
}
#endif

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 // <asm-generic/mman-common.h>
#endif

// Nearly every page of it is soon written to, which takes longer one by one. Before Linux 5.14 they are all the same.
static void copy_kept(void) {
    size_t size = (size_t)(kept.chunk - (uint8_t *)&kept);
    madvise(&kept, size & ~(PAGE - 1), MADV_POPULATE_WRITE);
}

static _Noreturn void leave_with_exception(JSContext *ctx) {
    const char *message = JS_ToCString(ctx, JS_GetException(ctx));
    if (message != NULL) write_all(STDERR_FILENO, message, strlen(message));
    leave("{\"cniVersion\":\"1.1.0\",\"code\":999,\"msg\":\"a bug in netns-sysctl: it did not come to its end\","
          "\"details\":\"please report it, with the lines that the plugin wrote to stderr\"}\n");
}

#ifdef RUN_AT_ONCE
// The plugin as qjsc has compiled it.
extern const uint8_t program[];
extern const uint32_t program_size;

static struct buffer find_program(void) {
    return (struct buffer){.bytes = (uint8_t *)program, .length = program_size};
}

static void release_program(struct buffer found) {
    (void)found;
}
#else
// The build gives it on stdin.
static struct buffer find_program(void) {
    struct buffer program = {0};
    if (!read_all(STDIN_FILENO, 1 << 20, MEMORY_LIMIT, &program)) leave_with("stdin cannot be read\n");
    return program;
}

static void release_program(struct buffer program) {
    memory_free(NULL, program.bytes);
}
#endif

static JSContext *load_plugin(void) {
    struct buffer program = find_program();
    JSContext *ctx = start_engine();
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue os = JS_NewObject(ctx);
    JS_SetPropertyFunctionList(ctx, os, NATIVE_OS, COUNT(NATIVE_OS));
    JS_SetPropertyStr(ctx, global, "nativeOs", os);
    JSValue script = JS_ReadObject(ctx, program.bytes, program.length, JS_READ_OBJ_BYTECODE);
    release_program(program);
    if (JS_IsException(script) || JS_IsException(JS_EvalFunction(ctx, script))) leave_with_exception(ctx);
    JS_RunGC(JS_GetRuntime(ctx));
    return ctx;
}

int main(int argc, char **argv) {
    open_standard_streams();
    signal(SIGPIPE, SIG_IGN);
    if (kept.ctx == NULL) {
        kept.ctx = load_plugin();
#ifndef RUN_AT_ONCE
        give_kept();
#endif
    } else {
        copy_kept();
    }
#ifdef __AFL_HAVE_MANUAL_CONTROL
    __AFL_INIT(); // where the fuzzer forks
#endif
    JSContext *ctx = kept.ctx;
    JS_UpdateStackTop(JS_GetRuntime(ctx));
    JSValue args = JS_NewArray(ctx);
    for (int i = 1; i < argc; i++) JS_SetPropertyUint32(ctx, args, (uint32_t)i - 1, decode_text(ctx, argv[i]));
    JSValue code = JS_Call(ctx, kept.run, JS_UNDEFINED, 1, &args);
    int32_t exit_code;
    if (JS_IsException(code) || JS_ToInt32(ctx, &exit_code, code) < 0) leave_with_exception(ctx);
    _exit(exit_code);
}
