// The object nativeOs, from which plugin/engine/quickjs/quickjs.ts makes the operating system.
#include <stdlib.h>

#include "host.h"

// getenv(name)
NATIVE(native_getenv) {
    UNUSED;
    const char *name = JS_ToCString(ctx, argv[0]);
    if (name == NULL) return JS_EXCEPTION;
    const char *value = getenv(name);
    JS_FreeCString(ctx, name);
    return value == NULL ? JS_UNDEFINED : decode_text(ctx, value);
}

static const JSCFunctionListEntry NATIVE_OS[] = {
    JS_CFUNC_DEF("start", 1, native_start),
    JS_CFUNC_DEF("operate", 1, native_operate),
    JS_CFUNC_DEF("failWith", 1, native_fail_with),
    JS_CFUNC_DEF("getenv", 1, native_getenv),
    JS_CFUNC_DEF("readStdin", 2, native_read_stdin),
    JS_CFUNC_DEF("readFile", 1, native_read_file),
    JS_CFUNC_DEF("writeFile", 2, native_write_file),
    JS_CFUNC_DEF("readIfExists", 3, native_read_if_exists),
    JS_CFUNC_DEF("replaceFile", 5, native_replace_file),
    JS_CFUNC_DEF("rewriteFile", 5, native_rewrite_file),
    JS_CFUNC_DEF("copyFile", 5, native_copy_file),
    JS_CFUNC_DEF("hasSameContent", 2, native_has_same_content),
    JS_CFUNC_DEF("openSysctl", 1, native_open_sysctl),
    JS_CFUNC_DEF("readSysctl", 2, native_read_sysctl),
    JS_CFUNC_DEF("writeSysctl", 3, native_write_sysctl),
    JS_CFUNC_MAGIC_DEF("checkWritable", 2, native_simple, CALL_ACCESS),
    JS_CFUNC_MAGIC_DEF("mkdir", 2, native_simple, CALL_MKDIR),
    JS_CFUNC_DEF("lstat", 1, native_lstat),
    JS_CFUNC_DEF("age", 3, native_age),
    JS_CFUNC_DEF("list", 1, native_list),
    JS_CFUNC_DEF("names", 2, native_names),
    JS_CFUNC_DEF("namesBelow", 2, native_names_below),
    JS_CFUNC_DEF("openFolder", 3, native_open_folder),
    JS_CFUNC_DEF("foldersFrom", 2, native_folders_from),
    JS_CFUNC_DEF("isStillAt", 4, native_is_still_at),
    JS_CFUNC_DEF("tryLock", 2, native_try_lock),
    JS_CFUNC_MAGIC_DEF("makeFolder", 4, native_change, CALL_MAKE_FOLDER),
    JS_CFUNC_MAGIC_DEF("removeFolder", 4, native_change, CALL_REMOVE_FOLDER),
    JS_CFUNC_MAGIC_DEF("removeFile", 4, native_change, CALL_REMOVE_FILE),
    JS_CFUNC_DEF("close", 1, native_close),
    JS_CFUNC_DEF("sleep", 1, native_sleep),
    JS_CFUNC_DEF("openNetns", 1, native_open_netns),
    JS_CFUNC_DEF("ownNetnsId", 0, native_own_netns_id),
    JS_CFUNC_DEF("enterNetns", 2, native_enter_netns),
    JS_CFUNC_DEF("netnsCookie", 0, native_netns_cookie),
    JS_CFUNC_DEF("makeNetns", 0, native_make_netns),
    JS_CFUNC_DEF("leaveNetns", 0, native_leave_netns),
    JS_CFUNC_DEF("linkIoctl", 3, native_link_ioctl),
    JS_CFUNC_DEF("netlink", 2, native_netlink),
    JS_CFUNC_DEF("isTerminal", 0, native_is_terminal),
    JS_CFUNC_DEF("write", 3, native_write),
    JS_CFUNC_DEF("readPart", 3, native_read_part),
    JS_CFUNC_DEF("readLink", 1, native_read_link),
    JS_CFUNC_DEF("fileVersion", 1, native_file_version),
    JS_CFUNC_DEF("rename", 3, native_rename),
    JS_CFUNC_DEF("watchFolders", 1, native_watch_folders),
    JS_CFUNC_DEF("waitForChange", 1, native_wait_for_change),
    JS_CFUNC_DEF("pause", 1, native_pause),
    JS_CFUNC_DEF("elapsed", 0, native_elapsed),
    JS_CFUNC_DEF("wallClock", 0, native_wall_clock),
};

void add_native_os(JSContext *ctx) {
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue os = JS_NewObject(ctx);
    JS_SetPropertyFunctionList(ctx, os, NATIVE_OS, COUNT(NATIVE_OS));
    JS_SetPropertyStr(ctx, global, "nativeOs", os);
    JS_FreeValue(ctx, global);
}
