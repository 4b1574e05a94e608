/** Passkeys, as the browser asks for them: https://www.w3.org/TR/webauthn-3/. */
interface Json {
  [name: string]: unknown
}
interface WithJson {
  parseRequestOptionsFromJSON(options: Json): PublicKeyCredentialRequestOptions
  parseCreationOptionsFromJSON(options: Json): PublicKeyCredentialCreationOptions
}
const known = (): (typeof PublicKeyCredential & WithJson) | null =>
  typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential ? (PublicKeyCredential as typeof PublicKeyCredential & WithJson) : null

/** Whether this browser can use passkeys here. */
export const hasPasskeys = (): boolean => known() !== null

/** Prove that a passkey is there. */
export async function provePasskey(options: Json): Promise<Json> {
  const publicKey = known()?.parseRequestOptionsFromJSON(options)
  if (!publicKey) throw new Error('This browser has no passkeys.')
  return jsonOf(await navigator.credentials.get({ publicKey }))
}

/** Make a passkey. */
export async function makePasskey(options: Json): Promise<Json> {
  const publicKey = known()?.parseCreationOptionsFromJSON(options)
  if (!publicKey) throw new Error('This browser has no passkeys.')
  return jsonOf(await navigator.credentials.create({ publicKey }))
}

function jsonOf(credential: Credential | null): Json {
  if (!credential || !('toJSON' in credential)) throw new Error('No passkey was chosen.')
  return (credential as PublicKeyCredential).toJSON() as unknown as Json
}
