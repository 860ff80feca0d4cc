// The pages by their address; each is loaded when it is first opened.
import { createBrowserRouter, Navigate, useNavigate, useSearchParams } from "react-router";

import { SignInPage } from "../shared/session/sign-in";
import { Loading } from "../shared/ui";
import { Broken } from "./broken";
import { Shell } from "./shell";

export const router = createBrowserRouter([
  { path: "/sign-in", element: <SignIn /> },
  {
    path: "/",
    element: <Shell />,
    errorElement: <Broken />,
    hydrateFallbackElement: <Loading />,
    children: [
      { index: true, lazy: async () => ({ Component: (await import("./map")).LiveMap }) },
      { path: "reps/:id", lazy: async () => ({ Component: (await import("./rep-day")).RepDay }) },
      {
        path: "customers",
        lazy: async () => ({ Component: (await import("./customers")).Customers }),
      },
      {
        path: "customers/:id",
        lazy: async () => ({ Component: (await import("./customers/customer")).Customer }),
      },
      { path: "rankings", lazy: async () => ({ Component: (await import("./rankings")).Rankings }) },
      { path: "training", lazy: async () => ({ Component: (await import("./training")).Training }) },
      { path: "review", lazy: async () => ({ Component: (await import("./review")).Review }) },
      {
        path: "access-log",
        lazy: async () => ({ Component: (await import("./access-log")).AccessLog }),
      },
      { path: "webhooks", lazy: async () => ({ Component: (await import("./webhooks")).Webhooks }) },
      { path: "*", element: <Navigate to="/" replace /> },
    ],
  },
]);

function SignIn() {
  const navigate = useNavigate();
  const [asked] = useSearchParams();
  // Only a path of this app: a link must not lead elsewhere.
  const wanted = asked.get("to");
  const to = wanted?.startsWith("/") && !wanted.startsWith("//") ? wanted : "/";
  return <SignInPage onSignedIn={() => void navigate(to, { replace: true })} />;
}
