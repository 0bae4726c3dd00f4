import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

// Text of customers reaches the pages as text nodes only: whatever parses markup at run time is out.
const MARKUP = 'Text goes into the page as text; nothing may parse markup.'
const markupProperties = ['innerHTML', 'outerHTML', 'srcdoc', 'insertAdjacentHTML', 'setHTMLUnsafe', 'setHTML']
const markupCalls = ['write', 'writeln', 'createContextualFragment', 'parseFromString', 'parseHTMLUnsafe']

export default ts.config(
  { ignores: ['dist', 'dist-pictures', 'src/ipc/generated'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        ...[...markupProperties, ...markupCalls].map((property) => ({ property, message: MARKUP })),
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: `Literal[value=/^(${markupProperties.join('|')})$/]`,
          message: MARKUP,
        },
        { selector: "CallExpression[callee.property.name='open'][callee.object.name='window']", message: 'The app opens addresses, not a page.' },
      ],
      'no-restricted-globals': ['error', 'DOMParser', 'open', 'localStorage', 'sessionStorage'],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/no-inline-styles': ['error', { allowTransitions: false }],
      'svelte/no-target-blank': 'error',
      'svelte/require-each-key': 'error',
      'svelte/button-has-type': 'error',
      'svelte/no-at-debug-tags': 'error',
    },
  },
  {
    // Requests leave from the hosts alone.
    files: ['src/**'],
    ignores: ['src/host/http.ts'],
    rules: { 'no-restricted-globals': ['error', 'fetch', 'XMLHttpRequest', 'EventSource', 'WebSocket', 'DOMParser', 'open', 'localStorage', 'sessionStorage'] },
  },
  {
    files: ['tools/**', '*.config.*'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
    },
  },
)
