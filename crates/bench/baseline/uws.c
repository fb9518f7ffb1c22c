/* uWebSockets broadcasting ready-made frames to every subscriber of one topic, through the C interface that the PyPI package
 * `socketify` ships. No JSON, no model, nothing stored: the cheapest fan-out there is.
 * Started with: frame bytes. Prints its port. A client's message "COUNT BATCH INTERVAL_MS" begins a round: BATCH frames at once
 * for every INTERVAL_MS that has passed, or, with 0, whenever every subscriber has taken what was sent. The last frame of a round
 * begins with 'E'. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { const char *a, *b, *c, *d, *e, *f; int g; } options_t;
typedef struct { int port; const char *host; int options; } listen_t;
typedef struct {
    int compression; unsigned int max_payload; unsigned short idle_timeout; unsigned int max_backpressure;
    bool close_on_limit, reset_idle, pings; unsigned short max_lifetime;
    void (*upgrade)(void *, void *, void *, void *);
    void (*open)(void *, void *);
    void (*message)(void *, const char *, size_t, int, void *);
    void (*drain)(void *, void *);
    void (*ping)(void *, const char *, size_t, void *);
    void (*pong)(void *, const char *, size_t, void *);
    void (*close)(void *, int, const char *, size_t, void *);
    void (*subscription)(void *, const char *, size_t, int, int, void *);
} behavior_t;

void *socketify_create_loop(void);
void *socketify_get_native_loop(void *);
int socketify_loop_run(void *, int);
void *socketify_create_timer(void *, uint64_t, uint64_t, void (*)(void *), void *);
void socketify_timer_destroy(void *);
void *uws_get_loop_with_native(void *);
void *uws_create_app(int, options_t);
void uws_app_listen_with_config(int, void *, listen_t, void (*)(void *, listen_t, void *), void *);
int us_socket_local_port(int, void *);
void uws_ws(int, void *, const char *, behavior_t, void *);
bool uws_ws_subscribe(int, void *, const char *, size_t);
bool uws_publish(int, void *, const char *, size_t, const char *, size_t, int, bool);
int uws_ws_get_buffered_amount(int, void *);
int uv_idle_init(void *, void *);
int uv_idle_start(void *, void (*)(void *));
int uv_idle_stop(void *);
uint64_t uv_hrtime(void);

#define SUBSCRIBERS 4096
static void *app, *loop, *timer, *sockets[SUBSCRIBERS];
static int open_sockets;
static long left, batch, interval, ticks;
static uint64_t began;
static size_t size;
static char *frame;
static char idle[1024];

static void publish_batch(void) {
    for (long n = 0; n < batch && left > 0; n++, left--) {
        frame[0] = left == 1 ? 'E' : 'd';
        uws_publish(0, app, "t", 1, frame, size, 1, false);
    }
}

static void on_idle(void *handle) {
    for (int n = 0; n < open_sockets; n++)
        if (uws_ws_get_buffered_amount(0, sockets[n]) > 0) return;
    publish_batch();
    if (left == 0) uv_idle_stop(handle);
}

static void on_tick(void *data) {
    (void)data;
    long due = (long)((uv_hrtime() - began) / 1000000 / interval);
    while (ticks < due && left > 0) { publish_batch(); ticks++; }
    if (left == 0 && timer) { socketify_timer_destroy(timer); timer = NULL; }
}

static void on_open(void *ws, void *data) {
    (void)data;
    if (open_sockets < SUBSCRIBERS) sockets[open_sockets++] = ws;
    uws_ws_subscribe(0, ws, "t", 1);
}

static void on_message(void *ws, const char *text, size_t length, int opcode, void *data) {
    (void)ws; (void)opcode; (void)data;
    char copy[64] = {0};
    memcpy(copy, text, length < 63 ? length : 63);
    if (sscanf(copy, "\"%ld %ld %ld", &left, &batch, &interval) != 3) return;
    began = uv_hrtime();
    ticks = 0;
    if (interval == 0) uv_idle_start(idle, on_idle);
    else timer = socketify_create_timer(loop, interval, interval, on_tick, NULL);
}

static void on_listen(void *socket, listen_t config, void *data) {
    (void)config; (void)data;
    printf("%d\n", socket ? us_socket_local_port(0, socket) : 0);
    fflush(stdout);
}

int main(int count, char **arguments) {
    size = count > 1 ? (size_t)atol(arguments[1]) : 230;
    frame = malloc(size);
    memset(frame, 'x', size);
    loop = socketify_create_loop();
    uws_get_loop_with_native(socketify_get_native_loop(loop));
    uv_idle_init(socketify_get_native_loop(loop), idle);
    options_t none = {0};
    app = uws_create_app(0, none);
    behavior_t behavior = {0};
    behavior.max_payload = 1024;
    behavior.idle_timeout = 120;
    behavior.max_backpressure = 1u << 30;
    behavior.open = on_open;
    behavior.message = on_message;
    uws_ws(0, app, "/*", behavior, NULL);
    listen_t where = {0, "127.0.0.1", 0};
    uws_app_listen_with_config(0, app, where, on_listen, NULL);
    return socketify_loop_run(loop, 0);
}
