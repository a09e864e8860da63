/** How the studio is built; `npm run dev` passes what the gateway serves on to a platform that `make up` runs. */

import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const GATEWAY = process.env.NF_GATEWAY ?? "http://127.0.0.1:8080";
/** What is needed together is one file under one name; the rest is split where pages load it. */
const PARTS = [
  {
    name: "react",
    test: /node_modules\/(react|react-dom|scheduler|wouter|regexparam|mitt|zustand|use-sync-external-store)\//,
  },
  {
    name: "ui",
    test: /src\/(ui\/(?!renameArchitecture|overlayParts|dialogCard|menuList|noticeList|styleSingleton)|format\/|gateway\/(?!client|gateway|graphql|sockets|useAnswer|usePages))/,
  },
  { name: "gateway", test: /node_modules\/(urql|@urql|wonka|gql\.tada|@0no-co)\/|src\/gateway\/(?!sockets)/ },
  { name: "overlays", test: /node_modules\/(radix-ui|@radix-ui|@floating-ui)\/|src\/ui\/(?!renameArchitecture)/ },
  { name: "icons", test: /node_modules\/lucide-react\//, minShareCount: 2 },
  {
    name: "pictures",
    test: /src\/blueprint\/(kinds|ordering|text)\.|src\/canvas\/(picture|pictureLines|sketch|categories|folding|places|geometry)\./,
  },
  { name: "blueprint", test: /src\/blueprint\/(?!help\.)|@noble\/hashes/ },
  { name: "flow", test: /node_modules\/(@xyflow|d3-[a-z]+|classcat)\// },
  { name: "charts", test: /node_modules\/uplot\/|src\/charts\// },
  { name: "layout", test: /node_modules\/@dagrejs\// },
];
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [
    react(),
    tailwindcss(),
    VitePWA({
      registerType: "prompt",
      injectRegister: false,
      workbox: {
        globPatterns: ["**/*.{js,css,html,svg}", "assets/inter-latin-wght-normal*.woff2"],
        navigateFallback: "/index.html",
        navigateFallbackDenylist: [/^\/(graphql|auth|files|healthz|readyz|metrics)/],
        inlineWorkboxRuntime: true,
        sourcemap: false,
      },
      manifest: {
        name: "NeuralForge",
        short_name: "NeuralForge",
        description: "Draw a neural network, train it on your own GPUs, take home what was proven equal.",
        start_url: "/",
        display: "standalone",
        background_color: "#111118",
        theme_color: "#111118",
        icons: [
          { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "/icon-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
      },
    }),
  ],
  // Radix locks scrolling with a style element, which the Content-Security-Policy forbids; ours adopts a style sheet.
  resolve: { alias: { "react-style-singleton": here("./src/ui/styleSingleton.ts") } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
    rolldownOptions: { output: { codeSplitting: { groups: PARTS } } },
  },
  server: {
    proxy: {
      "/graphql": { target: GATEWAY, ws: true },
      "/auth": GATEWAY,
      "/files": GATEWAY,
      "/readyz": GATEWAY,
    },
  },
});
