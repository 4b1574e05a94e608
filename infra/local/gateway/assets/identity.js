// Registering, proving an address, signing in, recovering a password, and a guest's claim of a booking.
import { call, session, signedIn } from "./api.js";
import { field, form, h, link, note, show } from "./dom.js";

const email = () => field("email", "Mail address", { type: "email", autocomplete: "username", value: session()?.email });
const newPassword = (label = "New password") =>
  field("password", label, { type: "password", autocomplete: "new-password", minlength: 8 });

/** Go to another page of this application; only its own paths are followed. */
function go(path) {
  location.assign(window.gigsta.base + (path?.startsWith("/") && !path.startsWith("//") ? path : ""));
}

const SEE_MAIL = () => h("p", {}, h("a", { href: "/_dev/mail" }, "Open the mail box"));

export async function registerPage() {
  show("Register", form("Register", [email(), newPassword("Password")], async (values) => {
    const answer = await call("POST", "/v1/auth/register", values);
    return h("div", {}, note(answer.message, "good"), SEE_MAIL());
  }));
}

/** The link of a verification mail. A press of a button uses it up, so that no mail scanner does. */
export async function verifyPage(query) {
  const discard = query.get("discard_password") === "true";
  show("Confirm your address", form("Confirm my address", [], async () => {
    const body = { token: query.get("token") ?? "", discard_password: discard };
    const tokens = await call("POST", "/v1/auth/verify-email", body);
    signedIn(tokens);
    welcome(tokens);
  }));
}

function welcome({ user, booking_intent_id: intent }) {
  if (intent) return profile(user, intent);
  const password = user.requires_password_setup ? passwordForm() : null;
  show("Address confirmed", note(`${user.email} is confirmed and signed in.`, "good"), password,
    h("p", {}, link("/profile", "Complete your profile")));
}

function passwordForm() {
  return form("Set a password", [newPassword()], async ({ password }) => {
    await call("PUT", "/v1/users/me/password", { new_password: password });
    return note("The password is set.", "good");
  });
}

/** Signing in by password, at Google or Facebook, or by a mailed link that goes on with a guest's booking. */
export async function signInPage(query) {
  if (query.get("token")) {
    return show("Sign in by mail", form("Sign in and go on", [], async () => {
      const opened = (tokens) => {
        signedIn(tokens);
        welcome(tokens);
      };
      await orFactor(call("POST", "/v1/auth/verify-email", { token: query.get("token") }), opened);
    }));
  }
  const secret = field("password", "Password", { type: "password", autocomplete: "current-password" });
  show("Sign in",
    form("Sign in", [email(), secret], async (values) => {
      const opened = (tokens) => {
        signedIn(tokens);
        go(query.get("next"));
      };
      await orFactor(call("POST", "/v1/auth/login", values), opened);
    }),
    h("div", { class: "chips" }, elsewhere("google", "Google"), elsewhere("facebook", "Facebook")),
    h("p", {}, link("/forgot-password", "Forgot the password?")),
    note("The seeded people and their passwords are on the status page."));
}

/** Wait for tokens; where the account has a second factor, ask for a code of its app first. */
async function orFactor(signingIn, opened) {
  try {
    opened(await signingIn);
  } catch (error) {
    if (error.code !== "factor_required") throw error;
    const code = field("code", "Code of your authenticator app", { inputmode: "numeric", autocomplete: "one-time-code" });
    show("Second factor", form("Sign in", [code], async (values) => {
      const proof = { challenge_token: error.problem.challenge_token, code: values.code };
      opened(await call("POST", "/v1/auth/factor", proof));
    }));
  }
}

/** The dance at an OpenID provider begins: PKCE's secret stays in the API's cookie. */
function elsewhere(provider, name) {
  return form(`Sign in with ${name}`, [], async () => {
    const { authorization_url: url } = await call("GET", `/v1/auth/oauth/${provider}/authorize`);
    location.assign(url);
  });
}

/** The provider sent the browser back. */
export async function callbackPage(provider, query) {
  if (query.get("error")) return show("Not signed in", note(query.get("error"), "bad"), link("/sign-in", "Try again"));
  show("Signing in …");
  try {
    const body = { code: query.get("code") ?? "", state: query.get("state") ?? "" };
    const tokens = await call("POST", `/v1/auth/oauth/${provider}/callback`, body);
    signedIn(tokens);
    history.replaceState(null, "", location.pathname);
    show("Signed in", note(`Signed in as ${tokens.user.email}.`, "good"), link("/profile", "Complete your profile"));
  } catch (error) {
    if (error.code !== "email_confirmation_required") throw error;
    show("Confirm your address first", note(error.message), SEE_MAIL());
  }
}

export async function forgotPage() {
  show("Forgot the password", form("Mail me a link", [email()], async (values) => {
    const answer = await call("POST", "/v1/auth/forgot-password", values);
    return h("div", {}, note(answer.message, "good"), SEE_MAIL());
  }));
}

/** The link of a mail to an account's new address; it works where one is signed in. */
export async function confirmEmailPage(query) {
  show("Confirm your new address", form("Use this address", [], async () => {
    const user = await call("POST", "/v1/users/me/email/confirm", { token: query.get("token") ?? "" });
    return note(`The account's address is ${user.email}.`, "good");
  }));
}

/** The link of a reset mail. */
export async function resetPage(query) {
  show("Set a new password", form("Set the password", [newPassword()], async ({ password }) => {
    const answer = await call("POST", "/v1/auth/reset-password", { token: query.get("token") ?? "", password });
    show("Set a new password", note(answer.message, "good"), link("/sign-in", "Sign in"));
  }));
}

export async function profilePage() {
  profile(await call("GET", "/v1/users/me"), null);
}

function profile(user, intent) {
  const fields = [
    field("full_name", "Full name", { value: user.full_name, autocomplete: "name" }),
    field("phone_number", "Telephone", { value: user.phone_number ?? "", placeholder: "+64211234567", autocomplete: "tel" }),
    field("address", "Address", { value: user.address?.text ?? "", autocomplete: "street-address" }),
  ];
  if (user.requires_password_setup) fields.push(newPassword());
  show(intent ? "Complete your booking" : "Your profile", form("Save", fields, async (values) => {
    const done = await call("POST", "/v1/onboarding/profile", intent ? { ...values, booking_intent_id: intent } : values);
    signedIn(done);
    if (done.booking) return go(`/bookings/${done.booking.id}`);
    await call("POST", "/v1/onboarding/path", { path: user.onboarding_path ?? "seeker" });
    return h("div", {}, note("Saved.", "good"), link("/search", "Find a service"));
  }));
}
