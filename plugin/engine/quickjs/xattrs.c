// Extended attributes of files: SELinux's, access control lists.
#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#include "host.h"

#define MOST_BYTES ((size_t)64 << 10) // XATTR_LIST_MAX and XATTR_SIZE_MAX, <linux/limits.h>

// A signature of the old content.
static bool is_of_content(const char *name) {
    return strcmp(name, "security.ima") == 0 || strcmp(name, "security.evm") == 0;
}

const char *copy_xattrs(int source, int target) {
    char *names = memory_allocate(NULL, MOST_BYTES), *value = memory_allocate(NULL, MOST_BYTES);
    ssize_t length = flistxattr(source, names, MOST_BYTES);
    const char *failed = length < 0 && errno != ENOTSUP ? "flistxattr" : NULL;
    for (ssize_t at = 0; failed == NULL && at < length; at += (ssize_t)strlen(names + at) + 1) {
        const char *name = names + at;
        if (is_of_content(name)) continue;
        ssize_t size = fgetxattr(source, name, value, MOST_BYTES);
        if (size < 0) failed = "fgetxattr";
        else if (fsetxattr(target, name, value, (size_t)size, 0) < 0) failed = "fsetxattr";
    }
    int error = errno;
    memory_free(NULL, names), memory_free(NULL, value);
    errno = error;
    return failed;
}
