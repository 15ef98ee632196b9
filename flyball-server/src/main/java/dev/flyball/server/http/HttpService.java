package dev.flyball.server.http;

/**
 * What the transport serves, and how.
 *
 * @param router the endpoints
 * @param access who may call
 * @param limits what clients may ask
 * @param active the requests in work
 * @param observer is told of every request that is over
 * @param accessLog write a line for every request
 */
public record HttpService(
    Router router,
    AccessPolicy access,
    HttpLimits limits,
    ActiveRequests active,
    RequestObserver observer,
    boolean accessLog) {}
