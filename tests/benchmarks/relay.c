/* The floor of a proxy: one epoll loop that carries bytes between each client and a broker of its own, and no more.
 *
 * relay LISTEN_PORT BROKER_PORT
 * Both on 127.0.0.1; says "ready" when it listens. One reading and one writing a message, as in the proxy's short way;
 * what a sink does not take at once is waited for, on the spot.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 65536
#define MOST 70000

static int epoll_fd, peers[MOST];
static struct sockaddr_in broker;

static void give_up(const char *why) {
    perror(why);
    exit(1);
}

static void watch(int fd, int peer) {
    int one = 1;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    peers[fd] = peer;
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event)) give_up("epoll_ctl");
}

static void admit(int listener) {
    int client, upstream;
    while ((client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        upstream = socket(AF_INET, SOCK_STREAM, 0);
        if (upstream < 0 || connect(upstream, (struct sockaddr *)&broker, sizeof broker)) give_up("connect");
        watch(client, upstream);
        watch(upstream, client);
    }
}

static void end(int fd) {
    int peer = peers[fd];
    peers[fd] = peers[peer] = -1;
    close(fd);
    close(peer);
}

static void carry(int fd) {
    static char chunk[CHUNK];
    ssize_t sent, done = 0, size = recv(fd, chunk, CHUNK, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    while (done < size) {
        if ((sent = send(peers[fd], chunk + done, size - done, MSG_DONTWAIT | MSG_NOSIGNAL)) < 0) {
            struct pollfd room = {.fd = peers[fd], .events = POLLOUT};
            if (errno != EAGAIN) break;
            poll(&room, 1, -1);
        } else {
            done += sent;
        }
    }
    if (size <= 0 || done < size) end(fd);
}

int main(int count, char **words) {
    static struct epoll_event events[1024];
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in here = {.sin_family = AF_INET};
    struct epoll_event event = {.events = EPOLLIN};
    struct rlimit files;
    if (count != 3) return 2;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    broker = here;
    here.sin_port = htons(atoi(words[1]));
    broker.sin_port = htons(atoi(words[2]));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 4096)) give_up("listen");
    epoll_fd = epoll_create1(0);
    event.data.fd = listener;
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
    puts("ready");
    fflush(stdout);
    for (;;) {
        int ready = epoll_wait(epoll_fd, events, 1024, -1);
        for (int n = 0; n < ready; n++) {
            int fd = events[n].data.fd;
            if (fd == listener)
                admit(fd);
            else if (peers[fd] >= 0)
                carry(fd);
        }
    }
}
