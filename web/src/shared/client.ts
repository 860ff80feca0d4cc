// The graph over HTTP and WebSocket, with the session's token renewed as needed.
import { authExchange } from "@urql/exchange-auth";
import { createClient as createSocket, type Client as Socket } from "graphql-ws";
import { Client, cacheExchange, fetchExchange } from "urql";

import type { Session } from "./session/session";

const FORBIDDEN = 4403;
const LONGEST_WAIT_MS = 10_000;
const PING_EVERY_MS = 10_000;
/** A ping without an answer for this long means that nobody is there any more. */
const PONG_WITHIN_MS = 5_000;
/** The close code for a partner who does not answer, which the protocol leaves to applications. */
const NO_PONG = 4408;

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
  let open: WebSocket | null = null;
  let silence: ReturnType<typeof setTimeout> | undefined;
  return createSocket({
    url: `${scheme}://${location.host}/graphql/ws`,
    keepAlive: PING_EVERY_MS,
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
      opened: (socket) => {
        open = socket as WebSocket;
      },
      ping: (received) => {
        if (!received) silence = setTimeout(() => open?.close(NO_PONG, "no pong"), PONG_WITHIN_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(silence);
      },
      closed: (event) => {
        clearTimeout(silence);
        if ((event as CloseEvent).code === FORBIDDEN) session.expire();
      },
    },
  });
}
