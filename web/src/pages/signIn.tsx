/** The first page: what NeuralForge is, and the way in. */

import { lazy, Suspense } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { Brand } from "../ui/brand.js";
import { OfflineNote } from "../ui/frame.js";
import { useMedia } from "../ui/useMedia.js";
import { SignInForm } from "./signInForm.js";

const ProviderButtons = lazy(() => import("../account/providerButtons.js"));
const Showcase = lazy(() => import("./showcase.js"));

export default function SignIn() {
  const [location] = useLocation();
  const search = useSearch();
  const joining = location === "/sign-up";
  const query = search ? `?${search}` : "";
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(26rem,2fr)_3fr]">
      <title>{`${joining ? "Sign up" : "Sign in"} · NeuralForge`}</title>
      <div className="flex flex-col px-5 py-5 sm:px-10">
        <header className="flex items-center gap-2.5">
          <Brand name={false} />
          <span className="grow font-semibold tracking-tight">NeuralForge</span>
          <OfflineNote />
        </header>
        <main className="mx-auto grid w-full max-w-sm grow content-center gap-7 py-10">
          <div className="grid gap-2">
            <h1 className="text-3xl font-semibold tracking-tight text-balance">
              {joining ? "Create your account" : "Sign in"}
            </h1>
            <p className="text-muted text-pretty lg:hidden">{SENTENCE}</p>
          </div>
          <SignInForm joining={joining} />
          <Suspense>
            <ProviderButtons />
          </Suspense>
          <div className="flex flex-wrap justify-between gap-x-4 text-sm text-muted">
            <p>
              {joining ? "Already have an account?" : "New here?"}{" "}
              <Link href={`${joining ? "/sign-in" : "/sign-up"}${query}`} className={`${LINK} font-medium`}>
                {joining ? "Sign in" : "Create an account"}
              </Link>
            </p>
            {joining ? null : (
              <Link href="/forgot-password" className={LINK}>
                Forgot your password?
              </Link>
            )}
          </div>
        </main>
      </div>
      <Desk />
    </div>
  );
}

const LINK = "inline-flex min-h-11 items-center rounded text-accent-text hover:underline sm:min-h-0";
const SENTENCE =
  "Draw a neural network, train it on your own GPUs, and take home a file proven to equal what was trained.";

/** Beside the form where there is room: the sentence, and a network that shows what is meant. */
function Desk() {
  const room = useMedia("(min-width: 64rem)");
  if (!room) return null;
  return (
    <aside
      aria-label="What NeuralForge is"
      className="relative grid content-center gap-10 overflow-hidden border-l border-line bg-sunken px-12 py-12"
    >
      <p className="mx-auto max-w-xl text-center text-2xl font-semibold tracking-tight text-balance">{SENTENCE}</p>
      <Suspense fallback={<div className="h-[60dvh]" />}>
        <Showcase />
      </Suspense>
    </aside>
  );
}
