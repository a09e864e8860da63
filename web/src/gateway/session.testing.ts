/** People, and what the gateway answers about their sessions. */

export const ADA = { id: "1", email: "ada@example.com", name: "Ada" };
export const EVE = { id: "3", email: "eve@example.com", name: "Eve" };
export const ORGANISATION = { id: "2", name: "Ada's" };

export const opened = (token = "t", seconds = 900, user = ADA) =>
  Response.json({ access_token: token, expires_in: seconds, user, organisation: ORGANISATION });
export const refused = (status: number, code = "UNAUTHENTICATED") =>
  Response.json({ error: { code, message: `refused with ${status}`, field: null } }, { status });

/** Somebody was signed in here. */
export const remember = (user = ADA) =>
  localStorage.setItem("nf.account", JSON.stringify({ user, organisation: ORGANISATION }));
