/** What the studio tells the gateway of itself. */

export const CLIENT = "studio";
