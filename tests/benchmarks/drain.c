/* The floor: MQTT 5 subscribers on one blocking epoll loop that only drain their sockets and acknowledge.
 *
 * drain PORT SUBSCRIBERS TOPIC QOS DELIVERIES
 * Says "subscribed SECONDS", then, when so many PUBLISH packets have come, "done DELIVERIES CPU_US LAST_US": CPU since
 * the first of them, and the median over messages of the time from {"intended_us":… (Unix, 16 digits, first in the
 * payload) until its last subscriber has it; 0 where no message got that far. No ledger, no histogram, no keep-alive;
 * at most 64 handshakes under way, each until its CONNACK.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 65536
#define MOST_MESSAGES 10000
#define HEAD "{\"intended_us\":"
#define DIGITS 16

static int epoll_fd, qos, dialled, admitted, subscribed, subscribers;
static long deliveries;
static double first_cpu;
static const char *topic;
static struct sockaddr_in broker;
static unsigned char *rests[70000];
static int rest_sizes[70000];
static struct { long long intended_us; int reached; } messages[MOST_MESSAGES];
static double lasts_us[MOST_MESSAGES];
static int begun, spread;

static double cpu_us(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

static double now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static long long unix_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void give_up(const char *why) {
    perror(why);
    exit(1);
}

static unsigned char *put_text(unsigned char *at, const char *text) {
    size_t length = strlen(text);
    *at++ = length >> 8;
    *at++ = length & 255;
    memcpy(at, text, length);
    return at + length;
}

static void dial(int n) {
    unsigned char bytes[512], *at = bytes + 2;
    char name[64];
    struct sockaddr_in source = {.sin_family = AF_INET};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) give_up("socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &one, sizeof one);
    source.sin_addr.s_addr = htonl(0x7f000001 + ((1 + n / 10000) << 8));
    if (bind(fd, (struct sockaddr *)&source, sizeof source)) give_up("bind");
    if (connect(fd, (struct sockaddr *)&broker, sizeof broker)) give_up("connect");
    snprintf(name, sizeof name, "test-drain-%06d", n);
    at = put_text(at, "MQTT");
    memcpy(at, "\x05\x02\x00\x00\x00", 5); /* version 5, clean start, no keep-alive, no properties */
    at = put_text(at + 5, name);
    bytes[0] = 0x10;
    bytes[1] = at - bytes - 2;
    unsigned char *subscribe = at;
    memcpy(at + 2, "\x00\x01\x00", 3);
    at = put_text(at + 5, topic);
    *at++ = qos;
    subscribe[0] = 0x82;
    subscribe[1] = at - subscribe - 2;
    if (write(fd, bytes, at - bytes) != at - bytes) give_up("write");
    fcntl(fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event)) give_up("epoll_ctl");
    dialled++;
}

/* One more subscriber has the message with this payload; the clock is read for its last one only. */
static void note(const unsigned char *payload, const unsigned char *stop) {
    const int head = sizeof HEAD - 1;
    if (stop - payload < head + DIGITS || memcmp(payload, HEAD, head)) return;
    long long intended_us = 0;
    for (int n = 0; n < DIGITS; n++) intended_us = intended_us * 10 + payload[head + n] - '0';
    int m = begun - 1;
    while (m >= 0 && messages[m].intended_us != intended_us) m--;
    if (m < 0) {
        if (begun == MOST_MESSAGES) return;
        messages[m = begun++].intended_us = intended_us;
    }
    if (++messages[m].reached == subscribers) lasts_us[spread++] = unix_us() - intended_us;
}

/* Where the payload of a PUBLISH begins. */
static const unsigned char *payload_of(unsigned char first, const unsigned char *body) {
    const unsigned char *at = body + 2 + (body[0] << 8 | body[1]) + (first & 6 ? 2 : 0);
    int length = 0, shift = 0;
    do {
        length |= (*at & 127) << shift;
        shift += 7;
    } while (*at++ & 128);
    return at + length;
}

static int by_size(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

static double median_last_us(void) {
    if (!spread) return 0;
    qsort(lasts_us, spread, sizeof *lasts_us, by_size);
    return (lasts_us[(spread - 1) / 2] + lasts_us[spread / 2]) / 2;
}

/* One packet; `body` to `stop` is what follows its header. */
static void hear(int fd, unsigned char first, const unsigned char *body, const unsigned char *stop) {
    switch (first >> 4) {
    case 2:
        if (body[1]) give_up("CONNACK");
        admitted++;
        break;
    case 9:
        subscribed++;
        break;
    case 3:
        if (!deliveries++) first_cpu = cpu_us();
        if (first & 6) {
            const unsigned char *id = body + 2 + (body[0] << 8 | body[1]);
            unsigned char ack[4] = {0x40, 2, id[0], id[1]};
            if (write(fd, ack, 4) != 4) give_up("write");
        }
        note(payload_of(first, body), stop);
    }
}

/* All complete packets; how many bytes they were. */
static int walk(int fd, const unsigned char *bytes, int size) {
    int start = 0;
    while (size - start >= 2) {
        int at = start + 1, shift = 0, length = 0;
        do {
            if (at >= size) return start;
            length |= (bytes[at] & 127) << shift;
            shift += 7;
        } while (bytes[at++] & 128);
        if (at + length > size) return start;
        hear(fd, bytes[start], bytes + at, bytes + at + length);
        start = at + length;
    }
    return start;
}

static void drain(int fd) {
    static unsigned char chunk[CHUNK * 2];
    int kept = rest_sizes[fd];
    if (kept) memcpy(chunk, rests[fd], kept);
    int size = read(fd, chunk + kept, CHUNK);
    if (size <= 0) {
        if (size < 0 && errno == EAGAIN) return;
        give_up("read");
    }
    size += kept;
    int done = walk(fd, chunk, size);
    rest_sizes[fd] = size - done;
    if (size - done) {
        rests[fd] = realloc(rests[fd], CHUNK);
        memcpy(rests[fd], chunk + done, size - done);
    }
}

int main(int count, char **words) {
    if (count != 6) return 2;
    broker.sin_family = AF_INET;
    broker.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    broker.sin_port = htons(atoi(words[1]));
    subscribers = atoi(words[2]);
    topic = words[3];
    qos = atoi(words[4]);
    long wanted = atol(words[5]);
    epoll_fd = epoll_create1(0);
    double start_s = now_s();
    int told = 0;
    struct epoll_event events[1024];
    while (deliveries < wanted) {
        while (dialled < subscribers && dialled - admitted < 64) dial(dialled);
        int ready = epoll_wait(epoll_fd, events, 1024, 30000);
        if (ready <= 0) give_up("nothing came for 30 s");
        for (int n = 0; n < ready; n++) drain(events[n].data.fd);
        if (!told && subscribed == subscribers) {
            told = 1;
            printf("subscribed %f\n", now_s() - start_s);
            fflush(stdout);
        }
    }
    printf("done %ld %.0f %.0f\n", deliveries, cpu_us() - first_cpu, median_last_us());
    return 0;
}
