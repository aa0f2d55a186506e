// Failures: an OsError of the plugin's, or the end of the process if the plugin cannot go on.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

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

JSValue fail_on(JSContext *ctx, int error, const char *call, JSValue path) {
    JSValue arguments[] = {JS_NewString(ctx, name_of(error)), JS_NewString(ctx, call), path};
    JSValue thrown = JS_CallConstructor(ctx, kept.os_error, COUNT(arguments), arguments);
    for (size_t i = 0; i < COUNT(arguments); i++) JS_FreeValue(ctx, arguments[i]);
    return JS_IsException(thrown) ? thrown : JS_Throw(ctx, thrown);
}

JSValue fail(JSContext *ctx, const char *call, JSValueConst path) {
    return fail_on(ctx, errno, call, JS_DupValue(ctx, path));
}

JSValue fail_at(JSContext *ctx, const char *call, JSValueConst *argv) {
    int error = errno;
    if (JS_IsUndefined(argv[2])) return fail_on(ctx, error, call, JS_DupValue(ctx, argv[0]));
    struct text folder = encode(ctx, argv[2]), name = encode(ctx, argv[0]);
    JSValue path = JS_EXCEPTION;
    if (folder.bytes != NULL && name.bytes != NULL) {
        size_t size = folder.length + name.length + 1;
        char *bytes = memory_allocate(NULL, size);
        memcpy(bytes, folder.bytes, folder.length);
        bytes[folder.length] = '/';
        memcpy(bytes + folder.length + 1, name.bytes, name.length);
        path = decode(ctx, (const uint8_t *)bytes, size);
        memory_free(NULL, bytes);
    }
    free_text(ctx, folder), free_text(ctx, name);
    return JS_IsException(path) ? path : fail_on(ctx, error, call, path);
}

// failWith(OsError): what every other function throws
NATIVE(native_fail_with) {
    UNUSED;
    kept.os_error = JS_DupValue(ctx, argv[0]);
    return JS_UNDEFINED;
}

static _Noreturn void leave(const char *json) {
    for (size_t left = strlen(json); left > 0;) {
        ssize_t written = write(STDOUT_FILENO, json, left);
        if (written < 0 && errno != EINTR) break;
        if (written > 0) json += written, left -= (size_t)written;
    }
    _exit(1);
}

// The engine would throw an exception, and catching it needs memory too.
_Noreturn void leave_out_of_memory(void) {
    leave("{\"cniVersion\":\"1.1.0\",\"code\":5,\"msg\":\"out of memory: the request needs more than 512 MB, or than there is\","
          "\"details\":\"what ADD had written by then is put back by DEL\"}\n");
}

_Noreturn void leave_short_of_memory(void) {
    leave("{\"cniVersion\":\"1.1.0\",\"code\":11,\"msg\":\"the system has no memory for the request just now\","
          "\"details\":\"what ADD had written by then is put back by DEL\"}\n");
}

_Noreturn void leave_with(const char *message) {
    write_all(STDERR_FILENO, message, strlen(message));
    _exit(1);
}

_Noreturn void leave_with_exception(JSContext *ctx) {
    const char *message = JS_ToCString(ctx, JS_GetException(ctx));
    if (message != NULL) write_all(STDERR_FILENO, message, strlen(message));
    leave("{\"cniVersion\":\"1.1.0\",\"code\":999,\"msg\":\"a bug in netns-sysctl: it did not come to its end\","
          "\"details\":\"please report it, with the lines that the plugin wrote to stderr\"}\n");
}
