// Becoming a provider: details, payouts at Stripe, a plan.
import { call, create, Refused } from "./api.js";
import { field, form, h, instant, link, money, note, show, table } from "./dom.js";

const TRIES = 20;
const PAUSE_MS = 500;

export async function providerPage() {
  const user = await call("GET", "/v1/users/me");
  const links = [["/onboarding/billing", "Payouts at Stripe"], ["/provider/plan", "Plan"], ["/provider/payouts", "Payouts"], ["/bookings", "Jobs"]];
  show("Provider",
    table([["Status", user.provider_status], ["Onboarding", user.onboarding_status]]),
    user.provider_id ? h("div", { class: "chips" }, links.map(([path, text]) => link(path, text))) : note("Apply with your details."),
    application(user));
}

function application(user) {
  const fields = [
    field("full_name", "Full name", { value: user.full_name, autocomplete: "name" }),
    field("phone_number", "Telephone", { value: user.phone_number ?? "", placeholder: "+64211234567", autocomplete: "tel" }),
    field("trading_name", "Trading name"),
    field("address", "Address", { value: user.address?.text ?? "", autocomplete: "street-address" }),
  ];
  return form(user.provider_id ? "Change" : "Apply", fields, async (values) => {
    const { full_name, phone_number, address } = values;
    await call("POST", "/v1/onboarding/profile", { full_name, phone_number, address });
    await call("POST", "/v1/onboarding/path", { path: "provider" });
    await call("POST", "/v1/onboarding/provider", values);
    location.assign(`${window.gigsta.base}/onboarding/billing`);
  });
}

/** Where Stripe's onboarding returns to; with `refresh` its link had expired and a new one is made. */
export async function billingPage(query) {
  const standing = await call("GET", "/v1/onboarding/billing").catch(unlessNew);
  show("Payouts at Stripe",
    query.get("refresh") === "true" ? note("Stripe's link had expired or was used. Begin again with a new one.") : null,
    standing ? table([
      ["Account", standing.account_id], ["Transfers", standing.transfers],
      ["Payouts", h("b", { id: "payouts" }, standing.payouts_enabled ? "enabled" : "not yet enabled")],
      ["Still wanted by Stripe", standing.requirements.join(", ") || "nothing"],
    ]) : null,
    form("Go on at Stripe", [], async () => {
      const begun = await call("POST", "/v1/onboarding/billing");
      location.assign(begun.onboarding_url);
    }),
    link("/provider", "Back to the provider's page"));
}

function unlessNew(error) {
  if (error instanceof Refused && error.status === 403) return null;
  throw error;
}

/** Where Checkout returns to: with `subscribed` after paying, without it after leaving. */
export async function planPage(query) {
  const paid = query.get("subscribed") === "true";
  const plans = await call("GET", "/v1/subscriptions/plans");
  const mine = await (paid ? subscribed() : call("GET", "/v1/subscriptions/me"));
  const { plan, subscription } = mine;
  show("Your plan",
    paid ? note(subscription ? "Thank you, you are subscribed." : "Stripe has not told us yet. Reload in a moment.", "good") : null,
    table([
      ["Plan", h("b", { id: "plan" }, plan.name)], ["State", subscription?.status ?? "–"],
      ["Until", instant(subscription?.current_period_end)],
    ]),
    h("div", { class: "chips" }, subscription ? portal() : plans.items.filter((each) => each.price).map(subscribe)));
}

const subscribe = (plan) => form(`${plan.name}, ${money(plan.price)} a ${plan.interval}`, [], async () =>
  location.assign((await create("/v1/subscriptions/checkout", { plan_id: plan.id })).url));

const portal = () => form("Change or cancel at Stripe", [], async () =>
  location.assign((await create("/v1/subscriptions/portal")).url));

/** Ask until Stripe's webhook has been processed. */
async function subscribed() {
  for (let turn = 1; ; turn += 1) {
    const standing = await call("GET", "/v1/subscriptions/me");
    if (standing.subscription || turn === TRIES) return standing;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

export async function payoutsPage() {
  const { items, balance } = await call("GET", "/v1/payments/payouts");
  const rows = items.map((each) => [instant(each.created_at), money(each.amount), each.status, each.failure_message]);
  const sums = (list) => list.map(money).join(", ") || "–";
  show("Payouts",
    balance ? table([["Available", sums(balance.available)], ["Pending", sums(balance.pending)]]) : null,
    rows.length ? table(rows, ["Begun", "Amount", "State", "Problem"]) : note("No payout yet."),
    form("Open your dashboard at Stripe", [], async () =>
      location.assign((await create("/v1/payments/payouts/dashboard-link")).url)));
}
