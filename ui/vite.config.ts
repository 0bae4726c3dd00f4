import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

// `pictures` is the only mode that holds fixtures; it never reaches a release.
export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [svelte()],
  build: {
    outDir: mode === 'pictures' ? 'dist-pictures' : 'dist',
    emptyOutDir: true,
    target: ['safari16', 'chrome109'],
    // The content policy allows files of our own only: nothing may be turned into a data: or inline part.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: ['case.html', 'settings.html', 'menu.html'] },
  },
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
  },
}))
