import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vitest/config'

const backend = process.env.CALLCENTER_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [
    vue(),
    // Styles come from one layered sheet (src/shared/styles.ts), so that our theme always wins.
    components({
      dirs: [],
      dts: false,
      resolvers: [ElementPlusResolver({ importStyle: false })],
    }),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    // Inlined assets would be data: URLs, which the content security policy refuses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Of a hundred small files each is a request of its own: a slow line took its time for
          // every six of them. What a third of the pages share comes with the first.
          groups: [
            { name: 'icons', test: /node_modules[\\/]@?lucide/ },
            { name: 'shared', minShareCount: 16, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    port: 24000,
    strictPort: true,
    proxy: {
      '/api': backend,
      '/recordings': backend,
      '/socket.io': { target: backend, ws: true },
      '/ws': { target: backend, ws: true },
    },
  },
  test: {
    environment: 'jsdom',
    // Each file has a page and modules of its own; the code of the browser is loaded once a worker.
    pool: 'vmThreads',
    maxWorkers: '100%',
    include: ['src/**/*.test.ts'],
    server: { deps: { inline: ['element-plus'] } },
  },
})
