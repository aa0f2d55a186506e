// Reading and writing to the end, and the standard streams.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "host.h"

// poll(2) after EAGAIN, as on a pipe that its owner has made non-blocking; false for every other error.
static bool may_repeat(int fd, short events) {
    static int repeats; // something is wrong where there is no end of them
    if ((errno != EINTR && errno != EAGAIN) || ++repeats > 100000) return false;
    if (errno == EINTR) return true;
    struct pollfd request = {.fd = fd, .events = events};
    return poll(&request, 1, -1) >= 0 || errno == EINTR;
}

bool read_all(int fd, size_t room, size_t most, struct buffer *buffer) {
    for (size_t capacity = 0;;) {
        if (buffer->length == capacity) {
            capacity += capacity == 0 ? room : capacity;
            buffer->bytes = memory_resize(NULL, buffer->bytes, capacity);
        }
        ssize_t got = read(fd, buffer->bytes + buffer->length, capacity - buffer->length);
        if (got < 0 && may_repeat(fd, POLLIN)) continue;
        if (got <= 0) return got == 0;
        buffer->length += (size_t)got;
        if (buffer->length > most) {
            errno = EFBIG;
            return false;
        }
    }
}

bool write_all(int fd, const char *bytes, size_t length) {
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

// readStdin(most, path)
NATIVE(native_read_stdin) {
    UNUSED;
    int64_t most;
    if (JS_ToInt64(ctx, &most, argv[0]) < 0) return JS_EXCEPTION;
    struct buffer buffer = {0};
    JSValue result;
    if (!read_all(STDIN_FILENO, 8 << 10, (size_t)most, &buffer)) {
        result = fail(ctx, "read", argv[1]);
    } else if (find_invalid(buffer.bytes, buffer.length) < buffer.length) {
        result = fail_on(ctx, EILSEQ, "read", JS_DupValue(ctx, argv[1]));
    } else {
        result = JS_NewStringLen(ctx, (const char *)buffer.bytes, buffer.length);
    }
    memory_free(NULL, buffer.bytes);
    return result;
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

// isTerminal(): stdout
NATIVE(native_is_terminal) {
    UNUSED, (void)argv;
    return JS_NewBool(ctx, isatty(STDOUT_FILENO) == 1);
}

// If a standard stream is closed, the next opened file would get its number, and output would go there.
void open_standard_streams(void) {
    struct pollfd streams[] = {{.fd = 0}, {.fd = 1}, {.fd = 2}};
    if (poll(streams, COUNT(streams), 0) < 0) return;
    for (size_t fd = 0; fd < COUNT(streams); fd++) {
        if ((streams[fd].revents & POLLNVAL) && open("/dev/null", O_RDWR) != (int)fd) _exit(1);
    }
}
