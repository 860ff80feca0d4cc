// The graph over HTTP and WebSocket, with the session's token renewed as needed.
import { authExchange } from "@urql/exchange-auth";
import { createClient as createSocket, type Client as Socket } from "graphql-ws";
import { Client, cacheExchange, fetchExchange } from "urql";

import type { Session } from "./session/session";

const FORBIDDEN = 4403;
const LONGEST_WAIT_MS = 10_000;

export function graphClient(session: Session): Client {
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    exchanges: [cacheExchange, signed(session), fetchExchange],
  });
}

function signed(session: Session) {
  return authExchange(async (utils) => ({
    addAuthToOperation: (operation) =>
      session.token === null
        ? operation
        : utils.appendHeaders(operation, { Authorization: `Bearer ${session.token}` }),
    willAuthError: () => session.isSignedIn && session.isStale,
    didAuthError: (error) =>
      error.graphQLErrors.some((each) => each.extensions["code"] === "UNAUTHENTICATED"),
    // A server that is away is the request's own failure to tell.
    refreshAuth: () => session.renew().catch(() => undefined),
  }));
}

/** A socket that comes back by itself for as long as somebody listens, waiting longer each time. */
export function graphSocket(session: Session): Socket {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return createSocket({
    url: `${scheme}://${location.host}/graphql/ws`,
    keepAlive: 10_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: async (tries) => {
      const wait = Math.min(250 * 2 ** tries, LONGEST_WAIT_MS);
      await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random() / 2)));
    },
    connectionParams: async () => {
      const token = await session.freshToken();
      return token ? { authorization: `Bearer ${token}` } : {};
    },
    on: {
      closed: (event) => {
        if ((event as CloseEvent).code === FORBIDDEN) session.expire();
      },
    },
  });
}
