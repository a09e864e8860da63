/** GraphiQL at `/graphql` of a gateway in development: who is signed in to the studio asks as themselves. */

import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { type DocumentNode, parse } from "graphql";
import { createRoot } from "react-dom/client";
import { freshToken, restore } from "../gateway/session.js";
import "graphiql/graphiql.css";
import "./graphiql.css";

const CLIENT = { "x-nf-client": "graphiql" };
const WELCOME = `# Sign in to the studio at / in this browser, and what you ask here is asked as you.
# Or give an "authorization" header below: Bearer <access token>, as POST /auth/login answers.

{
  me {
    user {
      name
    }
  }
}
`;
const known = restore();

/** Headers typed into the page go before the session's. */
const ask: Fetcher = async (asked, options) => {
  const headers = { ...CLIENT, ...(await authorization()), ...options?.headers };
  const fetcher = createGraphiQLFetcher({
    url: "/graphql",
    subscriptionUrl: `${location.origin.replace("http", "ws")}/graphql`,
    wsConnectionParams: headers,
  });
  return await fetcher(asked, { ...options, documentAST: parsed(asked.query), headers });
};

/** What is asked now: GraphiQL's own goes after the typing by a while, and would send a subscription the wrong way. */
function parsed(query: string): DocumentNode | undefined {
  try {
    return parse(query);
  } catch {
    return undefined; // the gateway's answer says what is wrong with it
  }
}

async function authorization(): Promise<Record<string, string>> {
  await known;
  return await freshToken().then(
    (token) => ({ authorization: `Bearer ${token}` }),
    () => ({}), // the gateway's answer says that nobody is signed in
  );
}

createRoot(document.getElementById("graphiql") as HTMLElement).render(
  <GraphiQL fetcher={ask} defaultQuery={WELCOME} defaultEditorToolsVisibility="headers" />,
);
