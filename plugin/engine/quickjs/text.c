// Texts. JavaScript's are UTF-16; the system's are bytes, usually UTF-8.
#include <errno.h>
#include <string.h>

#include "host.h"

// The length of the character at `at`, with `left` bytes to the end; `ok` tells whether it is valid: Unicode, table 3-7. For
// invalid bytes, as many as become one U+FFFD (Encoding standard, UTF-8 decoder).
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

size_t find_invalid(const uint8_t *bytes, size_t length) {
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

JSValue decode(JSContext *ctx, const uint8_t *bytes, size_t length) {
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

JSValue decode_text(JSContext *ctx, const char *text) {
    return decode(ctx, (const uint8_t *)text, strlen(text));
}

struct text encode(JSContext *ctx, JSValueConst value) {
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

void free_text(JSContext *ctx, struct text text) {
    if (text.copy != NULL) memory_free(NULL, text.copy);
    else if (text.bytes != NULL) JS_FreeCString(ctx, text.bytes);
}

bool get_path(JSContext *ctx, JSValueConst value, const char *call, struct text *path) {
    *path = encode(ctx, value);
    if (path->bytes == NULL) return false;
    if (strlen(path->bytes) == path->length) return true;
    free_text(ctx, *path);
    fail_on(ctx, EINVAL, call, JS_DupValue(ctx, value));
    return false;
}
