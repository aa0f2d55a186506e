// Waiting for changes in folders, for signals, and for time to pass.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

// All changes of a folder and of its content.
#define EVENTS (IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_MOVE | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

// -1 before watchFolders() is called.
static int inotify = -1, signals = -1;

// SIGTERM and SIGINT no longer end the process, and can be read; false with errno.
static bool notice_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (signals < 0) signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return signals >= 0 && sigprocmask(SIG_BLOCK, &set, NULL) == 0;
}

// watchFolders(paths)
NATIVE(native_watch_folders) {
    UNUSED;
    if (!notice_signals()) return fail(ctx, "signalfd", argv[0]);
    if (inotify < 0) inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (inotify < 0) return fail_on(ctx, errno, "inotify_init1", JS_NewString(ctx, "inotify"));
    JSValue length = JS_GetPropertyStr(ctx, argv[0], "length");
    uint32_t count = 0;
    if (JS_ToUint32(ctx, &count, length) < 0) return JS_EXCEPTION;
    for (uint32_t i = 0; i < count; i++) {
        JSValue path = JS_GetPropertyUint32(ctx, argv[0], i);
        struct text text;
        JSValue result = JS_UNDEFINED;
        if (get_path(ctx, path, "inotify_add_watch", &text)) {
            if (inotify_add_watch(inotify, text.bytes, EVENTS) < 0) result = fail(ctx, "inotify_add_watch", path);
            free_text(ctx, text);
        } else {
            result = JS_EXCEPTION;
        }
        JS_FreeValue(ctx, path);
        if (JS_IsException(result)) return result;
    }
    return JS_UNDEFINED;
}

static int64_t milliseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void drain(int fd) {
    uint8_t events[4096];
    while (read(fd, events, sizeof events) > 0);
}

enum wakening { TIMEOUT, CHANGED, TERMINATED };

// Waits for a signal, and if `folders` is a descriptor, also for a change. A signal stays readable.
static enum wakening wait_for(int folders, int64_t most) {
    int64_t end = milliseconds(CLOCK_MONOTONIC) + most;
    for (;;) {
        int64_t left = end - milliseconds(CLOCK_MONOTONIC);
        struct pollfd requests[] = {{.fd = signals, .events = POLLIN}, {.fd = folders, .events = POLLIN}};
        int ready = poll(requests, COUNT(requests), left < 0 ? 0 : (int)left);
        if (ready > 0 && requests[0].revents != 0) return TERMINATED;
        if (ready > 0) {
            drain(folders);
            return CHANGED;
        }
        if (ready == 0 || left <= 0) return TIMEOUT;
    }
}

static bool get_time(JSContext *ctx, JSValueConst value, int32_t *time) {
    // Frees garbage with cyclic references: the process may run for months.
    JS_RunGC(JS_GetRuntime(ctx));
    return JS_ToInt32(ctx, time, value) == 0;
}

// waitForChange(milliseconds)
NATIVE(native_wait_for_change) {
    UNUSED;
    static const char *const NAMES[] = {[TIMEOUT] = "timeout", [CHANGED] = "changed", [TERMINATED] = "terminated"};
    int32_t most;
    return get_time(ctx, argv[0], &most) ? JS_NewString(ctx, NAMES[wait_for(inotify, most)]) : JS_EXCEPTION;
}

// pause(milliseconds)
NATIVE(native_pause) {
    UNUSED;
    int32_t most;
    return get_time(ctx, argv[0], &most) ? JS_NewBool(ctx, wait_for(-1, most) == TERMINATED) : JS_EXCEPTION;
}

// elapsed()
NATIVE(native_elapsed) {
    UNUSED, (void)argv;
    return JS_NewInt64(ctx, milliseconds(CLOCK_MONOTONIC));
}

// wallClock()
NATIVE(native_wall_clock) {
    UNUSED, (void)argv;
    return JS_NewFloat64(ctx, (double)milliseconds(CLOCK_REALTIME) / 1000);
}
