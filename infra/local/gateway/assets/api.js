// The API as a browser calls it. The sign-in is kept for this origin, so that a mail's link opened in a new tab has it.

const KEPT = "gigsta.session";

export const session = () => JSON.parse(localStorage.getItem(KEPT) ?? "null");

/** Remember the token pair that signing in answers with. */
export function signedIn(tokens) {
  const { access_token, refresh_token, user } = tokens;
  localStorage.setItem(KEPT, JSON.stringify({ access_token, refresh_token, email: user.email }));
  window.dispatchEvent(new Event("session"));
}

/** Forget the sign-in. */
export function forget() {
  localStorage.removeItem(KEPT);
  window.dispatchEvent(new Event("session"));
}

/** An answer that is not a success, with the API's problem document. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `The API answered ${status}.`);
    this.status = status;
    this.code = problem.code;
    this.problem = problem;
  }
}

async function send(method, path, body, headers) {
  const known = session();
  const sent = { ...headers };
  if (known) sent.Authorization = `Bearer ${known.access_token}`;
  if (body !== undefined) sent["Content-Type"] = "application/json";
  return fetch(path, { method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body) });
}

async function refreshed() {
  const { refresh_token } = session();
  forget();
  const answer = await send("POST", "/v1/auth/refresh", { refresh_token }, {});
  if (answer.ok) signedIn(await answer.json());
  return answer.ok;
}

/** Call the API; an expired sign-in is refreshed once. Returns the JSON, or null. Throws `Refused`. */
export async function call(method, path, body = undefined, headers = {}) {
  let answer = await send(method, path, body, headers);
  if (answer.status === 401 && session() && (await refreshed())) answer = await send(method, path, body, headers);
  const isJson = (answer.headers.get("content-type") ?? "").includes("json");
  const content = isJson ? await answer.json() : null;
  if (!answer.ok) throw new Refused(answer.status, content ?? {});
  return content;
}

/** Call something that creates: a second press of the button must not create twice. */
export const create = (path, body, key = crypto.randomUUID()) => call("POST", path, body, { "Idempotency-Key": key });

/** Confirm an intent at the local Stripe, as Stripe.js would in a card form. */
export async function confirmAtStripe(clientSecret, paymentMethod, returnUrl) {
  const intent = clientSecret.split("_secret_")[0];
  const kind = intent.startsWith("seti_") ? "setup_intents" : "payment_intents";
  const answer = await fetch(`${window.gigsta.stripe}/v1/${kind}/${intent}/confirm`, {
    method: "POST",
    headers: { Authorization: "Bearer pk_test_local" },
    body: new URLSearchParams({ client_secret: clientSecret, payment_method: paymentMethod, return_url: returnUrl }),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, { detail: content.error.message, code: content.error.code });
  return content;
}
