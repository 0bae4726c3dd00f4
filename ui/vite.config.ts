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
    // One file for all windows: each further one is a way to the app and back before the first picture.
    cssCodeSplit: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: ['case.html', 'jump.html', 'tag.html', 'activity.html', 'settings.html', 'menu.html'],
      output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } },
    },
  },
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
  },
}))
