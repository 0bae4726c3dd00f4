const codes = ['signed_out', 'sign_in_again', 'sign_in_lost']

/** Whether a new sign-in is the way forward from a failure. */
export function signsInFor(code: string | undefined): boolean {
  return code !== undefined && codes.includes(code)
}
