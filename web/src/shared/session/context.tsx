// The session as pages see it: who is looking, for which company, and how its times are written.
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Provider, useQuery } from "urql";
import type { Client as Socket } from "graphql-ws";

import { ViewerDocument, type ViewerQuery } from "../../graphql";
import { graphClient, graphSocket } from "../client";
import { writing, type Writing } from "../time";
import { Fault, Loading } from "../ui";
import { Session } from "./session";

type Viewer = NonNullable<ViewerQuery["viewer"]>;
export type Company = ViewerQuery["company"];

interface SignedIn {
  session: Session;
  socket: Socket;
  viewer: Viewer;
  company: Company;
  writing: Writing;
}

const SessionContext = createContext<Session | null>(null);
const SignedInContext = createContext<SignedIn | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession outside of SessionProvider");
  return session;
}

export function useIsSignedIn(): boolean {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, () => session.isSignedIn);
}

/** What needs somebody signed in; it knows who that is before it shows anything. */
export function SignedIn({ children }: { children: ReactNode }) {
  const session = useSession();
  const client = useMemo(() => graphClient(session), [session]);
  return (
    <Provider value={client}>
      <Introduced session={session}>{children}</Introduced>
    </Provider>
  );
}

function Introduced({ session, children }: { session: Session; children: ReactNode }) {
  const [{ data, error }, again] = useQuery({ query: ViewerDocument });
  const { i18n } = useTranslation();
  const socket = useMemo(() => graphSocket(session), [session]);
  useEffect(() => {
    if (data?.viewer) session.remember(data);
  }, [session, data]);
  // Without a network the app opens for whoever was last known to be signed in.
  const known = data ?? (error?.networkError ? session.remembered<ViewerQuery>() : null);
  const zone = known?.company.timeZone;
  const written = useMemo(() => writing(zone ?? "UTC", i18n.language), [zone, i18n.language]);
  if (known?.viewer) {
    const { viewer, company } = known;
    return (
      <SignedInContext value={{ session, socket, viewer, company, writing: written }}>
        {children}
      </SignedInContext>
    );
  }
  return error ? <Fault error={error} onRetry={() => again()} /> : <Loading />;
}

export function useSignedIn(): SignedIn {
  const signedIn = useContext(SignedInContext);
  if (!signedIn) throw new Error("useSignedIn outside of SignedIn");
  return signedIn;
}

export function useWriting(): Writing {
  return useSignedIn().writing;
}
