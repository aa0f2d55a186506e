// The ioctls of a network interface.
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "host.h"

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
