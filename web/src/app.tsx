/** Which page stands at which address. Pages load when they are first opened. */

import { type ComponentType, lazy, Suspense } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { useSession } from "./gateway/session.js";
import { pageAfterSignIn } from "./pages/wanted.js";
import { Boundary } from "./ui/boundary.js";
import { NotForGuests } from "./ui/notForGuests.js";
import { NotFound } from "./ui/notFound.js";
import { Notices } from "./ui/notices.js";
import { Loading } from "./ui/states.js";
import { Updates } from "./ui/updates.js";

type Page = ComponentType<Record<string, never>> | ComponentType<{ id: string }>;
type Loaded = { default: Page };

const SignIn = lazy(() => import("./pages/signIn.js"));

/** A page and its way to the gateway, loaded beside each other. */
function page(load: () => Promise<Loaded>) {
  return lazy(async () => {
    const [loaded, { Gateway }] = await Promise.all([load(), import("./gateway/gateway.js")]);
    const Content = loaded.default as ComponentType<{ id: string }>;
    // biome-ignore lint/correctness/noComponentHookFactories: made once, as the page is loaded once.
    const Opened = ({ id }: { id: string }) => (
      <Gateway>
        <Content id={id} />
      </Gateway>
    );
    return { default: Opened };
  });
}

const Invitation = page(() => import("./people/invitation.js"));
const Shared = page(() => import("./people/shared.js"));

const PasswordReset = lazy(() => import("./account/passwordReset.js"));

const PAGES: readonly [path: string, page: ReturnType<typeof page>][] = [
  ["/", page(() => import("./pages/projects.js"))],
  ["/projects/:id", page(() => import("./pages/project.js"))],
  ["/projects/:id/templates", page(() => import("./pages/templates.js"))],
  ["/projects/:id/runs", page(() => import("./runs/runs.js"))],
  ["/organisation", page(() => import("./people/organisation.js"))],
  ["/keys", page(() => import("./people/keys.js"))],
  ["/account", page(() => import("./account/account.js"))],
  ["/architectures/:id", page(() => import("./editor/editor.js"))],
  ["/architectures/:id/versions", page(() => import("./versions/versions.js"))],
  ["/architectures/:id/compare", page(() => import("./versions/compare.js"))],
  ["/architectures/:id/source", page(() => import("./versions/source.js"))],
  ["/architectures/:id/train", page(() => import("./train/train.js"))],
  ["/runs/:id", page(() => import("./runs/run.js"))],
  ["/runs/:id/export", page(() => import("./exports/export.js"))],
];

const OF_ONESELF: ReadonlySet<string> = new Set(["/organisation", "/keys", "/account"]);

export function App() {
  return (
    <>
      <Bounded />
      <Notices />
      <Updates />
    </>
  );
}

function Bounded() {
  const [location] = useLocation();
  return (
    <Boundary place={location}>
      <Suspense fallback={<Loading />}>
        <Pages />
      </Suspense>
    </Boundary>
  );
}

function Pages() {
  const status = useSession(({ status }) => status);
  const guest = useSession(({ guest }) => guest);
  const [location] = useLocation();
  if (status === "unknown") return <Loading label="Opening NeuralForge" />;
  if (location === "/invitation") return <Invitation id="" />;
  if (location === "/shared") return <Shared id="" />;
  if (location === "/reset-password" || location === "/forgot-password")
    return <PasswordReset forgotten={location === "/forgot-password"} />;
  if (status === "out") return <SignedOut from={location} />;
  if (guest && OF_ONESELF.has(location)) return <NotForGuests />;
  return (
    <Switch>
      <Route path="/sign-in">{() => <Redirect to={pageAfterSignIn(window.location.search)} replace />}</Route>
      <Route path="/sign-up">{() => <Redirect to={pageAfterSignIn(window.location.search)} replace />}</Route>
      {PAGES.map(([path, Content]) => (
        <Route key={path} path={path}>
          {({ id = "" }: { id?: string }) => <Content key={id} id={id} />}
        </Route>
      ))}
      <Route>{() => <NotFound />}</Route>
    </Switch>
  );
}

/** Signing in and up; any other address is kept for afterwards. */
function SignedOut({ from }: { from: string }) {
  if (from === "/sign-in" || from === "/sign-up") return <SignIn />;
  const next = from === "/" ? "" : `?next=${encodeURIComponent(from + window.location.search)}`;
  return <Redirect to={`/sign-in${next}`} replace />;
}
