/** Writes the types of the gateway's schema, which every query of the studio is checked against; never committed. */

import { readFile, writeFile } from "node:fs/promises";
import { minifyIntrospection, outputIntrospectionFile } from "@gql.tada/internal";
import { buildSchema, introspectionFromSchema } from "graphql";

const sdl = await readFile(new URL("../gateway/schema.graphql", import.meta.url), "utf8");
const introspection = minifyIntrospection(introspectionFromSchema(buildSchema(sdl)));
const types = outputIntrospectionFile(introspection, { fileType: ".d.ts", shouldPreprocess: true });
await writeFile(new URL("src/gateway/schema.d.ts", import.meta.url), types);
