// The start of the engine and of the plugin.
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "host.h"

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

// start(run): `run` is called with the arguments when the process is started, and gives the exit code
NATIVE(native_start) {
    UNUSED;
    kept.run = JS_DupValue(ctx, argv[0]);
    return JS_UNDEFINED;
}

static JSContext *load_plugin(void) {
    struct buffer program = find_program();
    JSContext *ctx = start_engine();
    add_native_os(ctx);
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
