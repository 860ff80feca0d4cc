// The build: file names without hashes (the binary answers with ETags), no source maps, the same
// files from the same sources, so that CI can tell whether `dist` is theirs.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const hub = process.env.FIELDHUB_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  server: {
    proxy: {
      // The hub takes sockets of its own pages alone.
      "/graphql": { target: hub, ws: true, changeOrigin: true, rewriteWsOrigin: true },
      "/v1": { target: hub, changeOrigin: true },
    },
  },
  // GraphiQL's workers can't be bundled ahead.
  optimizeDeps: { entries: ["index.html", "pocket/index.html"] },
  worker: {
    format: "es",
    rollupOptions: { output: { entryFileNames: "assets/[name].js" } },
  },
  build: {
    target: "es2023",
    // light-dark() is left to the browser.
    cssTarget: "esnext",
    // An inlined file would be a data: address, which the pages' policy refuses to run.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 10_000,
    modulePreload: { polyfill: false },
    rollupOptions: {
      // React's "use client" means nothing to a page.
      onwarn: (warning, warn) => {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
      input: {
        manager: "index.html",
        pocket: "pocket/index.html",
        graphiql: "graphiql/index.html",
      },
      output: {
        entryFileNames: "assets/[name].js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
      },
    },
  },
});
