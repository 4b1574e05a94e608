// A small frontend for trying the product on one's own machine: the pages that links of mails and of Stripe lead to.
import { call, forget, session } from "./api.js";
import { bookingPage, bookingsPage } from "./bookings.js";
import { failure, h, link, note, show } from "./dom.js";
import * as identity from "./identity.js";
import * as provider from "./provider.js";
import { searchPage, servicePage } from "./search.js";

const root = document.querySelector("main");
window.gigsta = { base: root.dataset.base, stripe: root.dataset.stripe };

// Each page is a path's pattern; what its groups catch is handed to the page, then the query.
const PAGES = [
  [/^\/?$/, home],
  [/^\/register$/, identity.registerPage],
  [/^\/verify-email$/, identity.verifyPage],
  [/^\/sign-in$/, identity.signInPage],
  [/^\/forgot-password$/, identity.forgotPage],
  [/^\/reset-password$/, identity.resetPage],
  [/^\/confirm-email$/, identity.confirmEmailPage],
  [/^\/auth\/(google|facebook)\/callback$/, identity.callbackPage],
  [/^\/profile$/, identity.profilePage],
  [/^\/search$/, searchPage],
  [/^\/services\/([\w-]+)$/, servicePage],
  [/^\/bookings$/, bookingsPage],
  [/^\/bookings\/([\w-]+)$/, bookingPage],
  [/^\/provider$/, provider.providerPage],
  [/^\/provider\/plan$/, provider.planPage],
  [/^\/provider\/payouts$/, provider.payoutsPage],
  [/^\/onboarding\/billing$/, provider.billingPage],
];

async function home() {
  show("Try GigSta",
    note("These pages stand in for a frontend on this machine. They call the real API and are never deployed."),
    h("ul", {},
      h("li", {}, link("/search", "Find a service and book it")),
      h("li", {}, link("/bookings", "Your bookings")),
      h("li", {}, link("/provider", "Be a provider"))));
}

function navigation() {
  const known = session();
  const leave = h("button", { class: "plain", onclick: signOut }, "Sign out");
  const who = known
    ? [h("span", { id: "who" }, known.email), leave]
    : [link("/sign-in", "Sign in"), link("/register", "Register")];
  document.querySelector("#session").replaceChildren(...who);
}

async function signOut() {
  await call("POST", "/v1/auth/logout").catch(() => null);
  forget();
  location.assign(window.gigsta.base);
}

async function open() {
  const path = location.pathname.slice(window.gigsta.base.length);
  const query = new URLSearchParams(location.search);
  for (const [pattern, page] of PAGES) {
    const found = pattern.exec(path);
    if (found) return page(...found.slice(1), query);
  }
  show("There is no such page", note("A real frontend may have one."), link("", "Begin"));
}

window.addEventListener("session", navigation);
navigation();
try {
  await open();
} catch (error) {
  if (error.status === 401) {
    const back = location.pathname.slice(window.gigsta.base.length) + location.search;
    show("Sign in first", link(`/sign-in?next=${encodeURIComponent(back)}`, "Sign in"));
  } else show("That did not work", failure(error));
}
