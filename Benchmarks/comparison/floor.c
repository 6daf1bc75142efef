// The least that the work of a comparison can cost: one thread, one epoll, no checks. Not a server for anything else.
//
//   floor answer FILE              answers every request with the bytes of FILE (a whole HTTP answer)
//   floor relay PORT LINE          passes each request on to 127.0.0.1:PORT with LINE added to its head, and the answer back
//   floor sync FILE COUNT          appends 4 KiB and calls fdatasync COUNT times; prints the median in microseconds
//
// The servers print the port they took. Requests and answers must fit into LIMIT bytes, and have a Content-Length where
// they have a body. GET /calls answers how many other requests came.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT = 65536, EVENTS = 256, DESCRIPTORS = 65536 };

struct connection {
    int fd;
    int is_upstream;
    struct connection *peer;  // of a relay: the other side of an exchange
    struct connection *next;  // of an idle upstream connection
    size_t used;
    char bytes[LIMIT];
};

static int epoll_fd, upstream_port;
static struct connection *connections[DESCRIPTORS], *idle;
static char *answer;
static const char *added;
static size_t answer_length, added_length;
static long calls;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static struct connection *adopt(int fd, int is_upstream) {
    if (fd >= DESCRIPTORS) fail("too many connections");
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) fail("calloc");
    *connection = (struct connection){.fd = fd, .is_upstream = is_upstream};
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
    connections[fd] = connection;
    return connection;
}

static void drop(struct connection *connection) {
    for (struct connection **at = &idle; *at; at = &(*at)->next)
        if (*at == connection) {
            *at = connection->next;
            break;
        }
    if (connection->peer) {
        connection->peer->peer = NULL;
        if (connection->is_upstream) drop(connection->peer);
    }
    connections[connection->fd] = NULL;
    close(connection->fd);
    free(connection);
}

static void put(int fd, struct iovec *parts, int count) {
    ssize_t want = 0;
    for (int i = 0; i < count; i++) want += (ssize_t)parts[i].iov_len;
    // The other side is this machine's, and takes a whole message at once.
    if (writev(fd, parts, count) != want && errno != EPIPE && errno != ECONNRESET) fail("writev");
}

// The length of the first message, or 0 where it isn't whole.
static size_t message_length(const char *bytes, size_t used) {
    const char *end = memmem(bytes, used, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t length = (size_t)(end - bytes) + 4;
    for (const char *line = bytes; line < end; line = (const char *)memchr(line, '\n', (size_t)(end - line) + 2) + 1)
        if (strncasecmp(line, "content-length:", 15) == 0) length += strtoul(line + 15, NULL, 10);
    return length <= used ? length : 0;
}

static void answer_request(struct connection *client, const char *request, size_t length) {
    if (length > 11 && memcmp(request, "GET /calls ", 11) == 0) {
        char text[128], number[32];
        int digits = snprintf(number, sizeof number, "%ld", calls);
        int size = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", digits, number);
        put(client->fd, &(struct iovec){text, (size_t)size}, 1);
        return;
    }
    calls++;
    put(client->fd, &(struct iovec){answer, answer_length}, 1);
}

static void relay_request(struct connection *client, char *request, size_t length) {
    struct connection *upstream = idle;
    if (upstream) {
        idle = upstream->next;
    } else {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in address = loopback(upstream_port);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
        upstream = adopt(fd, 1);
    }
    upstream->peer = client;
    client->peer = upstream;
    size_t line = (size_t)((char *)memchr(request, '\n', length) - request) + 1;
    struct iovec parts[] = {{request, line}, {(void *)added, added_length}, {request + line, length - line}};
    put(upstream->fd, parts, 3);
}

static void readable(struct connection *connection) {
    ssize_t count = recv(connection->fd, connection->bytes + connection->used, LIMIT - connection->used, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        drop(connection);
        return;
    }
    connection->used += (size_t)count;
    size_t length = message_length(connection->bytes, connection->used);
    if (!length) return;
    if (connection->is_upstream) {
        struct connection *client = connection->peer;
        if (client) {
            put(client->fd, &(struct iovec){connection->bytes, length}, 1);
            client->peer = NULL;
        }
        connection->peer = NULL;
        connection->next = idle;
        idle = connection;
    } else if (upstream_port) {
        relay_request(connection, connection->bytes, length);
    } else {
        answer_request(connection, connection->bytes, length);
    }
    connection->used -= length;
    if (connection->used) memmove(connection->bytes, connection->bytes + length, connection->used);
}

static void serve(void) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096)) fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(epoll_fd, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
                if (client >= 0) adopt(client, 0);
            } else if (connections[fd]) {
                readable(connections[fd]);
            }
        }
    }
}

static char *contents(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    char *bytes = malloc(LIMIT);
    *length = fread(bytes, 1, LIMIT, file);
    fclose(file);
    return bytes;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sync_file(const char *path, int count) {
    static char block[4096];
    double *times = calloc((size_t)count, sizeof *times);
    int fd = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || !times || count < 1) fail(path);
    for (int i = 0; i < count; i++) {
        struct timespec before, after;
        clock_gettime(CLOCK_MONOTONIC, &before);
        if (write(fd, block, sizeof block) != sizeof block || fdatasync(fd)) fail(path);
        clock_gettime(CLOCK_MONOTONIC, &after);
        times[i] = (double)(after.tv_sec - before.tv_sec) * 1e6 + (double)(after.tv_nsec - before.tv_nsec) / 1e3;
    }
    qsort(times, (size_t)count, sizeof *times, by_value);
    printf("%.1f\n", times[count / 2]);
}

int main(int count, char **arguments) {
    if (count == 3 && strcmp(arguments[1], "answer") == 0) {
        answer = contents(arguments[2], &answer_length);
        serve();
    } else if (count == 4 && strcmp(arguments[1], "relay") == 0) {
        static char line[1024];
        upstream_port = atoi(arguments[2]);
        added_length = (size_t)snprintf(line, sizeof line, "%s\r\n", arguments[3]);
        added = line;
        serve();
    } else if (count == 4 && strcmp(arguments[1], "sync") == 0) {
        sync_file(arguments[2], atoi(arguments[3]));
    } else {
        fputs("usage: floor answer FILE | relay PORT LINE | sync FILE COUNT\n", stderr);
        return 64;
    }
    return 0;
}
