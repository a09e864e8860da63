/** Requests that replace the cookie all tabs share, one after another. */

export function inTurn<Answer>(act: () => Promise<Answer>): Promise<Answer> {
  return navigator.locks ? (navigator.locks.request("nf.refresh", act) as Promise<Answer>) : act();
}
