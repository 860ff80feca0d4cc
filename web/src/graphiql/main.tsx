// GraphiQL over the hub's own endpoints, with nothing fetched from elsewhere.
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./graphiql.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";

const WELCOME = `# Fill in a token under "Headers" below: {"Authorization": "Bearer …"}.
# Subscriptions take the same header.
{
  viewer {
    name
    role
  }
}
`;

const socket = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql/ws`;

/** The headers as they stand in the editor when a subscription begins. */
let headers: Record<string, unknown> = {};

const fetcher = createGraphiQLFetcher({
  url: "/graphql",
  wsClient: createClient({ url: socket, lazy: true, connectionParams: () => headers }),
});

const root = document.getElementById("graphiql");
if (root) {
  createRoot(root).render(
    <GraphiQL
      defaultQuery={WELCOME}
      shouldPersistHeaders={false}
      fetcher={(params, options) => {
        headers = options?.headers ?? {};
        return fetcher(params, options);
      }}
    />,
  );
}
