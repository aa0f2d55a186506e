// netlink(7).
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host.h"

// <linux/netlink.h>, which musl has not
struct header {
    uint32_t length;
    uint16_t type, flags;
    uint32_t sequence, port;
};
#define NLMSG_ERROR 2
#define NLMSG_DONE 3

#define PIECE ((size_t)64 << 10) // the kernel's answers come in pieces of at most 32 KB

// Whether the answer ends in these bytes; a negative errno if it is a refusal or not an answer.
static int find_end(const uint8_t *bytes, size_t length) {
    for (size_t at = 0; at + sizeof(struct header) <= length;) {
        struct header header;
        memcpy(&header, bytes + at, sizeof header);
        if (header.length < sizeof header || header.length > length - at) return -EBADMSG;
        if (header.type == NLMSG_ERROR || header.type == NLMSG_DONE) {
            // Both start with an errno: 0 or a negative number; an older NLMSG_DONE may have none.
            int32_t error = 0;
            if (header.length >= sizeof header + sizeof error) memcpy(&error, bytes + at + sizeof header, sizeof error);
            return error < 0 ? error : 1;
        }
        at += ((size_t)header.length + 3) & ~(size_t)3;
    }
    return 0;
}

// Sends the request and gathers the answer. The call that has failed, with errno, or NULL.
static const char *ask(int fd, const uint8_t *request, size_t length, struct buffer *answer) {
    if (send(fd, request, length, 0) < 0) return "send";
    for (int end = 0; end == 0;) {
        answer->bytes = memory_resize(NULL, answer->bytes, answer->length + PIECE);
        uint8_t *piece = answer->bytes + answer->length;
        ssize_t received;
        do received = recv(fd, piece, PIECE, MSG_TRUNC);
        while (received < 0 && errno == EINTR);
        if (received < 0) return "recv";
        if ((size_t)received > PIECE) return errno = EMSGSIZE, "recv";
        end = find_end(piece, (size_t)received);
        if (end < 0) return errno = -end, "request";
        answer->length += (size_t)received;
    }
    return NULL;
}

// netlink(protocol, request): the answer
NATIVE(native_netlink) {
    UNUSED;
    int32_t protocol;
    size_t length;
    if (JS_ToInt32(ctx, &protocol, argv[0]) < 0) return JS_EXCEPTION;
    const uint8_t *request = JS_GetUint8Array(ctx, &length, argv[1]);
    if (request == NULL) return JS_EXCEPTION;
    struct buffer answer = {0};
    const char *failed = NULL;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0) failed = "socket";
    else failed = ask(fd, request, length, &answer);
    int error = errno;
    if (fd >= 0) close(fd);
    JSValue result;
    if (failed == NULL) {
        result = JS_NewUint8ArrayCopy(ctx, answer.bytes, answer.length);
    } else {
        char path[24];
        snprintf(path, sizeof path, "netlink %d", protocol);
        result = fail_on(ctx, error, failed, JS_NewString(ctx, path));
    }
    memory_free(NULL, answer.bytes);
    return result;
}
