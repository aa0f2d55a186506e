// The start of the engine and of the plugin.
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "host.h"

// gettimeofday() for the engine, which seeds its hashes with it: two builds must be equal.
int no_clock(struct timeval *time, void *zone) {
    (void)zone;
    *time = (struct timeval){.tv_sec = 1};
    return 0;
}

// The engine with the parts of the language that the plugin uses.
static JSContext *start_engine(void) {
    JSRuntime *runtime = JS_NewRuntime2(&MEMORY, NULL);
    JSContext *ctx = runtime == NULL ? NULL : JS_NewContextRaw(runtime);
    if (ctx == NULL || JS_AddIntrinsicBaseObjects(ctx) < 0 || JS_AddIntrinsicRegExp(ctx) < 0 ||
        JS_AddIntrinsicJSON(ctx) < 0 || JS_AddIntrinsicMapSet(ctx) < 0 || JS_AddIntrinsicPromise(ctx) < 0 || JS_AddIntrinsicTypedArrays(ctx) < 0) {
        leave_out_of_memory();
    }
    // A request ends before there is much garbage; the limit is for large ones.
    JS_SetGCThreshold(runtime, MEMORY_LIMIT / 8);
    return ctx;
}

// Runs a script that qjsc has compiled; false after an exception.
static bool run_script(JSContext *ctx, const uint8_t *bytes, size_t size) {
    JSValue script = JS_ReadObject(ctx, bytes, size, JS_READ_OBJ_BYTECODE);
    return !JS_IsException(script) && !JS_IsException(JS_EvalFunction(ctx, script));
}

// The program for runtimes. The build gives it on stdin, and stores the heap.
#ifdef RUN_AT_ONCE
extern const uint8_t runtime_program[];
extern const uint32_t runtime_program_size;

static bool run_runtime_program(JSContext *ctx) {
    return run_script(ctx, runtime_program, runtime_program_size);
}
#else
static bool run_runtime_program(JSContext *ctx) {
    struct buffer program = {0};
    if (!read_all(STDIN_FILENO, 1 << 20, MEMORY_LIMIT, &program)) leave_with("stdin cannot be read\n");
    bool ok = run_script(ctx, program.bytes, program.length);
    memory_free(NULL, program.bytes);
    return ok;
}
#endif

static JSContext *load_plugin(void) {
    JSContext *ctx = start_engine();
    add_native_os(ctx);
    if (!run_runtime_program(ctx)) leave_with_exception(ctx);
    JS_RunGC(JS_GetRuntime(ctx));
    return ctx;
}

// start(run): `run` is called with the arguments when the process is started, and gives the exit code
NATIVE(native_start) {
    UNUSED;
    // The function of an earlier call is not freed: it is running when operate() is called.
    kept.run = JS_DupValue(ctx, argv[0]);
    return JS_UNDEFINED;
}

// operate(args): the exit code of the operator's program, which calls failWith() and start() for itself
NATIVE(native_operate) {
    UNUSED;
    if (!run_script(ctx, operator_program, operator_program_size)) return JS_EXCEPTION;
    return JS_Call(ctx, kept.run, JS_UNDEFINED, 1, argv);
}

int main(int argc, char **argv) {
    open_standard_streams();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // write(2) gives EFBIG
    if (kept.ctx == NULL) {
        kept.ctx = load_plugin();
#ifndef RUN_AT_ONCE
        give_kept();
#endif
    } else {
        populate_at_start();
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
